"""The space of admissible weightings: who stands where, how sure that is, and what would change it (§4).

`explore` opens an appraisal; `compare` appraises under one other scheme as it would be published;
`acceptability` counts grades over all admissible ones. `screening` says what no weighting can change.
"""

from salesperf_lib.weights.exploration import (
    Exploration,
    acceptability,
    acceptance,
    as_decided,
    compare_draws,
    explore,
    grade_map,
    grade_names,
    space_of,
)
from salesperf_lib.weights.panel import KpiSet, Panel, panel_from_points, panel_of
from salesperf_lib.weights.rescoring import score_once, scores_of
from salesperf_lib.weights.sampling import draw
from salesperf_lib.weights.scheme import Scheme
from salesperf_lib.weights.schemes import (
    adopt_scheme,
    compare,
    draws_of,
    fail_if_outside,
    save_scheme,
    schemes,
)
from salesperf_lib.weights.simulation import Simulation, simulate
from salesperf_lib.weights.space import Draws, WeightSpace

__all__ = [
    "Draws",
    "Exploration",
    "KpiSet",
    "Panel",
    "Scheme",
    "Simulation",
    "WeightSpace",
    "acceptability",
    "acceptance",
    "adopt_scheme",
    "as_decided",
    "compare",
    "compare_draws",
    "draw",
    "draws_of",
    "explore",
    "fail_if_outside",
    "grade_map",
    "grade_names",
    "panel_from_points",
    "panel_of",
    "save_scheme",
    "schemes",
    "score_once",
    "scores_of",
    "simulate",
    "space_of",
]
