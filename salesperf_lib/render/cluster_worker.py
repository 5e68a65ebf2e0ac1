"""What a Dask worker does with a job: look whether it can, count the attempt, run it beside itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from salesperf_lib.errors import Problem, RenderError
from salesperf_lib.render import travel
from salesperf_lib.render.cluster_child import Reply, run_beside
from salesperf_lib.render.edition import EDITION
from salesperf_lib.render.manifest import Job, Row

if TYPE_CHECKING:
    from distributed import Worker

ATTEMPTS = 2
"""How often a job is begun: once more after its worker died under it."""
BOOKS = "salesperf"
"""Where the scheduler's metadata keep how often each job of a run was begun."""

SAME = "install the same salesperf for scheduler and workers, and start them again"

_busy: list[str] = []


@dataclass(frozen=True, slots=True)
class Order:
    """A job on its way to a worker.

    Parameters
    ----------
    job
        With the paths of the machine that sends it.
    number
        Which of the run's jobs it is.
    run
        Identifies the run.
    edition
        Library of the sender.
    parcel
        Name of the project's files on the worker; empty if it shares the sender's folders.
    seen
        A file of the sender's that the worker must see then.
    kept
        Attachments of an earlier run, by name, which their makers are given.
    """

    job: Job
    number: int
    run: str
    edition: str
    parcel: str
    seen: Path
    kept: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an order.

    Parameters
    ----------
    worker
        Address of the worker.
    attempt
        Which attempt it was; 0 if it was none, because the worker lacks the parcel.
    row
        The job's row, or what `run` raised; None if its process died or the worker before it had.
    files
        What lies in the job's folder, with places in it; empty if the sender sees that folder.
    """

    worker: str
    attempt: int
    row: Reply = None
    files: tuple[tuple[str, bytes], ...] = ()


def work(order: Order) -> Result:
    """Run an order as a task of Dask's.

    Raises
    ------
    RenderError
        If the worker is not fit for it: another library, or folders that it does not see.
    """
    from distributed import get_worker

    worker = get_worker()
    address, local = str(worker.address), Path(worker.local_directory)
    _fail_if_unfit(order, address)
    project = travel.project_of(order.parcel, local) if order.parcel else order.job.root
    if project is None:
        return Result(address, 0)
    attempt = _count(worker, order)
    if attempt > ATTEMPTS:
        return Result(address, ATTEMPTS)
    _busy.append(order.run)
    try:
        run = _run_apart if order.parcel else _run_in_place
        return run(replace(order, job=attempted(order.job, attempt)), project, worker)
    finally:
        _busy.remove(order.run)


def is_busy(run: str) -> bool:
    """Say whether a job of a run is still at work in this process."""
    return run in _busy


def lacking(parcel: travel.Parcel, dask_worker: Any) -> list[str] | None:
    """Do as `travel.lacking` on a worker (Dask fills in which)."""
    return travel.lacking(parcel, Path(dask_worker.local_directory))


def keep(message: list[travel.Piece], sender: str, dask_worker: Any) -> None:
    """Do as `travel.keep` on a worker."""
    travel.keep(message, sender, Path(dask_worker.local_directory))


def assemble(parcel: travel.Parcel, dask_worker: Any) -> None:
    """Do as `travel.assemble` on a worker."""
    travel.assemble(parcel, Path(dask_worker.local_directory))


def _fail_if_unfit(order: Order, address: str) -> None:
    """Refuse what would give another report, or none that the sender sees."""
    if order.edition != EDITION:
        raise RenderError(other_edition(f"worker {address}", EDITION, order.edition))
    if order.parcel:
        return
    needed = [order.seen, order.job.notebook, order.job.root / "params", _snapshot(order.job)]
    problems = [
        Problem(f"worker {address}", f"no {path}", "the same folders under the same paths", "--travel bytes")
        for path in needed
        if not path.exists()
    ]
    if problems:
        raise RenderError(*problems)


def other_edition(where: str, found: str, allowed: str) -> Problem:
    """Say that a worker or the scheduler runs another library."""
    return Problem(where, f"salesperf {found}", f"salesperf {allowed}", SAME)


def _snapshot(job: Job) -> Path:
    return job.root / "data" / "snapshots" / job.report.source / job.report.digests["data"] / "manifest.json"


def _count(worker: Worker, order: Order) -> int:
    """Count the attempts of a job where the death of a worker does not undo it: at the scheduler."""
    from distributed.utils import sync

    keys = [BOOKS, order.run, str(order.number)]

    async def count() -> int:
        books: Any = worker.scheduler
        begun = 1 + int(await books.get_metadata(keys=keys, default=0))
        await books.set_metadata(keys=keys, value=begun)
        return begun

    return int(sync(worker.loop, count))


def attempted(job: Job, attempt: int) -> Job:
    """Describe an attempt; a second one has its own folder, for the first may still be dying in its."""
    if attempt == 1:
        return job
    return replace(job, attempt=attempt, folder=job.folder.with_name(f"{job.folder.name}-{attempt}"))


def _run_in_place(order: Order, _project: Path, worker: Worker) -> Result:
    job = order.job
    reply = run_beside(job, _wanted(worker))
    return Result(str(worker.address), job.attempt, reply)


def _run_apart(order: Order, project: Path, worker: Worker) -> Result:
    """Run in folders of the worker's own, and read what lies there in the end."""
    with TemporaryDirectory(prefix="report-", dir=worker.local_directory) as folder:
        made, place = Path(folder) / "made", Path(folder) / "place"
        travel.put_files(order.kept, place)
        notebook = project / travel.notebook_place(order.job.notebook)
        job = replace(order.job, folder=made, place=place, root=project, notebook=notebook)
        reply = run_beside(job, _wanted(worker))
        files = travel.files_of(made) if isinstance(reply, Row) else ()
    return Result(str(worker.address), order.job.attempt, reply, files)


def _wanted(worker: Worker) -> Callable[[], bool]:
    """Tell whether somebody still waits for the task of this thread: its client may have gone."""
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        closing = worker.status.name not in ("running", "paused", "closing_gracefully")
        return task is not None and task.state != "cancelled" and not closing

    return wanted
