"""A run is killed at a random moment: a rerun gives what an undisturbed run gives, and nothing is left."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from salesperf_lib.render import latest_rows
from salesperf_lib.render.manifest import MANIFEST, Row
from tests.made_notebooks import make_notebook

SLOW_CELL = "import time, pathlib\ntime.sleep(0.4)\npathlib.Path('made.txt').write_text(team)\nprint(team)"
MARK = "SALESPERF_TEST_MARK"
RUNS = int(os.environ.get("SALESPERF_FAULT_RUNS", "10"))
TIMES = re.compile(
    r'"(start_time|end_time|duration|iopub\.\S+|shell\.\S+|seconds|cpu_seconds|started|attempts)": ("[^"]*"|[\d.]+|null)'
)


class _Batch:
    """A batch of three reports by ``salesperf render`` in a process of its own, found by a mark."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.temporary = Path(tempfile.mkdtemp(prefix="sp", dir="/tmp"))
        self.environment = {
            **os.environ, "SALESPERF_ROOT": str(root), MARK: str(self.temporary), "TMPDIR": str(self.temporary)
        }  # fmt: skip
        self.command = [
            sys.executable, "-m", "salesperf_lib.cli", "render", str(folder.parent / "slow.ipynb"), "--period",
            "2026-06", "--teams", "t1,t2,t3", "--workers", "2", "--out", str(self.out),
        ]  # fmt: skip

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def processes(self) -> dict[int, str]:
        """Give the processes that bear the mark, with their command lines."""
        import psutil

        found = {}
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == str(self.temporary):
                    found[process.pid] = " ".join(process.cmdline())
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        return found

    def tree(self) -> dict[str, str]:
        """Give the contents of the folder, times apart; the books in the order of their reports."""
        files = {
            path.relative_to(self.out).as_posix(): path for path in self.out.rglob("*") if path.is_file()
        }
        del files["index.html"], files[MANIFEST]
        return {name: TIMES.sub("", path.read_text(encoding="utf-8")) for name, path in sorted(files.items())}

    def rows(self) -> list[Row]:
        rows = sorted(latest_rows(self.out), key=lambda row: row.report.team)
        times = {"seconds": 0, "cpu_seconds": 0, "started": "", "attempts": 1, "record_bytes": 0}
        return [replace(row, **times) for row in rows]


def _without_library(row: Row) -> Row:
    """Leave out the digest of the code: somebody may be working on it while this test takes its time."""
    kept = {name: digest for name, digest in row.report.digests.items() if name != "library"}
    return replace(row, report=replace(row.report, digests=kept))


def _victim(batch: _Batch, runner_pid: int, role: str) -> int | None:
    if role == "runner":
        return runner_pid
    others = {
        pid: line for pid, line in batch.processes().items()
        if pid != runner_pid and "resource_tracker" not in line
    }  # fmt: skip
    found = [pid for pid, line in others.items() if ("multiprocessing.spawn" in line) == (role == "worker")]
    return random.choice(found) if found else None


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, root, sample_facts):
    folder = tmp_path_factory.mktemp("faults")
    make_notebook(folder / "slow.ipynb", SLOW_CELL)
    batch = _Batch(folder / "undisturbed", root)
    began = time.monotonic()
    assert batch.start().wait(300) == 0
    yield folder, batch, time.monotonic() - began
    shutil.rmtree(batch.temporary)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes by their environment")
@pytest.mark.parametrize("number", range(RUNS))
def test_after_a_sudden_death_a_rerun_gives_what_an_undisturbed_run_gives(undisturbed, root, number):
    folder, calm, usual = undisturbed
    random.seed(618 + number)
    role = ("kernel", "worker", "runner")[number % 3]
    batch = _Batch(folder / f"disturbed{number}", root)
    process = batch.start()
    time.sleep(random.uniform(0.25, 0.95) * usual)
    victim = None
    while victim is None and process.poll() is None:  # of its kind, none may have begun yet
        victim = _victim(batch, process.pid, role)
    if victim is not None:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            victim = None
    status = process.wait(300)
    assert status in ((0, -signal.SIGKILL) if role == "runner" else (0,)), (role, victim)
    assert batch.start().wait(300) == 0
    assert batch.tree() == calm.tree()
    assert [_without_library(row) for row in batch.rows()] == [_without_library(row) for row in calm.rows()]
    assert sorted(path.name for path in batch.out.iterdir()) == ["index.html", MANIFEST, "sample"]
    end = time.monotonic() + 30
    while (batch.processes() or list(batch.temporary.iterdir())) and time.monotonic() < end:
        time.sleep(0.2)
    assert batch.processes() == {}
    assert list(batch.temporary.iterdir()) == []
    shutil.rmtree(batch.temporary)


HANGING = """
import os, signal
from salesperf_lib.render import workers
workers.PATIENCE = 0.2
signal.signal(signal.SIGTERM, signal.SIG_IGN)  # an orderly end that never comes
reading, writing = os.pipe()
os.close(writing)  # the parent is gone
workers._end_with(reading)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="waits for a pipe")
def test_a_worker_whose_orderly_end_hangs_ends_all_the_same():
    ended = subprocess.run([sys.executable, "-c", HANGING], timeout=60, check=False)
    assert ended.returncode == 1
