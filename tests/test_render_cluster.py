"""Rendering on a real Dask cluster: two workers with nannies, killed workers, a lost scheduler, strangers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import pytest

import salesperf_lib
from salesperf_lib.errors import RenderError
from salesperf_lib.render import cluster, cluster_client, travel
from salesperf_lib.render.manifest import Attachment, Job, Report, Row
from tests.processes import gone, wait_for

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.skipif(
        "SALESPERF_CLUSTER_TESTS" not in os.environ,
        reason="starts real schedulers and workers for some minutes: set SALESPERF_CLUSTER_TESTS",
    ),
    pytest.mark.xdist_group("cluster"),
]

PARAMETERS = 'team: str = "t1"\nperiod: str = "2026-06"\nlang: str = "zh"'
KILLER = """
import os, signal, time
from pathlib import Path

def parent_of(pid):
    return int(Path(f"/proc/{{pid}}/stat").read_text().rpartition(")")[2].split()[1])

began = Path({began!r})
with began.open("a") as file:
    file.write(f"{{os.getpid()}}\\n")
if len(began.read_text().split()) <= {deaths}:
    beside = os.getppid()
    while b"cluster_child" not in Path(f"/proc/{{beside}}/cmdline").read_bytes():
        beside = parent_of(beside)
    os.kill({victim}, signal.SIGKILL)
    time.sleep(120)
"""
WORKER, BESIDE = "parent_of(beside)", "beside"


# -- a cluster -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dask:
    """A scheduler's address, its process, those of its workers, and where the workers keep things."""

    address: str
    scheduler: subprocess.Popen
    workers: list[subprocess.Popen]
    home: Path


