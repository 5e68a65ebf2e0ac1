"""Regions of admissible weights, filled with what holds at each place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, ListedColormap, Normalize
from matplotlib.patches import Polygon

from salesperf_lib.charts.certainty import grade_colours, ink_on
from salesperf_lib.charts.style import ACCENT_TINTS, INK
from salesperf_lib.charts.weight_raster import FloatArray, nearest, roomiest, smooth

FLAT = 1e-9
STRIPE = 15.0
"""Width of a region that is a segment, in points: a letter fits in."""
COARSE = 4
"""Every so many cells are looked at to place a letter."""
PLANE = ["result", "process"]
SHADES = LinearSegmentedColormap.from_list("shades", ["#f4f6f7", *ACCENT_TINTS[::-1], "#0a3f47"])


class Paint(NamedTuple):
    """The colour of each value.

    Parameters
    ----------
    colours, norm
        Of matplotlib.
    grades
        What the values are called, by number; empty where they are counts.
    """

    colours: Colormap
    norm: Normalize
    grades: Sequence[str]


def paint_of(points: pd.DataFrame, grades: Sequence[str] | None) -> Paint:
    """Choose the colours of grades, or of counts where there are none."""
    if grades is None:
        return Paint(SHADES, Normalize(0, max(1.0, float(points["value"].max()))), ())
    return Paint(ListedColormap(grade_colours(len(grades))), Normalize(-0.5, len(grades) - 0.5), grades)


def rank(corners: FloatArray) -> int:
    """Tell a polygon, a segment and a point apart: 2, 1, 0."""
    return int(np.linalg.matrix_rank(corners - corners.mean(axis=0), tol=FLAT))


def area(axes: Axes, points: pd.DataFrame, corners: FloatArray, paint: Paint) -> FloatArray:
    """Fill a polygon, each place by the value nearest to it.

    Returns
    -------
    array
        The values over the polygon's box; the first index runs upwards.
    """
    low, high = _box(corners)
    number = nearest((points[PLANE].to_numpy(float) - low) / (high - low))
    values = points["value"].to_numpy(float)[number]
    if paint.grades:
        gap = np.sqrt(values.size / (2 * len(points)))  # a region fills about half of its box
        values = smooth(values.astype(np.int64), int(np.ceil(1.5 * gap))).astype(np.float64)
    image = axes.imshow(
        values, paint.colours, paint.norm, aspect="auto", origin="lower", interpolation="nearest",
        extent=(low[0], high[0], low[1], high[1]), zorder=0.4,
    )  # fmt: skip
    centred = corners - corners.mean(axis=0)
    around = corners[np.argsort(np.arctan2(centred[:, 1], centred[:, 0])), :2]
    image.set_clip_path(axes.add_patch(Polygon(around, closed=True, fill=False, ec=INK, lw=0.9, zorder=3)))
    return values


def stripe(axes: Axes, points: pd.DataFrame, corners: FloatArray, paint: Paint) -> None:
    """Fill a segment as a stripe, a point as a spot."""
    values = points["value"].to_numpy(float)
    if rank(corners) == 0:
        colour = [paint.colours(paint.norm(values[0]))]
        axes.scatter(*corners[0, :2], s=4 * STRIPE**2, c=colour, edgecolors=INK, lw=0.9, zorder=3)
        return
    first, way = corners[0, :2], corners[-1, :2] - corners[0, :2]
    along = (points[PLANE].to_numpy(float) - first) @ way / (way @ way)
    order = np.argsort(along)
    values, along = values[order], along[order]
    turns = np.flatnonzero(np.diff(values))
    ends = np.concatenate([[0.0], (along[turns] + along[turns + 1]) / 2, [1.0]])
    path = first + ends[:, None] * way
    axes.plot(*corners[[0, -1], :2].T, color=INK, lw=STRIPE + 2, solid_capstyle="butt", zorder=1)
    parts = LineCollection(
        list(np.stack([path[:-1], path[1:]], axis=1)), cmap=paint.colours, norm=paint.norm, zorder=2
    )
    parts.set(array=values[[0, *(turns + 1)]], linewidth=STRIPE, capstyle="butt")
    axes.add_collection(parts, autolim=False)


def letters(axes: Axes, raster: FloatArray, corners: FloatArray, paint: Paint, taken: FloatArray) -> None:
    """Write each grade where its area is widest and nothing else is drawn.

    Parameters
    ----------
    axes
        With the polygon as its only patch.
    raster, corners, paint
        As in `area`.
    taken
        Boxes to keep clear of, shape (n, 4): left, bottom, right and top in pixels.
    """
    (low, high), raster = _box(corners), raster[::COARSE, ::COARSE]
    side = (np.arange(len(raster)) + 0.5) / len(raster)
    grid = low + np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2) * (high - low)
    free = axes.patches[0].get_path().contains_points(grid)
    shown = axes.transData.transform(grid)
    for box in taken:
        free &= ~((shown >= box[:2]) & (shown <= box[2:])).all(axis=1)
    free = free.reshape(raster.shape)
    for code, (grade, colour) in enumerate(zip(paint.grades, grade_colours(len(paint.grades)), strict=True)):
        if place := roomiest(free & (raster == code)):
            x, y = low + np.array(place) * (high - low)
            axes.text(x, y, grade, color=ink_on(colour), fontsize=13, ha="center", va="center", zorder=8)


def _box(corners: FloatArray) -> tuple[FloatArray, FloatArray]:
    return corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
