"""Time one call by the processor's clock: other people's work on the machine does not count."""

from __future__ import annotations

import time
from collections.abc import Callable
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
