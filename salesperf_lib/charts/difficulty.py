"""How likely each target is reached: one dot per unit over the bands of the rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, HALO, INK, PALE, WARM, canvas, theme
from salesperf_lib.language import Locale

HEALTHY = (0.50, 0.70)
"""Share of people at their target that is called healthy (METHODS §1.2): a norm, not a rule."""


def chances(frame: pd.DataFrame, hard: float, easy: float, locale: Locale) -> Figure | None:
    """Draw the chance that each unit reaches its target, the hardest on top.

    Parameters
    ----------
    frame
        One row per unit: label, p_hit (0 to 1); units without a chance are left out. In any order,
        but few enough to be read: a team's people, or the teams.
    hard, easy
        Chances below and above which a target is flagged (`targets.hard_below`, `targets.easy_above`).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where no unit has a chance.
    """
    rows = frame[frame["p_hit"].notna()].sort_values(["p_hit", "label"], ignore_index=True)
    if rows.empty:
        return None
    with theme():
        figure, axes = canvas(6.4, 1.5 + 0.27 * (len(rows) + 1))
        bands = _bands(axes, hard, easy, locale)
        _dots(axes, rows, hard, easy, locale)
        axes.set_yticks(np.arange(len(rows)), rows["label"])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 1.16)  # room for the figure beside a dot at 100 %
        axes.set_xticks(np.linspace(0, 1, 6))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: locale.percent(x, 0)))
        axes.set_title(locale.text("chart.difficulty.title"))
        axes.legend(handles=bands, loc="upper center", bbox_to_anchor=(0.45, -0.3 / figure.get_figheight()),
                    ncols=3)  # fmt: skip
    return figure


def _bands(axes: Axes, hard: float, easy: float, locale: Locale) -> list[Patch]:
    """Shade what is hard, easy and healthy; give the entries of the legend."""
    low, high = HEALTHY
    spans = (
        (0.0, hard, WARM, 0.14, locale.text("chart.difficulty.hard", p=locale.percent(hard, 0))),
        (low, high, ACCENT_TINTS[2], 0.55, locale.text(
            "chart.difficulty.healthy", low=locale.percent(low, 0), high=locale.percent(high, 0))),
        (easy, 1.0, GREY, 0.22, locale.text("chart.difficulty.easy", p=locale.percent(easy, 0))),
    )  # fmt: skip
    for start, end, colour, alpha, _ in spans:
        axes.axvspan(start, end, color=colour, alpha=alpha, lw=0, zorder=0)
    for edge in (hard, easy):
        axes.axvline(edge, color=INK, lw=0.8, ls=(0, (3, 3)), zorder=0)
    return [Patch(color=colour, alpha=alpha, lw=0, label=label) for _, _, colour, alpha, label in spans]


def _dots(axes: Axes, rows: pd.DataFrame, hard: float, easy: float, locale: Locale) -> None:
    """Draw the chances; what is flagged says so in words, for those who do not see its colour."""
    for at, p in enumerate(rows["p_hit"].to_numpy(float)):
        flag = "hard" if p < hard else "easy" if p > easy else ""
        colour = {"hard": WARM, "easy": GREY, "": ACCENT}[flag]
        axes.hlines(at, 0, p, color=PALE, lw=1.2)
        axes.plot(p, at, "o", color=colour, ms=7)
        at_edge = round(p, 2) in (hard, easy)  # 19.6 % is not written as 20 %
        written = locale.percent(p, 1 if at_edge else 0)
        if flag:
            written += " " + locale.text(f"difficulty.flag.{flag}")
        axes.annotate(
            written, (p, at), (7, 0), textcoords="offset points", va="center", path_effects=HALO
        )  # fmt: skip
