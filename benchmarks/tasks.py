"""Tasks of the benchmarks, each in a process of its own, so that peak memory means something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from peers import PeerMissingError, python_of
from table import Figures

HERE = Path(__file__).resolve().parent
OUT = HERE / "out"
PATIENCE = 150
"""Seconds after which a task is given up."""


class TaskError(Exception):
    """A task ended with an error."""


def peer_task(name: str, script: str, *arguments: object) -> Figures | str:
    """Run a peer's task in its environment, or say why that is not possible."""
    return attempt(lambda: child(str(python_of(name)), script, *arguments, patience=PATIENCE))


def attempt(call: Callable[[], Figures]) -> Figures | str:
    """Give the figures of a peer; without them a short word for the table and the reason beside it."""
    try:
        return call()
    except PeerMissingError as error:
        print(error, file=sys.stderr)
        return "missing"
    except subprocess.TimeoutExpired:
        return f"> {PATIENCE}"
    except TaskError as error:
        print(error, file=sys.stderr)
        return "failed"


def child(python: str, script: str, *arguments: object, patience: float | None = None) -> Figures:
    """Run one task in a fresh interpreter and read the last line that it prints.

    Raises
    ------
    TaskError
        If it fails.
    subprocess.TimeoutExpired
        If it takes longer than `patience` seconds.
    """
    command = [python, str(HERE / script), *(str(value) for value in arguments)]
    # Processor seconds add the threads up, idle ones that spin among them: one thread is fair to all.
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1") if patience else {}
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=patience,
        env={**os.environ, **one_thread},
    )
    if done.returncode:
        raise TaskError(f"{' '.join(command[1:])} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])
