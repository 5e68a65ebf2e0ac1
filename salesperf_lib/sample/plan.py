"""What is to be drawn: the days, the size, the truths, and a random stream for every part."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.sample.season import Days, day_range
from salesperf_lib.sample.truths import Truths

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Plan:
    """What is to be drawn.

    Parameters
    ----------
    seed
        Of every random stream.
    first, last
        First and last day of the data.
    teams
        Number of teams of ten positions.
    truths
        What is planted.
    """

    seed: int
    first: date
    last: date
    teams: int
    truths: Truths

    @property
    def days(self) -> Days:
        """Every day of the data."""
        return day_range(self.first, self.last)

    @property
    def weekdays(self) -> Ints:
        """The weekday of every day, Monday 0."""
        return (self.days.view("int64") + 3) % 7

    @property
    def months(self) -> Ints:
        """The number of every day's month, from 0."""
        months = self.days.astype("datetime64[M]").view("int64")
        return months - months[0]

    @property
    def years(self) -> range:
        """The calendar years the data touch."""
        return range(self.first.year, self.last.year + 1)

    @property
    def team_ids(self) -> list[str]:
        """``t1`` … ``t6``."""
        return [f"t{number + 1}" for number in range(self.teams)]

    def rng(self, stream: str) -> np.random.Generator:
        """Open a named stream: adding one leaves the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(stream.encode())])

    def span(self, first: date, last: date | None = None) -> Flags:
        """Mark the days from first to last, both included."""
        days = self.days
        return (days >= np.datetime64(first)) & (days <= np.datetime64(last or self.last))


def fail_if_too_small(people: int) -> None:
    """Refuse a company in which the planted truths have no room.

    Raises
    ------
    DataError
        Unless `people` is a multiple of ten from 60 on.
    """
    _fail_unless(people >= 60 and people % 10 == 0, people, "a multiple of 10 from 60 on")


def fail_if_truths_outside(plan: Plan) -> None:
    """Refuse a span in which a planted truth has no days.

    Raises
    ------
    DataError
        Unless the data begin before the first truth and last beyond the end of the last one.
    """
    begin, end = plan.truths.service_script.first_day, plan.truths.brushing.spans[-1][1]
    if plan.first >= begin or plan.last < end:
        allowed = f"days from before {begin} to {end} or later, in which the planted truths lie"
        found = f"{plan.first} to {plan.last}"
        raise DataError(Problem("months", found, allowed, "cover more months; write_large plants nothing"))


def fail_if_uneven(people: int) -> None:
    """Refuse a company whose people do not fill teams of ten.

    Raises
    ------
    DataError
        Unless `people` is a multiple of ten.
    """
    _fail_unless(people >= 10 and people % 10 == 0, people, "a multiple of 10")


def _fail_unless(fits: bool, people: int, allowed: str) -> None:
    if not fits:
        raise DataError(Problem("people", str(people), allowed, "every team has ten positions"))
