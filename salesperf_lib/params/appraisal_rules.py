"""The rules of appraisal, frozen: curves, grades, fairness, feedback (§2.2, §2.3, §2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from salesperf_lib.params.names import Name

CurveKind = Literal[
    "ratio", "lower", "piecewise", "deduction", "asymmetric", "cost_budget", "steps", "levels"
]
Missing = Literal["redistribute", "not_assessable", "carry"]


@dataclass(frozen=True, slots=True)
class Curve:
    """How attainment becomes points (§2.2).

    Parameters
    ----------
    id, name, kind
        Key, what people read, and the formula.
    parameters
        By kind, attainment `a` = actual / target:

        ``ratio``       floor, cap: 0 points below the floor, else 100·min(a, cap)
        ``lower``       floor, cap, form: 100·clip(2 − a, floor, cap); form ``quotient``: 100·clip(1/a, …)
        ``piecewise``   points_at: ((a, points), …), linear between, 0 below the first, flat after the last
        ``deduction``   start, per_unit, floor: max(floor, start − per_unit·count); no target needed
        ``asymmetric``  gain, loss, floor, cap: 100 + 100·gain·(a − 1) above 1, 100·loss below, clipped
        ``cost_budget`` step, over, under, limit, cap: over points off per step over budget, 0 beyond the
                        limit, under points on per step under it, cap at most
        ``steps``       base, step, up, down, ambition: SASAC's whole steps; 100·(base + steps)/base
        ``levels``      of, rows: the points of the last row reached, by attainment or by the value itself

    missing
        What happens where it has no points: its weight goes to the other indicators of the dimension,
        the person is not assessed, or the indicator's own last assessed quarter is carried over.
    """

    id: str
    kind: CurveKind
    name: Name
    parameters: Mapping[str, float | str | tuple[tuple[float, float], ...]]
    missing: Missing = "redistribute"


@dataclass(frozen=True, slots=True)
class Distribution:
    """How grades are given out (§2.3).

    Parameters
    ----------
    kind
        ``thresholds``, or ``forced``: fixed shares of each cohort.
    cohort
        Who shares the places: the company, a role, or a team.
    quotas
        Grade and its share of the cohort, best first, summing to 1; not used by thresholds.
    min_cohort
        People below which a cohort is graded by the thresholds.
    tie
        ``promote`` (all of a tie get the better grade), or the KPI whose points break it.
    team_scale
        Knots (team's mean score / company's, factor on its places); empty = teams are not scaled.
    """

    kind: Literal["thresholds", "forced"] = "thresholds"
    cohort: Literal["company", "role", "team"] = "company"
    quotas: tuple[tuple[str, Fraction], ...] = ()
    min_cohort: int = 10
    tie: str = "promote"
    team_scale: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Certainty:
    """How the certainty of a grade is found (§2.3).

    Parameters
    ----------
    draws, seed
        Redraws of every KPI from its measurement noise, and their seed.
    interval
        Probability that an interval of a difference holds.
    amount_cv
        Coefficient of variation of single order amounts: the noise of a sum of money.
    contested_below
        A grade that fewer of the admissible weightings give is contested.
    """

    draws: int = 2000
    seed: int = 618
    interval: float = 0.9
    amount_cv: float = 1.0
    contested_below: float = 0.95


@dataclass(frozen=True, slots=True)
class Veto:
    """What a confirmed case does (§3.2): the grade it gives, and whether it holds while under appeal."""

    grade: str = "D"
    stands_while_appealed: bool = True


@dataclass(frozen=True, slots=True)
class Grades:
    """From composite to grade (§2.3).

    Parameters
    ----------
    thresholds
        Pairs of grade and its lowest score, best first.
    distribution, certainty, veto
        How grades are given out, how certain they are, and what a confirmed case does.
    """

    thresholds: tuple[tuple[str, float], ...]
    distribution: Distribution = field(default_factory=Distribution)
    certainty: Certainty = field(default_factory=Certainty)
    veto: Veto = field(default_factory=Veto)


@dataclass(frozen=True, slots=True)
class ExplorationRules:
    """Which weightings count when weights are explored, and how likely each is (§4).

    Parameters
    ----------
    prior
        ``nested``: evenly over the region of the dimensions, and evenly over the sub-weights of each set;
        ``polytope``: evenly over all weights together; ``dirichlet``: around the scheme in force.
    sub_weights
        Share by which a weight inside its dimension may move either way; 0 = as decided.
    draws, seed
        Weightings that are drawn, and their seed.
    concentration
        Of the Dirichlet prior: the larger, the closer to the scheme in force.
    """

    prior: Literal["nested", "polytope", "dirichlet"] = "nested"
    sub_weights: float = 0.2
    draws: int = 4096
    seed: int = 618
    concentration: float = 100.0


@dataclass(frozen=True, slots=True)
class LeniencyRules:
    """How ratings are corrected for the leniency of raters (§2.2).

    Parameters
    ----------
    method
        ``shared_ratees``: raters are compared on people whom several of them rate; ``ratio``: by the mean
        of all they gave; ``standardise``: by mean and spread; ``none``.
    window_months
        Months up to the period's end whose ratings tell the leniency.
    min_ratings
        Ratings below which a rater is not corrected: uncalibrated.
    limit
        Largest change of a rating, as a share of it.
    """

    method: Literal["none", "shared_ratees", "ratio", "standardise"]
    window_months: int
    min_ratings: int
    limit: float


@dataclass(frozen=True, slots=True)
class NextStep:
    """What can be done about a KPI (§2.6): the step, what is handed in, and within how many days."""

    kpi: str
    role: str
    step: Name
    deliverable: Name
    due_days: int


@dataclass(frozen=True, slots=True)
class FeedbackRules:
    """What the one-to-one sheet is made by (§2.6).

    Parameters
    ----------
    sign_days
        Days within which both sign.
    appeal_days
        Days within which a grade can be appealed.
    trend_periods
        Periods that the trend shows.
    steps
        The catalogue of next steps; a row with a role goes before one for any role.
    """

    sign_days: int
    appeal_days: int
    trend_periods: int
    steps: tuple[NextStep, ...]
