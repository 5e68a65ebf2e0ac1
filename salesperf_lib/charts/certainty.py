"""How likely each grade is, person by person (§2.3)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure

from salesperf_lib.charts.style import ACCENT_TINTS, INK, PALE, canvas, theme
from salesperf_lib.language import Locale

COLOURS = (*ACCENT_TINTS, PALE)
"""Of the grades, best first; more grades than colours take steps between the first and the last."""

LEGIBLE = 0.09
"""Share of the axis from which a segment has room for its figure."""

DARK = 0.5
"""Lightness below which white is easier to read."""


def grade_chances(frame: pd.DataFrame, locale: Locale, title: str | None = None) -> Figure | None:
    """Draw how likely each grade is as one bar per person, cut into grades.

    Parameters
    ----------
    frame
        One row per person, the best first: label, grade (the one given), then one column of rates per
        grade, best first, named as it is.
    locale
        How it is written.
    title
        In place of the one that speaks of chances in general.

    Returns
    -------
    Figure or None
        None where there is nobody to draw.
    """
    if frame.empty:
        return None
    place, left = np.arange(len(frame)), np.zeros(len(frame))
    with theme():
        figure, axes = canvas(6.4, max(2.6, 1.1 + 0.3 * len(frame)))
        for grade, colour in zip(frame.columns[2:], grade_colours(len(frame.columns) - 2), strict=True):
            rates = frame[grade].to_numpy(float)
            axes.barh(place, rates, 0.66, left=left, color=colour, label=grade, ec="white", lw=0.8)
            _given(axes, frame, str(grade), left)
            _figures(axes, rates, left, locale, ink=ink_on(colour))
            left = left + rates
        named = zip(frame["label"], frame["grade"], strict=True)
        axes.set_yticks(place, [f"{label}  {grade}" for label, grade in named])
        axes.set_ylim(len(frame) - 0.4, -0.6)
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        told = f"{locale.text('chart.certainty.title')}  ·  {locale.text('chart.certainty.labels')}"
        axes.set_title(told if title is None else title)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=len(frame.columns) - 2)
    return figure


def grade_colours(count: int) -> list[str]:
    """Give each of so many grades its colour, the best first."""
    if count <= len(COLOURS):
        return list(COLOURS[:count])
    ramp = LinearSegmentedColormap.from_list("grades", COLOURS)
    return [to_hex(ramp(step)) for step in np.linspace(0, 1, count)]


def ink_on(colour: str) -> str:
    """Choose the ink that can be read on a colour."""
    red, green, blue = to_rgb(colour)
    return "white" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < DARK else INK


def _given(axes: Axes, frame: pd.DataFrame, grade: str, left: np.ndarray) -> None:
    """Frame the segment of the grade that was given."""
    own = frame["grade"].eq(grade).to_numpy() & (frame[grade].to_numpy(float) > 0)
    place = np.flatnonzero(own)
    axes.barh(
        place, frame[grade].to_numpy(float)[own], 0.66, left=left[own], fill=False, ec=INK, lw=1.3, zorder=3
    )


def _figures(axes: Axes, rates: np.ndarray, left: np.ndarray, locale: Locale, *, ink: str) -> None:
    for row in np.flatnonzero(rates >= LEGIBLE).tolist():
        middle = left[row] + rates[row] / 2
        axes.text(middle, row, locale.percent(rates[row], 0), ha="center", va="center", fontsize=8, color=ink)
