"""Capacity: what a person can be expected to carry in a month, before any history is looked at (§1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.periods import Period

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

CHINA = "Asia/Shanghai"
"""The time zone in which China's calendar of working days holds."""
KEYS = ["team_id", "person_id", "role"]


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days of some months are working days.

    Parameters
    ----------
    months
        The months, in order and without a gap.
    is_working
        One entry per day, from the first month's first to the last month's last.
    calendar
        ``china``: statutory holidays off, the weekend days worked in exchange on; ``weekdays``: Monday
        to Friday.
    by_weekday
        Calendar years for which ``china`` is asked for but not published: counted Monday to Friday.
    """

    months: tuple[Period, ...]
    is_working: NDArray[np.bool_]
    calendar: str
    by_weekday: tuple[int, ...] = ()

    @property
    def per_month(self) -> tuple[int, ...]:
        """Count the working days of each month."""
        day, found = 0, list[int]()
        for month in self.months:
            found.append(int(self.is_working[day : day + month.days].sum()))
            day += month.days
        return tuple(found)


def working_days(months: Sequence[Period], timezone: str) -> WorkingDays:
    """Tell the working days of some months.

    Parameters
    ----------
    months
        Months in order and without a gap.
    timezone
        The company's; in ``Asia/Shanghai`` the calendar of mainland China holds, elsewhere Monday to
        Friday.

    Returns
    -------
    WorkingDays
        The days. Where `by_weekday` is not empty, a reader must be told: the holidays of these years
        are not published yet, and the count changes when they are.

    Notes
    -----
    China's calendar is that of ``chinese-calendar``, which ends with the last year that the State
    Council has published (STACK, METHODS §1.3).
    """
    span = np.arange(_day(months[0].first), _day(months[-1].last) + 1)
    working = np.is_busday(span)
    if timezone != CHINA:
        return WorkingDays(tuple(months), working, "weekdays")
    from chinese_calendar import holidays, workdays

    off, worked = (np.array(sorted(days), "datetime64[D]") for days in (holidays, workdays))
    working = (working & ~np.isin(span, off)) | np.isin(span, worked)
    first, last = min(holidays).year, max(holidays).year
    years = range(months[0].first.year, months[-1].last.year + 1)
    guessed = tuple(year for year in years if not first <= year <= last)
    return WorkingDays(tuple(months), working, "china", guessed)


def capacity(
    roster: pd.DataFrame,
    absences: pd.DataFrame | None,
    months: Sequence[Period],
    ramp: Sequence[float],
    working: WorkingDays,
) -> pd.DataFrame:
    """Measure what everybody on the roster can carry in each month.

    Parameters
    ----------
    roster
        One row per person × validity: team_id, person_id, role, fte (missing: 1), hired_on (missing:
        fully ramped up), valid_from and valid_to, both included; what is open must be closed.
    absences
        person_id, from_on, to_on, share (missing: whole days); None or empty if there are none.
    months
        The months, in order and without a gap.
    ramp
        Share of the full capacity in the first, second … month after hiring; 1 afterwards.
    working
        The working days of exactly these months.

    Returns
    -------
    DataFrame
        One row per team × person × role on the roster in these months, sorted; one column per month,
        counted from 0: full working days of one FTE.

    Raises
    ------
    DataError
        If a month has no working day, the months differ from those of `working`, or a person is in
        two places on one day.

    Notes
    -----
    c = FTE × working days on the roster × ramp(tenure) × (1 − leave), day by day, so that a month in
    which somebody's ramp rises is both before and after (METHODS §1.2). The first month after hiring
    ends on the day before the same day of the next month. Absences of a person that overlap count at
    most the whole day.
    """
    fail_if_any([*_bad_months(months, working), *_double_placed(roster)], DataError)
    stays = _on_the_roster(roster, months)
    ramped = _ramped(stays, ramp)
    spans = _spans(months)
    counted = np.concatenate([[0], np.cumsum(working.is_working)])
    held = _overlap(ramped, spans, counted)
    absent = _absent(ramped, absences, months)
    lost = _overlap(absent, spans, counted)
    held *= ramped["worth"].to_numpy(float)[:, None]
    lost *= (absent["worth"] * absent["absent"]).to_numpy(float)[:, None]
    keys = pd.MultiIndex.from_frame(pd.concat([ramped[KEYS], absent[KEYS]]))
    found = pd.DataFrame(np.vstack([held, -lost]), index=keys)
    return found.groupby(level=KEYS).sum().clip(lower=0.0)


def fail_if_double_placed(roster: pd.DataFrame) -> None:
    """Refuse a roster that has a person in two places on one day.

    Parameters
    ----------
    roster
        person_id, team_id, role, valid_from and valid_to, both included.

    Raises
    ------
    DataError
        Naming the person, both teams (or both roles in one team), and the days.

    Notes
    -----
    A load refuses such a roster already, row by row; this is for rosters made in memory, and it
    names both teams.
    """
    fail_if_any(_double_placed(roster), DataError)


def _bad_months(months: Sequence[Period], working: WorkingDays) -> Iterator[Problem]:
    if tuple(months) != working.months:
        found = f"working days of {working.months[0].label} to {working.months[-1].label}"
        allowed = f"those of {months[0].label} to {months[-1].label}"
        yield Problem("capacity", found, allowed, "count the working days of the same months")
        return
    for month, days in zip(working.months, working.per_month, strict=True):
        if days == 0:
            yield Problem(
                f"capacity: {month.label}",
                "a month without working days",
                "at least one working day in every month",
                "correct the calendar, or split this volume by another basis than capacity",
            )


def _double_placed(roster: pd.DataFrame) -> Iterator[Problem]:
    """Compare every row with the earlier one of its person that ends last."""
    rows = roster.sort_values(["person_id", "valid_from", "valid_to"], ignore_index=True, kind="stable")
    first, last = (_days(rows[name]).astype(np.int64) for name in ("valid_from", "valid_to"))
    person = rows["person_id"].to_numpy()
    latest = pd.Series(last).groupby(rows["person_id"]).cummax().to_numpy(np.int64)
    again = (person[1:] == person[:-1]) & (first[1:] <= latest[:-1])
    for place in np.flatnonzero(again) + 1:
        own = (person[:place] == person[place]) & (last[:place] == latest[place - 1])
        other = rows.iloc[int(np.flatnonzero(own)[0])]
        yield _placed_twice(rows.iloc[int(place)], other)


def _placed_twice(row: pd.Series, other: pd.Series) -> Problem:
    start = pd.Timestamp(row["valid_from"]).date()
    until = min(pd.Timestamp(row["valid_to"]), pd.Timestamp(other["valid_to"])).date()
    days = f"from {start} to {until}" if start != until else f"on {start}"
    if row["team_id"] == other["team_id"]:
        places = f"twice in team {row['team_id']}, as {other['role']} and as {row['role']},"
    else:
        places = f"in teams {other['team_id']} and {row['team_id']}"
    return Problem(
        f"roster: person {row['person_id']}",
        f"{places} {days}",
        "one team and one role for a person on a day",
        "end the earlier row on the day before the later one begins",
    )


def _on_the_roster(roster: pd.DataFrame, months: Sequence[Period]) -> pd.DataFrame:
    """Cut the rows to the months, and drop those outside."""
    start, end = _day(months[0].first), _day(months[-1].last)
    first, last = (_days(roster[name]) for name in ("valid_from", "valid_to"))
    rows = roster[KEYS].assign(
        fte=roster["fte"].fillna(1.0).astype(float),
        hired_on=_days(roster["hired_on"]),
        first=np.maximum(first, start),
        last=np.minimum(last, end),
    )
    return rows[rows["first"] <= rows["last"]].reset_index(drop=True)


def _ramped(stays: pd.DataFrame, ramp: Sequence[float]) -> pd.DataFrame:
    """Cut every stay where its ramp rises; `worth` is FTE times the ramp.

    Who was on the roster before the day of hiring is in the first month until then.
    """
    hired = _days(stays["hired_on"])
    first, last = _days(stays["first"]), _days(stays["last"])
    open_start, open_end = np.datetime64("0001-01-01", "D"), np.datetime64("9999-12-31", "D")
    parts: list[pd.DataFrame] = []
    for month, share in enumerate((*ramp, 1.0)):
        begins = np.where(np.isnat(hired), open_end, _months_later(hired, month)) if month else open_start
        ends = _months_later(hired, month + 1) - 1 if month < len(ramp) else open_end
        if month == len(ramp):
            begins = np.where(np.isnat(hired), open_start, begins)
        part = stays.assign(
            first=np.maximum(first, begins),
            last=np.minimum(last, np.where(np.isnat(ends), open_start, ends)),
            worth=stays["fte"] * share,
        )
        parts.append(part[part["first"] <= part["last"]])
    return pd.concat(parts, ignore_index=True)


def _months_later(days: Days, months: int) -> Days:
    """Move days by whole months, to the month's last day where the date does not exist."""
    month = days.astype("datetime64[M]")
    last = (month + months + 1).astype("datetime64[D]") - 1
    return np.minimum((month + months).astype("datetime64[D]") + (days - month.astype("datetime64[D]")), last)


