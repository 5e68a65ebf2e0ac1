"""``salesperf explore``: the weight explorer as a live page in the browser (§4)."""

from __future__ import annotations

import os
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
    _fail_if_no_voila()
    from salesperf_lib import facts, params, render
    from salesperf_lib.language import LANGUAGES, period_text, text
    from salesperf_lib.widgets.page import served

    if lang not in LANGUAGES:
        raise RenderError(Problem("--lang", repr(lang), " or ".join(LANGUAGES)))
    root, day = params.project_root(), None if as_of is None else as_of.date()
    opened = facts.open(source, as_of=day)
    policy = render.policy_of(period, opened, scenario, day, root)
    values = {
        "period": policy.period.label, "lang": lang, "source": source, "scenario": scenario,
        "as_of": "" if day is None else day.isoformat(),
    }  # fmt: skip
    title = f"{text('weights.title', lang)} · {period_text(policy.period.label, lang)}"
    folder: Path = root / "data" / "out" / "explore"
    notebook = render.prepared(render.find_notebook(NOTEBOOK, root), values, folder, title)
    try:
        with served(notebook, port, browser=browser, environment=_with_root(root)) as page:
            typer.echo(f"Open {page.address}  (it fills while it is being worked out; Ctrl-C ends it)")
            code = page.process.wait()
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)


def _with_root(root: Path) -> dict[str, str]:
    """Tell the page's kernel whose rules and data are meant: it runs where the copy lies."""
    return os.environ | {"SALESPERF_ROOT": str(root)}


def _fail_if_no_voila() -> None:
    if find_spec("voila") is None:
        remedy = "install it: pip install 'salesperf[web]', or uv sync --extra web"
        raise RenderError(Problem("voila", "not installed", "the extra web", remedy))
