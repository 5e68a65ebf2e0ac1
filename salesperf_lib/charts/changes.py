"""What changed each score since the last period: bars that lead up and down from zero (§2.4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from salesperf_lib.charts.style import ACCENT, GREY, HALO, INK, canvas, theme
from salesperf_lib.language import Locale, signed

FILLS = {
    "actuals": (ACCENT, ""),
    "targets": (GREY, ""),
    "weights": ("#bddadd", ""),
    "curves": ("white", "\\\\\\\\"),
    "adjustments": ("#d5dadd", "////"),
    "rules": ("white", "...."),
}
"""Colour and hatching of each part: the same in every report, and told apart without colour too."""


def score_changes(frame: pd.DataFrame, labels: Sequence[str], title: str, locale: Locale) -> Figure | None:
    """Draw what changed each score, gains to the right and losses to the left of zero.

    Parameters
    ----------
    frame
        One row per person, in the order to draw: label, remark (may be empty), change, then one column of
        points per part, named as in `FILLS`.
    labels
        What the parts are called, in the order of the columns.
    title
        Over the figure.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nobody to draw.
    """
    if frame.empty:
        return None
    place = np.arange(len(frame))
    names = list(frame.columns[3:])
    parts = frame[names].to_numpy(float)
    ends = np.clip(parts, 0, None).sum(axis=1), np.clip(parts, None, 0).sum(axis=1)
    with theme():
        figure, axes = canvas(6.4, max(2.6, 1.1 + 0.3 * len(frame)))
        _bars(axes, parts, [FILLS[name] for name in names], labels)
        total = frame["change"].to_numpy(float)
        axes.plot(total, place, "D", color=INK, mec="white", mew=0.8, ms=6.5, zorder=4,
                  label=locale.text("chart.changes.total"))  # fmt: skip
        axes.axvline(0, color=INK, lw=0.8, zorder=3)
        axes.set_yticks(place, frame["label"])
        axes.set_ylim(len(frame) - 0.4, -0.6)
        room = max(float(ends[0].max() - ends[1].min()), 1.0)
        axes.set_xlim(float(ends[1].min()) - 0.04 * room, float(ends[0].max()) + 0.2 * room)
        for row, (_, person) in enumerate(frame.iterrows()):
            text = "  ".join(
                [
                    signed(locale.number(person["change"], 1)),
                    *([person["remark"]] if person["remark"] else []),
                ]
            )
            axes.annotate(text, (ends[0][row], row), (9, 0), textcoords="offset points", va="center",
                          fontsize=8.5, path_effects=HALO)  # fmt: skip
        axes.xaxis.grid(visible=True)
        axes.set_title(title)
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=len(labels) + 1 if len(labels) < 5 else 4
        )
    return figure


def _bars(axes: Axes, parts: np.ndarray, fills: Sequence[tuple[str, str]], labels: Sequence[str]) -> None:
    """Stack gains to the right and losses to the left."""
    place = np.arange(len(parts))
    up, down = np.zeros(len(parts)), np.zeros(len(parts))
    for value, (colour, hatch), label in zip(parts.T, fills, labels, strict=True):
        left = np.where(value >= 0, up, down)
        edge = INK if hatch else "white"
        axes.barh(place, value, 0.6, left=left, color=colour, hatch=hatch, ec=edge, lw=0.5, label=label)
        up, down = up + np.clip(value, 0, None), down + np.clip(value, None, 0)
