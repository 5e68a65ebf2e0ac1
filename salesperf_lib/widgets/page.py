"""Serve a notebook as a live page that asks the network for nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

TEMPLATES = Path(__file__).parents[1] / "templates"
TEMPLATE = "salesperf"


def voila_command(
    notebook: Path, port: int = 8866, *, address: str = "127.0.0.1", browser: bool = False
) -> list[str]:
    """Give the command that serves a notebook with Voilà; run it with `voila_environment`.

    Parameters
    ----------
    notebook
        The notebook.
    port
        Where it listens.
    address
        On which address; by default only this machine can open the page.
    browser
        Whether a browser is opened.
    """
    return [
        sys.executable,
        "-m",
        "voila",
        str(notebook),
        f"--port={port}",
        f"--Voila.ip={address}",
        f"--template={TEMPLATE}",
        # A page keeps its template: the others link style sheets of other sites.
        "--VoilaConfiguration.allow_template_override=NO",
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
