"""Run jobs on a Dask cluster, which is known by the address of its scheduler.

Dask gives a task whose worker died to another one; here each job is begun twice at most. A finished report is
handed over at once, so that whatever ends the run later does not cost it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from salesperf_lib.errors import Problem, RenderError
from salesperf_lib.render import cluster_worker
from salesperf_lib.render import travel as parcels
from salesperf_lib.render.cluster_client import (
    NO_WORKER,
    Cluster,
    call,
    connected,
    gone,
    no_worker,
    unusable,
    workers_of,
)
from salesperf_lib.render.cluster_worker import ATTEMPTS, BOOKS, Order, Result
from salesperf_lib.render.edition import EDITION
from salesperf_lib.render.failure import one_line
from salesperf_lib.render.manifest import Job, Row

if TYPE_CHECKING:
    from distributed.cfexecutor import ClientExecutor

Travel = Literal["shared", "bytes"]
TRAVEL: tuple[Travel, ...] = ("shared", "bytes")
Take = Callable[[Job, Row], None]

SHIPMENTS = 3
"""How often a worker is sent the project's files before it counts as unable to keep them."""
POLL = 2.0
PATIENCE = 10.0  # seconds that workers have to end the kernels of a run that is given up


def run_on_cluster(jobs: list[Job], address: str, travel: Travel, take: Take) -> None:
    """Run jobs on the workers of a Dask scheduler, handing over each row as it comes.

    Parameters
    ----------
    jobs
        What to run: of one project, their folders in one folder.
    address
        ``tcp://host:port`` or ``tls://host:port``.
    travel
        ``shared``: workers see the project and the output folder under the same paths. ``bytes``: they need
        not; what they lack of the project is sent to each worker once, and reports come back as bytes.
    take
        Called with each job, as it was run last, and its row; the report's files lie in the job's folder.

    Raises
    ------
    RenderError
        If there is no such scheduler, no worker, or one with another library, or one that does not see
        shared folders; if the scheduler or all workers go away. What was handed over by then stays.
    """
    _fail_if_unknown(travel)
    if not jobs:
        return
    with connected(address) as cluster:
        run = _Run(cluster, uuid4().hex, take)
        with _marked(jobs, run.id) as seen:
            parcel = _Shipping(cluster, run.id, *parcels.pack(jobs)) if travel == "bytes" else None
            orders = [_order(job, number, run.id, parcel, seen) for number, job in enumerate(jobs)]
            try:
                if parcel is not None:
                    parcel.ship(workers_of(cluster))
                _collect(orders, run, parcel)
            finally:
                _give_up(run)


@contextmanager
def executor_of(address: str) -> Generator[Executor]:
    """Give the cluster of a scheduler as an executor, whose workers run the same library.

    Yields
    ------
    concurrent.futures.Executor
        Its functions run in threads of workers: `run_on_cluster` is what reports need.

    Raises
    ------
    RenderError
        If there is no such scheduler, no worker, or one with another library.
    """
    with connected(address) as cluster:
        executor = cluster.client.get_executor(pure=False)
        try:
            yield executor
        finally:
            if cluster.client.status == "running":
                executor.shutdown(wait=False)


def _fail_if_unknown(travel: str) -> None:
    if travel not in TRAVEL:
        raise RenderError(Problem("travel", repr(travel), " or ".join(TRAVEL)))


# -- the run -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """One run's way to the cluster, and since when the cluster has had no worker."""

    cluster: Cluster
    id: str
    take: Take
    alone_since: float | None = None
    executors: dict[str, ClientExecutor] = field(default_factory=dict[str, "ClientExecutor"])

    def submit(self, order: Order, avoid: str = "") -> Future[Result]:
        """Hand in an order, to another worker than one if there is another."""
        if avoid not in self.executors:
            others = [worker for worker in workers_of(self.cluster) if worker != avoid] if avoid else []
            elsewhere = {"workers": others, "allow_other_workers": True} if others else {}
            self.executors[avoid] = self.cluster.client.get_executor(pure=False, **elsewhere)
        return self.executors[avoid].submit(cluster_worker.work, order)

    def fail_if_deserted(self) -> None:
        """Notice that the scheduler or every worker has gone."""
        alone = not workers_of(self.cluster)
        now = time.monotonic()
        self.alone_since = (self.alone_since or now) if alone else None
        if self.alone_since is not None and now - self.alone_since > NO_WORKER:
            raise no_worker(self.cluster.address)


