"""Split goals company → team → person and year → quarter → month, exact to the last unit (§1.2, §1.3)."""

from __future__ import annotations

from salesperf_lib.targets.basis import no_history
from salesperf_lib.targets.book import (
    YearPlan,
    book,
    history_window,
    outlook_window,
    plan_year,
    planned_kpis,
)
from salesperf_lib.targets.capacity import fail_if_double_placed
from salesperf_lib.targets.drivers import WhatIf, driver_factors, history_caps, owners, what_if
from salesperf_lib.targets.goals import read_goals
from salesperf_lib.targets.rates import equal_stretch, shrink
from salesperf_lib.targets.rounding import close_to, largest_remainder
from salesperf_lib.targets.split import Plan, Split, Unit, split
from salesperf_lib.targets.translation import Translation, translate_share

__all__ = [
    "Plan",
    "Split",
    "Translation",
    "Unit",
    "WhatIf",
    "YearPlan",
    "book",
    "close_to",
    "driver_factors",
    "equal_stretch",
    "fail_if_double_placed",
    "history_caps",
    "history_window",
    "largest_remainder",
    "no_history",
    "outlook_window",
    "owners",
    "plan_year",
    "planned_kpis",
    "read_goals",
    "shrink",
    "split",
    "translate_share",
    "what_if",
]