@contextmanager
def dask(home: Path, workers: int = 2, path: str = "") -> Iterator[Dask]:
    """Start a scheduler and workers with their nannies, in a folder far from any project."""
    (home / "local").mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if name != "SALESPERF_ROOT"}
    environment["DASK_TEMPORARY_DIRECTORY"] = str(home / "local")
    environment["TMPDIR"] = tempfile.mkdtemp(prefix="cluster-", dir="/tmp")  # short enough for sockets
    told = home / "scheduler.json"
    log = (home / "log").open("wb")

    def start(module: str, *options: str, **more: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", str(told), *options]
        return subprocess.Popen(
            command, cwd=home, env=environment | more, stdout=log, stderr=log, start_new_session=True
        )

    started = [
        start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0")
    ]
    try:
        options = ("--nthreads", "1", "--no-dashboard", "--memory-limit", "0", "--death-timeout", "60")
        more = {"PYTHONPATH": os.pathsep.join(filter(None, [path, os.environ.get("PYTHONPATH")]))}
        started += [
            start("dask_worker", *options, "--local-directory", str(home / "local"), **more)
            for _ in range(workers)
        ]
        assert wait_for(lambda: told.exists() and told.read_text() != "")
        yield Dask(json.loads(told.read_text())["address"], started[0], started[1:], home)
    finally:
        for process in reversed(started):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()
        assert wait_for(lambda: not list(Path(environment["TMPDIR"]).glob("salesperf-*")), 20)
        shutil.rmtree(environment["TMPDIR"])


MAKER = """
def make(path, team, kept=None):
    path.write_text(f"{team}; before: {kept.read_text() if kept else ''}", encoding="utf-8")
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Dask]:
    """Give one cluster with two workers to the tests that do not break it."""
    home = tmp_path_factory.mktemp("dask")
    (home / "makers").mkdir()
    (home / "makers" / "maker_of_a_test.py").write_text(MAKER)
    with dask(home, path=str(home / "makers")) as found:
        with distributed.Client(found.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield found


# -- a project and its jobs ------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path) -> Path:
    """Make a project of which only some files concern the source `s` and its snapshot `now`."""
    files = {
        "params/company.yaml": "a: 1", "params/sources/s.yaml": "b: 2", "params/.swap": "",
        "data/snapshots/s/now/manifest.json": "{}", "data/snapshots/s/now/orders.parquet": "orders" * 9,
        "data/snapshots/s/now/appraised/x/y/grades.parquet": "derived",
        "data/snapshots/s/before/manifest.json": "{}", "data/snapshots/other/now/manifest.json": "{}",
        "data/cases/s/0001.json": "case", "data/cases/other/0001.json": "case", "data/edits/s/0001.yaml": "",
        "data/keys/s.key": "ab" * 32, "data/keys/other.key": "cd" * 32, "data/out/s/page.html": "old",
        "data/raw/exports.csv": "raw", "notebooks/90_other.ipynb": "{}",
    }  # fmt: skip
    for place, content in files.items():
        path = tmp_path / "project" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "project"


NEEDED = {
    "params/company.yaml", "params/sources/s.yaml", "data/snapshots/s/now/manifest.json",
    "data/snapshots/s/now/orders.parquet", "data/cases/s/0001.json", "data/edits/s/0001.yaml",
    "data/keys/s.key",
}  # fmt: skip


def _jobs(project: Path, cells: dict[str, str], timeout: float = 60) -> list[Job]:
    """Write a notebook with another cell for each team, and give a job for each."""
    made = nbformat.v4.new_notebook()
    parameters = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    made.cells = [parameters, nbformat.v4.new_code_cell(f"exec({cells!r}[team])")]
    notebook = project.parent / "elsewhere" / "cells.ipynb"
    notebook.parent.mkdir(exist_ok=True)
    nbformat.write(made, notebook)
    return [
        Job(_report(team), notebook, project.parent / "aside" / str(number), project, timeout,
            place=project.parent / "out" / team)
        for number, team in enumerate(cells)
    ]  # fmt: skip


def _report(team: str) -> Report:
    return Report(
        "cells", "s", "base", "2026-06", team, "en", team,
        {"team": team, "period": "2026-06", "lang": "en"}, f"s/2026-06/cells/en/{team}", {"data": "now"},
    )  # fmt: skip


class Taken(dict):
    """Collect rows by team, with the folders in which their files lie."""

    def __call__(self, job: Job, row: Row) -> None:
        self[row.report.team] = (row, job.folder)


def _ends(taken: Taken) -> dict[str, tuple[str, str, int]]:
    return {team: (row.status, row.reason, row.attempts) for team, (row, _) in taken.items()}


def _printed(taken: Taken, team: str) -> str:
    row, folder = taken[team]
    record = nbformat.read(folder / row.record, as_version=4)
    return "".join(output.get("text", "") for output in record.cells[-1].outputs)


# -- shared folders --------------------------------------------------------------------------------------


def test_a_killed_worker_costs_no_report(running, project):
    began = project.parent / "began"
    cells = {
        "t1": "print('one')",
        "t2": KILLER.format(began=str(began), deaths=1, victim=WORKER),
        "t3": "raise ValueError('no such thing')",
        "t4": "from pathlib import Path; Path('figures').mkdir(); Path('figures/a.txt').write_text('x')",
    }
    taken = Taken()
    cluster.run_on_cluster(_jobs(project, cells), running.address, "shared", taken)
    assert _ends(taken) == {
        "t1": ("done", "", 1), "t2": ("done", "", 2), "t3": ("failed", "raised", 1), "t4": ("done", "", 1),
    }  # fmt: skip
    assert _printed(taken, "t1") == "one\n"
    assert (taken["t4"][1] / "figures" / "a.txt").read_text() == "x"
    kernels = [int(pid) for pid in began.read_text().split()]
    assert len(kernels) == 2
    assert wait_for(lambda: all(gone(kernel) for kernel in kernels), 15)
    assert not list((project.parent / "aside").glob(".shared-*"))


def test_a_report_that_kills_its_process_twice_fails(running, project):
    began = {team: project.parent / f"began-{team}" for team in ("t1", "t2")}
    cells = {
        team: KILLER.format(began=str(path), deaths=deaths, victim=BESIDE)
        for deaths, (team, path) in enumerate(began.items(), start=1)
    }
    taken = Taken()
    cluster.run_on_cluster(_jobs(project, cells), running.address, "shared", taken)
    assert _ends(taken) == {"t1": ("done", "", 2), "t2": ("failed", "worker_died", 2)}
    assert [len(path.read_text().split()) for path in began.values()] == [2, 2]


def test_a_worker_that_does_not_see_the_folder_is_named(running, project, monkeypatch):
    @contextmanager
    def elsewhere(_jobs, _run):
        yield project / "not" / "here"

    monkeypatch.setattr(cluster, "_marked", elsewhere)
    with pytest.raises(RenderError, match=r"worker tcp://127.*not/here.*--travel bytes"):
        cluster.run_on_cluster(_jobs(project, {"t1": "pass"}), running.address, "shared", Taken())


# -- bytes -----------------------------------------------------------------------------------------------

LIST = """
import json, os
from pathlib import Path
root = Path(os.environ["SALESPERF_ROOT"])
files = {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}
Path("figures").mkdir(); Path("figures/a.bin").write_bytes(bytes(range(256)))
print(json.dumps([str(root), files]))
"""


def test_by_bytes_a_worker_has_what_it_needs_and_no_more(running, project):
    jobs = _jobs(project, {"t1": LIST, "t2": LIST})
    taken = Taken()
    cluster.run_on_cluster(jobs, running.address, "bytes", taken)
    assert _ends(taken) == {"t1": ("done", "", 1), "t2": ("done", "", 1)}
    for team in ("t1", "t2"):
        root, files = json.loads(_printed(taken, team))
        assert Path(root).is_relative_to(running.home / "local")
        notebooks = {place for place in files if place.startswith("notebooks/")}
        assert {Path(place).name for place in notebooks} == {"cells.ipynb"}
        assert set(files) - notebooks == NEEDED
        assert all((project / place).read_text() == files[place] for place in NEEDED)
        assert (taken[team][1] / "figures" / "a.bin").read_bytes() == bytes(range(256))
    assert [job.folder for job in jobs] == [folder for _, folder in (taken["t1"], taken["t2"])]


def test_by_bytes_a_new_worker_in_place_of_a_killed_one_gets_the_files_too(running, project):
    began = project.parent / "began"
    cells = {"t1": KILLER.format(began=str(began), deaths=1, victim=WORKER)} | {
        f"t{n}": LIST for n in range(2, 9)
    }
    taken = Taken()
    cluster.run_on_cluster(_jobs(project, cells), running.address, "bytes", taken)
    assert _ends(taken) == {team: ("done", "", 2 if team == "t1" else 1) for team in cells}


def test_by_bytes_attachments_know_what_an_earlier_run_left(running, project):
    made = (Attachment("x.txt", "maker_of_a_test:make", ("team",)),)
    broken = (Attachment("x.txt", "maker_of_a_test:no_such_function", ("team",)),)
    jobs = [
        replace(job, attachments=broken if job.report.team == "t3" else made)
        for job in _jobs(project, {"t1": "pass", "t2": "pass", "t3": "pass"})
    ]
    jobs[1].place.mkdir(parents=True)
    (jobs[1].place / "x.txt").write_text("经理的话", encoding="utf-8")
    taken = Taken()
    cluster.run_on_cluster(jobs, running.address, "bytes", taken)
    assert _ends(taken) == {
        "t1": ("done", "", 1), "t2": ("done", "", 1), "t3": ("failed", "not_attached", 1),
    }  # fmt: skip
    assert (taken["t1"][1] / "x.txt").read_text(encoding="utf-8") == "t1; before: "
    assert (taken["t2"][1] / "x.txt").read_text(encoding="utf-8") == "t2; before: 经理的话"
    assert not (taken["t3"][1] / "x.txt").exists()


# -- what is refused, and what ends a run -----------------------------------------------------------------


def test_another_library_is_refused(tmp_path, project, monkeypatch):
    package = Path(salesperf_lib.__file__).parent
    copied = tmp_path / "other" / "salesperf_lib"
    shutil.copytree(package, copied, ignore=shutil.ignore_patterns("__pycache__"))
    with (copied / "render" / "page.py").open("a") as file:
        file.write("# another day's\n")
    jobs = _jobs(project, {"t1": "pass"})
    with dask(tmp_path / "dask", workers=1, path=str(copied.parent)) as found:
        with pytest.raises(RenderError, match=r"worker tcp://\S+: found salesperf 0\.1\.0 \(code") as refused:
            cluster.run_on_cluster(jobs, found.address, "shared", Taken())
        assert len(refused.value.problems) == 1


def test_a_library_that_cannot_do_it_is_refused(tmp_path, project):
    old = tmp_path / "old" / "salesperf_lib"
    old.mkdir(parents=True)
    (old / "__init__.py").write_text('__version__ = "0.0.1"\n')
    jobs = _jobs(project, {"t1": "pass"})
    told = r"worker tcp://\S+: found salesperf that cannot do it: .*No module"
    with (
        dask(tmp_path / "dask", workers=1, path=str(old.parent)) as found,
        pytest.raises(RenderError, match=told),
    ):
        cluster.run_on_cluster(jobs, found.address, "bytes", Taken())


def test_a_scheduler_that_goes_away_costs_only_what_was_not_done(tmp_path, project):
    began = project.parent / "began"
    sleep = f"import os, time; open({str(began)!r}, 'w').write(str(os.getpid())); time.sleep(120)"
    jobs = _jobs(project, {"t1": "print('one')", "t2": sleep})
    taken = Taken()
    with dask(tmp_path / "dask", workers=1) as found:

        def kill_when_second_began() -> None:
            if wait_for(lambda: "t1" in taken and began.exists() and began.read_text() != ""):
                found.scheduler.kill()

        threading.Thread(target=kill_when_second_began, daemon=True).start()
        with pytest.raises(RenderError, match="it went away"):
            cluster.run_on_cluster(jobs, found.address, "shared", taken)
        assert _ends(taken) == {"t1": ("done", "", 1)}
        assert _printed(taken, "t1") == "one\n"
        assert wait_for(lambda: gone(int(began.read_text())), 40)


def test_an_interrupt_ends_the_kernels_and_leaves_the_cluster(running, project):
    began = project.parent / "began"
    sleep = f"import os, time; open({str(began)!r}, 'w').write(str(os.getpid())); time.sleep(120)"

    def interrupt(_job: Job, _row: Row) -> None:
        assert wait_for(lambda: began.exists() and began.read_text() != "")
        raise KeyboardInterrupt

    jobs = _jobs(project, {"t1": "pass", "t2": sleep, "t3": sleep, "t4": sleep})
    with pytest.raises(KeyboardInterrupt):
        cluster.run_on_cluster(jobs, running.address, "shared", interrupt)
    assert wait_for(lambda: gone(int(began.read_text())), 5)
    with distributed.Client(running.address, set_as_default=False) as client:
        assert wait_for(lambda: not any(client.processing().values()), 10)
        assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0
    taken = Taken()
    cluster.run_on_cluster(_jobs(project, {"t9": "print('on')"}), running.address, "shared", taken)
    assert _printed(taken, "t9") == "on\n"


def test_a_cluster_without_workers_is_refused(tmp_path, project, monkeypatch):
    monkeypatch.setattr(cluster_client, "NO_WORKER", 0.5)
    with (
        dask(tmp_path / "dask", workers=0) as found,
        pytest.raises(RenderError, match=r"no worker for 0\.5 s"),
    ):
        cluster.run_on_cluster(_jobs(project, {"t1": "pass"}), found.address, "shared", Taken())


def test_no_scheduler_is_said_plainly(project, monkeypatch):
    monkeypatch.setattr(cluster_client, "ANSWER", 1.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # a port on which nobody listens
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(RenderError, match=f"{address}: found no answer"):
            cluster.run_on_cluster(_jobs(project, {"t1": "pass"}), address, "shared", Taken())


@pytest.mark.parametrize(
    "address", ["", "8786", "localhost:8786", "http://localhost:8786", "tcp://localhost"]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(RenderError, match="tcp://host:port"), cluster.executor_of(address):
        pass


def test_an_unknown_way_to_travel_is_refused(project):
    with pytest.raises(RenderError, match="shared or bytes"):
        cluster.run_on_cluster([], "tcp://localhost:1", "post", Taken())  # type: ignore[arg-type]


def test_a_cluster_is_an_executor(running):
    with cluster.executor_of(running.address) as executor:
        assert executor.submit(pow, 2, 10).result(30) == 1024
        assert list(executor.map(abs, [-1, -2])) == [1, 2]


# -- the parcel, without a cluster -------------------------------------------------------------------------


def _send(parcel: travel.Parcel, sources: dict[str, Path], local: Path, chunk: int = 7) -> list[str]:
    lacking = travel.lacking(parcel, local)
    assert lacking is not None
    for message in travel.pieces(parcel, sources, lacking, chunk):
        travel.keep(message, "me", local)
    travel.assemble(parcel, local)
    return lacking


def test_only_what_changed_travels_again(project, tmp_path):
    jobs, local = _jobs(project, {"t1": "pass"}), tmp_path / "local"
    first, sources = travel.pack(jobs)
    assert {item.place for item in first.items} == NEEDED | {travel.notebook_place(jobs[0].notebook)}
    assert travel.project_of(first.name, local) is None
    assert len(_send(first, sources, local)) == len({item.digest for item in first.items})
    assert travel.lacking(first, local) is None
    (project / "params" / "company.yaml").write_text("a: 2")
    second, sources = travel.pack(jobs)
    assert second.name != first.name
    assert len(_send(second, sources, local)) == 1
    made = travel.project_of(second.name, local)
    assert made is not None
    assert {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()} == {
        item.place for item in second.items
    }
    assert (made / "params" / "company.yaml").read_text() == "a: 2"
    assert (made / "data/snapshots/s/now/orders.parquet").read_text() == "orders" * 9
    assert (local / "salesperf").stat().st_mode & 0o077 == 0


def test_a_file_that_came_over_changed_is_refused(project, tmp_path):
    parcel, sources = travel.pack(_jobs(project, {"t1": "pass"}))
    digest, size, offset, part = next(travel.pieces(parcel, sources, [parcel.items[0].digest]))[0]
    with pytest.raises(OSError, match="came over changed"):
        travel.keep([(digest, size, offset, part[::-1])], "me", tmp_path / "local")
    assert travel.lacking(parcel, tmp_path / "local") == sorted({item.digest for item in parcel.items})


def test_a_source_without_a_key_gets_one_before_it_travels(project):
    (project / "data" / "keys" / "s.key").unlink()
    parcel, _ = travel.pack(_jobs(project, {"t1": "pass"}))
    assert "data/keys/s.key" in {item.place for item in parcel.items}


def test_a_snapshot_that_is_not_there_is_refused(project):
    shutil.rmtree(project / "data" / "snapshots" / "s" / "now")
    with pytest.raises(RenderError, match="no snapshot"):
        travel.pack(_jobs(project, {"t1": "pass"}))


def test_projects_not_used_lately_are_cleared(project, tmp_path):
    jobs, local, names = _jobs(project, {"t1": "pass"}), tmp_path / "local", []
    for number in range(6):
        (project / "params" / "company.yaml").write_text(f"a: {number}")
        parcel, sources = travel.pack(jobs)
        _send(parcel, sources, local)
        os.utime(local / "salesperf" / "projects" / parcel.name, (number, number))
        names.append(parcel.name)
    held = {path.name for path in (local / "salesperf" / "projects").iterdir()}
    assert held == set(names[-4:])
    assert len(list((local / "salesperf" / "files").iterdir())) == len(parcel.items) + 3