def _absent(ramped: pd.DataFrame, absences: pd.DataFrame | None, months: Sequence[Period]) -> pd.DataFrame:
    """List the parts of stays on which their person was absent, and by which share of the day."""
    if absences is None or absences.empty:
        return ramped.iloc[:0].assign(absent=0.0)
    pieces = _disjoint(absences, months)
    pairs = ramped.merge(pieces, on="person_id")
    pairs["first"] = pairs[["first", "from"]].max(axis=1)
    pairs["last"] = pairs[["last", "to"]].min(axis=1)
    return pairs[pairs["first"] <= pairs["last"]]


def _disjoint(absences: pd.DataFrame, months: Sequence[Period]) -> pd.DataFrame:
    """Turn absences into pieces that do not overlap: person_id, from, to, absent (at most 1)."""
    start, end = _day(months[0].first), _day(months[-1].last)
    share = absences["share"].fillna(1.0).astype(float) if "share" in absences else 1.0
    rows = pd.DataFrame(
        {
            "person_id": absences["person_id"],
            "from": np.maximum(_days(absences["from_on"]), start),
            "to": np.minimum(_days(absences["to_on"]), end),
            "absent": share,
        }
    )
    rows = rows[rows["from"] <= rows["to"]]
    begins = rows.rename(columns={"from": "day"})[["person_id", "day", "absent"]]
    ends = begins.assign(day=rows["to"] + pd.Timedelta(days=1), absent=-rows["absent"])
    events = pd.concat([begins, ends]).groupby(["person_id", "day"])["absent"].sum().reset_index()
    running = events.groupby("person_id")["absent"].cumsum().clip(0.0, 1.0).round(9)
    until = events.groupby("person_id")["day"].shift(-1) - pd.Timedelta(days=1)
    pieces = events.rename(columns={"day": "from"}).assign(to=until, absent=running)
    return pieces[(pieces["absent"] > 0) & pieces["to"].notna()]


def _overlap(parts: pd.DataFrame, spans: Days, counted: NDArray[np.int64]) -> Floats:
    """Count the working days that parts and months have in common: one row per part."""
    first = np.maximum(_days(parts["first"])[:, None], spans[0])
    last = np.minimum(_days(parts["last"])[:, None], spans[1])
    start = spans[0][0]
    begins = np.clip((first - start).astype(np.int64), 0, len(counted) - 1)
    stops = np.clip((last - start).astype(np.int64) + 1, 0, len(counted) - 1)
    return np.clip(counted[stops] - counted[begins], 0, None).astype(float)


def _spans(months: Sequence[Period]) -> Days:
    """Give first and last days of months as two rows."""
    return np.array([[month.first for month in months], [month.last for month in months]], "datetime64[D]")


def _days(column: pd.Series) -> Days:
    return pd.to_datetime(column).to_numpy("datetime64[D]")


def _day(day: date) -> np.datetime64:
    return np.datetime64(day, "D")
