"""Composite → A, B, C, D: thresholds or places, how certain, how contested; vetoes last (§2.3, §3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesperf_lib.grades.assignment import CERTAINTY, COLUMNS, VETO, assign, schema, tie_points
from salesperf_lib.grades.certainty import redraw
from salesperf_lib.grades.contested import contested_shares
from salesperf_lib.grades.cuts import cuts_of
from salesperf_lib.grades.distribution import THRESHOLDS, Cohort, codes_of, cohorts_of
from salesperf_lib.grades.noise import noise_of
from salesperf_lib.grades.pairs import Uncertainty, indistinguishable, rank_intervals, uncertainty
from salesperf_lib.grades.quotas import cumulative, quotas, team_places
from salesperf_lib.grades.ranking import SCORE_DIGITS, hundredths, lowest_read_as, ranks_of, round_half_up

if TYPE_CHECKING:
    from salesperf_lib.stats.selection import both_above, reliability

__all__ = [
    "CERTAINTY",
    "COLUMNS",
    "SCORE_DIGITS",
    "THRESHOLDS",
    "VETO",
    "Cohort",
    "Uncertainty",
    "assign",
    "both_above",
    "codes_of",
    "cohorts_of",
    "contested_shares",
    "cumulative",
    "cuts_of",
    "hundredths",
    "indistinguishable",
    "lowest_read_as",
    "noise_of",
    "quotas",
    "rank_intervals",
    "ranks_of",
    "redraw",
    "reliability",
    "round_half_up",
    "schema",
    "team_places",
    "tie_points",
    "uncertainty",
]


def __getattr__(name: str) -> object:
    """Import the published figures only when they are asked for: they need scipy."""
    if name not in {"both_above", "reliability"}:
        raise AttributeError(name)
    from salesperf_lib.stats import selection

    return getattr(selection, name)
