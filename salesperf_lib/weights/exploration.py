"""One period's appraisal, opened to other weights: who would stand where, and how sure that is (§4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import ParamError, Problem, fail_if_any
from salesperf_lib.grades import cohorts_of, hundredths, ranks_of, tie_points
from salesperf_lib.params import DIMENSIONS, Grades, Policy
from salesperf_lib.region import Constraint
from salesperf_lib.weights.balance import tenure_groups
from salesperf_lib.weights.counting import grade_codes
from salesperf_lib.weights.panel import FloatArray, KpiSet, Panel, panel_of
from salesperf_lib.weights.rescoring import score_once, scores_of
from salesperf_lib.weights.sampling import fail_if_contradictory, limits_of
from salesperf_lib.weights.scheme import IN_FORCE, Scheme
from salesperf_lib.weights.simulation import Simulation, simulate
from salesperf_lib.weights.space import Cuts, Draws, WeightSpace

if TYPE_CHECKING:
    from salesperf_lib.appraisal import Appraisal

BLOCK = 256
"""Weightings of a map that are graded at once."""

COMPARED = [
    "person_id", "name", "team_id", "role", "tenure", "score", "score_new", "rank", "rank_new", "up",
    "grade", "grade_new", "changed", "vetoed",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Exploration:
    """A period whose weights can be moved.

    Parameters
    ----------
    appraisal
        What is in force, and everything behind it.
    panel
        Those who are graded: assessed, and not vetoed.
    space
        The admissible weightings.
    roster
        One row per person graded or vetoed, by person_id: person_id, name, team_id, role, tenure, score,
        rank, grade, vetoed, as published.
    """

    appraisal: Appraisal
    panel: Panel
    space: WeightSpace
    roster: pd.DataFrame

    @property
    def policy(self) -> Policy:
        """Give the rules of the period."""
        return self.appraisal.policy

    @property
    def rules(self) -> Grades:
        """Give the rules of grades in force."""
        return self.policy.grades

    @property
    def in_force(self) -> Scheme:
        """Give the scheme in force."""
        return Scheme(IN_FORCE, dict(self.policy.dimension_weights), kind=IN_FORCE)


def explore(appraisal: Appraisal) -> Exploration:
    """Open an appraisal to other weights.

    Parameters
    ----------
    appraisal
        Of a month, quarter or year. A year's weightings hold for its months and quarters too.

    Raises
    ------
    ParamError
        If no weighting fulfils the ranges and constraints in params/weights.yaml, if a dimension weighs
        nothing in force, or if the months or quarters of a year have other weights than the year: then no
        single weighting is in force.
    DataError
        If the score frame is broken.
    """
    policy, graded = appraisal.policy, appraisal.grades
    out = graded.loc[graded["vetoed"].astype(bool), "person_id"].astype(str).tolist()
    fail_if_any(_mixed_years(appraisal), ParamError)
    panel = panel_of(appraisal.scores, policy, out)
    return Exploration(appraisal, panel, space_of(policy, panel.sets), _roster(appraisal))


def space_of(policy: Policy, sets: tuple[KpiSet, ...], reach: float | None = None) -> WeightSpace:
    """Give the admissible weightings of a policy.

    Parameters
    ----------
    policy
        Ranges, constraints, prior and seed.
    sets
        The sets of sub-weights: of a panel.
    reach
        Share by which sub-weights may move either way; that of the policy if not given, 0 = as decided.

    Raises
    ------
    ParamError
        If ranges or constraints leave nothing.
    """
    rules = policy.exploration
    share = rules.sub_weights if reach is None else reach
    limits = tuple(limits_of(item.base, share) for item in sets)
    inner = [each for each in policy.constraints if not set(each.names) <= set(DIMENSIONS)]
    cuts = tuple(_cuts(item, limit, inner) for item, limit in zip(sets, limits, strict=True))
    centre = np.array([float(policy.dimension_weights[name]) for name in DIMENSIONS])
    return WeightSpace(
        policy.corners, centre, sets, limits, cuts, rules.prior, rules.concentration, rules.seed
    )


def as_decided(space: WeightSpace, dimensions: FloatArray | None = None) -> Draws:
    """Give weightings of the dimensions with all sub-weights as decided; those in force if none are given."""
    outer = space.centre if dimensions is None else dimensions
    return Draws(np.atleast_2d(outer), tuple(item.base[None, :] for item in space.sets))


def compare_draws(exploration: Exploration, draws: Draws, rules: Grades | None = None) -> pd.DataFrame:
    """Appraise everybody under one other weighting, beside what is in force.

    Parameters
    ----------
    exploration
        The period.
    draws
        One weighting: `schemes.draws_of`, or `as_decided`.
    rules
        Other rules of grades for the new side; those in force if not given. The other side is as published.

    Returns
    -------
    DataFrame
        One row per person of the roster, by person_id: `COMPARED`. `up` is the places gained, `changed`
        whether the grade is another. A vetoed person keeps the veto's grade, and has no rank.

    Notes
    -----
    Score, rank and grade are what an appraisal under these weights would publish, to the last digit.
    """
    panel, roster = exploration.panel, exploration.roster
    score = score_once(panel, draws)
    found = pd.DataFrame({
        "person_id": panel.people["person_id"].to_numpy(object),
        "score_new": score,
        "rank_new": ranks_of(hundredths(score)[None, :])[0],
        "grade_new": graded(exploration, score[None, :], rules)[0],
    })  # fmt: skip
    found["grade_new"] = found["grade_new"].map(dict(enumerate(grade_names(exploration))))
    both = roster.merge(found, on="person_id", how="left").astype({"rank_new": "Int64"})
    both["grade_new"] = both["grade_new"].where(~both["vetoed"], both["grade"])
    both["up"] = both["rank"] - both["rank_new"]
    both["changed"] = both["grade"] != both["grade_new"]
    return both[COMPARED]


def graded(exploration: Exploration, scores: FloatArray, rules: Grades | None = None) -> NDArray[np.int8]:
    """Grade unrounded scores of the panel, shape (draws, people): codes, 0 = best."""
    given = rules or exploration.rules
    people = exploration.panel.people
    cohorts = cohorts_of(people, given)
    return grade_codes(scores, cohorts, given, breaks_of(exploration, given))


def breaks_of(exploration: Exploration, rules: Grades) -> FloatArray | None:
    """Give the points that break ties, shape (1, people); None where ties are promoted."""
    people = exploration.panel.people
    return tie_points(people, cohorts_of(people, rules), rules, exploration.appraisal.scores)


def grade_map(
    exploration: Exploration, dimensions: FloatArray, rules: Grades | None = None
) -> NDArray[np.int8]:
    """Grade everybody under many dimension weightings, sub-weights as decided.

    Parameters
    ----------
    exploration
        The period.
    dimensions
        Shape (m, 3).
    rules
        Other rules of grades; those in force if not given.

    Returns
    -------
    array of shape (m, people)
        Codes by row of the panel, 0 = best.
    """
    blocks = [dimensions[start : start + BLOCK] for start in range(0, len(dimensions), BLOCK)]
    panel, space = exploration.panel, exploration.space
    return np.concatenate([
        graded(exploration, scores_of(panel, as_decided(space, block)), rules) for block in blocks
    ])  # fmt: skip


def acceptability(
    exploration: Exploration, rules: Grades | None = None, draws: int | None = None
) -> Simulation:
    """Draw from the admissible weightings: `simulation.simulate` with the policy's own draws."""
    given = rules or exploration.rules
    count = draws or exploration.policy.exploration.draws
    breaks = breaks_of(exploration, given)
    return simulate(exploration.panel, exploration.space, given, count, tie_points=breaks)


