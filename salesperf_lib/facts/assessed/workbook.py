"""Read a workbook of ratings and assessments as it is: its sheets and columns, and what must not be in it."""

from __future__ import annotations

import hashlib
import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree as ET

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.facts.assessed.layout import (
    ASSESSMENTS,
    COLUMNS,
    FIRST_ROW,
    FORMAT,
    KEY_ROW,
    KEYS_SHEET,
    RATINGS,
    column_letter,
    sheet_of,
)
from salesperf_lib.sources.sheets import as_text

Cells = Sequence[Sequence[Any]]

FRESH = "write the template again and copy the values into it"


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something.

    Parameters
    ----------
    sheet
        ``ratings`` or ``assessments``.
    place
        File and sheet, as a message names them.
    number
        Its number in the sheet, from 1.
    cells
        What stands in it, by the key of the column.
    letters
        The letter of each column.
    """

    sheet: str
    place: str
    number: int
    cells: Mapping[str, Any]
    letters: Mapping[str, str]

    def text(self, column: str) -> str:
        """Give a cell as text; empty if nothing stands there."""
        return (as_text(self.cells[column]) or "").strip()

    def where(self, column: str) -> str:
        """Name a cell of the row."""
        return f"{self.place}, row {self.number}, column {self.letters[column]} ({column})"


@dataclass(frozen=True, slots=True)
class Book:
    """What a workbook holds.

    Parameters
    ----------
    rows
        Every row that holds something, in the order of the sheets.
    problems
        What is wrong with its shape.
    sha256
        Of the file.
    """

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    sha256: str


def read_workbook(path: Path, source: str) -> Book:
    """Read a filled-in template.

    Parameters
    ----------
    path
        The file, ``….xlsx``.
    source
        Whose template it must be, where it says so.

    Returns
    -------
    Book
        Its rows, and every problem of its sheets: missing, unknown or repeated sheets and columns,
        merged cells, formulas.

    Raises
    ------
    DataError
        If it cannot be read as a workbook at all.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    if path.suffix.lower() != ".xlsx":
        found, allowed = f"a file of the kind {path.suffix or 'without an ending'}", "an .xlsx file"
        raise DataError(Problem(str(path), found, allowed, "save it as .xlsx, without macros"))
    try:
        with CalamineWorkbook.from_path(str(path)) as file:
            opened = {name: file.get_sheet_by_name(name) for name in file.sheet_names}
            cells = {name: sheet.to_python(skip_empty_area=False) for name, sheet in opened.items()}
            merged = {name: sheet.merged_cell_ranges or [] for name, sheet in opened.items()}
        formulas = dict(_formulas(path))
    except (CalamineError, OSError, zipfile.BadZipFile, KeyError, ET.ParseError) as error:
        raise DataError(Problem(str(path), str(error), "a workbook", "save it as .xlsx again")) from None
    problems = [*_wrong_sheets(path, cells), *_another_source(path, cells, source)]
    rows: list[Row] = []
    for name, held in cells.items():
        sheet = sheet_of(name)
        if sheet is not None and sheet in COLUMNS:
            place = f"{path}: sheet {name!r}"
            problems += [*_merged(place, merged[name]), *_computed(place, formulas.get(name, []))]
            letters, wrong = _columns(sheet, place, held)
            problems += wrong
            rows += [] if wrong else _rows(sheet, place, held, letters)
    return Book(tuple(rows), tuple(problems), _sha256(path))


def _wrong_sheets(path: Path, cells: Mapping[str, Cells]) -> Iterator[Problem]:
    """Find sheets that are missing, there twice, or unknown and not empty."""
    known = [sheet_of(name) for name in cells]
    given = ", ".join(map(repr, cells))
    for sheet in (RATINGS, ASSESSMENTS):
        if known.count(sheet) != 1:
            found = f"{known.count(sheet) or 'no'} sheets of {sheet}, among {given}"
            yield Problem(str(path), found, f"one sheet of {sheet}, as the template has it", FRESH)
    for name, held in cells.items():
        if sheet_of(name) is None and any(as_text(cell) for row in held for cell in row):
            found, allowed = f"a sheet {name!r}", "the sheets of the template"
            yield Problem(str(path), found, allowed, "remove it: nothing is read from it")


