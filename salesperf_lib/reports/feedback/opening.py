"""Open one person's sheet: check what was asked for, appraise, and hold what every part reads (§2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib import appraisal, params
from salesperf_lib import facts as conformed
from salesperf_lib.errors import DataError, ParamError, Problem
from salesperf_lib.grades.distribution import THRESHOLDS
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.periods import Period
from salesperf_lib.reports.context import Report, open_report, read_choices
from salesperf_lib.reports.feedback.changes import uncompared, with_changes
from salesperf_lib.reports.feedback.evidence import weigh
from salesperf_lib.review.change import change
from salesperf_lib.review.path import next_grade

if TYPE_CHECKING:
    from salesperf_lib.appraisal import Appraisal

SCORED = "scored"
VETO = "veto"
AS_MANY_DAYS = 0.9
"""Share of this period's days on duty that an earlier one must have for a volume to be compared."""


@dataclass(frozen=True, eq=False)
class FeedbackSheet:
    """One person's feedback sheet of one period, in one language.

    Parameters
    ----------
    report
        The report of the person's team: facts, rules, appraisal, and how it is written.
    person, name, role
        The person's id, what people call them, and the role in which they spent most of the period.
    """

    report: Report
    person: str
    name: str
    role: str

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Give the lines of the period's own indicators, by dimension, with what each is compared with.

        A year's composite also has lines of its months and quarters: see `earlier`.
        """
        whole = self.report.appraisal
        own = self._all_lines[self._all_lines["scored_in"] == self.report.period.label]
        order = own["dimension"].map({name: place for place, name in enumerate(DIMENSIONS)})
        own = own.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
        if self.report.running:
            return uncompared(own)
        return with_changes(own, whole.kpis, self.report.policy, cache(self.is_match))

    @cached_property
    def earlier(self) -> pd.DataFrame:
        """Give what the months and quarters of a year add: scored_in, weight, contribution, in order."""
        rows = self._all_lines[self._all_lines["scored_in"] != self.report.period.label]
        return rows.groupby("scored_in", sort=True)[["weight", "contribution"]].sum().reset_index()

    @property
    def _all_lines(self) -> pd.DataFrame:
        given = self.report.appraisal.scores
        return given[given["person_id"] == self.person]

    @cached_property
    def weighed(self) -> pd.DataFrame:
        """Give the lines that count, with what each adds to the score; none of people not assessed."""
        known = self.report.policy.kpis
        return weigh(self.lines, [kpi for kpi in known if known[kpi].direction == "lower"])

    @cached_property
    def grade(self) -> pd.Series:
        """Give the person's row of the grade frame; grade and rank are absent while the period is open."""
        given = self.report.appraisal.grades
        row = given[given["person_id"] == self.person].iloc[0]
        if self.report.provisional:
            row = row.copy()
            row[["grade", "rank", "team_rank", "p_a", "p_b", "p_c", "p_d"]] = pd.NA
        return row

    @property
    def assessed(self) -> bool:
        """Say whether the person has a score."""
        return not pd.isna(self.grade["score"])

    @property
    def vetoed(self) -> bool:
        """Say whether a confirmed case decides the grade."""
        return bool(self.grade["vetoed"])

    @cached_property
    def place(self) -> tuple[int, int] | None:
        """Give the rank among the people of the same role, and how many they are; None without a rank."""
        given = self.report.appraisal.grades
        if pd.isna(self.grade["rank"]):
            return None
        ranks = given.loc[given["role"].eq(self.role) & ~given["vetoed"], "score"].dropna().round(2)
        own = round(float(self.grade["score"]), 2)
        return 1 + int(ranks.gt(own).sum()), len(ranks)

    @cached_property
    def path(self) -> pd.DataFrame:
        """Give the person's rows of `review.next_grade`; none while the period is open.

        What is feasible is told from the people of the same role.
        """
        whole, policy = self.report.appraisal, self.report.policy
        if self.report.provisional:
            return pd.DataFrame(columns=["person_id"])
        peers = whole.grades[whole.grades["role"] == self.role]
        lines = whole.scores[whole.scores["person_id"].isin(peers["person_id"])]
        rows = next_grade(lines, peers, policy, history=self._history, needed=self._places())
        return rows[rows["person_id"] == self.person].reset_index(drop=True)

    @cached_property
    def trend(self) -> pd.DataFrame:
        """Give the composite of the last periods, this one included, oldest first: period, score, grade.

        Periods before the data begin or before there are rules are left out; a period in which the person
        was not scored has NaN.
        """
        policy, rows = self.report.policy, [(self.report.period.label, self.grade)]
        for back in range(1, policy.feedback.trend_periods):
            earlier = policy.period.shift(-back)
            found = self._grade_in(earlier)
            if found is None:
                break
            rows.append((earlier.label, found))
        told = [(label, row.get("score"), row.get("grade")) for label, row in reversed(rows)]
        return pd.DataFrame(told, columns=["period", "score", "grade"]).astype({"score": float})

    @cached_property
    def cases(self) -> pd.DataFrame:
        """Give the person's vetoing cases of the period: case_id, status, decided_on and so on."""
        whole, policy = self.report.appraisal, self.report.policy
        own = whole.cases[whole.cases["vetoes"] & whole.cases["person_id"].eq(self.person)]
        spans = [Period.parse(str(label), policy.company.fiscal_start_month) for label in own["period"]]
        inside = [one.first <= policy.period.last and policy.period.first <= one.last for one in spans]
        return own.loc[inside].reset_index(drop=True)

    @cached_property
    def moved(self) -> pd.Series | None:
        """Give the person's row of `review.change` against the period before; None where it says nothing."""
        before = self._appraisal_of(self.report.period.shift(-1))
        if before is None or self.vetoed or self.report.provisional:
            return None
        rows = change(self.report.appraisal, before)
        own = rows[rows["person_id"].eq(self.person) & rows["change"].notna()]
        return own.iloc[0] if len(own) else None

    @cached_property
    def team_names(self) -> dict[str, str]:
        """Give what people call the teams."""
        rows = conformed.team_table(self.report.facts)
        return {str(team): str(name) for team, name in zip(rows["team_id"], rows["name"], strict=True)}

    @cached_property
    def parts(self) -> pd.DataFrame:
        """Give the person's rows of the period's people: one per team and role."""
        people = self.report.appraisal.people
        return people[people["person_id"] == self.person]

    def is_match(self, label: str, volume: bool) -> bool:
        """Say whether the person's value of an earlier period is a match for this one's.

        The role must be the same; for a volume there must have been as many days on duty.
        """
        earlier = Period.parse(label, self.report.policy.company.fiscal_start_month)
        people = conformed.people(self.report.facts, earlier)
        own = people[people["person_id"] == self.person]
        if len(self.parts) > 1 or set(own["role"]) != {self.role}:
            return False
        days = float(self.parts["days_on_duty"].sum())
        return not volume or float(own["days_on_duty"].sum()) >= AS_MANY_DAYS * days

    @property
    def _history(self) -> pd.DataFrame:
        """Give the role's earlier values, each KPI's in the kind of period in which it is scored.

        One row per person, KPI and period: person_id, kpi, period, value.
        """
        whole, start = self.report.appraisal, self.report.policy.company.fiscal_start_month
        peers = whole.grades.loc[whole.grades["role"] == self.role, "person_id"]
        values = whole.kpis[whole.kpis["unit_id"].isin(peers) & whole.kpis["channel"].eq("all")]
        values = values[values["level"] == "person"]
        labels = {str(label) for label in {*values["period"], *self.lines["value_period"]}}
        kinds = {label: Period.parse(label, start) for label in labels}
        wanted = {
            str(kpi): kinds[str(label)].kind
            for kpi, label in zip(self.lines["kpi"], self.lines["value_period"], strict=True)
        }
        kind = self.report.period.kind
        fits = [
            kinds[str(label)].kind == wanted.get(str(kpi), kind)
            and kinds[str(label)].last < self.report.period.first
            for kpi, label in zip(values["kpi"], values["period"], strict=True)
        ]
        kept = values.loc[fits, ["unit_id", "kpi", "period", "value"]]
        return kept.rename(columns={"unit_id": "person_id"})

    def _places(self) -> dict[str, float] | None:
        """Give the score of the last one in the next better grade, where places are limited."""
        policy, given = self.report.policy, self.report.appraisal.grades
        if self.grade["cohort"] == THRESHOLDS or pd.isna(self.grade["grade"]):
            return None
        order = [grade for grade, _ in policy.grades.thresholds]
        ahead = order[: order.index(str(self.grade["grade"]))]
        peers = given[
            given["cohort"].eq(self.grade["cohort"]) & given["grade"].isin(ahead) & ~given["vetoed"]
        ]
        return {self.person: float(peers["score"].min())} if len(peers) else None

    def _grade_in(self, period: Period) -> pd.Series | None:
        """Give the person's row of the grade frame in an earlier period, empty where they are not in it."""
        made = self._appraisal_of(period)
        if made is None:
            return None
        own = made.grades[made.grades["person_id"] == self.person]
        return own.iloc[0] if len(own) else pd.Series(dtype=object)

    def _appraisal_of(self, period: Period) -> Appraisal | None:
        """Give the appraisal of an earlier period; None before the data begin or there are rules."""
        if period.first < self.report.facts.first_day:
            return None
        try:
            policy = self.report.policy.at(period)
        except ParamError:  # before the first rules
            return None
        return appraisal.load(self.report.facts, policy)