def acceptance(
    exploration: Exploration,
    rules: Grades | None = None,
    draws: int | None = None,
    *,
    found: Simulation | None = None,
) -> pd.DataFrame:
    """Tell how much of the admissible weightings gives everybody each grade.

    Parameters
    ----------
    exploration
        The period.
    rules
        Other rules of grades; those in force if not given.
    draws
        Weightings to draw; those of the policy if not given.
    found
        What `acceptability` gave for the same rules, if it has been asked before.

    Returns
    -------
    DataFrame
        One row per person of the panel: person_id, name, team_id, role, `grade` under the weights in
        force, one column of shares per grade, `share` of the grade in force, `best` and `worst` grade
        that is possible, `guaranteed` (no other grade is possible), and `contested` (fewer
        than `contested_below` give the grade in force, as in the published grades, here with sub-weights
        moving too).
    """
    names = np.array(grade_names(exploration), dtype=object)
    now = graded(exploration, exploration.panel.people["score"].to_numpy(float)[None, :], rules)[0]
    found = found or acceptability(exploration, rules, draws)
    shares = found.shares
    head = exploration.panel.people[["person_id"]].merge(
        exploration.roster[["person_id", "name", "team_id", "role"]], on="person_id", how="left"
    )
    table = head.assign(grade=names[now], **dict(zip(names, shares.T, strict=True)))
    table["share"] = shares[np.arange(len(now)), now]
    if found.screen is not None:
        best, worst = found.screen.best, found.screen.worst
        table = table.assign(best=names[best], worst=names[worst], guaranteed=best == worst)
    limit = (rules or exploration.rules).certainty.contested_below
    return table.assign(contested=table["share"] < limit)


