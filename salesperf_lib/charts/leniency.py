"""Raters before and after the correction. Only the report's own team has names (§2.2)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from salesperf_lib.charts.style import ACCENT, GREY, HALO, INK, PALE, canvas, theme
from salesperf_lib.language import Locale

NOTHING = 0.05
"""Points of a rating that are written as 0.0."""


def leniency(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw each rater's mean rating before the correction, and where it moved.

    Parameters
    ----------
    frame
        One row per rater, in the order to draw: label, own, before, after, calibrated
        (`salesperf_lib.reports.leniency.told_raters`).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where nobody's ratings were corrected: there is no before and after.
    """
    shown = frame.dropna(subset=["before", "after"])
    if not shown["calibrated"].any():
        return None
    place = np.arange(len(shown))
    before, after = (shown[name].to_numpy(float) for name in ("before", "after"))
    known = shown["calibrated"].to_numpy(bool)
    colours = [ACCENT if own else GREY for own in shown["own"]]
    filled = [colour if done else "white" for colour, done in zip(colours, known, strict=True)]
    with theme():
        figure, axes = canvas(6.4, max(2.2, 1.1 + 0.34 * len(shown)))
        axes.hlines(place, before, after, color=PALE, lw=2.4, zorder=1)
        axes.scatter(before, place, s=44, facecolors="white", edgecolors=colours, lw=1.4, zorder=2)
        axes.scatter(after, place, s=44, c=filled, edgecolors=colours, lw=1.4, zorder=3)
        axes.set_yticks(place, shown["label"])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        _write(axes, before, after, known, locale)
        axes.xaxis.grid(visible=True)
        axes.set_title(locale.text("chart.leniency.title"))
        _explain(figure, shown, locale)
    return figure


def _write(axes: Axes, before: np.ndarray, after: np.ndarray, known: np.ndarray, locale: Locale) -> None:
    """Write the figures beside the dots, and who could not be compared."""
    low, high = min(before.min(), after.min()), max(before.max(), after.max())
    room = max(high - low, 1.0)
    axes.set_xlim(low - 0.2 * room, high + (0.2 if known.all() else 0.36) * room)
    for row, (first, last, calibrated) in enumerate(zip(before, after, known, strict=True)):
        if not calibrated:
            text = f"{locale.number(first, 1)}  {locale.text('chart.leniency.uncalibrated')}"
            _beside(axes, first, row, text, right=True)
            continue
        _beside(axes, last, row, locale.number(last, 1), right=bool(last >= first))
        if abs(last - first) >= NOTHING:
            _beside(axes, first, row, locale.number(first, 1), right=bool(first > last))


def _beside(axes: Axes, value: float, row: int, text: str, *, right: bool) -> None:
    axes.annotate(
        text,
        (value, row),
        xytext=(8 if right else -8, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        fontsize=8.5,
        path_effects=HALO,
    )


def _explain(figure: Figure, shown: pd.DataFrame, locale: Locale) -> None:
    """Tell hollow from filled, and the own team's colour from the others'."""
    handles = [
        _dot(INK, "white", locale.text("chart.leniency.before")),
        _dot(INK, INK, locale.text("chart.leniency.after")),
    ]
    if shown["own"].any() and not shown["own"].all():
        handles += [
            _dot(colour, colour, locale.text(f"chart.{name}"))
            for name, colour in (("own_team", ACCENT), ("other_teams", GREY))
        ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))


def _dot(edge: str, face: str, label: str) -> Line2D:
    return Line2D(
        [], [], color=edge, markerfacecolor=face, label=label, marker="o", ls="", ms=6.5, markeredgewidth=1.4
    )
