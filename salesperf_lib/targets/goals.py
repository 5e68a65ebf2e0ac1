"""Goals given from outside: read, checked, and sorted into the spans of a year (§1.2)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.errors import DataError, PeriodError, Problem, fail_if_any
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.periods import Period
from salesperf_lib.targets.split import MONTHS, QUARTERS, YEAR, Span

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

COLUMNS = ("period", "level", "unit_id", "kpi", "target")
ABSURD_SHARE = 1.0
LARGEST = 2**53
"""Above this a float no longer counts single units."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: a unit's target of a KPI in a span of months."""

    level: str
    unit_id: str
    span: Span
    target: float


def listed(goals: pd.DataFrame) -> list[Goal]:
    """Give the rows of `read_goals` as values."""
    columns = (goals[name] for name in ("level", "unit_id", "span", "target"))
    return [
        Goal(str(level), str(unit), span, float(target))
        for level, unit, span, target in zip(*columns, strict=True)
    ]


def read_goals(facts: Facts, policy: Policy, year: Period) -> pd.DataFrame:
    """Read the goals that lie inside a year.

    Returns
    -------
    DataFrame
        One row per period, level, unit and KPI, with its `span` of months in the year; empty if
        the source gives no goals.

    Raises
    ------
    DataError
        If a goal is no possible target, names an unknown KPI, or overlaps the year without lying
        inside it; all such goals are named.
    """
    if not facts.has("goals"):
        return pd.DataFrame(columns=[*COLUMNS, "span"])
    goals = pd.DataFrame(facts.table("goals").select(*COLUMNS).execute())
    goals = goals.sort_values(by=["period", "level", "unit_id", "kpi"]).reset_index(drop=True)
    spans = spans_of(year)
    periods = {text: _parse(str(text), policy, year) for text in goals["period"].unique()}
    touching = goals[goals["period"].map(lambda text: _touches(periods[text], year)).astype(bool)]
    fail_if_any(_problems(touching, periods, policy, year, spans), DataError)
    known = {
        text: spans[each.first, each.last] for text, each in periods.items() if each and _touches(each, year)
    }
    return touching.assign(span=touching["period"].map(known)).reset_index(drop=True)


def spans_of(year: Period) -> dict[tuple[object, object], Span]:
    """Give the span of months for the first and last day of a year, its quarters and its months."""
    months = year.months()
    return {
        (months[first].first, months[stop - 1].last): (first, stop)
        for first, stop in (YEAR, *QUARTERS, *MONTHS)
    }


def labels_of(year: Period) -> dict[Span, str]:
    """Give the written period of each span of a year."""
    names: dict[Span, str] = {YEAR: year.label}
    names |= {span: quarter.label for span, quarter in zip(QUARTERS, year.children("quarter"), strict=True)}
    return names | {span: month.label for span, month in zip(MONTHS, year.months(), strict=True)}


def _parse(text: str, policy: Policy, year: Period) -> Period | None:
    try:
        return Period.parse(text, policy.company.fiscal_start_month)
    except PeriodError:
        return None


def _touches(period: Period | None, year: Period) -> bool:
    return period is None or (period.first <= year.last and period.last >= year.first)


def _problems(
    goals: pd.DataFrame,
    periods: dict[object, Period | None],
    policy: Policy,
    year: Period,
    spans: dict[tuple[object, object], Span],
) -> Iterable[Problem]:
    """Name every goal that cannot be a target."""
    unknown: set[str] = set()
    for text, level, unit, kpi, target in zip(*(goals[name] for name in COLUMNS), strict=True):
        where = f"goals: {kpi}, {level} {unit} {text}"
        period = periods[text]
        if period is None or (period.first, period.last) not in spans:
            yield Problem(
                where,
                f"period {text}, which is no part of {year.label}",
                f"{year.label}, one of its quarters or one of its months",
                "write the goal for such a period, or ask for the year it belongs to",
            )
        if kpi not in policy.kpis:
            if kpi not in unknown:
                unknown.add(str(kpi))
                yield Problem(
                    where, f"the KPI {kpi!r}", "an id of params/kpis.yaml", "correct the mapping of goals"
                )
            continue
        yield from _value_problems(where, policy.kpis[kpi], float(target))


def _value_problems(where: str, kpi: Kpi, target: float) -> Iterable[Problem]:
    """Refuse what can never be a target of this KPI."""
    if not (math.isfinite(target) and target > 0):
        yield Problem(where, f"{target:g}", "a number above 0", "leave the row out if there is no goal")
    elif kpi.unit == "share" and target > ABSURD_SHARE:
        yield Problem(where, f"{target:g}", "a share between 0 and 1", "write 0.55, not 55, for 55 %")
    elif kpi.kind == "volume" and target >= LARGEST:
        yield Problem(where, f"{target:g}", f"less than {LARGEST:g} units", "check the unit of the goal")
    elif kpi.kind == "volume" and kpi.unit == "count" and target != round(target):
        yield Problem(where, f"{target:g}", "a whole number", "round the goal")
