"""Check what happened: pace, trend, causes of gaps and changes, the way ahead (§1.5, §2.4, §2.6)."""

from __future__ import annotations

from salesperf_lib.review.change import change, change_by_kpi
from salesperf_lib.review.explanation import explain
from salesperf_lib.review.movement import attribute_gap, cells, funnel, lmdi, trend
from salesperf_lib.review.pace import day_weights, pace
from salesperf_lib.review.path import next_grade

__all__ = [
    "attribute_gap",
    "cells",
    "change",
    "change_by_kpi",
    "day_weights",
    "explain",
    "funnel",
    "lmdi",
    "next_grade",
    "pace",
    "trend",
]
