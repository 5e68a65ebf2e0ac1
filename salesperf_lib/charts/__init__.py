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

__all__ = [
    "alternatives",
    "chances",
    "channels",
    "contributions",
    "distribution",
    "dose_response",
    "draw_curves",
    "emphasis",
    "factors",
    "gap",
    "grade_chances",
    "growth",
    "leniency",
    "score_changes",
    "season",
    "shock",
    "show",
    "standing",
    "target_months",
    "target_steps",
    "trend",
]