@dataclass(slots=True)
class _Shipping:
    """Sends a project's files to workers that lack them."""

    cluster: Cluster
    run: str
    parcel: parcels.Parcel
    sources: dict[str, Path]
    sent: dict[str, int] = field(default_factory=dict[str, int])

    def ship(self, workers: Collection[str]) -> None:
        """Send each worker what it lacks, and let it make the project of it.

        Raises
        ------
        RenderError
            If a worker cannot keep it, or was sent it several times and still has not got it.
        """
        told = self._run(cluster_worker.lacking, workers, self.parcel)
        lacking = {worker: digests for worker, digests in told.items() if digests is not None}
        groups: dict[tuple[str, ...], list[str]] = {}
        for worker, digests in lacking.items():
            self.sent[worker] = self.sent.get(worker, 0) + 1
            if self.sent[worker] > SHIPMENTS:
                raise _cannot_keep(worker, f"none of them after {SHIPMENTS} shipments")
            groups.setdefault(tuple(digests), []).append(worker)
        for digests, group in groups.items():
            for message in parcels.pieces(self.parcel, self.sources, set(digests)):
                self._run(cluster_worker.keep, group, message, self.run)
        if lacking:
            self._run(cluster_worker.assemble, list(lacking), self.parcel)

    def _run(self, function: Callable[..., Any], workers: Collection[str], *given: object) -> dict[str, Any]:
        """Call a function on workers; one that has gone meanwhile is passed over."""
        told = call(self.cluster, function, *given, workers=workers)
        present = workers_of(self.cluster)
        for worker, answer in told.items():
            if isinstance(answer, Exception) and worker in present:
                raise _cannot_keep(worker, one_line(f"{type(answer).__name__}: {answer}")) from answer
        return {worker: answer for worker, answer in told.items() if not isinstance(answer, Exception)}


def _cannot_keep(worker: str, found: str) -> RenderError:
    allowed = "a local directory that may be written, on a disk with room for the project's files"
    return RenderError(Problem(f"worker {worker}", found, allowed, "dask worker --local-directory …"))


@contextmanager
def _marked(jobs: Iterable[Job], run: str) -> Generator[Path]:
    """Put a file where only who shares the output folder sees it."""
    folder = next(iter(jobs)).folder.parent
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".shared-{run}"
    path.touch()
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _order(job: Job, number: int, run: str, shipping: _Shipping | None, seen: Path) -> Order:
    if shipping is None:
        return Order(job, number, run, EDITION, "", seen)
    earlier = [job.place / attachment.file for attachment in job.attachments]
    kept = tuple((path.name, path.read_bytes()) for path in earlier if path.is_file())
    return Order(job, number, run, EDITION, shipping.parcel.name, seen, kept)


def _collect(orders: list[Order], run: _Run, shipping: _Shipping | None) -> None:
    """Hand in the orders and hand over their rows, until none is left."""
    pending = {run.submit(order): order for order in orders}
    while pending:
        done, _ = wait(pending, POLL, FIRST_COMPLETED)
        if not done:
            run.fail_if_deserted()
        refusal: BaseException | None = None
        for future in done:
            order = pending.pop(future)
            error = gone(run.cluster.address) if future.cancelled() else future.exception()
            if isinstance(error, RenderError | ImportError | AttributeError):  # what else is done comes first
                refusal = error if isinstance(error, RenderError) else unusable(error)
                continue
            again = _settle(order, _result(error, future), run, shipping)
            if again is not None:
                pending[again] = order
        if refusal is not None:
            raise refusal


def _result(error: BaseException | None, future: Future[Result]) -> Result:
    """Read what came of a task; Dask itself gives up a task after several workers died over it."""
    if error is None:
        return future.result()
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return Result("", ATTEMPTS)
    return Result("", 1, one_line(f"{type(error).__name__}: {error}"))


def _settle(order: Order, result: Result, run: _Run, shipping: _Shipping | None) -> Future[Result] | None:
    """Take a job's row; or hand the job in once more."""
    if result.attempt == 0 and shipping is not None:
        shipping.ship([result.worker])  # it came later, or lost its files
        return run.submit(order)
    job = cluster_worker.attempted(order.job, result.attempt)
    if result.row is None and result.attempt < ATTEMPTS:
        return run.submit(order, avoid=result.worker)
    if not isinstance(result.row, Row):
        error = result.row or ""
        run.take(job, Row(job.report, "failed", reason="worker_died", error=error, attempts=result.attempt))
        return None
    if shipping is not None:
        parcels.put_files(result.files, job.folder)
    run.take(job, _visible(result.row, job.folder))
    return None


def _visible(row: Row, folder: Path) -> Row:
    """See that a report's files are here: a network's folder may show them late."""
    names = [name for name in (row.page, row.record, *row.attachments) if name]
    deadline = time.monotonic() + PATIENCE
    while absent := [name for name in names if not (folder / name).is_file()]:
        if time.monotonic() > deadline:
            error = one_line(f"not seen here after the worker wrote it: {folder / absent[0]}")
            return replace(
                row, status="failed", reason="not_written", error=error, page="", record="", attachments=(),
                headline=(), page_bytes=0, record_bytes=0,
            )  # fmt: skip
        time.sleep(0.1)
    return row


def _give_up(run: _Run) -> None:
    """Leave nothing of a run on the cluster: no waiting task, no kernel, no count."""
    with suppress(Exception):  # what ended the run is told already; a cluster that is gone holds nothing
        if run.cluster.client.status != "running":
            return
        for executor in run.executors.values():
            executor.shutdown(wait=False)
        deadline = time.monotonic() + PATIENCE
        while True in call(run.cluster, cluster_worker.is_busy, run.id).values():
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        run.cluster.client.set_metadata([BOOKS, run.id], None)
