"""Open a report: check what was asked for, appraise once, and hold what every section reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib import appraisal, audit, facts, params, review
from salesperf_lib.errors import DataError, ParamError, PeriodError, Problem, fail_if_any
from salesperf_lib.language import LANGUAGES, Locale
from salesperf_lib.periods import Period, closing_day, is_closed, last_closed_month, year_of

if TYPE_CHECKING:
    from salesperf_lib.appraisal import Appraisal
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy


@dataclass(frozen=True, slots=True)
class Stand:
    """Where net sales stand against a target, in minor units; NaN where absent.

    Parameters
    ----------
    actual, target
        Sold so far, and the target of the whole period.
    due
        What was due by `day`.
    day
        The last day counted.
    """

    actual: float
    target: float
    due: float
    day: date

    @property
    def attainment(self) -> float:
        """Give actual ÷ target; NaN without a target."""
        return self.actual / self.target if self.target > 0 else float("nan")

    @property
    def lead(self) -> float:
        """Give how far sales are ahead of what was due; negative if behind."""
        return self.actual - self.due


@dataclass(frozen=True, eq=False)
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

    @property
    def running(self) -> bool:
        """Say whether days of the period are still to come: its sums are no match for a whole one's."""
        return self.last_day < self.period.last

    @cached_property
    def history(self) -> dict[tuple[str, str, str, str], float]:
        """Give the values of the team and of the company: period, unit, channel and KPI to value."""
        values = self.appraisal.kpis
        own = values[
            values["unit_id"].isin([self.team, "company"]) & values["level"].isin(["team", "company"])
        ]
        keys = zip(own["period"], own["unit_id"], own["channel"], own["kpi"], strict=True)
        return dict(zip(keys, own["value"].astype(float), strict=True))

    @cached_property
    def trend(self) -> pd.DataFrame:
        """Give the net sales of the last periods: period, actual, target, year_before, running."""
        rows = review.trend(self.appraisal.kpis, self.appraisal.targets, self.policy, self.team)
        return rows.assign(running=(rows["period"] == self.period.label) & self.running)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Give the causes of the change of net sales against the year before: driver, effect.

        Empty while the period runs, and where no visits are recorded that could be a cause.
        """
        values, before = self.appraisal.kpis, self.period.year_before().label
        now, then = (review.cells(values, label, self.team) for label in (self.period.label, before))
        found = review.attribute_gap(now, then)
        told = found.loc[found["driver"] != "rest", "effect"].any() and not self.running
        return found if told else found.iloc[:0]

    @cached_property
    def findings(self) -> pd.DataFrame:
        """Give what the load and the audit found, for the whole company and for the team alone."""
        given = audit.findings(self.facts, self.policy)
        return given[given["level"].eq("company") | given["unit_id"].eq(self.team)]

    @cached_property
    def stand(self) -> Stand:
        """Give where net sales stand in the period."""
        return self._stand_in(self.period)

    @cached_property
    def year_stand(self) -> Stand:
        """Give where net sales stand in the year, up to the end of the period."""
        if self.period.kind == "year":
            return self.stand
        return self._stand_in(year_of(self.period.last, self.policy.company.fiscal_start_month))

    def _stand_in(self, period: Period) -> Stand:
        day = min(self.period.last, self.last_day)
        aims = self.appraisal.targets
        own = aims[aims["level"].eq("team") & aims["unit_id"].eq(self.team) & aims["kpi"].eq("net_sales")]
        rows = review.pace(self.facts, self.policy, own, period, day)
        if rows.empty:
            return Stand(self._sold_in(period), float("nan"), float("nan"), day)
        row = rows.iloc[0]
        return Stand(float(row["actual"]), float(row["target"]), float(row["due_today"]), day)

    def _sold_in(self, period: Period) -> float:
        """Add up the history's periods that lie in a longer one, up to the report's; NaN if one is absent."""
        parts = (period,) if period.kind == self.period.kind else period.children(self.period.kind)
        told = [part for part in parts if self.facts.first_day <= part.last <= self.period.last]
        return sum(
            self.history.get((part.label, self.team, "all", "net_sales"), float("nan")) for part in told
        )

    @cached_property
    def team_names(self) -> dict[str, str]:
        """Give what people call the teams and groups."""
        table = facts.team_table(self.facts)
        return {str(team): str(name) for team, name in zip(table["team_id"], table["name"], strict=True)}

    @cached_property
    def channel_names(self) -> dict[str, str]:
        """Give what the source calls its channels."""
        if not self.facts.has("channels", "name"):
            return {}
        named = self.facts.table("channels").select("channel", "name").execute().dropna()
        return dict(zip(named["channel"], named["name"], strict=True))

    def channel_name(self, channel: str) -> str:
        """Give what people call a channel: the source's name of it, else its id."""
        if channel == "unassigned":
            return self.locale.text("report.channels.unassigned")
        return self.channel_names.get(channel, channel)

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
    provisional: bool = False,
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
    team, period = str(team), str(period)  # papermill -p turns 2026 into a number
    day = read_choices(lang, as_of)
    policy = params.load_policy(period, source, scenario, day)
    held = facts.open(source, as_of=day)
    today = day or held.last_day
    teams = facts.team_table(held)
    fail_if_any(unknown_team(team, teams, source), DataError)
    fail_if_any(unusable_period(policy, held, today, provisional), PeriodError)
    company = policy.company
    return Report(
        team=team,
        team_name=str(teams.set_index("team_id").loc[team, "name"]),
        facts=held,
        policy=policy,
        appraisal=appraisal.load(held, policy),
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


def unusable_period(policy: Policy, held: Facts, today: date, provisional: bool) -> list[Problem]:
    """Say why a period cannot be reported: it holds no data, or it is open."""
    period, close_day = policy.period, policy.company.close_day
    where = f"parameter period, source {policy.source}"
    if period.last < held.first_day or period.first > held.last_day:
        covered = f"a period between {held.first_day} and {held.last_day}, the days that the data cover"
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


def read_choices(lang: str, as_of: str) -> date | None:
    """Read the parameters that are choices, and say everything that is wrong with them."""
    problems: list[Problem] = []
    day = None
    if lang not in LANGUAGES:
        problems.append(Problem("parameter lang", repr(lang), f"one of {', '.join(LANGUAGES)}"))
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError:
        problems.append(
            Problem("parameter as_of", repr(as_of), "a day as 2026-07-10, or empty: the last day covered")
        )
    fail_if_any(problems, ParamError)
    return day
