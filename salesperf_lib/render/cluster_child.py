"""A process beside a Dask worker in which its reports run, one after another.

A worker runs tasks in threads, which share one environment; a report's kernel and its attachments need one
of their own. The process outlives a report, for its imports cost as much as a report does, but not its
worker: its standard input closes then, and it leaves through every ``finally``, which kill its kernel.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO, cast

from salesperf_lib.render.edition import EDITION
from salesperf_lib.render.execution import run
from salesperf_lib.render.failure import one_line
from salesperf_lib.render.manifest import Job, Row
from salesperf_lib.render.warm.messages import private_folder

Reply = Row | str | None

IDLE = 60.0
"""Seconds for which a process without a report is kept."""
PATIENCE = 10.0  # seconds that it has to end its kernel
POLL = 0.25


@dataclass(frozen=True, slots=True)
class Child:
    """A process and the folder for its temporary files."""

    process: subprocess.Popen[bytes]
    scratch: Path


_idle: list[Child] = []


def run_beside(job: Job, wanted: Callable[[], bool]) -> Reply:
    """Run a job in a process of its own, new or left by an earlier job.

    Parameters
    ----------
    job
        What to run.
    wanted
        Asked again and again; once it says no, process and kernel are ended.

    Returns
    -------
    Row, str or None
        The row; what `run` raised; None if the process died or was ended.
    """
    child = _take_idle() or _start()
    replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    threading.Thread(target=lambda: replies.put(_ask(child, job)), daemon=True).start()
    reply: Reply = None
    while wanted():
        with suppress(queue.Empty):
            reply = replies.get(timeout=POLL)
            break
    if reply is None:
        _end(child)
    else:
        _keep(child)
    return reply


def _start() -> Child:
    """Start a process whose temporary files, its kernels' too, are gone with it however it ends."""
    scratch = private_folder()
    process = subprocess.Popen(  # noqa: S603 (this interpreter, this module)
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=scratch,
        env={**os.environ, "TMPDIR": str(scratch)},
        start_new_session=True,  # whoever kills the worker's group leaves it time to end in order
    )
    return Child(process, scratch)


def _ask(child: Child, job: Job) -> Reply:
    """Send a job and wait for what comes of it; None if the process ends before."""
    given, told = cast("BinaryIO", child.process.stdin), cast("BinaryIO", child.process.stdout)
    try:
        pickle.dump((EDITION, job), given)
        given.flush()
        return pickle.load(told)  # noqa: S301 (our own process)
    except (OSError, EOFError, ValueError, pickle.UnpicklingError):  # it died, or was ended meanwhile
        return None


def _take_idle() -> Child | None:
    with suppress(IndexError):
        while True:
            child = _idle.pop()
            if child.process.poll() is None:
                return child
            _end(child)
    return None


def _keep(child: Child) -> None:
    """Leave a process to the next job, and end it if none comes."""
    _idle.append(child)

    def end_if_idle() -> None:
        with suppress(ValueError):  # another job has it
            _idle.remove(child)
            _end(child)

    timer = threading.Timer(IDLE, end_if_idle)
    timer.daemon = True
    timer.start()


def _end(child: Child) -> None:
    """Close its input, at which it ends its kernel and itself; kill it if it takes too long over it."""
    with suppress(OSError):
        cast("BinaryIO", child.process.stdin).close()
    try:
        child.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.process.kill()
        child.process.wait()
    cast("BinaryIO", child.process.stdout).close()
    shutil.rmtree(child.scratch, ignore_errors=True)


# -- inside the process ------------------------------------------------------------------------------


def _serve() -> None:
    """Run the jobs that come in, and answer each with its row."""
    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # how a run ended is said by its row
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes to the worker's log
    jobs: queue.SimpleQueue[tuple[str, Job]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(jobs,), daemon=True).start()
    try:
        while True:
            pickle.dump(_reply(*jobs.get()), answers)
            answers.flush()
    except SystemExit:
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
        os._exit(1)  # an orderly end of the interpreter would wait for sockets that nobody answers any more


def _reply(edition: str, job: Job) -> Row | str:
    if edition != EDITION:
        return f"the library changed under its worker: {edition}, now {EDITION}"
    try:
        return run(job)
    except Exception as error:  # noqa: BLE001 (whatever it is, the job's row tells it)
        return one_line(f"{type(error).__name__}: {error}")


def _receive(jobs: queue.SimpleQueue[tuple[str, Job]]) -> None:
    """Take jobs from standard input; end the process when it closes, for the worker is gone then."""
    with suppress(EOFError, pickle.UnpicklingError):
        while True:
            received: Any = pickle.load(sys.stdin.buffer)  # noqa: S301 (from our own worker)
            jobs.put(received)
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Leave through every ``finally`` on the way: they kill the kernel and remove its sockets."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(1)


if __name__ == "__main__":
    _serve()
