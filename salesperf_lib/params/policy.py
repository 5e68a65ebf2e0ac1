"""The rules in force for one period, frozen: what `load_policy` hands to everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from salesperf_lib.params.appraisal_rules import (
    Certainty,
    Curve,
    CurveKind,
    Distribution,
    ExplorationRules,
    FeedbackRules,
    Grades,
    LeniencyRules,
    Missing,
    NextStep,
    Veto,
)
from salesperf_lib.params.names import Name
from salesperf_lib.params.target_rules import (
    Amendment,
    CalibrationRules,
    Change,
    Limit,
    Padding,
    PhaseProfile,
    RecalibrationRules,
    SeasonRules,
    TargetRules,
)
from salesperf_lib.periods import Period, Promotion
from salesperf_lib.region import Constraint, corners_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "DIMENSIONS",
    "Amendment",
    "Assessable",
    "CalibrationRules",
    "Certainty",
    "Change",
    "Company",
    "Curve",
    "CurveKind",
    "Decision",
    "Dimension",
    "Direction",
    "Distribution",
    "ExplorationRules",
    "FeedbackRules",
    "Grades",
    "Kpi",
    "Layer",
    "LeniencyRules",
    "Level",
    "Limit",
    "Missing",
    "Name",
    "NextStep",
    "Padding",
    "PhaseProfile",
    "Policy",
    "RecalibrationRules",
    "Role",
    "RoleKpi",
    "SeasonRules",
    "TargetRules",
    "Unit",
    "Veto",
]

Unit = Literal[
    "money",  # minor units inside, major units on the page
    "share",  # 0 to 1, shown as a percentage
    "ratio",  # a plain quotient: ROI 3.2
    "count",
    "points",  # marks of a scale: satisfaction, ratings, scores
    "seconds",
    "days",
    "months",
    "text",  # a name or a code: not a quantity
]
Level = Literal["company", "group", "team", "person", "channel"]
Dimension = Literal["result", "process", "potential"]
Direction = Literal["higher", "lower", "none"]

Layer = Literal["month", "quarter", "year"]

DIMENSIONS: tuple[Dimension, ...] = ("result", "process", "potential")


@dataclass(frozen=True, slots=True)
class Company:
    """How the company counts: its money, its year, and when a sale is a sale (DATA §1, §2, §4).

    Parameters
    ----------
    name
        What it is called.
    currency
        ISO 4217 code.
    money_scale
        Minor units in one major unit: 100 for yuan and fen.
    money_digits
        Decimals of a major unit that a reader sees in full figures.
    fiscal_start_month
        Month in which the fiscal year begins.
    close_day
        Day of the next month on which a month closes; 0 = with its own last day.
    sales_basis
        What makes an order count: ``placed``, ``paid`` or ``confirmed``.
    new_customer_lookback_days
        A customer without an order in so many days before is new; None = never an order before.
    history_burn_in_months
        Months at the start of the data without new-customer figures, where first orders are not given.
    timezone
        IANA name of the zone of the business day.
    """

    name: Name
    currency: str
    money_scale: int
    money_digits: int
    fiscal_start_month: int
    close_day: int
    sales_basis: Literal["placed", "paid", "confirmed"]
    new_customer_lookback_days: int | None
    history_burn_in_months: int
    timezone: str


@dataclass(frozen=True, slots=True)
class Kpi:
    """What an indicator is called, how it is read, and where it exists (DATA §5).

    Parameters
    ----------
    id
        Key everywhere.
    name, description, formula
        For people, in both languages; the formula in plain words.
    unit
        Of its value.
    direction
        Whether more is better, less is better, or neither.
    kind
        ``volume``: parts add up (but distinct customers do not); ``rate``: a ratio of sums.
    dimension
        Where it is scored, or ``driver`` if it is only shown.
    levels
        Levels at which it exists.
    section
        Paragraph of the methodology.
    reading
        Which of rival definitions holds in the period; empty where there is only one.
    min_n
        Observations below which the value is shown but not scored.
    horizon_days
        Days after the first order that count, for values of a cohort; else None.
    subjective
        Whether raters give it: only such values are corrected for leniency.
    shrink
        How a value of few observations is drawn towards the peers': ``estimated`` (beta-binomial, for
        rates of counts), or a number of pseudo-observations; None leaves it as it is.
    """

    id: str
    name: Name
    description: Name
    formula: Name
    unit: Unit
    direction: Direction
    kind: Literal["volume", "rate"]
    dimension: Literal["result", "process", "potential", "driver"]
    levels: tuple[Level, ...]
    section: str
    reading: str = ""
    min_n: int = 0
    horizon_days: int | None = None
    subjective: bool = False
    shrink: Literal["estimated"] | int | None = None


@dataclass(frozen=True, slots=True)
class RoleKpi:
    """One indicator a role answers for.

    Parameters
    ----------
    kpi
        Its id.
    dimension
        Dimension in which the role is scored on it.
    weight
        Share inside that dimension; a dimension's shares sum to 1 exactly.
    scored_at
        Whose number is scored: ``person``, ``team``, ``channel`` or ``company``.
    gate
        Points of this indicator below which all others count 100 points at most; None = no gate.
    """

    kpi: str
    dimension: Dimension
    weight: Fraction
    scored_at: Literal["person", "team", "channel", "company"]
    gate: float | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role and what it is appraised on (§1.4).

    Parameters
    ----------
    id, name, description
        Key, and what people read.
    kpis
        Its indicators, by dimension.
    without
        Dimensions it is not appraised on, by an explicit waiver; the others carry the whole weight.
    """

    id: str
    name: Name
    description: Name
    kpis: tuple[RoleKpi, ...]
    without: tuple[Dimension, ...] = ()

    def scored_at(self, kpi: str) -> str | None:
        """Give the level at which one of its indicators is scored; None if it is none of its own."""
        return next((row.scored_at for row in self.kpis if row.kpi == kpi), None)


