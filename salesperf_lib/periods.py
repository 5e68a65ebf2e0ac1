"""Periods of the calendar and the phases that promotions give its days (§1.3).

Written forms: ``2026`` · ``2026-Q2`` · ``2026-06`` · ``2026-W23`` · ``2026-06-18`` ·
``2026-01..2026-06`` · ``2026-05-20..2026-06-20`` · ``FY2018`` · ``FY2018-Q1`` (a fiscal year is
named by the calendar year it ends in). Nothing here reads the clock.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from salesperf_lib.errors import PeriodError, Problem

Kind = Literal["year", "quarter", "month", "week", "day", "range"]
Phase = Literal["reserve", "sprint", "regular"]

FORMS = "2026, 2026-Q2, 2026-06, 2026-W23, 2026-06-18, 2026-01..2026-06, FY2018, FY2018-Q1"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole days with the name people give it.

    Parameters
    ----------
    kind
        What sort of span it is.
    first, last
        Its first and last day, both included.
    label
        The written form, unique for the span: the key `period` of every frame.
    fiscal_start
        Month in which the year begins; 1 for a calendar year.
    """

    kind: Kind
    first: date
    last: date
    label: str
    fiscal_start: int = 1

    @classmethod
    def parse(cls, text: str | Period, fiscal_start: int = 1) -> Period:
        """Read a written form.

        Parameters
        ----------
        text
            One of the forms above; a `Period` comes back as it is.
        fiscal_start
            Month in which the fiscal year of the ``FY`` forms begins.

        Returns
        -------
        Period
            The span.

        Raises
        ------
        PeriodError
            If the text is none of the forms, or names a day that does not exist.
        """
        if isinstance(text, Period):
            return text
        try:
            period = _read(text.strip(), fiscal_start)
        except ValueError:
            period = None
        if period is None:
            raise PeriodError(Problem("period", repr(text), FORMS, "write the period in one of these forms"))
        return period

    @property
    def days(self) -> int:
        """Count its days."""
        return (self.last - self.first).days + 1

    def contains(self, other: date | Period) -> bool:
        """Say whether a day, or the whole of another period, lies inside."""
        if isinstance(other, Period):
            return self.first <= other.first and other.last <= self.last
        return self.first <= other <= self.last

    def each_day(self) -> list[date]:
        """List its days in order."""
        return [self.first + i * DAY for i in range(self.days)]

    def months(self) -> tuple[Period, ...]:
        """List the months that it touches, in order."""
        found = [month_of(self.first)]
        while found[-1].last < self.last:
            found.append(found[-1].shift(1))
        return tuple(found)

    def children(self, kind: Kind) -> tuple[Period, ...]:
        """List the quarters, months or days that it is made of, in order.

        Raises
        ------
        PeriodError
            If it is not made of whole periods of that kind.
        """
        if kind == "day":
            return tuple(day_of(day) for day in self.each_day())
        if kind == "month":
            parts = self.months()
        elif kind == "quarter" and self.kind == "year":
            parts = tuple(_quarter(self, number) for number in range(1, 5))
        else:
            parts = ()
        if not parts or parts[0].first != self.first or parts[-1].last != self.last:
            raise PeriodError(Problem(f"period {self.label}", f"a {self.kind}", f"one made of whole {kind}s"))
        return parts

    def parent(self, kind: Kind, fiscal_start: int | None = None) -> Period:
        """Give the quarter, month or year in which it lies.

        A week belongs to the year of its Thursday, and to nothing smaller (ISO 8601).

        Raises
        ------
        PeriodError
            If it has no parent of that kind.
        """
        start = self.fiscal_start if fiscal_start is None else fiscal_start
        if self.kind == "week" and kind == "year":
            return Period.parse(str((self.first + 3 * DAY).year))
        year = year_of(self.first, start)
        candidates: tuple[Period, ...] = ()
        if kind == "year":
            candidates = (year,)
        elif kind == "quarter" and self.kind != "week":
            candidates = year.children("quarter")
        elif kind == "month" and self.kind != "week":
            candidates = year.months()
        for candidate in candidates:
            if candidate.contains(self):
                return candidate
        found, allowed = f"no {kind} that holds it", "a longer period of the same calendar"
        raise PeriodError(Problem(f"period {self.label}", found, allowed))

    def shift(self, steps: int) -> Period:
        """Give the period of the same kind that many steps later (earlier if negative)."""
        if self.kind == "month":
            return month_of(add_months(self.first, steps))
        if self.kind == "quarter":
            return self._moved(3 * steps).parent("quarter")
        if self.kind == "year":
            return year_of(add_months(self.first, 12 * steps), self.fiscal_start)
        if self.kind == "week":
            return week_of(self.first + 7 * steps * DAY)
        if self.kind == "day":
            return day_of(self.first + steps * DAY)
        return self._shifted_range(steps)

    def year_before(self) -> Period:
        """Give the same period of the year before; a week or day 52 weeks earlier, on the same weekday."""
        steps = {"month": -12, "quarter": -4, "year": -1, "week": -52, "day": -364}
        if self.kind in steps:
            return self.shift(steps[self.kind])
        if self._in_months:
            return self._moved_range(-12)
        return Period.parse(f"{add_months(self.first, -12)}..{add_months(self.last, -12)}")

    @property
    def _in_months(self) -> bool:
        """Say whether a range was written in months: it then stays whole months, whatever their length."""
        return self.kind == "range" and len(self.label) == len("2026-01..2026-06")

    def _shifted_range(self, steps: int) -> Period:
        if self._in_months:
            return self._moved_range(steps * len(self.months()))
        first = self.first + steps * self.days * DAY
        return Period.parse(f"{first}..{first + (self.days - 1) * DAY}")

    def _moved_range(self, months: int) -> Period:
        first, last = add_months(self.first, months), add_months(self.last.replace(day=1), months)
        return Period.parse(f"{first:%Y-%m}..{last:%Y-%m}")

    def _moved(self, months: int) -> Period:
        """Give the month that many months after its first one, keeping the fiscal year."""
        return replace(month_of(add_months(self.first, months)), fiscal_start=self.fiscal_start)

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Promotion:
    """One dated window of a promotion.

    Parameters
    ----------
    id
        The promotion: ``618``, ``double11``, ``spring_festival`` …
    phase
        Which part of it: ``preheat``, ``presale``, ``burst`` or ``after``.
    first, last
        Its first and last day, both included.
    major
        Whether targets lean to it: two months of traffic reserve, then a sprint.
    zh, en
        What people call it.
    """

    id: str
    phase: str
    first: date
    last: date
    major: bool
    zh: str
    en: str


