"""Who moves when the weights change: ranks, grades, groups (§4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from salesperf_lib.charts.outlines import Words, width
from salesperf_lib.charts.style import ACCENT, GREY, INK, PALE, WARM, theme
from salesperf_lib.errors import DataError, Problem
from salesperf_lib.language import ABSENT, Locale

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LETTERS = ("A", "B", "C", "D")
COLOURS = {1: ACCENT, 0: GREY, -1: WARM}
"""Of a grade that is better, the same or lower than before; the shapes differ as well."""
SHAPES = {1: "^", 0: "o", -1: "v"}
SIGNS = {1: "▲", 0: "", -1: "▼"}
WAYS = {1: "chart.weights.up", 0: "chart.weights.same", -1: "chart.weights.down"}

WIDTH, ROW, TOP, FOOT = 6.4, 0.21, 0.62, 0.72  # inches
SMALL = 8.5  # points
GAP, ARROW, LEAST, NARROWEST = 0.1, 0.2, 0.1, 1.0  # inches
Pair = tuple[list[str], list[str]]
COLUMNS = ("rank", "grade", "score")
"""What is written at the right, before and after."""


def movements(
    frame: pd.DataFrame, locale: Locale, limit: int = 40, *, grades: Sequence[str] = LETTERS
) -> Figure | None:
    """Draw where ranks and grades move, person by person.

    Parameters
    ----------
    frame
        One row per person: label, score, score_new, rank, rank_new, grade, grade_new.
    locale
        How it is written.
    limit
        Most people drawn. Of more, those whose grade changes come first, then those whose rank, then
        whose score moves most; the title says so.
    grades
        The grades, best first.

    Returns
    -------
    Figure or None
        One row per person, by the new rank; None where there is nobody to draw.

    Raises
    ------
    DataError
        If somebody holds a grade that is none of the grades.
    """
    if frame.empty:
        return None
    way = _way(frame, grades)
    rows = _movers(frame, way, limit)
    shown, way = frame.iloc[rows], way[rows]
    pairs = [_pairs(shown, name, locale) for name in COLUMNS]
    with theme():
        figure, axes, start = _sheet([str(label) for label in shown["label"]], pairs)
        _dumbbells(axes, shown["rank"].to_numpy(float), shown["rank_new"].to_numpy(float), way)
        axes.set_xlabel(locale.text("chart.weights.moves.rank"))
        for name, pair in zip(COLUMNS, pairs, strict=True):
            head = locale.text(f"chart.weights.moves.{name}")
            start = _column(figure, start, head, pair, way if name == "grade" else 0 * way)
        _title(figure, len(frame), len(shown), locale)
        _explain(figure, way, locale)
    return figure


def _way(frame: pd.DataFrame, grades: Sequence[str]) -> IntArray:
    """Tell better grades, 1, from the same, 0, and lower ones, −1."""
    order = {name: number for number, name in enumerate(grades)}
    held = pd.concat([frame["grade"], frame["grade_new"]]).dropna().unique()
    if unknown := [
        Problem("movements, grade", repr(one), ", ".join(grades)) for one in held if one not in order
    ]:
        raise DataError(*unknown)
    before, after = (frame[name].map(order).to_numpy(float) for name in ("grade", "grade_new"))
    return np.nan_to_num(np.sign(before - after)).astype(np.int64)


def _movers(frame: pd.DataFrame, way: IntArray, limit: int) -> IntArray:
    """Choose who is drawn, and put them in the order of their new ranks."""
    rank, score = (
        np.nan_to_num(np.abs(frame[f"{name}_new"].to_numpy(float) - frame[name].to_numpy(float)))
        for name in ("rank", "score")
    )
    most = np.lexsort((-score, -rank, way == 0))[:limit]
    best = frame[["rank_new", "score_new"]].iloc[most].to_numpy(float)
    return most[np.lexsort((most, -best[:, 1], best[:, 0]))]


def _sheet(labels: Sequence[str], pairs: Sequence[Pair]) -> tuple[Figure, Axes, float]:
    """Lay out a figure whose rows are all of one height, and label them.

    Returns
    -------
    tuple
        The figure, its axes, and where the columns at the right begin, in inches.
    """
    tall = ROW * len(labels)
    height = TOP + tall + FOOT
    left = 2 * GAP + max(width(label, SMALL) for label in labels)
    wide = max(WIDTH - left - GAP - sum(_room(pair) for pair in pairs), NARROWEST)
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((left / WIDTH, FOOT / height, wide / WIDTH, tall / height), yticks=[])
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.xaxis.grid(visible=True)
    rows = np.arange(len(labels))
    Words(labels, _places(left - GAP, rows, height), size=SMALL, colour=INK, right=True).put(figure)
    return figure, axes, left + wide


def _dumbbells(axes: Axes, before: FloatArray, after: FloatArray, way: IntArray) -> None:
    place = np.arange(len(before))
    for one, colour in COLOURS.items():
        own = way == one
        axes.hlines(place[own], before[own], after[own], color=colour if one else PALE, lw=1.8, zorder=1)
        axes.scatter(before[own], place[own], s=22, facecolors="white", edgecolors=colour, lw=1.1, zorder=2)
        axes.scatter(
            after[own], place[own], s=34 if one else 26, c=colour, marker=SHAPES[one], lw=0, zorder=3
        )
    ends = np.concatenate([before, after])
    low, high = np.nanmin(ends, initial=np.inf), np.nanmax(ends, initial=-np.inf)
    if low <= high:  # otherwise nobody has a rank
        room = 0.03 * (high - low) + 0.3
        ticks = np.asarray(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]).tick_values(low, high))
        axes.set_xticks(ticks[(ticks >= max(low - room, 1)) & (ticks <= high + room)])
        axes.set_xlim(low - room, high + room)


def _pairs(shown: pd.DataFrame, name: str, locale: Locale) -> Pair:
    """Write out the values of a column before and after."""
    first, last = ([_written(name, one, locale) for one in shown[column]] for column in (name, f"{name}_new"))
    return first, last


def _written(name: str, value: Any, locale: Locale) -> str:
    if name == "grade":
        return ABSENT if pd.isna(value) else str(value)
    return locale.number(value, 2 if name == "score" else 0)


def _side(pair: Pair) -> float:
    return max(LEAST, *(width(text, SMALL) for text in {*pair[0], *pair[1]}))


def _room(pair: Pair) -> float:
    return 2 * _side(pair) + ARROW + 1.5 * GAP


def _column(figure: Figure, start: float, head: str, pair: Pair, way: IntArray) -> float:
    """Write values before and after, one where they read the same, and give where the next column begins."""
    height, side = figure.get_figheight(), _side(pair)
    first = start + 1.5 * GAP + side
    last = first + ARROW + side
    Words([head], _places(last, np.array([-1]), height), size=SMALL, colour=GREY, right=True).put(figure)
    moved = np.array([before != after for before, after in zip(*pair, strict=True)])
    for one in np.unique(way).tolist():
        style: dict[str, Any] = {"size": SMALL, "colour": COLOURS[one] if one else INK}
        own, gone = np.flatnonzero(way == one), np.flatnonzero((way == one) & moved)
        Words([pair[0][row] for row in gone], _places(first, gone, height), right=True, **style).put(figure)
        Words(["→"] * len(gone), _places(first + ARROW / 4, gone, height), **style).put(figure)
        Words([pair[1][row] for row in own], _places(last, own, height), right=True, **style).put(figure)
    return start + _room(pair)


def _places(x: float, rows: IntArray, height: float) -> FloatArray:
    """Give the places of rows, in inches from the lower left."""
    return np.column_stack([np.full(len(rows), x), height - TOP - ROW * (rows + 0.5)])


def _title(figure: Figure, everybody: int, shown: int, locale: Locale) -> None:
    key = "chart.weights.moves.some" if shown < everybody else "chart.weights.moves.title"
    text = locale.text(key, count=locale.number(shown), all=locale.number(everybody))
    figure.suptitle(text, x=0.015, y=1 - 0.1 / figure.get_figheight(), ha="left", va="top", fontsize=10.5)


def _explain(figure: Figure, way: IntArray, locale: Locale) -> None:
    """Tell hollow from filled, and the shapes apart."""
    handles = [_dot("o", "white", GREY, locale.text("chart.weights.moves.before"))]
    handles += [
        _dot(SHAPES[one], COLOURS[one], COLOURS[one], locale.text(WAYS[one])) for one in WAYS if one in way
    ]
    figure.legend(handles=handles, loc="lower center", ncols=len(handles))


def _dot(shape: str, face: str, edge: str, label: str) -> Line2D:
    return Line2D([], [], ls="", marker=shape, mfc=face, mec=edge, ms=6.5, label=label)
