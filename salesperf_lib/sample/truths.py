"""What is planted in the sample company, so that an analysis can be checked against it.

Every value here is used by the generator and written to ``TRUTH.yaml``. A truth is a change to
honest data made by one small function; its name stands beside the function that makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Brushing:
    """One person's brushed orders (刷单): few buyers, one address, one amount, no upstream event."""

    team: str = "t2"
    position: int = 0
    channel: str = "organic_search"
    spans: tuple[tuple[date, date], ...] = (
        (date(2026, 5, 18), date(2026, 5, 31)),
        (date(2026, 6, 17), date(2026, 6, 30)),
    )
    orders_per_span: int = 36
    buyers: int = 6
    addresses: int = 2
    amounts: tuple[int, ...] = (129900, 159900)
    refund_share: float = 0.9
    refund_after_days: tuple[int, int] = (26, 34)


@dataclass(frozen=True, slots=True)
class FakeClicks:
    """An ad channel whose clicks outrun its visits, and whose visits do not stay."""

    channel: str = "pangle_ads"
    first_day: date = date(2026, 4, 1)
    fake_clicks_per_click: float = 3.0
    fake_clicks_that_arrive: float = 0.4
    dwell_seconds: int = 0


@dataclass(frozen=True, slots=True)
class HonestJump:
    """A conversion jump of one channel, in every team, that has real orders behind it."""

    channel: str = "xiaohongshu"
    first_day: date = date(2026, 6, 16)
    last_day: date = date(2026, 6, 18)
    conversion_ratio: float = 1.8


@dataclass(frozen=True, slots=True)
class EditedAmounts:
    """Orders whose CRM amount was raised after the fact; the ERP holds what was paid."""

    team: str = "t5"
    position: int = 4
    first_day: date = date(2026, 4, 1)
    last_day: date = date(2026, 6, 30)
    orders: int = 28
    raised_by: tuple[float, float] = (0.08, 0.25)


@dataclass(frozen=True, slots=True)
class SystemFaults:
    """Records that one system holds twice, or lost, or made up."""

    crm_duplicates: int = 24
    crm_losses: int = 16
    erp_duplicates: int = 10
    erp_losses: int = 14
    ads_losses: int = 30
    ads_phantoms: int = 20


@dataclass(frozen=True, slots=True)
class AcquisitionCostRise:
    """A market-wide rise of the price of a click, in every ad channel."""

    first_day: date = date(2026, 3, 1)
    ratio: float = 1.30


@dataclass(frozen=True, slots=True)
class ServiceScript:
    """A better service script in two teams: inquiry conversion is multiplied."""

    teams: tuple[str, ...] = ("t2", "t5")
    first_day: date = date(2025, 10, 1)
    conversion_ratio: float = 1.20


@dataclass(frozen=True, slots=True)
class DoseResponse:
    """Deep touches per owned customer and month → monthly repurchase of private-domain customers.

    Notes
    -----
    logit p = intercept + team effect + month effect + slope · deep touches per owned customer.
    The dose is drawn apart from everything else: the slope is causal in these data.
    """

    slope: float = 0.45
    intercept: float = -2.75
    month_elasticity: float = 0.8
    mean_dose: float = 0.9
    dose_log_sd: float = 0.35


@dataclass(frozen=True, slots=True)
class RaterLeniency:
    """What each rater adds to the true score, in points of 100; raters are the leads of t1, t2 …."""

    offsets: tuple[float, ...] = (4.0, -5.0, 0.0, 2.5, -3.0, 1.5)
    noise_sd: float = 3.0


@dataclass(frozen=True, slots=True)
class Truths:
    """All truths planted in one sample company."""

    brushing: Brushing = field(default_factory=Brushing)
    fake_clicks: FakeClicks = field(default_factory=FakeClicks)
    honest_jump: HonestJump = field(default_factory=HonestJump)
    edited_amounts: EditedAmounts = field(default_factory=EditedAmounts)
    system_faults: SystemFaults = field(default_factory=SystemFaults)
    acquisition_cost_rise: AcquisitionCostRise = field(default_factory=AcquisitionCostRise)
    service_script: ServiceScript = field(default_factory=ServiceScript)
    dose_response: DoseResponse = field(default_factory=DoseResponse)
    rater_leniency: RaterLeniency = field(default_factory=RaterLeniency)