def phase_of_day(day: date, promotions: Iterable[Promotion], lead_months: int = 2) -> Phase:
    """Tell in which phase of the sales calendar a day lies (§1.3).

    Sprint wins over reserve, and reserve over regular: a day in the pre-sale or burst of a major
    promotion is sprint, a day in the months that lead up to one is reserve.
    """
    reserve = False
    for row in promotions:
        if not row.major or row.phase not in ("presale", "burst"):
            continue
        if row.first <= day <= row.last:
            return "sprint"
        reserve = reserve or add_months(row.first, -lead_months) <= day < row.first
    return "reserve" if reserve else "regular"


def phase_of(
    period: Period, promotions: Sequence[Promotion], day_share: Sequence[float] | None = None
) -> Phase:
    """Give the phase that holds most of a period's target (§1.3).

    Parameters
    ----------
    period
        The period.
    promotions
        Dated windows.
    day_share
        Weight of each day of the period; equal days if not given.
    """
    weights = day_share if day_share is not None else [1.0] * period.days
    held: dict[Phase, float] = {"sprint": 0.0, "reserve": 0.0, "regular": 0.0}
    for day, weight in zip(period.each_day(), weights, strict=True):
        held[phase_of_day(day, promotions)] += weight
    return max(held, key=lambda phase: held[phase])


def add_months(day: date, months: int) -> date:
    """Move a day by whole months, to the month's last day where the date does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def month_of(day: date) -> Period:
    """Give the month of a day."""
    last = monthrange(day.year, day.month)[1]
    return Period("month", day.replace(day=1), day.replace(day=last), f"{day:%Y-%m}")


def day_of(day: date) -> Period:
    """Give a day as a period."""
    return Period("day", day, day, day.isoformat())


def week_of(day: date) -> Period:
    """Give the ISO week of a day."""
    iso = day.isocalendar()
    first = date.fromisocalendar(iso.year, iso.week, 1)
    return Period("week", first, first + 6 * DAY, f"{iso.year}-W{iso.week:02d}")


def year_of(day: date, fiscal_start: int = 1) -> Period:
    """Give the calendar year of a day, or its fiscal year, named by the year in which it ends."""
    if fiscal_start == 1:
        return Period("year", date(day.year, 1, 1), date(day.year, 12, 31), str(day.year))
    first_year = day.year if day.month >= fiscal_start else day.year - 1
    first = date(first_year, fiscal_start, 1)
    return Period("year", first, add_months(first, 12) - DAY, f"FY{first_year + 1}", fiscal_start)


def is_closed(period: Period, as_of: date, close_day: int) -> bool:
    """Tell whether a period's figures are final on a day.

    A month closes on `close_day` of the next month (0: with its own last day); a longer period
    with its last month.
    """
    return as_of >= closing_day(period, close_day)


def closing_day(period: Period, close_day: int) -> date:
    """Give the day from which a period's figures are final."""
    if close_day == 0:
        return period.last
    after = month_of(period.last).last + DAY
    return after.replace(day=min(close_day, monthrange(after.year, after.month)[1]))


def last_closed_month(as_of: date, close_day: int) -> Period:
    """Give the latest month that is closed on a day."""
    month = month_of(as_of)
    while not is_closed(month, as_of, close_day):
        month = month.shift(-1)
    return month


def _quarter(year: Period, number: int) -> Period:
    first = add_months(year.first, 3 * (number - 1))
    return Period("quarter", first, add_months(first, 3) - DAY, f"{year.label}-Q{number}", year.fiscal_start)


def _read(text: str, fiscal_start: int) -> Period | None:
    """Read any written form; None if it is none of them, ValueError if its day does not exist."""
    if ".." in text:
        return _read_range(text, fiscal_start)
    if match := re.fullmatch(r"(FY)?(\d{4})(?:-Q([1-4]))?", text, re.ASCII):
        start = fiscal_start if match[1] else 1
        year = year_of(add_months(date(int(match[2]), start, 1), -12 if start > 1 else 0), start)
        year = replace(year, label=f"FY{match[2]}") if match[1] else year
        return _quarter(year, int(match[3])) if match[3] else year
    if re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII):
        return month_of(date.fromisoformat(f"{text}-01"))
    if match := re.fullmatch(r"(\d{4})-W(\d{2})", text, re.ASCII):
        return week_of(date.fromisocalendar(int(match[1]), int(match[2]), 1))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return day_of(date.fromisoformat(text))
    return None


def _read_range(text: str, fiscal_start: int) -> Period | None:
    begin, _, end = text.partition("..")
    first, last = _read(begin, fiscal_start), _read(end, fiscal_start)
    if first is None or last is None or first.kind != last.kind:
        return None
    if first.kind not in ("month", "day") or last.last < first.first:
        return None
    return Period("range", first.first, last.last, text)
