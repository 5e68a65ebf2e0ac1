"""Print a frame, or write it as csv, Excel or Parquet; no cell of it can be run."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import typer

from salesperf_lib.errors import DataError, Problem

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.worksheet import Worksheet

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
EXCEL_ROWS = 1_048_575
LONGEST_PRINT = 500


def fail_if_unknown_suffix(out: Path) -> None:
    """Refuse a file whose ending names no format, before anything is computed."""
    if out.suffix.lower() not in _WRITERS:
        raise DataError(Problem("--out", repr(str(out)), f"a file name that ends in {', '.join(_WRITERS)}"))


def put(frame: pd.DataFrame, out: Path | None, digits: int) -> None:
    """Write a frame to a file, or print it: as an aligned table on a terminal, else as csv.

    Parameters
    ----------
    frame
        What to show.
    out
        File; its ending says how. It is replaced as a whole or not at all.
    digits
        Decimals of money on a terminal; files hold every digit.
    """
    if frame.empty:
        typer.echo("no rows", err=True)
    if out is not None:
        aside = out.with_name(f".{os.getpid()}-{out.name}")
        try:
            _WRITERS[out.suffix.lower()](frame, aside)
            aside.replace(out)
        finally:
            aside.unlink(missing_ok=True)
        typer.echo(f"{len(frame):,} rows: {out}")
    elif sys.stdout.isatty():
        _print(frame, digits)
    else:
        _to_csv(frame, sys.stdout)


def inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before every text that a spreadsheet would run.

    These begin with ``= + - @``, a tab or a return; numbers are numbers and stay as they are.
    """
    safe = frame.copy()
    for name in safe.columns:
        if _is_text(safe[name]):
            text = safe[name].astype("str")
            risky = safe[name].notna() & text.str.startswith(DANGEROUS)
            safe[name] = safe[name].mask(risky, "'" + text)
    return safe


def _to_csv(frame: pd.DataFrame, target: Path | TextIO) -> None:
    """Write csv; texts are quoted where one holds a bare return, which csv writers leave open otherwise."""
    safe = inert(frame)
    texts = [safe[name].astype("str") for name in safe.columns if _is_text(safe[name])]
    returns = any(text.str.contains("\r", regex=False).any() for text in texts)
    safe.to_csv(target, index=False, quoting=csv.QUOTE_NONNUMERIC if returns else csv.QUOTE_MINIMAL)


def _csv(frame: pd.DataFrame, path: Path) -> None:
    _to_csv(frame, path)


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False)


def _excel(frame: pd.DataFrame, path: Path) -> None:
    """Write every text as text: ids keep their zeros, nothing becomes a formula or a link."""
    import xlsxwriter

    if len(frame) > EXCEL_ROWS:
        most = f"at most {EXCEL_ROWS:,} in Excel"
        raise DataError(Problem("--out", f"{len(frame):,} rows", most, "write .parquet or .csv"))
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("data")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(frame), 1), max(len(frame.columns) - 1, 0))
        for place, name in enumerate(frame.columns):
            sheet.set_column(place, place, min(40, max(10, len(str(name)) + 4)))
            sheet.write_string(0, place, str(name), bold)
        for row, cells in enumerate(frame.itertuples(index=False, name=None), start=1):
            for place, cell in enumerate(cells):
                _write_cell(sheet, row, place, cell)


def _write_cell(sheet: Worksheet, row: int, place: int, cell: object) -> None:
    import pandas as pd

    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):  # type: ignore[arg-type]
        return
    if isinstance(cell, str):
        sheet.write_string(row, place, cell)
    elif isinstance(cell, datetime | date):
        sheet.write_datetime(row, place, cast("datetime", cell))
    elif pd.api.types.is_bool(cell):
        sheet.write_boolean(row, place, bool(cell))
    else:
        sheet.write_number(row, place, float(cell))  # type: ignore[arg-type]


_WRITERS: Mapping[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": _csv,
    ".xlsx": _excel,
    ".parquet": _parquet,
}


def _print(frame: pd.DataFrame, digits: int) -> None:
    """Print an aligned table, figures to the right."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    shown = Table(header_style="bold", box=None, pad_edge=False)
    for name in frame.columns:
        shown.add_column(
            escape(str(name)), justify="left" if _is_text(frame[name]) else "right", overflow="fold"
        )
    for cells in frame.head(LONGEST_PRINT).itertuples(index=False, name=None):
        shown.add_row(*(escape(_cell(cell, digits)) for cell in cells))
    Console().print(shown)
    if len(frame) > LONGEST_PRINT:
        typer.echo(f"{LONGEST_PRINT} of {len(frame):,} rows; --out FILE writes all of them", err=True)


def _cell(cell: object, digits: int) -> str:
    import pandas as pd

    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):  # type: ignore[arg-type]
        return ""
    if isinstance(cell, float):
        places = 0 if cell.is_integer() and abs(cell) >= 1 else max(digits, 2) if abs(cell) >= 10 else 4
        return f"{cell:,.{places}f}"
    return str(cell)


def _is_text(values: pd.Series) -> bool:
    import pandas as pd

    return not (
        pd.api.types.is_numeric_dtype(values)
        or pd.api.types.is_bool_dtype(values)
        or pd.api.types.is_datetime64_any_dtype(values)
    )
