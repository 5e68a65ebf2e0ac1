"""What stands where in a target book: sheets, lines and cells, made of the target frame alone.

Both the writer and the reader of a book use this layout. A hidden column names each line, a hidden
row each period and a hidden sheet the book, so that a translated heading never decides anything.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.periods import Period

State = Literal["open", "closed", "locked", "absent"]

FORMAT = "1"
KEYS_SHEET = "salesperf"
RATES = "rates"
KEY, ID, NAME, NOTE, FIRST = range(5)  # columns; the periods begin at FIRST
PERIOD_ROW, HEADER_ROW, FIRST_ROW = 2, 3, 4
UNASSIGNED = "unassigned"
QUARTERS, YEAR = (3, 7, 11, 15), 16  # places among the periods; a quarter follows its months
MONTHS = tuple(j for j in range(YEAR) if j not in QUARTERS)
LINE = ["kpi", "level", "unit_id", "team_id"]
ORDER = {"company": 0, "group": 1, "team": 2, "channel": 3, "person": 4}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet: a KPI of a unit.

    Parameters
    ----------
    kpi, level, unit_id, team_id
        Which target (DATA §6).
    locked
        Whether it is shown only: a sum, a unit above the teams of the book, a channel.
    """

    kpi: str
    level: str
    unit_id: str
    team_id: str
    locked: bool = field(default=False, compare=False)

    @property
    def key(self) -> str:
        """Give the text of its hidden cell."""
        return json.dumps([self.kpi, self.level, self.unit_id, self.team_id])


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: ``volume:<kpi>``, ``team:<team>`` or ``rates``, and its lines in order."""

    key: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The targets of a year by line and period: months, each third followed by its quarter, then the year.

    Parameters
    ----------
    periods
        The 17 columns.
    values
        By KPI, level, unit and team, its 17 targets; NaN where there is none.
    """

    periods: tuple[Period, ...]
    values: Mapping[tuple[str, ...], NDArray[np.float64]]

    def of(self, line: Line) -> NDArray[np.float64]:
        """Give the targets of a line."""
        return self.values[line.kpi, line.level, line.unit_id, line.team_id]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it was written: its target, whether it is shown, and what may be done to it."""

    target: float
    shown: bool
    state: State


def grid(book: pd.DataFrame, policy: Policy) -> Grid:
    """Arrange the target frame of one year by line and period.

    Raises
    ------
    DataError
        If it holds no year, or several.
    """
    start = policy.company.fiscal_start_month
    parsed = [Period.parse(str(label), start) for label in book["period"].unique()]
    years = [period for period in parsed if period.kind == "year"]
    if len(years) != 1:
        found = ", ".join(sorted(year.label for year in years)) or "no targets of a year"
        raise DataError(Problem("target book", found, "the targets of one year", "choose a year with goals"))
    quarters = years[0].children("quarter")
    periods = (*(part for quarter in quarters for part in (*quarter.months(), quarter)), years[0])
    wide = book.pivot(index=LINE, columns="period", values="target")  # noqa: PD010 - nothing to aggregate
    wide = wide.reindex(columns=[period.label for period in periods])
    rows: list[tuple[str, ...]] = [tuple(key) for key in wide.index]
    return Grid(periods, dict(zip(rows, wide.to_numpy(float), strict=True)))


def pages(
    book: pd.DataFrame, policy: Policy, teams: Sequence[str] | None = None, groups: Sequence[str] = ()
) -> tuple[Page, ...]:
    """Lay out the sheets of a book.

    Parameters
    ----------
    book
        The target frame.
    policy
        The KPIs and their order.
    teams
        The teams it is for: no other team's line is in it, and what lies above them is locked; all
        teams, and channels, if not given.
    groups
        The groups above those teams.

    Returns
    -------
    tuple of Page
        One per volume with company, groups, teams and channels; one per team with the volumes split
        to its people, its sum last; one of all rates.
    """
    rank = {name: place for place, name in enumerate(policy.kpis)}
    lines = [_line(key, teams is None) for key in book[LINE].drop_duplicates().itertuples(index=False)]
    if teams is not None:
        lines = [line for line in lines if _is_for(line, teams, groups)]
    lines.sort(key=lambda line: (rank[line.kpi], ORDER[line.level], *_last_unassigned(line)))
    volumes = [line for line in lines if policy.kpis[line.kpi].kind == "volume"]
    made = [
        Page(f"volume:{kpi}", tuple(line for line in volumes if line.kpi == kpi and line.level != "person"))
        for kpi in dict.fromkeys(line.kpi for line in volumes)
    ]
    made += _team_pages(volumes)
    rates = tuple(line for line in lines if policy.kpis[line.kpi].kind == "rate")
    made.append(Page(RATES, rates))
    return tuple(page for page in made if page.lines)


def _team_pages(volumes: Sequence[Line]) -> list[Page]:
    """Lay out each team's people by volume, with the team's own target as their sum."""
    sums = {(line.team_id, line.kpi): line for line in volumes if line.level == "team"}
    people: dict[str, dict[str, list[Line]]] = {}
    for line in volumes:
        if line.level == "person":
            people.setdefault(line.team_id, {}).setdefault(line.kpi, []).append(line)
    made: list[Page] = []
    for team in sorted(people, key=lambda name: (name == UNASSIGNED, name)):
        parts = [
            [*own, *([replace(sums[team, kpi], locked=True)] if (team, kpi) in sums else [])]
            for kpi, own in people[team].items()
        ]
        made.append(Page(f"team:{team}", tuple(line for part in parts for line in part)))
    return made


def _line(key: Any, whole: bool) -> Line:
    above = key.level in ("company", "group") and not whole
    return Line(key.kpi, key.level, key.unit_id, key.team_id, above or key.level == "channel")


def _is_for(line: Line, teams: Sequence[str], groups: Sequence[str]) -> bool:
    if line.level == "group":
        return line.unit_id in groups
    return line.level == "company" or line.team_id in teams


def _last_unassigned(line: Line) -> tuple[bool, str, str]:
    return line.unit_id.partition(":")[0] == UNASSIGNED, line.unit_id, line.team_id


def cells_of(
    line: Line, targets: NDArray[np.float64], periods: Sequence[Period], kpi: Kpi, closed_through: date | None
) -> tuple[Cell, ...]:
    """Say what each cell of a line holds; a rate that is the same all year is shown once, in the year."""
    known = targets[~np.isnan(targets)]
    once = kpi.kind == "rate" and not math.isnan(targets[-1]) and bool((known == targets[-1]).all())
    is_open = _open_periods(targets, periods, closed_through)
    cells: list[Cell] = []
    for period, target, may_change in zip(periods, targets.tolist(), is_open, strict=True):
        state: State = "open" if may_change else "closed"
        if line.locked:
            state = "locked"
        elif math.isnan(target):
            state = "absent"
        cells.append(Cell(target, not math.isnan(target) and (not once or period.kind == "year"), state))
    return tuple(cells)


def _open_periods(
    targets: NDArray[np.float64], periods: Sequence[Period], closed_through: date | None
) -> list[bool]:
    """Say which periods are open: a quarter or year as long as a month in it that has a target is."""
    is_open = [closed_through is None or period.last > closed_through for period in periods]
    has_target = (~np.isnan(targets)).tolist()
    for end in (*QUARTERS, YEAR):
        inside = range(end - 3, end) if end != YEAR else MONTHS
        months = [is_open[j] for j in inside if has_target[j]]
        is_open[end] = is_open[end] and (any(months) or not months)
    return is_open


def version_of(book: pd.DataFrame) -> str:
    """Give the version that a target frame carries."""
    return ", ".join(sorted(map(str, book["version"].unique())))


def band_key(kpi: str) -> str:
    """Give the hidden text of the row that heads an indicator's lines."""
    return json.dumps([kpi])


def column_name(column: int) -> str:
    """Name a column, counted from 0, as a sheet does: A … Z, AA."""
    before, letter = divmod(column, 26)
    return (column_name(before - 1) if before else "") + chr(ord("A") + letter)
