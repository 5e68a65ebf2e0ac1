"""Worker processes that end with their parent and take their kernels with them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from types import FrameType
from typing import Any

from salesperf_lib.render.execution import run
from salesperf_lib.render.failure import one_line
from salesperf_lib.render.manifest import Job, Row

PATIENCE = 10  # seconds that a worker has to end its kernel


def run_in_processes(jobs: list[Job], workers: int, take: Callable[[Job, Row], None]) -> None:
    """Run jobs in as many processes, handing over each row as it comes.

    A worker that dies (out of memory, a crash inside the exporter) breaks its whole pool; what had not
    ended is then run one by one, so that only the job at fault fails.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C or SIGTERM, after every worker and kernel has ended.
    """
    rest = _run_pool(jobs, min(workers, len(jobs)), take)
    for job in rest:
        if _run_pool([job], 1, take):
            take(job, Row(job.report, "failed", reason="worker_died"))


def run_in_executor(jobs: Iterable[Job], executor: Executor, take: Callable[[Job, Row], None]) -> None:
    """Run jobs through a caller's executor, of other machines perhaps, that shares the output folder."""
    futures = {executor.submit(run, job): job for job in jobs}
    try:
        for future in as_completed(futures):
            take(futures[future], _row_of(future, futures[future]))
    finally:
        for future in futures:
            future.cancel()


def _run_pool(jobs: list[Job], workers: int, take: Callable[[Job, Row], None]) -> list[Job]:
    """Run jobs in one pool.

    Returns
    -------
    list
        The jobs without a row, because the pool broke.
    """
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")  # a fork would copy the threads of zmq and DuckDB
    pool = ProcessPoolExecutor(workers, context, initializer=_begin_worker)
    with _sigterm_as_interrupt():
        try:
            with _held_back(
                signal.SIGINT
            ):  # so that no worker prints a traceback before it can ignore Ctrl-C
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
    return Row(job.report, "failed", reason="worker_died", error=one_line(f"{type(error).__name__}: {error}"))


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


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, end in order on SIGTERM, and end when the parent is gone."""
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
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _sigterm_as_interrupt() -> Generator[None]:
    """Treat SIGTERM (a scheduler's stop) like Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
