"""The steps of one appraisal, in order: each takes the frames above it and gives a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib import audit, grades, kpis, scores, targets
from salesperf_lib import facts as conformed
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period, year_of

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

UNITS = ("company", "group", "team")
LEVELS = (*UNITS, "person", "channel")
ASSESSED_BY_QUARTER = ("process", "potential")
QUARTERS_BACK = 4
TREND = 24


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
        KPI values: of the period, the one before it, the same of the year before and the months on
        which the targets stand, at every level; the volumes of the 24 periods up to it for company,
        groups and teams; what is assessed by the quarter, for the last four.
    targets
        The targets of the period's year; of the year before the volumes of company, groups and teams.
    findings
        What is wrong with the data.
    people
        Who was on the roster, in which part, for how many days.
    scores
        One line per person and KPI.
    composites
        One score per person.
    grades
        One grade or reason per person.
    """

    period: Period
    policy: Policy
    kpis: pd.DataFrame
    targets: pd.DataFrame
    findings: pd.DataFrame
    people: pd.DataFrame
    scores: pd.DataFrame
    composites: pd.DataFrame
    grades: pd.DataFrame


def appraise(facts: Facts, policy: Policy) -> Appraisal:
    """Appraise everybody for the policy's period.

    Parameters
    ----------
    facts
        The facts.
    policy
        The rules, and with them the period: a month, quarter or year.

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
    volumes = _volumes(facts, policy)
    values = _kpi_values(facts, policy, volumes)
    aims = _targets(facts, policy, values, volumes)
    people = read_people(facts, policy)
    lines = scores.score(values, aims, people, policy)
    totals = scores.composites(lines, people)
    return Appraisal(
        period=policy.period,
        policy=policy,
        kpis=values,
        targets=aims,
        findings=audit.findings(facts, policy),
        people=people,
        scores=lines,
        composites=totals,
        grades=grades.assign(totals, policy),
    )


def read_people(facts: Facts, policy: Policy) -> pd.DataFrame:
    """Read the people of the period, with what decides whether they can be assessed.

    Returns
    -------
    DataFrame
        `facts.people` with `excluded_days`, the days of absence that are no duty (on the person's
        main row), and `stays`, whether the person is on the roster on the period's last day.
    """
    people = conformed.people(facts, policy.period)
    if people.empty:
        return people.assign(excluded_days=[], stays=[])
    excluded = people["person_id"].map(_excluded_days(facts, policy)).fillna(0.0)
    last = policy.period.last
    roster = conformed.roster_days(facts).select("person_id", "valid_from", "valid_to", "is_open").execute()
    open_end = roster["is_open"].astype(bool) | (pd.to_datetime(roster["valid_to"]) >= pd.Timestamp(last))
    there = roster[open_end & (pd.to_datetime(roster["valid_from"]) <= pd.Timestamp(last))]
    return people.assign(
        excluded_days=excluded.where(people["main"].astype(bool), 0.0),
        stays=people["person_id"].isin(there["person_id"]),
    )


def _excluded_days(facts: Facts, policy: Policy) -> dict[str, float]:
    """Count each person's days of the kinds of absence that are no duty."""
    if not facts.has("absences", "kind"):
        return {}
    rows = facts.table("absences").execute()
    rows = rows[rows["kind"].isin(policy.assessable.excluded_absence)]
    start, end = pd.Timestamp(policy.period.first), pd.Timestamp(policy.period.last)
    first, last = pd.to_datetime(rows["from_on"]), pd.to_datetime(rows["to_on"])
    first, last = first.where(first > start, start), last.where(last < end, end)
    share = rows["share"].fillna(1.0) if "share" in rows else 1.0
    days = ((last - first).dt.days + 1).clip(lower=0) * share
    return {str(person): float(value) for person, value in days.groupby(rows["person_id"]).sum().items()}


def _volumes(facts: Facts, policy: Policy) -> pd.DataFrame | None:
    """Compute the volumes of company, groups and teams: for the trend, and for last year's targets."""
    back = [policy.period.shift(-i) for i in range(TREND)]
    before = targets.history_window(facts, policy, _year(policy).shift(-1))
    return _computed(facts, policy, [*back, *before], UNITS, policy.targets.distributed_kpis)


def _kpi_values(facts: Facts, policy: Policy, volumes: pd.DataFrame | None) -> pd.DataFrame:
    """Compute every KPI the period is read by, in one go with the months on which its targets stand."""
    now = policy.period
    around = _covered(facts, [now, now.shift(-1), now.year_before()])
    before = targets.outlook_window(facts, policy, _year(policy))
    parts = [
        kpis.compute(facts, policy, [*around, *before], LEVELS),
        volumes,
        _computed(facts, policy, _quarters(policy), ("team", "person"), _by_quarter(policy)),
    ]
    whole = pd.concat([part for part in parts if part is not None], ignore_index=True)
    return whole.drop_duplicates(["period", "level", "unit_id", "channel", "kpi"], ignore_index=True)


def _computed(
    facts: Facts, policy: Policy, periods: Sequence[Period], levels: tuple[str, ...], names: Sequence[str]
) -> pd.DataFrame | None:
    covered = _covered(facts, periods)
    wanted = [name for name in dict.fromkeys(names) if name in policy.kpis]
    if not covered or not wanted:
        return None
    found = kpis.compute(facts, policy, covered, levels, wanted)
    return found if len(found) else None


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


def _targets(
    facts: Facts, policy: Policy, values: pd.DataFrame, volumes: pd.DataFrame | None
) -> pd.DataFrame:
    """Write down the targets of the period's year and, for the trend, the volumes of the year before."""
    year = _year(policy)
    history = targets.no_history() if volumes is None else volumes
    before = targets.book(facts, policy, year.shift(-1), history, policy.targets.distributed_kpis)
    frames = [targets.book(facts, policy, year, values), before[before["level"].isin(UNITS)]]
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def _year(policy: Policy) -> Period:
    return year_of(policy.period.first, policy.company.fiscal_start_month)
