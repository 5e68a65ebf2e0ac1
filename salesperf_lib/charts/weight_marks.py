"""Marks on a map of weights, with labels that keep clear of each other."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import BboxBase
from numpy.typing import NDArray

from salesperf_lib.charts.style import GREY, HALO, INK, WARM

FloatArray = NDArray[np.float64]

MARKS: dict[str, dict[str, Any]] = {
    "corner": {"marker": "o", "s": 20, "c": GREY, "edgecolors": "white", "lw": 0.8, "zorder": 4},
    "saved": {"marker": "s", "s": 44, "c": "white", "edgecolors": INK, "lw": 1.3, "zorder": 5},
    "in_force": {"marker": "D", "s": 62, "c": INK, "edgecolors": "white", "lw": 1.4, "zorder": 6},
    # A ring: what it stands on, such as the scheme in force, stays visible.
    "chosen": {
        "marker": "o",
        "s": 130,
        "facecolors": "none",
        "edgecolors": WARM,
        "lw": 2.2,
        "zorder": 7,
        "path_effects": HALO,
    },
}
"""How each kind of mark is drawn; later kinds lie above earlier ones."""

SMALL = 8.5
HALF = 7.0
"""Half the width of a mark, in points."""
REACHES = (9.0, 22.0, 38.0, 56.0)
"""How far a label may stand from its mark, in points; from the second on a line leads to it."""
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
PLACES = list(product(REACHES, SIDES))


def mark(axes: Axes, canvas: FigureCanvasAgg, marks: pd.DataFrame) -> FloatArray:
    """Draw marks and their labels.

    Parameters
    ----------
    axes
        Whose place in the figure and whose limits are final.
    canvas
        Of the figure; it measures the labels.
    marks
        label (may be empty), result, process, kind.

    Returns
    -------
    array of shape (n, 4)
        The boxes that marks, in the order of the frame, and then labels take up: left, bottom, right
        and top in pixels.
    """
    spots = axes.transData.transform(marks[["result", "process"]].to_numpy(float).reshape(-1, 2))
    for kind, rows in marks.groupby("kind", sort=False):
        axes.scatter(rows["result"], rows["process"], **MARKS[str(kind)], clip_on=False)
    half = HALF * axes.figure.dpi / 72
    taken = np.hstack([spots - half, spots + half])
    for label, spot in zip(marks["label"], spots, strict=True):
        if label:
            taken = np.vstack([taken, _write(axes, canvas, str(label), spot, taken)])
    return taken


def _write(
    axes: Axes, canvas: FigureCanvasAgg, label: str, spot: FloatArray, taken: FloatArray
) -> FloatArray:
    """Write a label where it hides least, nearest first, and give its box."""
    size, scale = _measure(axes, canvas, label), axes.figure.dpi / 72
    middles = np.array([np.array(side) * (reach * scale + size / 2) for reach, side in PLACES])
    boxes = np.hstack([spot + middles - size / 2, spot + middles + size / 2])
    hidden = _shared(boxes, taken).sum(axis=1) - _shared(boxes, _corners(axes.get_window_extent()))[:, 0]
    best = int(np.argmin(np.round(hidden, 3)))
    place = tuple(axes.transData.inverted().transform(spot))
    axes.annotate(
        label, place, middles[best] / scale, textcoords="offset points",
        ha="center", va="center", fontsize=SMALL, path_effects=HALO, zorder=9,
        arrowprops={"arrowstyle": "-", "color": INK, "lw": 0.7} if PLACES[best][0] > REACHES[0] else None,
    )  # fmt: skip
    return boxes[best]


def _measure(axes: Axes, canvas: FigureCanvasAgg, label: str) -> FloatArray:
    text = axes.text(0, 0, label, fontsize=SMALL)
    box = text.get_window_extent(canvas.get_renderer())
    text.remove()
    return np.array([box.width, box.height])


def _shared(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """Measure the area that each box shares with each other one, shape (n, m)."""
    low = np.maximum(boxes[:, None, :2], others[:, :2])
    high = np.minimum(boxes[:, None, 2:], others[:, 2:])
    return np.clip(high - low, 0, None).prod(axis=-1)


def _corners(box: BboxBase) -> FloatArray:
    return np.array([[*box.min, *box.max]])
