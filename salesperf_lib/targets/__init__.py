"""Split goals company → team → person and year → quarter → month, exact to the last unit (§1.2, §1.3)."""

from __future__ import annotations

from salesperf_lib.targets.basis import no_history
from salesperf_lib.targets.book import book, history_window, planned_kpis
from salesperf_lib.targets.goals import read_goals
from salesperf_lib.targets.rates import equal_stretch, shrink
from salesperf_lib.targets.rounding import close_to, largest_remainder, share_with_floors
from salesperf_lib.targets.split import Plan, Unit, split

__all__ = [
    "Plan",
    "Unit",
    "book",
    "close_to",
    "equal_stretch",
    "history_window",
    "largest_remainder",
    "no_history",
    "planned_kpis",
    "read_goals",
    "share_with_floors",
    "shrink",
    "split",
]
