"""Indicators: what each is made of, and their values at any level (DATA §4, §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesperf_lib.kpis.definitions import KPIS, KpiDef

if TYPE_CHECKING:
    from salesperf_lib.kpis.computation import compare_readings, compute
    from salesperf_lib.kpis.days import sales_by_day
    from salesperf_lib.kpis.doses import touch_doses
    from salesperf_lib.kpis.kept import Ask, answer, together
    from salesperf_lib.kpis.projection import purchase_histories
    from salesperf_lib.kpis.rated import ratings

__all__ = [
    "KPIS",
    "Ask",
    "KpiDef",
    "answer",
    "compare_readings",
    "compute",
    "purchase_histories",
    "ratings",
    "sales_by_day",
    "together",
    "touch_doses",
]

_HOMES = {
    "Ask": "kept",
    "answer": "kept",
    "compare_readings": "computation",
    "compute": "computation",
    "purchase_histories": "projection",
    "ratings": "rated",
    "sales_by_day": "days",
    "together": "kept",
    "touch_doses": "doses",
}


def __getattr__(name: str) -> object:
    """Import what computes only when it is asked for: it needs the engine."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
