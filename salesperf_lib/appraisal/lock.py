"""Let one process make what several want at the same time, while the others wait for it."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # not on every system: there each process works for itself
    fcntl = None

PATIENCE = 600.0
"""Seconds after which nobody waits any longer: a process that stands still holds nobody else up."""
STEP = 0.1


@contextmanager
def one_at_a_time(path: Path) -> Generator[None]:
    """Wait until no other process is inside with the same path.

    It never fails and never waits for ever: where the disk is read-only, where locks do not exist, or after
    `PATIENCE` seconds it lets in all the same. The system itself releases the lock of a process that ends,
    however it ends, so a file that is left over holds nobody up.

    Parameters
    ----------
    path
        The lock's file; its folder is made if need be, and it is gone afterwards.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("ab")
    except OSError:
        yield
        return
    with handle:
        held = _held(handle)
        try:
            yield
        finally:
            if held:
                with suppress(OSError):
                    path.unlink()


def _held(handle: IO[bytes]) -> bool:
    """Wait for the lock, and say whether it was given; closing the file gives it back."""
    if fcntl is None:
        return False
    for _ in range(round(PATIENCE / STEP)):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(STEP)
        except OSError:  # a disk on which nothing can be locked
            return False
        else:
            return True
    return False
