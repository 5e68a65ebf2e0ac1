"""Time calls by the processor's clock: other people's work on the machine does not count."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

Result = TypeVar("Result")
RUNS, ENOUGH = 3, 5.0


def fastest(call: Callable[[], Result]) -> tuple[float, Result]:
    """Call up to three times, until five seconds are spent.

    Returns
    -------
    tuple
        The least processor seconds of one call, and what the last call gave.
    """
    seconds: list[float] = []
    while True:
        start = time.process_time()
        result = call()
        seconds.append(time.process_time() - start)
        if len(seconds) == RUNS or sum(seconds) > ENOUGH:
            return min(seconds), result


def race(calls: Mapping[str, Callable[[], object]], rounds: int = 5) -> dict[str, float]:
    """Call several in turn, so that what slows the machine down for a while slows all of them.

    Returns
    -------
    dict
        The least processor seconds of each.
    """
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.process_time()
            call()
            best[name] = min(best[name], time.process_time() - start)
    return best
