"""Read sheets of workbooks as text: ids stay what a person sees in the cell."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection
from python_calamine import CalamineError, CalamineWorkbook

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.sources.mapping import Input
from salesperf_lib.sources.text import headings_of

EXACT_DIGITS = 15


def read_sheet(
    con: DuckDBPyConnection, alias: str, path: Path, spec: Input
) -> tuple[dict[str, list[str]], ...]:
    """Read one sheet into the table `alias`, every cell as text.

    Returns
    -------
    tuple of two dict
        Cells by column whose ids lost their leading zeros, and numbers whose last digits are lost.

    Raises
    ------
    DataError
        If the file is no workbook, or has no such sheet, or no headings in the row said.
    """
    rows = _rows(path, spec)
    place = f"{path}: row {spec.header}"
    headings = headings_of(
        [as_text(cell) or "" for cell in rows[spec.header - 1]] if spec.header else list(spec.columns), place
    )
    body = [row for row in rows[spec.header :] if any(cell not in ("", None) for cell in row)]
    cells = {name: [row[i] if i < len(row) else None for row in body] for i, name in enumerate(headings)}
    table = pa.table(
        {name: pa.array([as_text(cell) for cell in column], pa.string()) for name, column in cells.items()}
    )
    con.register("_sheet", table)
    con.execute(f"create or replace table {alias} as select * from _sheet")
    con.unregister("_sheet")
    shortened = {name: lost for name, column in cells.items() if (lost := _without_zeros(column))}
    inexact = {name: lost for name, column in cells.items() if (lost := _inexact(column))}
    return shortened, inexact


def as_text(cell: object) -> str | None:
    """Write a cell as text: 123.0 as 123, a day as 2026-06-18, an empty cell as nothing."""
    match cell:
        case bool():
            text = str(cell).lower()
        case float() if cell.is_integer():
            text = str(int(cell))
        case datetime() if cell.time() == time():
            text = cell.date().isoformat()
        case timedelta():
            text = str(cell.total_seconds())
        case _:
            text = "" if cell is None else str(cell)
    return text or None


def _rows(path: Path, spec: Input) -> list[list[Any]]:
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise DataError(Problem(str(path), str(error), "a workbook", "export it as .xlsx again")) from None
    names = book.sheet_names
    if spec.sheet is not None and spec.sheet not in names:
        raise DataError(Problem(str(path), f"no sheet {spec.sheet!r}", ", ".join(names), "correct `sheet`"))
    rows = book.get_sheet_by_name(spec.sheet or names[0]).to_python(skip_empty_area=False)
    if len(rows) < max(spec.header, 1):
        found = f"{len(rows)} rows in sheet {spec.sheet or names[0]}"
        raise DataError(
            Problem(str(path), found, f"headings in row {spec.header}", "correct `header` or `sheet`")
        )
    return rows


def _without_zeros(column: list[Any]) -> list[str]:
    """Find whole numbers shorter than the ids in the same column that are text with leading zeros."""
    padded = {
        len(cell) for cell in column if isinstance(cell, str) and cell.isdigit() and cell.startswith("0")
    }
    if not padded:
        return []
    numbers = [
        as_text(cell) for cell in column if isinstance(cell, int | float) and not isinstance(cell, bool)
    ]
    return [text for text in numbers if text is not None and text.isdigit() and len(text) < max(padded)]


def _inexact(column: list[Any]) -> list[str]:
    """Find whole numbers with more digits than a sheet keeps."""
    limit = 10**EXACT_DIGITS
    return [str(int(cell)) for cell in column if isinstance(cell, int | float) and abs(cell) >= limit]
