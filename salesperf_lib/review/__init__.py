"""Check what happened: pace, trend, funnel, exact causes of a gap, ranking (§1.5, §2.4)."""

from __future__ import annotations

from salesperf_lib.review.movement import attribute_gap, cells, funnel, lmdi, trend
from salesperf_lib.review.pace import day_weights, pace
from salesperf_lib.review.ranking import pseudonyms, ranking

__all__ = [
    "attribute_gap",
    "cells",
    "day_weights",
    "funnel",
    "lmdi",
    "pace",
    "pseudonyms",
    "ranking",
    "trend",
]
