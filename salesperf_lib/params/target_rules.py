"""The rules of targets, and what moved targets after they were set, frozen (§1.2, §1.3, §3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from salesperf_lib.params.names import Name


@dataclass(frozen=True, slots=True)
class Limit:
    """The least and the most that a unit's target of a volume may be in a period.

    Parameters
    ----------
    kpi, level, unit_id, period
        Which target; the period as it is written.
    floor, cap
        In the volume's own whole units (money: minor units); None = no such limit.
    """

    kpi: str
    level: str
    unit_id: str
    period: str
    floor: float | None
    cap: float | None


@dataclass(frozen=True, slots=True)
class SeasonRules:
    """The daily model of seasonality and promotions (§1.3).

    Parameters
    ----------
    history_months
        Months before the year that the model is fitted on, at most.
    min_months
        Months of history that a unit needs for a season of its own; with less it borrows its parent's.
    harmonics
        Pairs of sine and cosine that draw the year.
    """

    history_months: int
    min_months: int
    harmonics: int


@dataclass(frozen=True, slots=True)
class PhaseProfile:
    """How much more or less of some volumes is asked for by phase; the year's sum stays (§1.3).

    Parameters
    ----------
    kpis
        The volumes.
    factors
        By phase, what a day's share of the year is multiplied by before the shares are scaled to 1.
    """

    kpis: tuple[str, ...]
    factors: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Padding:
    """Shares by which a level asks for more than was handed down to it; kept apart from the target."""

    group: float
    team: float
    person: float


@dataclass(frozen=True, slots=True)
class CalibrationRules:
    """How targets follow an outside shock of size x with the budget fixed (§3.1).

    Parameters
    ----------
    shocked
        The indicator whose price the outside world moves: ``cac``.
    volumes
        Volumes that fall by (1 + x)^−response.
    rates
        Conversion rates that rise by (1 + x)^(response · pass_on), each capped at its own history.
    order_value
        The indicator that takes the remainder, unless the gap is conceded.
    response, pass_on
        λ and κ of the methodology.
    cap_quantile
        Quantile of a rate's own history that it is never asked to exceed.
    least_shock
        Size below which a detected change is no reason for a meeting.
    """

    shocked: str
    volumes: tuple[str, ...]
    rates: tuple[str, ...]
    order_value: str
    response: float
    pass_on: float
    cap_quantile: float
    least_shock: float


@dataclass(frozen=True, slots=True)
class RecalibrationRules:
    """How the rest of a year's target follows what was reached so far (§3.1).

    Parameters
    ----------
    prior_sd
        Standard deviation τ of the year's level around the plan before anything is known.
    keep
        Weight ω of the plan against the forecast.
    floor, ceiling
        The least and the most of the plan that a new target may be.
    """

    prior_sd: float
    keep: float
    floor: float
    ceiling: float


@dataclass(frozen=True, slots=True)
class TargetRules:
    """How goals become everybody's targets (§1.2, §1.3).

    Parameters
    ----------
    history_months
        Months before the year whose facts are the basis of a split by history.
    distributed_kpis
        Volumes split from company to team to person and from year to month.
    bases
        For each of them the split bases and their weights, summing to 1 exactly: ``history``,
        ``capacity``, ``equal``, ``explicit``, ``equal_difficulty``.
    explicit_shares
        By KPI, the decided shares of units among their siblings.
    ramp
        What a new hire is expected to reach in the first, second … month; 1 afterwards.
    limits
        Floors and caps of single targets.
    rounding
        Whole units of a volume in money, in minor units: what a leaf is rounded to.
    season
        The model of the months.
    phase_profile
        How acquisition leans to the traffic reserve.
    emphasis
        By phase and KPI, the factor on its weight inside its dimension.
    hard_below, easy_above
        Chances of being reached that flag a target.
    padding
        What each level adds on top of what was handed down.
    milestone_gate
        Share of a cumulative quarterly milestone that passes its gate.
    calibration, recalibration
        How targets move when the market does, and when the year runs off the plan.
    defaults
        Company target of a rate, or personal target of an assessed indicator, where no goal gives one.
    base_factor, stretch_factor
        The base and the stretch level as multiples of the target (of its reciprocal where lower is better).
    pace
        Share of a target due by a day: ``calendar`` (equal days) or ``history`` (days weighted as last year).
    """

    history_months: int
    distributed_kpis: tuple[str, ...]
    bases: Mapping[str, Mapping[str, Fraction]]
    explicit_shares: Mapping[str, Mapping[str, Fraction]]
    ramp: tuple[float, ...]
    limits: tuple[Limit, ...]
    rounding: int
    season: SeasonRules
    phase_profile: PhaseProfile
    emphasis: Mapping[str, Mapping[str, float]]
    hard_below: float
    easy_above: float
    padding: Padding
    milestone_gate: float
    calibration: CalibrationRules
    recalibration: RecalibrationRules
    defaults: Mapping[str, float]
    base_factor: float
    stretch_factor: float
    pace: Literal["calendar", "history"]


@dataclass(frozen=True, slots=True)
class Change:
    """One target that a record of the ledger moved.

    Parameters
    ----------
    level, unit_id, team_id, kpi, period
        Which target (DATA §6); the period as it is written.
    before, after
        What it was and what it became: volumes in whole units (money: minor units), rates as they are.
    """

    level: str
    unit_id: str
    team_id: str
    kpi: str
    period: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Amendment:
    """A record that moved targets after they were set: a calibration meeting, or an edited target book.

    Parameters
    ----------
    id
        Its number in the ledger: ``0001``.
    kind
        ``calibration`` (§3.1) or ``edit``.
    valid_from
        First day of the first month that it moves.
    recorded_on
        The day on which it was known.
    title
        What happened, in both languages.
    changes
        The targets that were decided; everything else is recomputed around them.
    """

    id: str
    kind: Literal["calibration", "edit"]
    valid_from: date
    recorded_on: date
    title: Name
    changes: tuple[Change, ...]
