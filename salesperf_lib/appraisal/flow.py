"""The steps of one appraisal, in order: each takes the frames above it and gives a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib import audit, grades, kpis, scores, targets
from salesperf_lib.appraisal.readings import (
    corrected_ratings,
    part_values,
    read_cases,
    read_people,
    with_corrections,
)
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period, year_of

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

UNITS = ("company", "group", "team")
LEVELS = (*UNITS, "person", "channel")
ASSESSED_BY_QUARTER = ("process", "potential")
QUARTERS_BACK = 4
TREND = 24
SLOW = ("ltv_projected",)
"""Two models are fitted for every period."""
VOLUMES = 2
"""Where the volumes stand in `_asks`."""


@dataclass(frozen=True, slots=True)
class Appraisal:
    """One appraisal of a whole company.

    Parameters
    ----------
    period
        What was appraised.
    policy
        Under which rules.
    kpis
        KPI values: of the period, the one before it, the same of the three years before and the months
        on which the targets stand, at every level; the projected customer value of the period alone,
        unless somebody is scored by it or has a goal for it; the volumes of the 24 periods up to it for
        company, groups and teams; what is assessed by the quarter, for the last four.
    targets
        The targets of the period's year; of the year before the volumes of company, groups and teams.
    findings
        What is wrong with the data.
    people
        Who was on the roster, in which part, for how many days.
    parts
        Values of people who changed team or role, by part.
    ratings
        The ratings of the leniency window, by month, before and after correction.
    raters
        How lenient each rater is.
    factors
        What the correction multiplies each rated value by.
    scores
        One line per part of a person and KPI; for a year also of its months and quarters.
    composites
        One score per person.
    cases
        The case register as known on the day.
    grades
        One grade or reason per person.
    """

    period: Period
    policy: Policy
    kpis: pd.DataFrame
    targets: pd.DataFrame
    findings: pd.DataFrame
    people: pd.DataFrame
    parts: pd.DataFrame
    ratings: pd.DataFrame
    raters: pd.DataFrame
    factors: pd.DataFrame
    scores: pd.DataFrame
    composites: pd.DataFrame
    cases: pd.DataFrame
    grades: pd.DataFrame


def appraise(
    facts: Facts, policy: Policy, of: Callable[[Facts, Policy], Appraisal] | None = None
) -> Appraisal:
    """Appraise everybody for the policy's period.

    Parameters
    ----------
    facts
        The facts.
    policy
        The rules, and with them the period: a month, quarter or year.
    of
        Where a year gets the appraisals of its months and quarters from; made anew if not given.

    Returns
    -------
    Appraisal
        Every frame of the flow.

    Raises
    ------
    DataError
        If the goals are impossible or contradict each other.
    ParamError
        If the rules do not fit together.
    """
    of = of or appraise
    values, volumes = _kpi_values(facts, policy)
    aims = _targets(facts, policy, values, volumes)
    people = read_people(facts, policy)
    labels = [policy.period.label, *(quarter.label for quarter in _quarters(policy))]
    ratings, raters, factors = corrected_ratings(facts, policy, labels)
    given = scores.Inputs(values, aims, part_values(facts, policy, people), factors)
    lines = scores.score(given, people, policy, _earlier_scores(facts, policy, of))
    totals = scores.composites(lines, people)
    cases = read_cases(policy)
    vetoed = audit.vetoed(cases, policy.period, policy.company.fiscal_start_month)
    return Appraisal(
        period=policy.period,
        policy=policy,
        kpis=values,
        targets=aims,
        findings=audit.findings(facts, policy),
        people=people,
        parts=given.parts,
        ratings=ratings,
        raters=raters,
        factors=factors,
        scores=lines,
        composites=totals,
        cases=cases,
        grades=grades.assign(totals, policy, lines, vetoed),
    )


def _earlier_scores(
    facts: Facts, policy: Policy, of: Callable[[Facts, Policy], Appraisal]
) -> list[pd.DataFrame]:
    """Give the score frames of a year's months and quarters, each under the rules of its own time (§2.5)."""
    if policy.period.kind != "year":
        return []
    parts = (*policy.period.children("month"), *policy.period.children("quarter"))
    covered = [part for part in parts if part.first >= facts.first_day and part.last <= facts.last_day]
    rules = [policy.at(part) for part in covered]
    with kpis.together(facts, [(each, ask) for each in rules for ask in _asks(facts, each)]):
        return [of(facts, each).scores for each in rules]


