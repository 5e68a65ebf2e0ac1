"""Figures from tidy frames; nothing is computed here.

Every function takes a frame of fixed columns and a `salesperf_lib.language.Locale`, and gives a
matplotlib Figure. `show` makes it a picture that carries its text for those who cannot see it.

Colours mean the same everywhere: the accent is the report's own team, grey is everybody and
everything it is compared with, the warm tone is below target and never stands without a sign.
"""

from salesperf_lib.charts.people import contributions, distribution, standing
from salesperf_lib.charts.sales import channels, gap, trend
from salesperf_lib.charts.style import show

__all__ = ["channels", "contributions", "distribution", "gap", "show", "standing", "trend"]
