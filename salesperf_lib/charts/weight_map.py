"""The map of admissible weights: what holds where, and which place on the picture is which weighting (§4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from salesperf_lib.charts.style import INK, theme
from salesperf_lib.charts.weight_areas import FLAT, FloatArray, Paint, area, letters, paint_of, rank, stripe
from salesperf_lib.charts.weight_marks import MARKS, mark
from salesperf_lib.errors import DataError, Problem
from salesperf_lib.language import Locale

Kind = Literal["grade", "count"]

WIDTH, HEIGHT = 5.625, 5.25  # inches: whole pixels
BOX = (0.13, 0.205, 0.7, 0.725)
"""Left, bottom, width and height of the axes as shares of the figure, whatever is written around them."""
MARGIN = 0.06
"""Room around the region, as a share of its width."""
NARROWEST = 0.25
"""A side of the region is drawn as at least this share of the longer one."""
SMALLEST = 0.02
"""Width of the axes around a region that is a point."""


class AxesBox(NamedTuple):
    """Where the axes lie on the picture, and which weights their edges are.

    Parameters
    ----------
    left, top, right, bottom
        Shares of the picture's width and height, from its top left corner.
    result, process
        Weights at left and right, at bottom and top.
    """

    left: float
    top: float
    right: float
    bottom: float
    result: tuple[float, float]
    process: tuple[float, float]


def weight_map(
    points: pd.DataFrame,
    corners: FloatArray,
    marks: pd.DataFrame,
    locale: Locale,
    *,
    title: str,
    legend: Sequence[str] = (),
    kind: Kind = "grade",
) -> Figure | None:
    """Draw what every admissible weighting of the dimensions leads to.

    Parameters
    ----------
    points
        One row per weighting, spread evenly: result, process, potential, value. For ``grade`` the value
        is the number of a grade, 0 the best; for ``count`` a number of people.
    corners
        Corners of the region in any order, shape (c, 3): a convex polygon, a segment or a point.
    marks
        One row per marked weighting: label (may be empty), result, process, potential, kind
        (`salesperf_lib.charts.weight_marks.MARKS`).
    locale
        How it is written.
    title
        What it shows, and for whom.
    legend
        For ``grade`` the grades, the best first; for ``count`` what is counted, where it is not the number
        of people whose grade differs from the one in force.
    kind
        ``grade`` for areas, ``count`` for shades.

    Returns
    -------
    Figure or None
        None where there is no weighting to draw. Maps of one region have their axes at the same place.

    Raises
    ------
    DataError
        If a value is missing or is no grade of the legend, or a kind of mark is not known.

    Notes
    -----
    Result runs to the right, process upwards; as the weights sum to 1, potential is the same along each
    falling diagonal.
    """
    if points.empty or len(corners) == 0:
        return None
    _fail_if_unreadable(points, marks, legend, kind)
    with theme():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes(BOX)
        _frame(axes, corners, locale)
        axes.set_title(title, x=(0.02 - BOX[0]) / BOX[2], pad=9)
        paint = paint_of(points, legend if kind == "grade" else None)
        flat = rank(corners) < 2
        raster = stripe(axes, points, corners, paint) if flat else area(axes, points, corners, paint)
        taken = mark(axes, canvas, marks)
        if raster is not None and paint.grades:
            letters(axes, raster, corners, paint, taken)
        _explain(figure, points, locale, paint, legend)
    return figure


def axes_box(figure: Figure) -> AxesBox:
    """Say where the axes of a map lie on its picture.

    Parameters
    ----------
    figure
        A figure of `weight_map`.
    """
    axes = figure.axes[0]
    place, result, process = axes.get_position(), axes.get_xlim(), axes.get_ylim()
    return AxesBox(place.x0, 1 - place.y1, place.x1, 1 - place.y0, result, process)


def weights_at(picture: Figure | AxesBox, fx: float, fy: float) -> FloatArray:
    """Read the weights at a place on the picture.

    Parameters
    ----------
    picture
        A figure of `weight_map`, or its `axes_box`.
    fx, fy
        Shares of the picture's width and height, from its top left corner.

    Returns
    -------
    array of shape (3,)
        Result, process and potential, summing to 1; not admissible where the place is outside the region.
    """
    box = picture if isinstance(picture, AxesBox) else axes_box(picture)
    across, up = (fx - box.left) / (box.right - box.left), (box.bottom - fy) / (box.bottom - box.top)
    result = box.result[0] + across * (box.result[1] - box.result[0])
    process = box.process[0] + up * (box.process[1] - box.process[0])
    return np.array([result, process, 1 - result - process])


def place_of(picture: Figure | AxesBox, weights: Sequence[float] | FloatArray) -> tuple[float, float]:
    """Find the place of weights on the picture: `weights_at` the other way round.

    Parameters
    ----------
    picture
        A figure of `weight_map`, or its `axes_box`.
    weights
        Result, process and potential.

    Returns
    -------
    tuple
        Shares of the picture's width and height, from its top left corner.
    """
    box = picture if isinstance(picture, AxesBox) else axes_box(picture)
    across = (weights[0] - box.result[0]) / (box.result[1] - box.result[0])
    up = (weights[1] - box.process[0]) / (box.process[1] - box.process[0])
    fx, fy = box.left + across * (box.right - box.left), box.bottom - up * (box.bottom - box.top)
    return float(fx), float(fy)


def _fail_if_unreadable(points: pd.DataFrame, marks: pd.DataFrame, legend: Sequence[str], kind: Kind) -> None:
    values = points["value"].to_numpy(float)
    good = np.isfinite(values) & (values >= 0)
    allowed = "numbers from 0"
    if kind == "grade":
        good &= (values < len(legend)) & (values == np.floor(values))
        allowed = f"whole numbers from 0, below the {len(legend)} grades of the legend"
    problems = [Problem("weight map, value", f"{value:g}", allowed) for value in np.unique(values[~good])]
    unknown = [name for name in marks["kind"].unique() if name not in MARKS]
    problems += [Problem("weight map, kind of mark", repr(name), ", ".join(MARKS)) for name in unknown]
    if problems:
        raise DataError(*problems)


def _frame(axes: Axes, corners: FloatArray, locale: Locale) -> None:
    """Lay out the axes, and the diagonals along which potential does not change."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    widest = max(float((high - low)[:2].max()), SMALLEST)
    room = np.maximum(high - low, NARROWEST * widest)[:2] * (1 + 2 * MARGIN)
    start = (low + high)[:2] / 2 - room / 2
    axes.set(xlim=(start[0], start[0] + room[0]), ylim=(start[1], start[1] + room[1]))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        digits = _digits(axis.get_majorticklocs())
        axis.set_major_formatter(FuncFormatter(lambda rate, _, digits=digits: locale.percent(rate, digits)))
    axes.grid(visible=True)
    axes.set_xlabel(locale.text("chart.weights.result"))
    axes.set_ylabel(locale.text("chart.weights.process"))
    _diagonals(axes, float(low[2]), float(high[2]), locale)
    name = locale.text("chart.weights.potential")
    axes.text(1.17, 0.5, name, transform=axes.transAxes, rotation=90, va="center", ha="center")


