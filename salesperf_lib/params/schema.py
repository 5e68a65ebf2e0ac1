"""What may stand in params/: pydantic models, from which the editors' JSON Schema is made.

The models hold what one value looks like. What values must be to each other – sums, ranges, a
KPI that exists – is in `checks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from salesperf_lib.params.policy import Dimension, Direction, Level, Unit
from salesperf_lib.params.schema_appraisal import (
    AnyCurve,
    AssessableRule,
    CertaintyRule,
    DistributionRule,
    ExplorationRule,
    Grade,
    LeniencyRule,
    NextStepRule,
    VetoRule,
)
from salesperf_lib.params.shapes import (
    Dated,
    Entry,
    Headed,
    Id,
    Month,
    Number,
    Pair,
    Positive,
    Sentence,
    Share,
    Strict,
    Text,
    known_zone,
)


class KpiRule(Strict):
    """What can be decided about an indicator."""

    reading: str = ""
    min_n: Annotated[int, Field(ge=0)] = 0
    horizon_days: Annotated[int, Field(gt=0)] | None = None
    shrink: Literal["estimated"] | Annotated[int, Field(gt=0)] | None = None


class KpiEntry(Strict):
    """An indicator: its definition, and by date what can be decided about it."""

    name: Text
    description: Text
    formula: Text
    unit: Unit
    direction: Direction
    kind: Literal["volume", "rate"]
    dimension: Literal["result", "process", "potential", "driver"]
    levels: Annotated[list[Level], Field(min_length=1)]
    readings: list[Id] = []
    subjective: bool = False
    source: Annotated[str, StringConstraints(pattern=r"§\d")]
    review_by: date | None = None
    values: dict[Month, Dated[KpiRule]] = {}


class RoleKpiRule(Strict):
    """One indicator of a role."""

    weight: Share
    scored_at: Literal["person", "team", "channel", "company"] = "person"
    gate: Annotated[float, Field(gt=0, le=100)] | None = None


class KpiSet(Strict):
    """The indicators of a role by dimension; what is left out has none."""

    result: dict[Id, RoleKpiRule] = {}
    process: dict[Id, RoleKpiRule] = {}
    potential: dict[Id, RoleKpiRule] = {}


class RoleRule(Strict):
    """What a role is appraised on; quarter and year follow the shorter cadence where left out."""

    month: KpiSet
    quarter: KpiSet | None = None
    year: KpiSet | None = None
    without: list[Dimension] = []


class WeightsRule(Strict):
    """Weights of the three dimensions."""

    result: Share
    process: Share
    potential: Share


class LayerRule(Strict):
    """What the scores of each layer weigh in a year's composite."""

    month: Share
    quarter: Share
    year: Share


class WeightsEntry(Headed[WeightsRule]):
    """Dimension weights of one cadence, inside their ranges."""

    cadence: Literal["month", "quarter", "year"]
    bounds: dict[Dimension, Pair]


class Campaign(Strict):
    """A promotion by name; a major one has a traffic reserve before it and a sprint in it."""

    zh: Sentence
    en: Sentence
    major: bool = False


class Window(Strict):
    """The days of one phase of a promotion."""

    id: Id
    phase: Literal["preheat", "presale", "burst", "after"]
    first: date
    last: date


class MoneyDefaults(Strict):
    """Targets in money, in major units, with the currency in which they hold."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    targets: dict[Id, Positive]


class StretchRule(Strict):
    """Levels around a target."""

    base: Annotated[float, Field(gt=0, le=1)]
    stretch: Annotated[float, Field(ge=1)]


SplitBasis = Literal["history", "capacity", "equal", "explicit", "equal_difficulty"]


class LimitRow(Strict):
    """The least and the most that a unit's target of a volume may be in a period, in major units."""

    kpi: Id
    level: Literal["company", "group", "team", "person"]
    unit_id: Sentence
    period: Sentence
    floor: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    cap: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class SeasonRule(Strict):
    """The daily model of seasonality and promotions."""

    history_months: Annotated[int, Field(ge=12, le=60)]
    min_months: Annotated[int, Field(ge=12, le=36)]
    harmonics: Annotated[int, Field(ge=1, le=6)]


class PhaseProfileRule(Strict):
    """How much more or less of a volume is asked for in the months of each phase."""

    kpis: list[Id]
    reserve: Positive
    sprint: Positive
    regular: Positive


class EmphasisRule(Strict):
    """Factors on the weight of indicators in the months of each phase."""

    reserve: dict[Id, Positive] = {}
    sprint: dict[Id, Positive] = {}
    regular: dict[Id, Positive] = {}


class DifficultyRule(Strict):
    """Chances of being reached under or over which a target is flagged."""

    hard: Annotated[float, Field(gt=0, lt=1)]
    easy: Annotated[float, Field(gt=0, lt=1)]


class PaddingRule(Strict):
    """Shares by which each level asks for more than what was handed down to it."""

    group: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    team: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    person: Annotated[float, Field(ge=0, le=0.5)] = 0.0


