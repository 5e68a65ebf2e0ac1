"""Reach a Dask cluster by the address of its scheduler, and see that its workers run this library."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from salesperf_lib.errors import Problem, RenderError, fail_if_any
from salesperf_lib.render.cluster_worker import SAME, other_edition
from salesperf_lib.render.edition import EDITION, edition
from salesperf_lib.render.failure import one_line

if TYPE_CHECKING:
    from distributed import Client

ANSWER = 15.0
"""Seconds that a scheduler has to answer."""
NO_WORKER = 60.0
"""Seconds for which a cluster may be without a worker."""
SHOWN = 10
REMEDY = "see that scheduler and workers run, and run again: reports that are done by then are skipped"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A connection to a scheduler, and the address by which its user knows it."""

    client: Client
    address: str


@contextmanager
def connected(address: str) -> Generator[Cluster]:
    """Connect to a scheduler whose workers are fit for our reports.

    Raises
    ------
    RenderError
        If there is no such scheduler, no worker, or one with another library.
    """
    where = f"scheduler {address}"
    if not re.fullmatch(r"(tcp|tls)://[^/\s]+:\d+", address):
        raise RenderError(Problem("scheduler", repr(address), "tcp://host:port, or tls://host:port"))
    try:
        from distributed import Client
    except ImportError as error:
        problem = Problem(where, "no package distributed", "the extra dask", "pip install 'salesperf[dask]'")
        raise RenderError(problem) from error
    try:
        client = Client(address, timeout=ANSWER, set_as_default=False)
    except OSError as error:  # a TimeoutError is one
        found = one_line(f"no answer: {error}")
        raise RenderError(Problem(where, found, "a Dask scheduler that runs", "dask scheduler")) from error
    cluster = Cluster(client, address)
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # what becomes of the connection is told by errors
    try:
        _fail_without_workers(cluster)
        _fail_if_other_library(cluster)
        yield cluster
    finally:
        with suppress(OSError):
            client.close()
        logger.setLevel(level)


def gone(address: str) -> RenderError:
    """Tell that a scheduler went away."""
    return RenderError(Problem(f"scheduler {address}", "it went away", "one that stays for the run", REMEDY))


def no_worker(address: str) -> RenderError:
    """Tell that a scheduler has no worker and got none for a while."""
    found = f"no worker for {NO_WORKER:g} s"
    return RenderError(Problem(f"scheduler {address}", found, "one worker or more", f"dask worker {address}"))


def unusable(error: Exception) -> RenderError:
    """Tell that a worker which came later cannot import what it was sent."""
    found = one_line(f"a salesperf that cannot do it: {error}")
    return RenderError(Problem("a worker", found, f"salesperf {EDITION}", SAME))


def workers_of(cluster: Cluster) -> list[str]:
    """List the addresses of the workers that there are now.

    Raises
    ------
    RenderError
        If the scheduler went away.
    """
    with _answering(cluster):
        return list(cast("dict[str, int]", cluster.client.nthreads()))


def call(
    cluster: Cluster, function: Callable[..., Any], *given: object, workers: Collection[str] | None = None
) -> dict[str, Any]:
    """Call a function on workers, on all if none are named.

    Returns
    -------
    dict
        By worker: what the function gave or, as a value, what it raised.

    Raises
    ------
    RenderError
        If the scheduler went away.
    """
    named = None if workers is None else list(workers)
    with _answering(cluster):
        return cast("dict[str, Any]", cluster.client.run(function, *given, workers=named, on_error="return"))


@contextmanager
def _answering(cluster: Cluster) -> Generator[None]:
    """Take every broken connection inside as the scheduler's end."""
    if cluster.client.status != "running":
        raise gone(cluster.address)
    try:
        yield
    except OSError as error:  # among them those of Dask
        raise gone(cluster.address) from error


def _fail_without_workers(cluster: Cluster) -> None:
    if workers_of(cluster):
        return
    try:
        cluster.client.wait_for_workers(1, timeout=NO_WORKER)
    except TimeoutError as error:
        raise no_worker(cluster.address) from error


def _fail_if_other_library(cluster: Cluster) -> None:
    """Refuse workers whose library is not this one: their reports would not be these."""
    told = {f"scheduler {cluster.address}": _edition_of_scheduler(cluster)}
    told |= {f"worker {worker}": answer for worker, answer in call(cluster, edition).items()}
    problems = [
        other_edition(where, answer if isinstance(answer, str) else f"that cannot do it: {answer}", EDITION)
        for where, answer in told.items()
        if answer != EDITION and not isinstance(answer, OSError)  # a worker that has just gone
    ]
    fail_if_any(problems[:SHOWN], RenderError)


def _edition_of_scheduler(cluster: Cluster) -> Any:
    """Ask the scheduler, too, which unpacks what it passes on."""
    try:
        with _answering(cluster):
            return cluster.client.run_on_scheduler(edition)
    except (ImportError, AttributeError) as error:
        return error