def _kpi_values(facts: Facts, policy: Policy) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute every KPI the period is read by, and the volumes on which last year's targets stand."""
    found = [
        kpis.answer(facts, policy, ask) if ask.periods and ask.kpis else targets.no_history()
        for ask in _asks(facts, policy)
    ]
    whole = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    whole = whole.drop_duplicates(["period", "level", "unit_id", "channel", "kpi"], ignore_index=True)
    return with_corrections(whole, policy), found[VOLUMES]


def _asks(facts: Facts, policy: Policy) -> tuple[kpis.Ask, ...]:
    """List what the appraisal of a period reads.

    That is every KPI of the period and of those it is compared with, together with the months on which
    its targets stand; the slow KPIs of the period alone, unless somebody is held against them; the
    volumes of company, groups and teams, for the trend and for last year's targets; and what is assessed
    by the quarter.
    """
    now, year = policy.period, _year(policy)
    around = _covered(facts, [now, now.shift(-1), *_years_before(now)])
    before = targets.outlook_window(facts, policy, year)
    back = [now.shift(-i) for i in range(TREND)]
    back += targets.history_window(facts, policy, year.shift(-1))
    slow = _without_aim(facts, policy)
    return (
        _ask([*around, *before], LEVELS, [name for name in kpis.KPIS if name not in slow]),
        _ask([now], LEVELS, slow),
        _ask(_covered(facts, back), UNITS, _known(policy, policy.targets.distributed_kpis)),
        _ask(_covered(facts, _quarters(policy)), ("team", "person"), _known(policy, _by_quarter(policy))),
    )


def _ask(periods: Sequence[Period], levels: tuple[str, ...], names: Sequence[str]) -> kpis.Ask:
    """Ask for periods in the order of time, so that what stands on them never depends on who else asked."""
    once = {period.label: period for period in periods}.values()
    return kpis.Ask(tuple(sorted(once, key=lambda each: (each.first, each.last))), levels, tuple(names))


def _known(policy: Policy, names: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name in policy.kpis]


def _without_aim(facts: Facts, policy: Policy) -> list[str]:
    """List the slow KPIs that nobody is scored by and nobody has a goal for."""
    scored = {item.kpi for role in policy.roles.values() for item in role.kpis}
    aims = set(targets.planned_kpis(targets.read_goals(facts, policy, _year(policy)), policy))
    return [name for name in SLOW if name not in scored | aims]


def _years_before(period: Period) -> list[Period]:
    """List the same period of the years on which a baseline stands."""
    found = [period.year_before()]
    while len(found) < scores.BASELINE_YEARS:
        found.append(found[-1].year_before())
    return found


def _covered(facts: Facts, periods: Sequence[Period]) -> list[Period]:
    """Keep the periods that the facts touch; the first, which is appraised, always."""
    touched = [each for each in periods if each.first <= facts.last_day and each.last >= facts.first_day]
    return touched or list(periods[:1])


def _quarters(policy: Policy) -> list[Period]:
    """List the last quarters that ended by the end of the period."""
    if policy.period.kind not in ("month", "quarter", "year"):
        return []
    quarter = year_of(policy.period.last, policy.company.fiscal_start_month).children("quarter")
    last = [each for each in quarter if each.last <= policy.period.last]
    latest = last[-1] if last else quarter[0].shift(-1)
    found = [latest.shift(-i) for i in range(QUARTERS_BACK)]
    return [each for each in found if each.label != policy.period.label]


def _by_quarter(policy: Policy) -> list[str]:
    """List the KPIs of dimensions that may be assessed by the quarter."""
    rows = [item for role in policy.roles.values() for item in role.kpis]
    return sorted({item.kpi for item in rows if item.dimension in ASSESSED_BY_QUARTER})


def _targets(facts: Facts, policy: Policy, values: pd.DataFrame, volumes: pd.DataFrame) -> pd.DataFrame:
    """Write down the targets of the period's year and, for the trend, the volumes of the year before."""
    year = _year(policy)
    before = targets.book(facts, policy, year.shift(-1), volumes, policy.targets.distributed_kpis)
    frames = [targets.book(facts, policy, year, values), before[before["level"].isin(UNITS)]]
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def _year(policy: Policy) -> Period:
    return year_of(policy.period.first, policy.company.fiscal_start_month)
