"""Which grades and which groups gain or lose when the weights change (§4)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from salesperf_lib.charts.style import ACCENT, GREY, HALO, INK, WARM, canvas, theme
from salesperf_lib.charts.weight_moves import COLOURS, SIGNS, SMALL, FloatArray, IntArray
from salesperf_lib.language import Locale, signed


def grade_changes(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw how many people go from which grade to which.

    Parameters
    ----------
    frame
        One row per grade before, best first: grade, then one column of counts per grade after, in the
        same order, named as it is.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there are no grades.
    """
    if frame.empty:
        return None
    names = [str(name) for name in frame.columns[1:]]
    counts = frame[frame.columns[1:]].to_numpy(float)
    way = np.sign(np.arange(len(frame))[:, None] - np.arange(len(names))).astype(np.int64)
    with theme():
        figure, axes = canvas(0.9 + 0.62 * max(len(names), 3), 1.1 + 0.42 * len(frame))
        axes.imshow(_tints(counts, way), aspect="auto")
        for (row, column), count in np.ndenumerate(counts):
            sign = SIGNS[int(way[row, column])] if count else ""
            colour = INK if count else GREY
            text = f"{locale.number(count)} {sign}".strip()
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9.5)
        axes.set_xticks(range(len(names)), names)
        axes.set_yticks(range(len(frame)), frame["grade"])
        axes.set_xticks(np.arange(len(names) + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(len(frame) + 1) - 0.5, minor=True)
        axes.tick_params(which="minor", length=0)
        axes.grid(which="minor", color="white", lw=2)
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        axes.spines["bottom"].set_visible(False)
        axes.set_xlabel(locale.text("chart.weights.grades.after"))
        axes.set_ylabel(locale.text("chart.weights.grades.before"))
        axes.set_title(locale.text("chart.weights.grades.title"), pad=10)
    return figure


def group_balance(frame: pd.DataFrame, locale: Locale, *, relative: bool = False) -> Figure | None:
    """Draw which groups gain and which lose.

    Parameters
    ----------
    frame
        One row per group, in the order to draw: label, change (of the mean score, points; NaN where
        absent), up, down (people whose grade is better, lower).
    locale
        How it is written.
    relative
        Whether changes are against the company's mean.

    Returns
    -------
    Figure or None
        None where there are no groups.
    """
    if frame.empty:
        return None
    change = frame["change"].to_numpy(float)
    place = np.arange(len(frame))
    most = max(float(np.nanmax(np.abs(change), initial=0.0)), 0.01)
    with theme():
        figure, axes = canvas(6.4, max(1.9, 1.0 + 0.32 * len(frame)))
        axes.barh(place, np.nan_to_num(change), 0.6, color=[WARM if one < 0 else ACCENT for one in change])
        axes.axvline(0, color=INK, lw=0.9)
        for row, (one, up, down) in enumerate(zip(change, frame["up"], frame["down"], strict=True)):
            _beside(axes, one if np.isfinite(one) else 0.0, row, signed(locale.number(one, 2)))
            told = f"▲ {locale.number(up)}   ▼ {locale.number(down)}"
            axes.text(
                1.02,
                row,
                told,
                transform=axes.get_yaxis_transform(),
                va="center",
                color=INK if up or down else GREY,
            )
        axes.set_yticks(place, frame["label"])
        axes.set_ylim(len(frame) - 0.4, -0.6)
        axes.set_xlim(-1.35 * most, 1.35 * most)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.set_xlabel(locale.text("chart.weights.groups.note"), loc="right", fontsize=SMALL)
        title = "chart.weights.groups.relative" if relative else "chart.weights.groups.title"
        axes.set_title(locale.text(title))
    return figure


def _tints(counts: FloatArray, way: IntArray) -> FloatArray:
    """Shade each cell by its count: grey where the grade stays, otherwise the more the deeper."""
    moved = float(counts[way != 0].max(initial=0.0))
    share = np.where(way == 0, 0.35 * (counts > 0), 0.6 * counts / max(moved, 1.0))
    share = np.where((way != 0) & (counts > 0), np.maximum(share, 0.15), share)[..., None]
    ink = np.array([to_rgb(COLOURS[int(one)]) for one in way.ravel()]).reshape(*way.shape, 3)
    return share * ink + (1 - share) * np.array(to_rgb("#f6f7f8"))


def _beside(axes: Axes, value: float, row: int, text: str) -> None:
    side = -1 if value < 0 else 1
    axes.annotate(
        text, (value, row), (5 * side, 0), textcoords="offset points", va="center",
        ha="right" if side < 0 else "left", path_effects=HALO,
    )  # fmt: skip
