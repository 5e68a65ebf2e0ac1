"""Write csv, xlsx and yaml so that the same content gives the same bytes."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CREATED = datetime(2026, 7, 11, 9, 0)  # noqa: DTZ001 - a naive wall-clock moment, as Excel stores it


def write_csv(path: Path, frame: pd.DataFrame, encoding: str = "utf-8") -> Path:
    """Write a csv file; a name in ``.gz`` is compressed without a time stamp."""
    data = frame.to_csv(index=False, lineterminator="\n").encode(encoding)
    if path.suffix == ".gz":
        data = gzip.compress(data, compresslevel=9, mtime=0)
    path.write_bytes(data)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, tuple[Sequence[str], pd.DataFrame]]) -> Path:
    """Write a workbook.

    Parameters
    ----------
    sheets
        Sheet → the lines that stand above the headings, and the rows.
    """
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }  # inline strings: ids are told once, and half the size
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": CREATED})
        as_date = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, (titles, frame) in sheets.items():
            sheet = book.add_worksheet(name)
            for row, title in enumerate(titles):
                sheet.write_string(row, 0, title)
            sheet.write_row(len(titles), 0, list(frame.columns))
            _write_rows(sheet, len(titles) + 1, frame, as_date)
    _pack_tightly(path)
    return path


def write_yaml(path: Path, title: str, content: Mapping[str, object]) -> Path:
    """Write nested mappings and lists as YAML, scalars in JSON's notation."""
    path.write_text(f"# {title}\n" + "\n".join(_yaml_lines(content, 0)) + "\n", encoding="utf-8")
    return path


def _pack_tightly(path: Path) -> None:
    """Pack a workbook again at the highest level, every part with the same time stamp."""
    with zipfile.ZipFile(path) as book:
        parts = [(name, book.read(name)) for name in book.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        for name, content in parts:
            book.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 9)


def _write_rows(sheet: Worksheet, first: int, frame: pd.DataFrame, as_date: Format) -> None:
    columns = [frame[name].tolist() for name in frame.columns]
    for row, values in enumerate(zip(*columns, strict=True), start=first):
        for column, value in enumerate(values):
            if value is None or value != value:  # noqa: PLR0124 - NaN
                continue
            if isinstance(value, date):
                sheet.write_datetime(row, column, datetime.combine(value, time.min), as_date)
            elif isinstance(value, str):
                sheet.write_string(row, column, value)
            else:
                sheet.write_number(row, column, value)


def _yaml_lines(value: Mapping[str, object], depth: int) -> list[str]:
    lines: list[str] = []
    for key, item in value.items():
        if isinstance(item, Mapping):
            lines += ["  " * depth + f"{key}:", *_yaml_lines(item, depth + 1)]
        else:
            lines.append("  " * depth + f"{key}: {_scalar(item)}")
    return lines


def _scalar(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