def open_feedback(
    person: str,
    period: str,
    lang: str,
    scenario: str = "base",
    source: str = "sample",
    as_of: str = "",
    provisional: bool = False,
) -> FeedbackSheet:
    """Check a sheet's parameters, then appraise its period.

    Parameters
    ----------
    person, period, lang, scenario, source, as_of, provisional
        The parameters of the notebook ``80_feedback``.

    Returns
    -------
    FeedbackSheet
        What the parts of the sheet read.

    Raises
    ------
    ParamError
        If the language or the day is none.
    DataError
        If the person is not on the roster in the period.
    PeriodError
        If the period holds no data, or is open and `provisional` is not set.
    """
    person, period = str(person), str(period)  # papermill -p turns 2026 into a number
    day = read_choices(lang, as_of)
    policy = params.load_policy(period, source, scenario, day)
    people = conformed.people(conformed.open(source, as_of=day), policy.period)
    own = people[people["person_id"].eq(person) & people["main"].astype(bool)]
    if own.empty:
        raise DataError(_unknown_person(person, people, source, period))
    row = own.iloc[0]
    report = open_report(str(row["team_id"]), period, lang, scenario, source, as_of, provisional)
    name = person if pd.isna(row["name"]) else str(row["name"])
    return FeedbackSheet(report=report, person=person, name=name, role=str(row["role"]))


def _unknown_person(person: str, people: pd.DataFrame, source: str, period: str) -> Problem:
    """Say that nobody has this id, and which ids there are, without a name."""
    known = sorted({str(one) for one in people["person_id"]})
    span = f"{known[0]} … {known[-1]}" if known else "nobody: the roster is empty"
    allowed = f"the id of one of {len(known)} people on the roster of {source} in {period}: {span}"
    return Problem("parameter person", repr(person), allowed, "name a person by id")
