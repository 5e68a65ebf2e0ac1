"""The days of the season's model: windows of promotions, Spring Festival, weekdays and harmonics (§1.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.language import text
from salesperf_lib.periods import Promotion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Window = tuple[str, str]
Cell = tuple[str, str, int]

FESTIVAL = "spring_festival"
FESTIVAL_NAME = "Chinese New Year (Spring Festival)"
FESTIVAL_PHASES = (("preheat", -21, -6), ("burst", -5, 7), ("after", 8, 14))  # days from New Year's Day
OUTSIDE = np.iinfo(np.int64).max


def with_festival(promotions: Sequence[Promotion], first: date, last: date) -> list[Promotion]:
    """Add the Spring Festivals of the years that the calendar leaves out.

    Parameters
    ----------
    promotions
        Dated windows.
    first, last
        Days for which they are wanted.

    Returns
    -------
    list
        The windows given, and three of each festival of a year (the next one's reaches back into
        December) without rows of ``spring_festival``.
    """
    told = {row.first.year for row in promotions if row.id == FESTIVAL}
    told |= {row.last.year for row in promotions if row.id == FESTIVAL}
    added = [
        Promotion(
            FESTIVAL,
            phase,
            day + timedelta(start),
            day + timedelta(end),
            major=False,
            zh=text("promotion.spring_festival", "zh"),
            en=text("promotion.spring_festival", "en"),
        )
        for year in range(first.year, last.year + 2)
        if year not in told
        for day in (spring_festival(year),)
        for phase, start, end in FESTIVAL_PHASES
    ]
    return [*promotions, *added]


@cache
def spring_festival(year: int) -> date:
    """Tell the first day of the lunar year.

    Notes
    -----
    The exact English name is matched: a prefix also hits the Eve, listed from 2025 on, and days taken in
    lieu of it.
    """
    import holidays

    calendar = holidays.country_holidays("CN", years=year, language="en_US")
    return min(day for day, name in calendar.items() if FESTIVAL_NAME in name.split("; "))


@dataclass(frozen=True, slots=True)
class Design:
    """One row per day: `plain` columns, window and cell indicators; a day's cells sum to 1 or 0."""

    plain: Floats
    windows: Floats
    cells: Floats

    def rows(self, span: slice) -> Design:
        """Give some of the days."""
        return Design(self.plain[span], self.windows[span], self.cells[span])

    @property
    def in_window(self) -> NDArray[np.bool_]:
        """Tell the days of a window."""
        return self.windows.sum(axis=1) > 0


def marks_of(dates: pd.DatetimeIndex, promotions: Sequence[Promotion]) -> dict[Window, Ints]:
    """Place each day in the windows that touch these days; `OUTSIDE` where it lies in none."""
    number = dates.to_numpy().astype("datetime64[D]").astype(np.int64)
    marks: dict[Window, Ints] = {}
    for row in sorted(promotions, key=lambda row: (row.id, row.phase, row.first)):
        first, last = (np.datetime64(day, "D").astype(np.int64) for day in (row.first, row.last))
        inside = (first <= number) & (number <= last)
        if inside.any():
            place = marks.setdefault((row.id, row.phase), np.full(len(dates), OUTSIDE))
            place[inside] = number[inside] - (first if row.phase == "after" else last)
    return marks


def design_of(
    dates: pd.DatetimeIndex,
    marks: Mapping[Window, Ints],
    windows: tuple[Window, ...],
    cells: tuple[Cell, ...],
    harmonics: int,
    origin: pd.Timestamp,
) -> Design:
    """Lay out the columns of the model; windows and cells that these days do not touch are 0."""
    nowhere = np.full(len(dates), OUTSIDE)
    inside = [(marks.get(key, nowhere) != OUTSIDE).astype(float) for key in windows]
    placed = [(marks.get(cell[:2], nowhere) == cell[2]).astype(float) for cell in cells]
    table = np.column_stack([np.zeros((len(dates), 0)), *placed])
    # Where windows of two promotions overlap, a day's departure is the mean of theirs.
    table /= np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    return Design(
        _plain(dates, harmonics, origin), np.column_stack([np.zeros((len(dates), 0)), *inside]), table
    )


def _plain(dates: pd.DatetimeIndex, harmonics: int, origin: pd.Timestamp) -> Floats:
    """Give the columns without calendar: level, years since the origin, weekdays, harmonics."""
    weekday = dates.day_of_week.to_numpy()
    contrasts = np.vstack([np.eye(6), -np.ones(6)])[weekday]
    lengths = np.where(dates.is_leap_year, 366, 365)
    angle = 2 * np.pi * (dates.day_of_year.to_numpy() - 0.5) / lengths
    waves = [wave(k * angle) for k in range(1, harmonics + 1) for wave in (np.cos, np.sin)]
    years = (dates - origin).days.to_numpy() / 365.25
    return np.column_stack([np.ones(len(dates)), years, contrasts, *waves])
