"""What the rules of appraisal may look like: curves, grades, fairness, feedback (§2.2, §2.3, §2.6)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from salesperf_lib.params.policy import Missing
from salesperf_lib.params.shapes import Id, Number, Positive, Share, Strict, Text

Knot = Annotated[list[Number], Field(min_length=2, max_length=2)]
Grade = Literal["A", "B", "C", "D"]


class CurveRule(Strict):
    """What every curve says: what happens where it has nothing to stand on."""

    missing: Missing = "redistribute"


class RatioCurve(CurveRule):
    """100·min(a, cap), and 0 below the floor."""

    kind: Literal["ratio"]
    floor: Annotated[float, Field(ge=0, le=1)]
    cap: Annotated[float, Field(ge=1, le=3)]


class LowerCurve(CurveRule):
    """100·clip(2 − A/T, floor, cap), or 100·clip(T/A, floor, cap) by quotient."""

    kind: Literal["lower"]
    form: Literal["difference", "quotient"] = "difference"
    floor: Annotated[float, Field(ge=0, le=1)]
    cap: Annotated[float, Field(ge=1, le=2)]


class PiecewiseCurve(CurveRule):
    """Straight lines through (attainment, points); 0 below the first, flat after the last."""

    kind: Literal["piecewise"]
    points_at: Annotated[list[Knot], Field(min_length=2)]


class DeductionCurve(CurveRule):
    """max(floor, start − per_unit·count)."""

    kind: Literal["deduction"]
    start: Positive = 100.0
    per_unit: Positive
    floor: Annotated[float, Field(ge=0)] = 0.0


class AsymmetricCurve(CurveRule):
    """100 + 100·gain·(a − 1) above target, 100 + 100·loss·(a − 1) below, between floor and cap points."""

    kind: Literal["asymmetric"]
    gain: Positive
    loss: Positive
    floor: Annotated[float, Field(ge=0, le=100)] = 0.0
    cap: Annotated[float, Field(ge=100)] = 120.0


class CostBudgetCurve(CurveRule):
    """Points off for cost over budget, none beyond the limit, and points on for cost under it."""

    kind: Literal["cost_budget"]
    step: Annotated[float, Field(gt=0, le=1)] = 0.05
    over: Positive = 10.0
    under: Positive = 5.0
    limit: Annotated[float, Field(gt=0, le=2)] = 0.30
    cap: Annotated[float, Field(ge=100)] = 120.0


class StepsCurve(CurveRule):
    """SASAC's whole steps: 100·(base + steps)/base, fewer steps up for a target below the baseline."""

    kind: Literal["steps"]
    base: Positive = 30.0
    step: Annotated[float, Field(gt=0, le=1)] = 0.03
    up: Annotated[float, Field(ge=0)] = 6.0
    down: Annotated[float, Field(ge=0)] = 6.0
    ambition: list[Knot] = Field(default_factory=list[Knot])


class LevelsCurve(CurveRule):
    """The points of the last row reached; 0 below the first."""

    kind: Literal["levels"]
    of: Literal["attainment", "value"] = "attainment"
    rows: Annotated[list[Knot], Field(min_length=1)]


AnyCurve = Annotated[
    RatioCurve
    | LowerCurve
    | PiecewiseCurve
    | DeductionCurve
    | AsymmetricCurve
    | CostBudgetCurve
    | StepsCurve
    | LevelsCurve,
    Field(discriminator="kind"),
]


class DistributionRule(Strict):
    """How grades are given out."""

    kind: Literal["thresholds", "forced"]
    cohort: Literal["company", "role", "team"] = "company"
    quotas: dict[Grade, Share] = {}
    min_cohort: Annotated[int, Field(ge=2)] = 10
    tie: Id = "promote"
    team_scale: list[Knot] = Field(default_factory=list[Knot])


class CertaintyRule(Strict):
    """How certain a grade is."""

    draws: Annotated[int, Field(ge=100, le=100_000)]
    seed: Annotated[int, Field(ge=0)]
    interval: Annotated[float, Field(gt=0.5, lt=1)]
    amount_cv: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    contested_below: Annotated[float, Field(gt=0, le=1)]


class VetoRule(Strict):
    """What a confirmed case does."""

    grade: Grade
    stands_while_appealed: bool


class ExplorationRule(Strict):
    """How weights are explored."""

    prior: Literal["nested", "polytope", "dirichlet"] = "nested"
    sub_weights: Annotated[float, Field(ge=0, le=1)] = 0.2
    draws: Annotated[int, Field(ge=256, le=1_000_000)] = 4096
    seed: Annotated[int, Field(ge=0)] = 618
    concentration: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 100.0


class LeniencyRule(Strict):
    """How ratings are corrected for the leniency of raters."""

    method: Literal["none", "shared_ratees", "ratio", "standardise"]
    window_months: Annotated[int, Field(ge=1, le=36)]
    min_ratings: Annotated[int, Field(ge=2)]
    limit: Annotated[float, Field(gt=0, le=0.5)]


class NextStepRule(Strict):
    """What can be done about an indicator; without a role, in any."""

    kpi: Id
    role: Id | None = None
    days: Annotated[int, Field(gt=0, le=90)]
    step: Text
    deliverable: Text


class DaysOnDuty(Strict):
    """Least calendar days on duty, by cadence."""

    month: Annotated[int, Field(ge=0, le=31)]
    quarter: Annotated[int, Field(ge=0, le=92)]
    year: Annotated[int, Field(ge=0, le=366)]


class AssessableRule(Strict):
    """Who can be assessed."""

    min_days_on_duty: DaysOnDuty
    probation_assessed: bool
    leavers_assessed: bool
    excluded_absence: list[Literal["annual", "sick", "statutory", "unpaid", "training"]]