@dataclass(frozen=True, slots=True)
class Assessable:
    """Who can be assessed in a period (§2.2).

    Parameters
    ----------
    min_days_on_duty
        Calendar days on the roster less excluded absence, for a period of this cadence.
    probation_assessed
        Whether people on probation are graded.
    excluded_absence
        Kinds of absence that do not count as days on duty.
    leavers_assessed
        Whether people whose last roster day lies before the period's end are graded.
    """

    min_days_on_duty: int
    probation_assessed: bool
    excluded_absence: tuple[str, ...]
    leavers_assessed: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a value is in force: its first month, who decided it, and the note and waiver given."""

    since: date
    decided: str
    note: str = ""
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """Every rule in force on a period's first day, under one source and one scenario.

    Parameters
    ----------
    period, source, scenario, as_of
        What it was loaded for.
    scenario_name
        What people call the scenario.
    company, kpis, roles, grades, assessable, targets, promotions
        The rules.
    amendments
        What calibration meetings and edited target books moved, in force by the end of the period:
        valid from one of its months or before, recorded by `as_of`, and not withdrawn.
    dimension_weights, dimension_bounds
        Weights of result, process and potential for the period's cadence, and their admissible ranges.
    constraints
        What weights must fulfil beyond their ranges: of dimensions, or of indicators of one dimension.
    exploration
        Which weightings count when weights are explored (§4).
    layer_weights
        What the months', the quarters' and the year's own scores weigh in a year's composite (§2.5).
    leniency, feedback
        How ratings are corrected, and what the one-to-one sheet is made by.
    curves
        By KPI id.
    decisions
        By parameter (``weights.dimension_weights_month``), why its value is in force.
    digest
        16 hexadecimal digits of the frozen values, and of nothing else.
    root
        Project from which it was read.
    allow_expired
        Whether values past their ``review_by`` were taken.
    """

    period: Period
    source: str
    scenario: str
    as_of: date | None
    scenario_name: Name
    company: Company
    kpis: Mapping[str, Kpi]
    roles: Mapping[str, Role]
    dimension_weights: Mapping[str, Fraction]
    dimension_bounds: Mapping[str, tuple[float, float]]
    constraints: tuple[Constraint, ...]
    exploration: ExplorationRules
    curves: Mapping[str, Curve]
    grades: Grades
    assessable: Assessable
    targets: TargetRules
    layer_weights: Mapping[Layer, Fraction]
    leniency: LeniencyRules
    feedback: FeedbackRules
    promotions: tuple[Promotion, ...]
    amendments: tuple[Amendment, ...]
    decisions: Mapping[str, Decision]
    digest: str
    root: Path = field(compare=False)
    allow_expired: bool = field(default=False, compare=False)

    def at(self, period: str | Period) -> Policy:
        """Load the rules of another period under the same source, scenario and day of knowledge."""
        from salesperf_lib.params import load_policy

        return load_policy(
            period, self.source, self.scenario, self.as_of, self.root, allow_expired=self.allow_expired
        )

    @property
    def corners(self) -> NDArray[np.float64]:
        """Give the corners of the region of admissible dimension weights, shape (c, 3)."""
        own = [each for each in self.constraints if set(each.names) <= set(DIMENSIONS)]
        return corners_of({name: self.dimension_bounds[name] for name in DIMENSIONS}, own)

    def weights_of(self, role: str) -> Mapping[str, Fraction]:
        """Give a role's dimension weights: those of the period, shared out over the dimensions it has.

        Returns
        -------
        Mapping
            Dimension to weight, summing to 1 exactly.
        """
        without = self.roles[role].without
        kept = {name: weight for name, weight in self.dimension_weights.items() if name not in without}
        total = sum(kept.values(), Fraction(0))
        return {name: weight / total for name, weight in kept.items()}
