"""What if a line stood elsewhere: scores of many cases at once, with gates and exact sums (§2.6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib import grades, scores
from salesperf_lib.params import Policy
from salesperf_lib.review.options import Bools, Floats, Ints, Objects, Options, first_step

ON_TARGET = 100.0


def marks_of(roles: pd.Series, kpis: pd.Series, policy: Policy) -> Floats:
    """Give the mark of each line that is a gate; NaN for all others."""
    marks = {(role.id, row.kpi): row.gate for role in policy.roles.values() for row in role.kpis if row.gate}
    return np.array([marks.get(key, np.nan) for key in zip(roles, kpis, strict=True)], dtype=float)


def held(points: Floats, mark: Floats, part: Ints) -> Floats:
    """Hold points at 100 where a gate indicator of the same part is under its mark: `scores.gate` on arrays.

    Parameters
    ----------
    points
        (n,) or (n, states), before the gate.
    mark
        (n,) marks of gate indicators, else NaN.
    part
        (n,) number of the part of a person that a line belongs to, from 0.
    """
    gates = np.flatnonzero(~np.isnan(mark))
    if not len(gates):
        return points
    shut = np.zeros((int(part.max()) + 1, *points.shape[1:]), dtype=bool)
    under = points[gates] < mark[gates].reshape(-1, *[1] * (points.ndim - 1))
    np.logical_or.at(shut, part[gates], under)
    others = shut[part]
    others[gates] = False
    return np.where(others & (points > ON_TARGET), ON_TARGET, points)


@dataclass(frozen=True, slots=True)
class Book:
    """What a search for a change looks at.

    Parameters
    ----------
    lines
        Lines that count, by owner: owner, part, open, before (points before any gate), mark, weight.
    goals
        One row per owner: score, needed_score.
    options
        Which of the open lines can move; `options.line` counts the open ones.
    """

    lines: pd.DataFrame
    goals: pd.DataFrame
    options: Options

    def rows(self) -> Ints:
        """Give the row of each option among all lines."""
        return np.flatnonzero(self.lines["open"].to_numpy(bool))[self.options.line]

    def owners(self) -> Ints:
        """Give the owner of each option."""
        return self.lines["owner"].to_numpy(np.int64)[self.rows()]

    def column(self, name: str) -> Objects:
        """Give a column of the lines, by option."""
        return self.lines[name].to_numpy(object)[self.rows()]


class Trial:
    """Scores of many cases, each a copy of one person's lines.

    Parameters
    ----------
    book
        Everybody's lines.
    owners
        (n,) person of each case; a person may have many.
    """

    def __init__(self, book: Book, owners: Ints) -> None:
        owner = book.lines["owner"].to_numpy(np.int64)
        first = np.searchsorted(owner, owners)
        count = np.searchsorted(owner, owners, side="right") - first
        self._case = np.repeat(np.arange(len(owners)), count)
        self._offset = np.cumsum(count) - count - first
        rows = np.arange(len(self._case)) - self._offset[self._case]
        table = book.lines.iloc[rows]
        part = table["part"].to_numpy(np.int64)
        self._part = np.unique(self._case * (part.max(initial=0) + 1) + part, return_inverse=True)[1]
        self._mark, self._weight = table["mark"].to_numpy(float), table["weight"].to_numpy(float)
        self.points = table["before"].to_numpy(float)
        goal = book.goals.iloc[owners]
        self._needed, self._rest = goal["needed_score"].to_numpy(float), np.zeros(len(owners))
        self._rest = goal["score"].to_numpy(float) - self.scores(self.points)

    def at(self, cases: Ints, rows: Ints) -> Ints:
        """Give the place of lines (rows of the book) in their cases."""
        return rows + self._offset[cases]

    def put(self, points: Floats, cases: Ints, rows: Ints, worth: Floats) -> Floats:
        """Give the points with one line of each of some cases changed."""
        found = points.copy()
        found[self.at(cases, rows)] = worth
        return found

    def held(self, points: Floats) -> Floats:
        """Give the points after the gates."""
        return held(points, self._mark, self._part)

    def scores(self, points: Floats) -> Floats:
        """Give the score of each case: contributions lie on their grid, so that the sum is exact."""
        units = np.round(self.held(points) * self._weight / scores.GRID)
        return np.bincount(self._case, units, len(self._rest)) * scores.GRID + self._rest

    def enough(self, points: Floats) -> Bools:
        """Say in which cases the score, as a reader sees it, is what is needed."""
        return grades.round_half_up(pd.Series(self.scores(points))).to_numpy(float) >= self._needed

    def least(self, points: Floats, cases: Ints, rows: Ints, options: Options) -> Ints:
        """Give the first step of an option in some cases at which the score is enough, −1 for none."""
        return first_step(
            options.cap,
            lambda at: self.enough(self.put(points, cases, rows, options.points(at)))[cases],
        )
