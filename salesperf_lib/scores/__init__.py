"""Attainment → points → dimension → composite, every line explained (§2.2)."""

from __future__ import annotations

from salesperf_lib.scores.assessable import ASSESSED, person_status, reasons
from salesperf_lib.scores.curves import attainment, measured_by, points, sasac_steps, trace
from salesperf_lib.scores.frame import composites, schema, score
from salesperf_lib.scores.inputs import FACTORS, PART_VALUES, Inputs
from salesperf_lib.scores.lines import BASELINE_YEARS, with_points
from salesperf_lib.scores.weighting import GRID, contribution, emphasised, gate, redistribute

__all__ = [
    "ASSESSED",
    "BASELINE_YEARS",
    "FACTORS",
    "GRID",
    "PART_VALUES",
    "Inputs",
    "attainment",
    "composites",
    "contribution",
    "emphasised",
    "gate",
    "measured_by",
    "person_status",
    "points",
    "reasons",
    "redistribute",
    "sasac_steps",
    "schema",
    "score",
    "trace",
    "with_points",
]