class CalibrationRule(Strict):
    """How targets follow an outside shock (§3.1)."""

    shocked: Id
    volumes: list[Id]
    rates: list[Id]
    order_value: Id
    response: Annotated[float, Field(ge=0, le=2)]
    pass_on: Annotated[float, Field(ge=0, le=1)]
    cap_quantile: Annotated[float, Field(gt=0, le=1)]
    least_shock: Annotated[float, Field(gt=0, lt=1)]


class RecalibrationRule(Strict):
    """How the rest of a year's target follows what was reached so far."""

    prior_sd: Positive
    keep: Annotated[float, Field(ge=0, le=1)]
    floor: Annotated[float, Field(gt=0, le=1)]
    ceiling: Annotated[float, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Subject:
    """What one file of params/ may hold: parameters known by name, and perhaps any number of one shape."""

    fixed: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    open: type[BaseModel] | None = None
    pattern: str = "^[a-z0-9][a-z0-9_]*$"

    def shape_of(self, name: str) -> type[BaseModel] | None:
        """Give the model of a parameter; None if the file may not hold it."""
        if name in self.fixed:
            return self.fixed[name]
        return self.open if re.fullmatch(self.pattern, name) else None


SUBJECTS: dict[str, Subject] = {
    "company": Subject(
        {
            "name": Entry[Text],
            "currency": Entry[Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]],
            "money_scale": Entry[Literal[1, 10, 100, 1000, 10000]],
            "money_digits": Entry[Annotated[int, Field(ge=0, le=4)]],
            "fiscal_start_month": Entry[Annotated[int, Field(ge=1, le=12)]],
            "close_day": Entry[Annotated[int, Field(ge=0, le=28)]],
            "sales_basis": Entry[Literal["placed", "paid", "confirmed"]],
            "new_customer_lookback": Entry[Literal["ever"] | Annotated[int, Field(gt=0)]],
            "history_burn_in": Entry[Annotated[int, Field(ge=0, le=36)]],
            "timezone": Entry[Annotated[str, AfterValidator(known_zone)]],
        }
    ),
    "kpis": Subject(open=KpiEntry),
    "roles": Subject(open=Headed[RoleRule]),
    "weights": Subject(
        {f"dimension_weights_{cadence}": WeightsEntry for cadence in ("month", "quarter", "year")}
        | {
            "constraints": Entry[list[Sentence]],
            "exploration": Entry[ExplorationRule],
            "layer_weights": Entry[LayerRule],
        }
    ),
    "scoring": Subject(
        {"kpi_curves": Entry[dict[Id, Id]], "leniency": Entry[LeniencyRule]}, open=Entry[AnyCurve]
    ),
    "grades": Subject(
        {
            "thresholds": Entry[dict[Grade, Number]],
            "distribution": Entry[DistributionRule],
            "certainty": Entry[CertaintyRule],
            "veto": Entry[VetoRule],
            "assessable": Entry[AssessableRule],
        }
    ),
    "feedback": Subject(
        {
            "sign_days": Entry[Annotated[int, Field(gt=0, le=60)]],
            "appeal_days": Entry[Annotated[int, Field(gt=0, le=90)]],
            "trend_periods": Entry[Annotated[int, Field(ge=2, le=24)]],
            "next_steps": Entry[list[NextStepRule]],
        }
    ),
    "calendar": Subject(
        {"campaigns": Entry[dict[Id, Campaign]]}, open=Entry[list[Window]], pattern=r"^promotions_\d{4}$"
    ),
    "targets": Subject(
        {
            "history_months": Entry[Annotated[int, Field(ge=1, le=36)]],
            "distributed": Entry[dict[Id, SplitBasis | dict[SplitBasis, Share]]],
            "explicit_shares": Entry[dict[Id, dict[str, Share]]],
            "ramp": Entry[Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=1)]],
            "limits": Entry[list[LimitRow]],
            "rounding": Entry[Literal[1, 10, 100, 1000, 10000]],
            "season": Entry[SeasonRule],
            "phase_profile": Entry[PhaseProfileRule],
            "emphasis": Entry[EmphasisRule],
            "difficulty": Entry[DifficultyRule],
            "padding": Entry[PaddingRule],
            "milestone_gate": Entry[Annotated[float, Field(gt=0, le=1)]],
            "calibration": Entry[CalibrationRule],
            "recalibration": Entry[RecalibrationRule],
            "rate_defaults": Entry[dict[Id, Positive]],
            "money_defaults": Entry[MoneyDefaults],
            "stretch": Entry[StretchRule],
            "pace": Entry[Literal["calendar", "history"]],
        }
    ),
}


class Layer(Strict):
    """The ``policy:`` of a source: what differs from the rules for its data.

    A change is ``{value, decided, …}``, which holds from the first date on; ``{values: {date: …}}``,
    merged into the parameter's own; or a whole parameter with its name and values.
    """

    first_date: Month | None = None
    changes: dict[str, dict[str, Any]] = {}


class Scenario(Layer):
    """A scenario: its purpose and only its changes."""

    name: Text
    purpose: Text
    baseline: Literal["base"] = "base"
