"""Open a report: check what was asked for, appraise once, and hold what every section reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib import appraisal, facts, kpis, params
from salesperf_lib.errors import DataError, ParamError, PeriodError, Problem, fail_if_any
from salesperf_lib.language import LANGUAGES, Locale
from salesperf_lib.periods import Period, closing_day, is_closed, last_closed_month

if TYPE_CHECKING:
    from salesperf_lib.appraisal import Appraisal
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy


@dataclass(frozen=True)
class Report:
    """One team's report of one period, in one language.

    Parameters
    ----------
    team, team_name
        The team's id, and what people call it.
    facts, policy, appraisal
        What the report reads.
    locale
        How it is written.
    today
        The day on which it is drawn: `as_of`, or the last day that the data cover.
    provisional
        Whether the period is still open: pace is shown, grades are not.
    """

    team: str
    team_name: str
    facts: Facts
    policy: Policy
    appraisal: Appraisal
    locale: Locale
    today: date
    provisional: bool

    @property
    def period(self) -> Period:
        """Give the period."""
        return self.policy.period

    @property
    def last_day(self) -> date:
        """Give the last day that is counted: the report's day, or an earlier one where the data end."""
        return min(self.today, self.facts.last_day)

    @cached_property
    def history(self) -> dict[tuple[str, str, str, str], float]:
        """Give what the movement is told from: period, unit, channel and KPI to value.

        Units are the team and the company, periods the report's own, the one before it and that of
        the year before.
        """
        periods = dict.fromkeys([self.period, self.period.shift(-1), self.period.year_before()])
        frame = kpis.compute(self.facts, self.policy, list(periods), levels=("company", "team"))
        own = frame[frame["unit_id"].isin([self.team, "company"])]
        keys = zip(own["period"], own["unit_id"], own["channel"], own["kpi"], strict=True)
        return dict(zip(keys, own["value"].astype(float), strict=True))

    @cached_property
    def channel_names(self) -> dict[str, str]:
        """Give what the source calls its channels."""
        if not self.facts.has("channels", "name"):
            return {}
        named = self.facts.table("channels").select("channel", "name").execute().dropna()
        return dict(zip(named["channel"], named["name"], strict=True))

    @property
    def lang(self) -> str:
        """Give the reader's language."""
        return self.locale.lang

    def name_of(self, kpi: str) -> str:
        """Give what people call an indicator."""
        return self.policy.kpis[kpi].name.of(self.lang)

    def write(self, value: float | None, kpi: str) -> str:
        """Write an indicator's value in its unit."""
        return self.locale.value(value, self.policy.kpis[kpi].unit)


def open_report(
    team: str,
    period: str,
    lang: str,
    scenario: str = "base",
    source: str = "sample",
    as_of: str = "",
    provisional: bool = False,  # noqa: FBT001, FBT002 (a notebook parameter)
) -> Report:
    """Check a report's parameters, then appraise its period.

    Parameters
    ----------
    team, period, lang, scenario, source, as_of, provisional
        The parameters of the report notebooks.

    Returns
    -------
    Report
        What the sections of the report read.

    Raises
    ------
    ParamError
        If the language or the day is none.
    DataError
        If the source does not know the team.
    PeriodError
        If the period holds no data, or is open and `provisional` is not set.
    """
    day = _read_choices(lang, as_of)
    policy = params.load_policy(period, source, scenario, day)
    held = facts.open(source, as_of=day)
    today = min(day, held.last_day) if day else held.last_day
    teams = facts.team_table(held)
    fail_if_any(unknown_team(team, teams, source), DataError)
    fail_if_any(unusable_period(policy, held, today, provisional), PeriodError)
    company = policy.company
    return Report(
        team=team,
        team_name=str(teams.set_index("team_id").loc[team, "name"]),
        facts=held,
        policy=policy,
        appraisal=appraisal.appraise(held, policy),
        locale=Locale(lang, company.currency, company.money_scale, company.money_digits),
        today=today,
        provisional=not is_closed(policy.period, today, company.close_day),
    )


def unknown_team(team: str, teams: pd.DataFrame, source: str) -> list[Problem]:
    """Say that a source has no such team, and which it has."""
    known = list(teams["team_id"])
    if team in known:
        return []
    return [Problem("parameter team", repr(team), f"a team of source {source}: {', '.join(known)}")]


def unusable_period(policy: Policy, held: Facts, today: date, provisional: bool) -> list[Problem]:  # noqa: FBT001
    """Say why a period cannot be reported: it holds no data, or it is open."""
    period, close_day = policy.period, policy.company.close_day
    where = f"parameter period, source {policy.source}"
    if period.last < held.first_day or period.first > today:
        covered = f"a period between {held.first_day} and {today}, the days that the data cover"
        return [Problem(where, f"{period.label} without data", covered)]
    if provisional or is_closed(period, today, close_day):
        return []
    closes = closing_day(period, close_day)
    latest = last_closed_month(today, close_day).label
    return [
        Problem(
            where,
            f"{period.label}, open on {today}: it closes on {closes}",
            f"a closed period; the latest closed month is {latest}",
            "set provisional to see it before it closes, marked and without grades",
        )
    ]


def _read_choices(lang: str, as_of: str) -> date | None:
    """Read the parameters that are choices, and say everything that is wrong with them."""
    problems: list[Problem] = []
    day = None
    if lang not in LANGUAGES:
        problems.append(Problem("parameter lang", repr(lang), f"one of {', '.join(LANGUAGES)}"))
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError:
        problems.append(Problem("parameter as_of", repr(as_of), "a day as 2026-07-10, or empty: the last day covered"))
    fail_if_any(problems, ParamError)
    return day
