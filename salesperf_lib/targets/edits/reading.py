"""Read an edited target book: which cells were changed, or everything that is wrong with it (§1.2)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.params.policy import Change, Company
from salesperf_lib.sources.sheets import EXACT_DIGITS, as_text
from salesperf_lib.targets.edits.layout import (
    FIRST,
    FIRST_ROW,
    FORMAT,
    ID,
    KEY,
    KEYS_SHEET,
    MONTHS,
    PERIOD_ROW,
    QUARTERS,
    YEAR,
    Cell,
    Grid,
    Line,
    Page,
    band_key,
    cells_of,
    column_name,
    grid,
    pages,
    version_of,
)
from salesperf_lib.targets.edits.listing import locale_of, write_target

Cells = Sequence[Sequence[Any]]

SAME = 1e-9  # of a rate: a sheet keeps 15 digits of it


def read_edits(
    path: Path, book: pd.DataFrame, policy: Policy, closed_through: date | None = None
) -> list[Change]:
    """Read what was changed in a target book.

    Parameters
    ----------
    path
        The edited workbook.
    book
        The target frame it was written from: the same source, year and version.
    policy
        The rules it was written under.
    closed_through
        Last day of the last closed month; no period that ends by then may change.

    Returns
    -------
    list of Change
        One per changed cell, sorted as in the book: volumes in whole units (money: minor units),
        rates as they are. Empty if nothing was changed.

    Raises
    ------
    DataError
        With every problem found, naming sheet and cell: another book, missing or added sheets and
        lines, changed ids, and cells that hold no admissible number or may not be changed.

    Notes
    -----
    A longer period that was not changed is a stale sum where its months were: no edit. One that was
    changed together with periods inside it must equal their sum as the sheet shows them; one that
    was changed alone is an edit of the longer period, and its open months follow.
    """
    sheets = _read_sheets(path)
    told = _read_keys(path, sheets)
    fail_if_any(_another_book(path, told, book, policy), DataError)
    targets = grid(book, policy)
    planned = pages(book, policy, told["teams"], told["groups"])
    names: dict[str, str] = told["sheets"]
    problems = _wrong_sheets(path, sheets, names, [page.key for page in planned])
    changes: list[Change] = []
    for page in planned:
        if (name := names.get(page.key)) in sheets:
            reader = _Reader(f"{path}: sheet {name!r}", sheets[name], policy, targets, closed_through)
            found, wrong = reader.read(page)
            changes += found
            problems += wrong
    fail_if_any(problems, DataError)
    return changes


def _read_sheets(path: Path) -> dict[str, Cells]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as file:
            return {
                name: file.get_sheet_by_name(name).to_python(skip_empty_area=False)
                for name in file.sheet_names
            }
    except (CalamineError, OSError) as error:
        raise DataError(Problem(str(path), str(error), "a target book", "save it as .xlsx again")) from None


def _read_keys(path: Path, sheets: Mapping[str, Cells]) -> dict[str, Any]:
    """Read the hidden sheet: one name and one JSON text per row."""
    try:
        told = {str(row[0]): json.loads(str(row[1])) for row in sheets[KEYS_SHEET]}
        if (
            told["format"] == FORMAT
            and {"teams", "groups", "version"} <= told.keys()
            and _is_names(told["sheets"])
        ):
            return told
        found = f"a book of format {told['format']}"
    except (KeyError, IndexError, ValueError):
        found = f"no readable hidden sheet {KEYS_SHEET!r}"
    allowed = f"a target book of format {FORMAT}, as this version of salesperf writes it"
    raise DataError(Problem(str(path), found, allowed, "export the book again and edit that one"))


def _is_names(told: Any) -> bool:
    return isinstance(told, dict) and all(isinstance(name, str) for name in told.values())


def _another_book(path: Path, told: Mapping[str, Any], book: pd.DataFrame, policy: Policy) -> list[Problem]:
    """Compare what the file says it is with what it is read against."""
    company = policy.company
    expected = {
        "source": policy.source,
        "year": grid(book, policy).periods[-1].label,
        "version": version_of(book),
        "currency": company.currency,
        "money_scale": company.money_scale,
    }
    remedy = "export the present book again and repeat the edits there"
    return [
        Problem(str(path), f"a book of {name} {told.get(name)!r}", f"{name} {value!r}", remedy)
        for name, value in expected.items()
        if told.get(name) != value
    ]


def _wrong_sheets(
    path: Path, sheets: Mapping[str, Cells], names: Mapping[str, str], planned: Iterable[str]
) -> list[Problem]:
    known = {KEYS_SHEET, *names.values()}
    given = ", ".join(repr(name) for name in sheets if name != KEYS_SHEET)
    problems = [
        Problem(str(path), f"no sheet {names.get(key, key)!r}", f"every sheet of the book; found: {given}",
                "put the sheet back under its name, or edit a fresh export")
        for key in planned if names.get(key) not in sheets
    ]  # fmt: skip
    return problems + [
        Problem(f"{path}: sheet {name!r}", "a sheet that the book did not have", "the book's own sheets",
                "remove it; edits are read from the book's own sheets only")
        for name in sheets if name not in known
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one sheet; `where` names file and sheet."""

    where: str
    cells: Cells
    policy: Policy
    targets: Grid
    closed_through: date | None

    def read(self, page: Page) -> tuple[list[Change], list[Problem]]:
        """Read a sheet's lines in the book's order, wherever they stand in the sheet."""
        moved = self._moved_columns()
        rows, problems = ({}, moved) if moved else self._rows(page)
        changes: list[Change] = []
        for line in page.lines:
            if line.key in rows:
                found, wrong = self._line(line, rows[line.key])
                changes += found
                problems += wrong
        return changes, problems

    def at(self, row: int, column: int) -> str | None:
        """Give a cell as text; None if it is empty or beyond the sheet's end."""
        return as_text(self._raw(row, column))

    def _raw(self, row: int, column: int) -> Any:
        inside = row < len(self.cells) and column < len(self.cells[row])
        return self.cells[row][column] if inside else None

    def _problem(self, row: int, column: int, found: str, allowed: str, remedy: str) -> Problem:
        return Problem(f"{self.where}, cell {column_name(column)}{row + 1}", found, allowed, remedy)

    def _moved_columns(self) -> list[Problem]:
        """Compare the hidden row of periods with the year's."""
        remedy = "put the columns and the hidden rows back, or edit a fresh export"
        return [
            self._problem(PERIOD_ROW, FIRST + j, repr(found), f"the period {period.label}", remedy)
            for j, period in enumerate(self.targets.periods)
            if (found := self.at(PERIOD_ROW, FIRST + j)) != period.label
        ]

    def _rows(self, page: Page) -> tuple[dict[str, int], list[Problem]]:
        """Find the row of each line, and rows that are added, missing, repeated or of another id."""
        expected = {line.key: line for line in page.lines}
        bands = {band_key(line.kpi) for line in page.lines}
        rows: dict[str, int] = {}
        problems: list[Problem] = []
        for row in range(FIRST_ROW, len(self.cells)):
            key = self.at(row, KEY)
            if key in bands or (key is None and not any(map(as_text, self.cells[row]))):
                continue
            line = expected.get(key or "")
            shown = self.at(row, ID)
            if line is None:
                found, allowed = f"a row of unknown unit {shown!r}", "the rows that the book was written with"
                problems.append(self._problem(row, ID, found, allowed, "remove the row"))
            elif line.key in rows:
                found, allowed = f"unit {shown!r} again", f"one row; the first is row {rows[line.key] + 1}"
                problems.append(self._problem(row, ID, found, allowed, "remove the row"))
            else:
                rows[line.key] = row
                if shown != line.unit_id:
                    allowed = f"the id {line.unit_id!r}"
                    problems.append(self._problem(row, ID, f"id {shown!r}", allowed, "put the id back"))
        return rows, problems + self._missing(expected, rows)

    def _missing(self, expected: Mapping[str, Line], rows: Mapping[str, int]) -> list[Problem]:
        return [
            Problem(self.where, f"no row for {line.kpi} of {line.level} {line.unit_id!r}",
                    "every row of the book", "put the row back, or edit a fresh export")
            for key, line in expected.items() if key not in rows
        ]  # fmt: skip

    def _line(self, line: Line, row: int) -> tuple[list[Change], list[Problem]]:
        """Read one line: its changed cells, or what is wrong with them."""
        kpi = self.policy.kpis[line.kpi]
        written = cells_of(line, self.targets.of(line), self.targets.periods, kpi, self.closed_through)
        now = np.array([cell.target for cell in written])
        edited = np.zeros(len(written), bool)
        problems: list[Problem] = []
        for j, cell in enumerate(written):
            value, fault = self._cell(cell, self._raw(row, FIRST + j), kpi)
            if fault:
                problems.append(self._problem(row, FIRST + j, *fault))
            elif value is not None and not _same(value, cell.target, kpi):
                now[j], edited[j] = value, True
        if kpi.kind == "volume" and not problems:
            problems = self._sums(row, written, now, edited, kpi)
        changes = [
            Change(line.level, line.unit_id, line.team_id, line.kpi, period.label, cell.target, float(value))
            for period, cell, value, is_edited in zip(self.targets.periods, written, now, edited, strict=True)
            if is_edited
        ]
        return changes, problems

    def _cell(self, cell: Cell, raw: Any, kpi: Kpi) -> tuple[float | None, tuple[str, str, str] | None]:
        """Read one cell: its value in whole units, or what was found, what is allowed and what to do."""
        text = as_text(raw)
        if text is None and not cell.shown:
            return None, None
        was = self.write(cell.target, kpi)
        value, allowed = amount_of(raw, kpi, self.policy.company)
        found = "an empty cell, or a formula without a value" if text is None else _found(raw)
        if cell.state == "absent":
            return None, (found, "nothing: there is no target of this unit in this period", "empty the cell")
        if cell.state != "open":
            if value is not None and _same(value, cell.target, kpi):
                return value, None
            because = f"closed through {self.closed_through}" if cell.state == "closed" else "locked"
            return None, (found, f"{was}: the cell is {because}", "put the value back")
        if value is None:
            return None, (found, allowed, f"correct it; the book says {was}")
        return value, None

    def _sums(
        self,
        row: int,
        written: Sequence[Cell],
        now: NDArray[np.float64],
        edited: NDArray[np.bool_],
        kpi: Kpi,
    ) -> list[Problem]:
        """Compare changed quarters and a changed year with what they contain, as the sheet shows it."""
        problems: list[Problem] = []
        closed = [cell.target if cell.state == "closed" else 0.0 for cell in written]
        quarters: list[float] = []
        changed_inside = False
        for end in QUARTERS:
            months = slice(end - 3, end)
            total, any_month = float(np.nansum(now[months])), bool(edited[months].any())
            if edited[end]:
                part = total if any_month else None
                problems += self._sum(row, end, now[end], part, sum(closed[months]), written[end], kpi)
            quarters.append(total if any_month and not edited[end] else float(now[end]))
            changed_inside |= any_month or bool(edited[end])
        if edited[YEAR]:
            kept = sum(closed[j] for j in MONTHS)
            part = float(np.nansum(quarters)) if changed_inside else None
            problems += self._sum(row, YEAR, now[YEAR], part, kept, written[YEAR], kpi)
        return problems

    def _sum(
        self, row: int, column: int, value: float, parts: float | None, kept: float, cell: Cell, kpi: Kpi
    ) -> list[Problem]:
        period = self.targets.periods[column]
        inside = "months" if period.kind == "quarter" else "quarters and months"
        found = f"{period.kind} {period.label} = {self.write(value, kpi)}"
        if parts is not None and parts != value:
            found += f", but its {inside} sum to {self.write(parts, kpi)}"
            allowed = (
                f"where both were changed, a {period.kind} equal to its {inside} as the sheet shows them"
            )
            remedy = f"make them equal, or put back the {period.kind}'s {self.write(cell.target, kpi)}"
        elif value < kept:
            found += f", less than the {self.write(kept, kpi)} of its closed months"
            allowed, remedy = "at least what its closed months hold: they never change", "raise it"
        else:
            return []
        return [self._problem(row, FIRST + column, found, allowed, remedy)]

    def write(self, value: float, kpi: Kpi) -> str:
        """Write a target as a message shows it."""
        return write_target(value, kpi, locale_of(self.policy, "en"))


