"""``salesperf diff``: two reports, or two runs, number by number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from salesperf_lib.errors import Problem, RenderError

DIFFERENT = 1


def diff(
    left: Annotated[
        Path, typer.Argument(metavar="A", help="Page, executed notebook, manifest, or a folder.")
    ],
    right: Annotated[Path, typer.Argument(metavar="B", help="What to compare it with.")],
    *,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Of two runs, compare each pair of pages too.")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write every difference to this file too.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="zh or en.")] = "zh",
) -> None:
    """Compare two reports, or two runs, number by number, and say which rules or data differ.

    Exit status: 0 equal, 1 different, 2 refused.
    """
    from salesperf_lib.render.comparison import as_json, compare, say

    found = compare(left, right, lang=lang, numbers=numbers)
    if json_file is not None:
        _write(as_json(found), json_file)
    typer.echo(say(found, lang))
    if not found.equal:
        raise typer.Exit(DIFFERENT)


def _write(written: str, path: Path) -> None:
    try:
        path.write_text(written, encoding="utf-8")
    except OSError as error:
        problem = Problem(
            f"--json {path}", error.strerror or str(error), "a file in a folder that can be written"
        )
        raise RenderError(problem) from error