def _diagonals(axes: Axes, low: float, high: float, locale: Locale) -> None:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    ticks = np.asarray(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]).tick_values(low, high))
    shown = ticks[(ticks > low - FLAT) & (ticks < high + FLAT)] if high - low > FLAT else np.array([low])
    for share in shown.tolist():
        rest = 1 - share
        axes.plot([left, right], [rest - left, rest - right], color="#dfe3e6", lw=0.8, zorder=0.7)
        text = locale.percent(share, _digits(shown))
        if rest - right >= bottom - FLAT:
            axes.annotate(
                text, (right, rest - right), (5, 0), textcoords="offset points", va="center", fontsize=8.5
            )
        else:  # it leaves through the bottom, below which the weight of result is written
            axes.annotate(
                text, (rest - bottom, bottom), (-3, 3), textcoords="offset points", ha="right", fontsize=8
            )
    axes.set(xlim=(left, right), ylim=(bottom, top))


def _digits(ticks: FloatArray) -> int:
    """Give the decimals that tell percentages apart."""
    return next((digits for digits in (0, 1) if np.allclose(ticks * 100, np.round(ticks * 100, digits))), 2)


def _explain(
    figure: Figure, points: pd.DataFrame, locale: Locale, paint: Paint, legend: Sequence[str]
) -> None:
    """Say below the axes what the colours mean."""
    if paint.grades:
        shown = sorted({int(value) for value in points["value"]})
        patches = [Patch(fc=paint.colours(code), ec=INK, lw=0.5, label=paint.grades[code]) for code in shown]
        figure.legend(handles=patches, loc="lower center", ncols=len(patches), bbox_to_anchor=(0.48, 0.02))
        return
    place = figure.add_axes((BOX[0], 0.09, BOX[2], 0.02))
    bar = figure.colorbar(ScalarMappable(paint.norm, paint.colours), cax=place, orientation="horizontal")
    bar.locator = MaxNLocator(integer=True, nbins=8)
    bar.formatter = FuncFormatter(lambda count, _: locale.number(count))
    bar.update_ticks()
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.set_label(legend[0] if legend else locale.text("chart.weights.count"), fontsize=8.5)
