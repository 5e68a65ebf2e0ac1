"""What a study of weights says: how many grades hang on them, whose, and what would change them (§4).

`open_study` appraises a closed period once; every other function takes its `Study` and gives markup that a
notebook shows, a sentence, or a tidy frame for `charts`.
"""

from salesperf_lib.reports.weights.answer import agenda, answer
from salesperf_lib.reports.weights.balance import balance, group_frame, say_picture
from salesperf_lib.reports.weights.central import central
from salesperf_lib.reports.weights.certainty import bars, bars_title, certainty, say_bars
from salesperf_lib.reports.weights.compared import furthest, say_furthest, schemes
from salesperf_lib.reports.weights.frame import coverage, limits, masthead, reproduce
from salesperf_lib.reports.weights.moves import moves
from salesperf_lib.reports.weights.pairs import pairs, rank_table
from salesperf_lib.reports.weights.places import map_title, marks, region_points, say_map
from salesperf_lib.reports.weights.region import region
from salesperf_lib.reports.weights.sensitivity import drivers, flip_frame, say_drivers, say_flips, sensitivity
from salesperf_lib.reports.weights.steady import say_steady, steadiness, steady_bars
from salesperf_lib.reports.weights.study import Study, open_study
from salesperf_lib.reports.weights.swaps import swaps

__all__ = [
    "Study",
    "agenda",
    "answer",
    "balance",
    "bars",
    "bars_title",
    "central",
    "certainty",
    "coverage",
    "drivers",
    "flip_frame",
    "furthest",
    "group_frame",
    "limits",
    "map_title",
    "marks",
    "masthead",
    "moves",
    "open_study",
    "pairs",
    "rank_table",
    "region",
    "region_points",
    "reproduce",
    "say_bars",
    "say_drivers",
    "say_flips",
    "say_furthest",
    "say_map",
    "say_picture",
    "say_steady",
    "schemes",
    "sensitivity",
    "steadiness",
    "steady_bars",
    "swaps",
]
