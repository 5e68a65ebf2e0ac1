"""What rows of a workbook are judged against: the roster, and what has been assessed already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.facts.roster import spans_sql
from salesperf_lib.facts.tables import TABLES
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from salesperf_lib.facts.snapshot import Facts

Key = tuple[str, str, str, str, str]
COLUMNS = tuple(TABLES["assessments"].columns)
KEY = TABLES["assessments"].key


@dataclass(frozen=True, slots=True)
class Value:
    """What was assessed: the columns of the table beside its key."""

    numerator: float
    denominator: float | None = None
    scale_max: float | None = None
    adopted_on: date | None = None

    @property
    def whole(self) -> float:
        """Give the denominator; without one the numerator stands for itself."""
        return 1.0 if self.denominator is None else self.denominator

    def same(self, other: Value) -> bool:
        """Say whether two rows tell the same; what one of them leaves out does not differ."""
        return (
            self.numerator == other.numerator
            and self.whole == other.whole
            and all(
                mine is None or its is None or mine == its
                for mine, its in (
                    (self.scale_max, other.scale_max),
                    (self.adopted_on, other.adopted_on),
                )
            )
        )

    def __str__(self) -> str:
        whole = "" if self.whole == 1.0 else f" of {self.whole:.15g}"
        return f"{self.numerator:.15g}{whole}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a workbook is read.

    Parameters
    ----------
    policy
        The rules: indicators and the fiscal year.
    last_day
        Last day that the data cover.
    spans
        By person, the first and last days of their rows of the roster.
    names
        By person, what the roster calls them.
    told
        By key, what was assessed: in the data, and in the register.
    scales
        By item that was rated, its scale.
    """

    policy: Policy
    last_day: date
    spans: Mapping[str, tuple[tuple[date, date], ...]]
    names: Mapping[str, frozenset[str]]
    told: Mapping[Key, Value]
    scales: Mapping[str, float]

    def works_in(self, person: str, period: Period) -> bool:
        """Say whether a person is on the roster on some day of a period."""
        return any(first <= period.last and last >= period.first for first, last in self.spans[person])

    def joined(self, person: str) -> date:
        """Give a person's first day on the roster."""
        return min(first for first, _ in self.spans[person])

    def padded(self, person: str) -> str | None:
        """Find the id that an unknown one would be with its leading zeros; None if there is none."""
        bare = person.lstrip("0")
        fitting = [one for one in self.spans if len(one) > len(person) and one.lstrip("0") == bare]
        return min(fitting) if bare and fitting else None


def know(facts: Facts, policy: Policy, taken: Iterable[pd.DataFrame]) -> Known:
    """Gather what is known.

    Parameters
    ----------
    facts
        The data.
    policy
        The rules.
    taken
        The rows of each record of the register, the oldest first.

    Raises
    ------
    DataError
        If the source has no roster: then nobody can tell who is who.
    """
    if not facts.has("roster"):
        found, remedy = "no roster", "map the roster, which says who can be assessed and who rates"
        raise DataError(Problem(f"source {facts.source}", found, "a source with a roster", remedy))
    spans: dict[str, list[tuple[date, date]]] = {}
    names: dict[str, set[str]] = {}
    columns = facts.columns["roster"]
    rows = facts.con.con.execute(
        f"select person_id, valid_from, valid_to, name from ({spans_sql(columns)})"
    ).fetchall()
    for person, first, last, name in rows:
        spans.setdefault(person, []).append((first, last))
        names.setdefault(person, set()).add(str(name).strip())
    values = dict(entries(in_data(facts)))
    for frame in taken:
        values |= dict(entries(frame))
    scales = {key[2]: value.scale_max for key, value in sorted(values.items()) if value.scale_max is not None}
    return Known(
        policy,
        facts.last_day,
        {person: tuple(sorted(one)) for person, one in spans.items()},
        {person: frozenset(one) for person, one in names.items()},
        values,
        scales,
    )


def in_data(facts: Facts) -> pd.DataFrame:
    """Read the assessments of a snapshot.

    Returns
    -------
    pandas.DataFrame
        One row per assessment, with every column of DATA §3; those that the source does not give are
        empty.
    """
    if not facts.has("assessments"):
        return pd.DataFrame(columns=list(COLUMNS))
    rows = facts.con.con.execute("select * from assessments").df()
    return rows.reindex(columns=list(COLUMNS))


def entries(frame: pd.DataFrame) -> Iterable[tuple[Key, Value]]:
    """Read the key and the value of each row of assessments."""
    for row in frame[list(COLUMNS)].itertuples(index=False, name=None):
        told = dict(zip(COLUMNS, (None if pd.isna(cell) else cell for cell in row), strict=True))
        period, person, item, rater, subject = (str(told[name] or "") for name in KEY)
        whole, scale = (_number(told[name]) for name in ("denominator", "scale_max"))
        day = told["adopted_on"]
        adopted = None if day is None else pd.Timestamp(day).date()
        if told["numerator"] is not None:
            key = period, person, item, rater, subject
            yield key, Value(float(told["numerator"]), whole, scale, adopted)


def _number(cell: Any) -> float | None:
    return None if cell is None else float(cell)
