"""Environments of the peers: their pins clash with ours, so each has one of its own under ``out``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PINS = {
    "b2b": "b2b_revenue_forecasting==0.46.0",
    "nixtla": "hierarchicalforecast==1.5.3",
    "pymcdm": "pymcdm==1.4.0",
    "pyrepo": "pyrepo-mcda==0.1.15",
    "pysensmcda": "pysensmcda==2.0.0",
    "skcriteria": "scikit-criteria==0.10",
}


class PeerMissingError(Exception):
    """A peer cannot be installed, or did not finish; the text says why."""


def python_of(name: str) -> Path:
    """Give the interpreter of a peer's environment, and make the environment if there is none.

    Raises
    ------
    PeerMissingError
        If it cannot be made, e.g. without a network.
    """
    folder = HERE / "out" / "peers" / name
    python, ready = folder / "bin" / "python", folder / f"ready-{PINS[name]}"
    if ready.is_file():
        return python
    uv = shutil.which("uv") or str(HERE.parent / ".uv" / "bin" / "uv")
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(python), PINS[name]],
    ):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        except subprocess.CalledProcessError as error:
            raise PeerMissingError(f"{PINS[name]} is not installed: {_last_line(error.stderr)}") from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PeerMissingError(f"{PINS[name]} is not installed: {error}") from None
    ready.write_text("")
    return python


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
