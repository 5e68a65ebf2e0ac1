"""Small notebooks that tests render."""

from __future__ import annotations

from pathlib import Path

import nbformat

PARAMETERS = (
    'team: str = "t1"\nperiod: str = "2026-06"\nlang: str = "zh"\nscenario: str = "base"\n'
    'source: str = "sample"\nshare: float = 0.5'
)


def make_notebook(path: Path, cell: str = "print(team)") -> Path:
    """Write a notebook of a parameters cell and one more."""
    made = nbformat.v4.new_notebook()
    made.cells = [
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(cell),
    ]
    nbformat.write(made, path)
    return path
