"""Serve a notebook as a live page that asks the network for nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from salesperf_lib.errors import Problem, RenderError

TEMPLATES = Path(__file__).parents[1] / "templates"
TEMPLATE = "salesperf"
HOST = "127.0.0.1"
"""Only this machine can open the page: it writes rules, and asks nobody who they are."""
PATIENCE = 60
"""Seconds until a page must answer."""
GRACE = 30
"""Seconds in which a server that was asked to end must have ended its kernels."""


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is being served: its address, and the server's process."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def served(
    notebook: Path,
    port: int = 0,
    *,
    browser: bool = False,
    environment: Mapping[str, str] | None = None,
    log: IO[bytes] | None = None,
) -> Generator[Served]:
    """Serve a notebook with Voilà while the block runs.

    Parameters
    ----------
    notebook
        The notebook; every reader of its page gets a kernel.
    port
        Where it listens; any free one if not given.
    browser
        Whether a browser is opened.
    environment
        Of the server; that of this process if not given. The template is added to it.
    log
        Where the server writes what it does; where this process does, if not given.

    Yields
    ------
    Served
        A page that answers.

    Raises
    ------
    RenderError
        If the port is taken, or the server ends before it answers.
    """
    port = port or _free_port()
    _fail_if_taken(port)
    command, held = voila_command(notebook, port, browser=browser), voila_environment(environment)
    process = subprocess.Popen(command, env=held, stdout=log, stderr=log)  # noqa: S603 (our own words)
    try:
        _wait_for(port, process)
        yield Served(f"http://{HOST}:{port}/", process)
    finally:
        _end(process)


def voila_command(notebook: Path, port: int = 8866, *, browser: bool = False) -> list[str]:
    """Give the command that serves a notebook with Voilà; run it with `voila_environment`.

    Parameters
    ----------
    notebook
        The notebook.
    port
        Where it listens.
    browser
        Whether a browser is opened.
    """
    return [
        sys.executable,
        "-m",
        "voila",
        str(notebook),
        f"--port={port}",
        "--Voila.port_retries=0",  # another port than the one that was announced is no help
        f"--Voila.ip={HOST}",
        f"--template={TEMPLATE}",
        # A page keeps its template: the others link style sheets of other sites.
        "--VoilaConfiguration.allow_template_override=NO",
        # What is worked out already is shown while the rest is still being worked out.
        "--VoilaConfiguration.progressive_rendering=True",
        *([] if browser else ["--no-browser"]),
    ]


def voila_environment(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment in which Voilà finds this package's template.

    Parameters
    ----------
    given
        The environment to start from; that of this process if not given.
    """
    start = dict(os.environ if given is None else given)
    paths = [str(TEMPLATES), *([start["JUPYTER_PATH"]] if start.get("JUPYTER_PATH") else [])]
    return start | {"JUPYTER_PATH": os.pathsep.join(paths)}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _fail_if_taken(port: int) -> None:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return
    problem = Problem(f"port {port}", "another program listens there", "a free port", "give another: --port")
    raise RenderError(problem)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server listens; to ask for the page would already start a kernel."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    code = process.poll()
    found = f"no answer in {PATIENCE} s" if code is None else f"ended with status {code}"
    raise RenderError(Problem("voila", found, "a page that answers", "see what it wrote above"))