def grade_names(exploration: Exploration) -> list[str]:
    """List the grades, best first."""
    return [name for name, _ in exploration.rules.thresholds]


def _mixed_years(appraisal: Appraisal) -> list[Problem]:
    """Find what no single weighting describes: parts of a year with other weights, and weights of nothing."""
    policy = appraisal.policy
    where = f"dimension weights of {policy.period.label}"
    nothing = [name for name, weight in policy.dimension_weights.items() if not weight]
    remedy = "give it some weight, or leave it out of the roles (`without`, with a waiver)"
    problems = [Problem(where, f"nothing on {name}", "some weight on each", remedy) for name in nothing]
    for label in sorted(set(appraisal.scores["scored_in"]) - {policy.period.label}):
        other = policy.at(str(label)).dimension_weights
        if dict(other) != dict(policy.dimension_weights):
            remedy = "explore its months and quarters, each under its own weights"
            problems.append(Problem(where, f"other weights in {label}", "the same in all its parts", remedy))
    return problems


def _cuts(item: KpiSet, limits: FloatArray, inner: list[Constraint]) -> Cuts | None:
    own = [each for each in inner if set(each.names) <= set(item.kpis)]
    if not own:
        return None
    found = Cuts(np.stack([each.normal(item.kpis) for each in own]), np.array([each.least for each in own]))
    fail_if_contradictory(item, limits, found, [each.text for each in own])
    return found


def _roster(appraisal: Appraisal) -> pd.DataFrame:
    """List who is graded or vetoed, as published, with the name and the time in the company."""
    columns = ["person_id", "team_id", "role", "score", "rank", "grade", "vetoed"]
    held = appraisal.grades[appraisal.grades["grade"].notna()]
    people = appraisal.people[appraisal.people["main"].astype(bool)].drop_duplicates("person_id")
    tenure = tenure_groups(people, appraisal.period.last)
    known = people[["person_id", "name"]].assign(tenure=tenure.to_numpy()).astype({"person_id": str})
    found = held[columns].astype({"person_id": str}).merge(known, on="person_id", how="left")
    found = found.assign(
        name=found["name"].fillna(found["person_id"]), tenure=found["tenure"].fillna("unknown")
    )
    return found.sort_values("person_id", ignore_index=True).astype({"vetoed": bool})
