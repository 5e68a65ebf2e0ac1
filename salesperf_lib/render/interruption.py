"""Ctrl-C and a scheduler's SIGTERM stop a run, but never between a report and its line in the books."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Turn signals into one `KeyboardInterrupt`, which waits while something is held together."""

    def __init__(self) -> None:
        self._held = 0
        self._asked = False
        self._raised = False

    def handle(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal; after the first one the run is ending already, and more would disturb that."""
        self._asked = True
        self._raise_if_free()

    @contextmanager
    def held(self) -> Generator[None]:
        """Let no signal in between: one that comes meanwhile interrupts at the end."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        self._raise_if_free()

    def _raise_if_free(self) -> None:
        if self._asked and not self._raised and not self._held:
            self._raised = True
            raise KeyboardInterrupt


@contextmanager
def interruptible() -> Generator[Interruption]:
    """Treat SIGTERM like Ctrl-C, as long as the context lasts and where signals can be taken at all."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, interruption.handle) for number in numbers]
    try:
        yield interruption
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
