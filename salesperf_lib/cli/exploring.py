"""``salesperf explore``: the weight explorer as a live page in the browser (§4)."""

from __future__ import annotations

import subprocess
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from salesperf_lib.errors import Problem, RenderError

NOTEBOOK = "40_weight_explorer"


def explore(
    *,
    period: Annotated[
        str, typer.Option("--period", help="2026-06, 2026-Q2, 2026, or last-closed.")
    ] = "last-closed",
    lang: Annotated[str, typer.Option("--lang", help="zh or en.")] = "zh",
    source: Annotated[
        str, typer.Option("--source", "-s", help="Whose data: a file of params/sources/.")
    ] = "sample",
    scenario: Annotated[
        str, typer.Option("--scenario", help="Rules: base, or a file of params/scenarios/.")
    ] = "base",
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="See only what was recorded by this day."),
    ] = None,
    port: Annotated[int, typer.Option("--port", help="Where the page is served.")] = 8866,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in a browser.")] = True,
) -> None:
    """Open the weight explorer as a page on this machine; Ctrl-C ends it."""
    from salesperf_lib import facts, params, render
    from salesperf_lib.widgets.page import voila_command, voila_environment

    _fail_if_no_voila()
    root, day = params.project_root(), None if as_of is None else as_of.date()
    opened = facts.open(source, as_of=day)
    policy = render.policy_of(period, opened, scenario, day, root)
    values = {
        "period": policy.period.label, "lang": lang, "source": source, "scenario": scenario,
        "as_of": "" if day is None else day.isoformat(),
    }  # fmt: skip
    folder: Path = root / "data" / "out" / "explore"
    notebook = render.prepared(render.find_notebook(NOTEBOOK, root), values, folder)
    typer.echo(f"Open http://127.0.0.1:{port}/  (it takes some seconds to appear; Ctrl-C ends it)")
    command = voila_command(notebook, port, browser=browser)
    with_root = voila_environment() | {"SALESPERF_ROOT": str(root)}
    try:
        code = subprocess.run(command, check=False, env=with_root).returncode  # noqa: S603 (our own words)
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)


def _fail_if_no_voila() -> None:
    if find_spec("voila") is None:
        remedy = "install it: pip install 'salesperf[web]', or uv sync --extra web"
        raise RenderError(Problem("voila", "not installed", "the extra web", remedy))
