"""Attainment → points → dimension → composite, every line explained (§2.2)."""

from __future__ import annotations

from salesperf_lib.scores.assessable import ASSESSED, person_status, reasons
from salesperf_lib.scores.curves import attainment, points
from salesperf_lib.scores.frame import composites, schema, score
from salesperf_lib.scores.weighting import emphasised, redistribute

__all__ = [
    "ASSESSED",
    "attainment",
    "composites",
    "emphasised",
    "person_status",
    "points",
    "reasons",
    "redistribute",
    "schema",
    "score",
]
