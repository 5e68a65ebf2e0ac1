"""Open a study of weights: check what was asked for, appraise once, hold what sections read (§4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib import appraisal, facts, params, weights
from salesperf_lib.errors import PeriodError, fail_if_any
from salesperf_lib.grades import hundredths
from salesperf_lib.language import Locale
from salesperf_lib.reports.context import read_choices, unusable_period
from salesperf_lib.weights.noise import Noise, noise_of_dimensions

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy
    from salesperf_lib.weights import Exploration, Simulation


@dataclass(frozen=True, eq=False)
class Study:
    """The weights of one closed period of a whole company, in one language.

    Parameters
    ----------
    facts, policy, exploration
        What the study reads.
    locale
        How it is written.
    today
        The day on which it is drawn.
    """

    facts: Facts
    policy: Policy
    exploration: Exploration
    locale: Locale
    today: date

    @cached_property
    def simulation(self) -> Simulation:
        """Grade everybody over the admissible weightings, once."""
        return weights.acceptability(self.exploration)

    @cached_property
    def acceptance(self) -> pd.DataFrame:
        """Give `weights.acceptance`: one row per person of the panel, in its order."""
        return weights.acceptance(self.exploration, found=self.simulation)

    @cached_property
    def noise(self) -> Noise:
        """Redraw every indicator from its measurement noise, once."""
        return noise_of_dimensions(self.exploration)

    @property
    def grades(self) -> list[str]:
        """List the grades, best first."""
        return weights.grade_names(self.exploration)

    @cached_property
    def codes(self) -> list[int]:
        """Give the place of everybody's grade in force, in the order of the panel; 0 = best."""
        return [self.grades.index(grade) for grade in self.acceptance["grade"]]

    @cached_property
    def labels(self) -> dict[str, str]:
        """Name everybody: person_id to name, with the id where two people share it."""
        roster = self.exploration.roster
        twice = roster["name"].duplicated(keep=False)
        shown = roster["name"].where(~twice, roster["name"] + " " + roster["person_id"])
        return dict(zip(roster["person_id"], shown, strict=True))

    @cached_property
    def team_names(self) -> dict[str, str]:
        """Name the teams: team_id to name."""
        table = facts.team_table(self.facts)
        return dict(zip(table["team_id"].astype(str), table["name"].astype(str), strict=True))

    @cached_property
    def ranked(self) -> list[int]:
        """Give the rows of the panel, the best score first; of equal scores by person_id."""
        people = self.exploration.panel.people
        read = hundredths(people["score"].to_numpy(float))
        return people.assign(read=-read.astype(int)).sort_values(["read", "person_id"]).index.tolist()

    @property
    def lang(self) -> str:
        """Give the reader's language."""
        return self.locale.lang

    @property
    def gap(self) -> str:
        """Give what stands between two sentences of the language."""
        return "" if self.lang == "zh" else " "

    def role_name(self, role: str) -> str:
        """Give what people call a role."""
        return self.policy.roles[role].name.of(self.lang) if role in self.policy.roles else role

    def kpi_name(self, kpi: str) -> str:
        """Give what people call an indicator."""
        return self.policy.kpis[kpi].name.of(self.lang)

    def dimension_name(self, dimension: str) -> str:
        """Give what people call a dimension."""
        return self.locale.text(f"report.dimension.{dimension}")

    def write_weights(self, shown: object) -> str:
        """Write three dimension weights in words: Result 56.7%, Process 26.7% and Potential 16.7%."""
        values = [float(weight) for weight in shown]  # pyright: ignore[reportGeneralTypeIssues]
        parts = [
            self.locale.text(
                "weights.weight", name=self.dimension_name(name), share=self.locale.percent(weight)
            )
            for name, weight in zip(params.DIMENSIONS, values, strict=True)
        ]
        return self.locale.listing(parts)


def open_study(
    period: str, lang: str, scenario: str = "base", source: str = "sample", as_of: str = ""
) -> Study:
    """Check a study's parameters, then open the appraisal of its period to other weights.

    Parameters
    ----------
    period, lang, scenario, source, as_of
        The parameters of the notebook.

    Returns
    -------
    Study
        What the sections read; everything is worked out when it is first asked for.

    Raises
    ------
    ParamError
        If the language or the day is none, or no weighting is admissible.
    PeriodError
        If the period holds no data or is open: without grades there is nothing to compare.
    """
    day = read_choices(lang, as_of)
    policy = params.load_policy(str(period), source, scenario, day)
    held = facts.open(source, as_of=day)
    today = day or held.last_day
    fail_if_any(unusable_period(policy, held, today, provisional=False), PeriodError)
    company = policy.company
    return Study(
        facts=held,
        policy=policy,
        exploration=weights.explore(appraisal.load(held, policy)),
        locale=Locale(lang, company.currency, company.money_scale, company.money_digits),
        today=today,
    )
