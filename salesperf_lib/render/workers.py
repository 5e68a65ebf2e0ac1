"""Worker processes that end with their parent and take their kernels with them."""

from __future__ import annotations

import concurrent.futures
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    as_completed,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path
from types import FrameType
from typing import Any

from salesperf_lib.render.execution import run
from salesperf_lib.render.failure import one_line
from salesperf_lib.render.manifest import Job, Row

PATIENCE = 10  # seconds that a worker has to end its kernel


def run_in_processes(jobs: list[Job], workers: int, take: Callable[[Job, Row], None], scratch: Path) -> None:
    """Run jobs in as many processes, handing over each row as it comes.

    A worker that dies (out of memory, a crash inside the exporter) breaks its whole pool. What had begun
    and not ended is then run once more, one by one, so that only the job at fault fails; the others go on
    in a new pool.

    Parameters
    ----------
    jobs, workers
        What to run, in how many processes at most.
    take
        Called with each job and its row.
    scratch
        Folder for the temporary files of workers and kernels.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C or SIGTERM, after every worker and kernel has ended.
    """
    idle = 0
    while jobs:
        rest = _run_pool(jobs, min(workers, len(jobs)), take, scratch)
        begun = [job for job in rest if job.folder.exists()]
        idle = 0 if begun else idle + 1
        if idle > 1:  # workers die before they begin anything: more of them would, too
            for job in rest:
                take(job, _lost(job))
            return
        for job in begun:
            second = _second(job)
            if _run_pool([second], 1, take, scratch):
                take(second, _lost(second))
        jobs = [job for job in rest if job not in begun]


def run_in_executor(jobs: Iterable[Job], executor: Executor, take: Callable[[Job, Row], None]) -> None:
    """Run jobs through a caller's executor, of other machines perhaps, that shares the output folder.

    A job whose worker is lost is handed in once more, if the executor still takes anything.
    """
    waiting = {executor.submit(run, job): job for job in jobs}
    try:
        while waiting:
            for future in concurrent.futures.wait(waiting, return_when=FIRST_COMPLETED).done:
                job = waiting.pop(future)
                if future.exception() is not None and job.attempt == 1:
                    with suppress(RuntimeError, BrokenExecutor):
                        waiting[executor.submit(run, _second(job))] = _second(job)
                        continue
                take(job, _row_of(future, job))
    finally:
        for future in waiting:
            future.cancel()


def _second(job: Job) -> Job:
    """Describe the second attempt: in a folder of its own, for the first one's kernel may still be dying."""
    return replace(job, attempt=2, folder=job.folder.with_name(f"{job.folder.name}-2"))


def _lost(job: Job, error: str = "") -> Row:
    return Row(job.report, "failed", reason="worker_died", error=error, attempts=job.attempt)


def _run_pool(jobs: list[Job], workers: int, take: Callable[[Job, Row], None], scratch: Path) -> list[Job]:
    """Run jobs in one pool.

    Returns
    -------
    list
        The jobs without a row, because the pool broke.
    """
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")  # a fork would copy the threads of zmq and DuckDB
    pool = ProcessPoolExecutor(workers, context, initializer=_begin_worker, initargs=(str(scratch),))
    try:
        with _held_back(signal.SIGINT):  # so that no worker prints a traceback before it can ignore Ctrl-C
            futures = {pool.submit(_run_or_leave, job): job for job in jobs}
        rest: list[Job] = []
        for future in as_completed(futures):
            job = futures[future]
            if isinstance(future.exception(), BrokenProcessPool):
                rest.append(job)
            else:
                take(job, _row_of(future, job))
        pool.shutdown()
    except BaseException:
        _stop(pool, set(multiprocessing.active_children()) - others)
        raise
    return rest


def _row_of(future: Future[Row], job: Job) -> Row:
    error = future.exception()
    if error is None:
        return future.result()
    return _lost(job, one_line(f"{type(error).__name__}: {error}"))


def _stop(pool: ProcessPoolExecutor, workers: set[Any]) -> None:
    """End workers: each ends its kernel first, and is killed if it takes too long over it."""
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(PATIENCE)
        if worker.is_alive():
            worker.kill()


def _run_or_leave(job: Job) -> Row:
    """Run a job; asked to end meanwhile, end at once, for the kernel is gone by then.

    An orderly end of the interpreter would wait for sockets that nobody answers any more.
    """
    try:
        return run(job)
    except SystemExit:
        os._exit(1)


def _begin_worker(scratch: str) -> None:
    """Leave Ctrl-C to the parent, end in order on SIGTERM, and end when the parent is gone.

    Temporary files, the kernels' too, go where the run removes them even if this process is killed.
    """
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # how a run ended is said by its row
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Leave through every ``finally`` on the way: they kill the kernel and remove its sockets."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(1)


def _end_with(sentinel: int) -> None:
    """End in order when the parent is gone; at the latest after a while, for an orderly end may hang.

    A kernel whose sockets nobody answers can be waited for without end. Kernels watch their own parent, so
    none outlives this.
    """
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)


@contextmanager
def _held_back(number: signal.Signals) -> Generator[None]:
    """Deliver a signal only after the block; processes started inside it inherit the block."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