def amount_of(raw: Any, kpi: Kpi, company: Company) -> tuple[float | None, str]:
    """Read a cell as a target.

    Parameters
    ----------
    raw
        What the cell holds.
    kpi, company
        The indicator, and how the company counts money.

    Returns
    -------
    tuple
        The target in whole units (money: minor units) or as a rate, None if the cell holds no
        admissible one; and what is allowed.
    """
    money, volume = kpi.unit == "money", kpi.kind == "volume"
    allowed = "a number, 0 or more"
    if volume:
        allowed = f"an amount, 0 or more, in steps of {1 / company.money_scale:g}" if money else allowed
        allowed = allowed if money else "a whole number, 0 or more"
    elif kpi.unit == "share":
        allowed = "a share from 0 % to 100 %"
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw) or raw < 0:
        return None, allowed
    exact = Decimal(f"{raw:.{EXACT_DIGITS}g}") * (company.money_scale if money else 1)
    if (volume and exact != exact.to_integral_value()) or (kpi.unit == "share" and exact > 1):
        return None, allowed
    return float(exact), allowed


def _same(value: float, target: float, kpi: Kpi) -> bool:
    return value == target if kpi.kind == "volume" else math.isclose(value, target, rel_tol=SAME)


def _found(raw: Any) -> str:
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    return f"{raw:,.{EXACT_DIGITS}g}" if is_number else f"{type(raw).__name__} {as_text(raw)!r}"
