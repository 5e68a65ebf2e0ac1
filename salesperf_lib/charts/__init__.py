"""Figures from tidy frames; nothing is computed here.

Every function takes a frame of fixed columns and a `salesperf_lib.language.Locale`, and gives a
matplotlib Figure. `show` makes it a picture that carries its text for those who cannot see it.

Colours mean the same everywhere: the accent is the report's own team, grey is everybody and
everything it is compared with, the warm tone is below target and never stands without a sign.
"""

from salesperf_lib.charts import emphasis, growth
from salesperf_lib.charts.calibration import alternatives, shock
from salesperf_lib.charts.certainty import grade_chances
from salesperf_lib.charts.changes import score_changes
from salesperf_lib.charts.curves import draw_curves
from salesperf_lib.charts.difficulty import chances
from salesperf_lib.charts.drivers import dose_response, factors
from salesperf_lib.charts.leniency import leniency
from salesperf_lib.charts.people import contributions, distribution, standing
from salesperf_lib.charts.sales import channels, gap, trend
from salesperf_lib.charts.season import season
from salesperf_lib.charts.style import show
from salesperf_lib.charts.targets import target_months, target_steps
from salesperf_lib.charts.weight_balance import grade_changes, group_balance
from salesperf_lib.charts.weight_bars import flip_rates, sensitivity_bars, stability_bars
from salesperf_lib.charts.weight_map import AxesBox, axes_box, place_of, weight_map, weights_at
from salesperf_lib.charts.weight_moves import movements

__all__ = [
    "AxesBox",
    "alternatives",
    "axes_box",
    "chances",
    "channels",
    "contributions",
    "distribution",
    "dose_response",
    "draw_curves",
    "emphasis",
    "factors",
    "flip_rates",
    "gap",
    "grade_chances",
    "grade_changes",
    "group_balance",
    "growth",
    "leniency",
    "movements",
    "place_of",
    "score_changes",
    "season",
    "sensitivity_bars",
    "shock",
    "show",
    "stability_bars",
    "standing",
    "target_months",
    "target_steps",
    "trend",
    "weight_map",
    "weights_at",
]