def _another_source(path: Path, cells: Mapping[str, Cells], source: str) -> Iterator[Problem]:
    """Compare what the file says it is with what it is taken in for."""
    told = {str(row[0]): str(row[1]) for row in cells.get(KEYS_SHEET, ()) if len(row) > 1}
    for key, expected in (("format", FORMAT), ("source", source)):
        if key in told and told[key] != expected:
            found = f"a template of {key} {told[key]!r}"
            yield Problem(str(path), found, f"{key} {expected!r}", "choose its --source, or write a new one")


def _merged(place: str, ranges: Sequence[Any]) -> Iterator[Problem]:
    shown = [f"{_cell(*first)}:{_cell(*last)}" for first, last in ranges]
    if shown:
        found = f"merged cells: {', '.join(shown[:5])}" + (f" and {len(shown) - 5} more" * (len(shown) > 5))
        yield Problem(place, found, "one value in each cell", "unmerge them and fill in every row")


def _computed(place: str, formulas: Sequence[str]) -> Iterator[Problem]:
    if formulas:
        more = f" and {len(formulas) - 5} more" if len(formulas) > 5 else ""
        found = f"formulas in {', '.join(formulas[:5])}{more}"
        yield Problem(place, found, "values only", "copy these cells and paste them as values")


def _columns(sheet: str, place: str, held: Cells) -> tuple[dict[str, int], list[Problem]]:
    """Find the columns by the hidden row of keys."""
    keys = [as_text(cell) for cell in held[KEY_ROW]] if held else []
    named = {key: index for index, key in enumerate(keys) if key}
    problems = [
        Problem(f"{place}, row {KEY_ROW + 1}", f"no column {key}", ", ".join(COLUMNS[sheet]), FRESH)
        for key in COLUMNS[sheet]
        if key not in named
    ]
    for index in range(max(map(len, held), default=0)):
        key = keys[index] if index < len(keys) else None
        where = f"{place}, column {column_letter(index)}"
        if key is None and any(index < len(row) and as_text(row[index]) for row in held):
            problems.append(Problem(where, "values in a column of no meaning", "the template's", "remove it"))
        elif key is not None and (key not in COLUMNS[sheet] or named[key] != index):
            found = f"a column {key!r}" if key not in COLUMNS[sheet] else f"column {key!r} once more"
            problems.append(Problem(where, found, "each column of the template once", FRESH))
    return named, problems


def _rows(sheet: str, place: str, held: Cells, columns: Mapping[str, int]) -> Iterator[Row]:
    letters = {key: column_letter(index) for key, index in columns.items()}
    for number, row in enumerate(held[FIRST_ROW:], start=FIRST_ROW + 1):
        if any(as_text(cell) for cell in row):
            cells = {key: row[index] if index < len(row) else None for key, index in columns.items()}
            yield Row(sheet, place, number, cells, letters)


def _formulas(path: Path) -> Iterator[tuple[str, list[str]]]:
    """List the cells of each sheet that hold a formula: what reads their values does not tell."""
    with zipfile.ZipFile(path) as file:
        book = ET.fromstring(file.read("xl/workbook.xml"))  # noqa: S314 - expat limits expansion
        links = ET.fromstring(file.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        parts = {link.get("Id"): str(link.get("Target")) for link in links}
        for sheet in book.iterfind(".//{*}sheet"):
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            part = posixpath.normpath(posixpath.join("/xl", parts[link])).lstrip("/")
            with file.open(part) as stream:
                yield str(sheet.get("name")), list(_formula_cells(stream))


def _formula_cells(stream: IO[bytes]) -> Iterator[str]:
    for _, element in ET.iterparse(stream):  # noqa: S314
        tag = element.tag.rpartition("}")[2]
        if tag == "c":
            if element.find("{*}f") is not None:
                yield str(element.get("r"))
            element.clear()


def _cell(row: int, column: int) -> str:
    return f"{column_letter(column)}{row + 1}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
