"""Progress against target: a bar for what was reached, a line for what is due by today."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, HALO, INK, PALE, WARM, theme
from salesperf_lib.language import Locale

WIDEST = 1.6
"""Attainment at which a bar is cut off, so that one outlier does not flatten the others."""
ROW, FRAME = 0.27, 0.62  # inches


def bullets(frame: pd.DataFrame, titles: dict[str, str], locale: Locale) -> Figure | None:
    """Draw bullet bars: attainment over the target, with a line at what is due.

    Parameters
    ----------
    frame
        In order: kpi, label, whole (the team's own row), attainment, due_share, gap; shares of the
        target. One panel per kpi.
    titles
        What the panels are called, by kpi.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    names = list(dict.fromkeys(frame["kpi"]))
    if not names:
        return None
    panels = [frame[frame["kpi"] == name] for name in names]
    heights = [FRAME + ROW * len(panel) for panel in panels]
    with theme():
        figure = Figure(figsize=(6.4, sum(heights) + 0.4), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(len(names), 1, squeeze=False, height_ratios=heights)[:, 0]
        for name, panel, place in zip(names, panels, axes, strict=True):
            _panel(place, panel, locale)
            place.set_title(locale.text("chart.bullets.title", kpi=titles[name]))
        figure.legend(handles=_legend(locale), loc="outside lower center", ncols=4)
    return figure


def _legend(locale: Locale) -> list[Artist]:
    """Say what the marks mean; a bar has two colours, so none of them can stand for both."""
    return [
        Patch(color=ACCENT_TINTS[1], label=locale.text("chart.bullets.on_pace")),
        Patch(color=WARM, label=locale.text("chart.bullets.behind")),
        Line2D(
            [], [], color=INK, lw=2, marker="|", ls="", ms=10, mew=2, label=locale.text("chart.bullets.due")
        ),
        Patch(color=PALE, label=locale.text("chart.bullets.target")),
    ]


def _panel(axes: Axes, panel: pd.DataFrame, locale: Locale) -> None:
    place = np.arange(len(panel))
    reached = panel["attainment"].to_numpy(float)
    due = panel["due_share"].to_numpy(float)
    behind = panel["gap"].to_numpy(float) < 0
    colours = np.where(behind, WARM, np.where(panel["whole"], ACCENT, ACCENT_TINTS[1]))
    axes.barh(place, 1.0, 0.7, color=PALE)
    axes.barh(
        place, np.clip(reached, 0, WIDEST), 0.36, color=list(colours), label=locale.text("chart.actual")
    )
    axes.vlines(
        np.clip(due, 0, WIDEST), place - 0.38, place + 0.38, color=INK, lw=2, path_effects=HALO
    )  # fmt: skip
    for at, (rate, late) in enumerate(zip(reached, behind, strict=True)):
        written = f"{'▼ ' if late else ''}{locale.percent(rate)}{' ▸' if rate > WIDEST else ''}"
        axes.annotate(
            written, (max(1.0, min(rate, WIDEST)), at), (6, 0), textcoords="offset points", va="center",
            color=WARM if late else INK,
        )  # fmt: skip
    axes.set_yticks(place, panel["label"])
    for tick, whole in zip(axes.get_yticklabels(), panel["whole"], strict=True):
        tick.set_color(ACCENT if whole else INK)  # the face for Chinese has no bold
    axes.set_ylim(len(panel) - 0.4, -0.6)
    axes.set_xlim(0, max(1.0, min(float(np.nanmax(reached)), WIDEST)) + 0.24)
    axes.set_xticks([0, 0.5, 1.0], [locale.percent(rate, 0) for rate in (0, 0.5, 1)])
