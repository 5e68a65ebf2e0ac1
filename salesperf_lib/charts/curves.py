"""How attainment becomes points: one small panel per curve, the team's people on it (§2.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, HALO, INK, canvas, theme
from salesperf_lib.language import Locale

WIDTH, ACROSS = 6.4, 2
SIZE = 7.5  # of labels, in points of type
SPLIT, STEP = 80.0, 11.0  # on the axis of points
UNDER = tuple(64.0 - STEP * level for level in range(6))  # where labels of dots above SPLIT hang
OVER = tuple(91.0 + STEP * level for level in range(4))  # and those of the others stand
CLOSE = (0.01, 0.03, 0.08, 0.2)  # of an axis: dots nearer than this share one label; more if need be
NAMES = 3  # in one label; more people than that are counted


@dataclass(frozen=True, slots=True)
class _Label:
    text: str
    x: float
    points: float
    height: float
    ends_there: bool


def draw_curves(
    frame: pd.DataFrame,
    locale: Locale,
    *,
    points_label: str,
    title: str = "",
    people: pd.DataFrame | None = None,
) -> Figure | None:
    """Draw each curve in a panel of its own, with the target at 100 points.

    Parameters
    ----------
    frame
        The lines, in the order in which they are drawn: curve (its name), axis (what x is called), kind
        (``attainment`` or ``value``), x, points. x stands twice where points jump.
    locale
        How figures are written.
    points_label
        What points are called.
    title
        Over all panels; may be empty.
    people
        Whom to mark, none or many in a panel: curve, x, points, label. Rows without x or points, or of
        curves that are not drawn, are left out.

    Returns
    -------
    Figure or None
        None where there is no curve to draw.
    """
    lines = frame.dropna(subset=["x", "points"])
    if lines.empty:
        return None
    names = list(lines["curve"].unique())
    across = min(ACROSS, len(names))
    down = -(-len(names) // across)
    top = max(131.0, float(lines["points"].max()) + 8)
    with theme():
        figure, alone = canvas(WIDTH, 0.3 + 2.25 * down)
        alone.remove()
        panels = figure.subplots(down, across, sharey=True, squeeze=False).ravel()
        for axes, name in zip(panels, names, strict=False):
            line = lines[lines["curve"] == name]
            _line(axes, line, locale)
            _dots(axes, line, _marked(people, name), locale, WIDTH / across - 0.55)
            axes.set_title(name, pad=12)
            axes.set_ylim(min(0.0, float(lines["points"].min())) - 4, top)
        for axes in panels[len(names) :]:
            axes.remove()
        for axes in panels[: len(names) : across]:
            axes.set_ylabel(points_label)
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontsize=11.5)
    return figure


def _marked(people: pd.DataFrame | None, name: str) -> pd.DataFrame:
    if people is None:
        return pd.DataFrame(columns=["curve", "x", "points", "label"])
    return people[people["curve"] == name].dropna(subset=["x", "points"])


def _line(axes: Axes, line: pd.DataFrame, locale: Locale) -> None:
    """Draw one curve and its target; only attainment has a target at 100 %."""
    by_attainment = line["kind"].iloc[0] == "attainment"
    axes.axhline(100, color=GREY, lw=0.8, ls=(0, (3, 3)), zorder=0)
    if by_attainment:
        axes.axvline(1.0, color=GREY, lw=0.8, ls=(0, (3, 3)), zorder=0)
        axes.annotate(
            locale.text("chart.target"), (1.0, 1.0), (0, 2), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", va="bottom", fontsize=7.5, color=GREY,
        )  # fmt: skip
    axes.plot(line["x"], line["points"], color=INK, lw=1.6, solid_joinstyle="miter")
    axes.set_xlim(float(line["x"].min()), float(line["x"].max()))
    axes.set_xlabel(str(line["axis"].iloc[0]))
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _written(x, locale, rate=by_attainment)))
    axes.yaxis.grid(visible=True)
    axes.set_yticks(np.arange(0, 121, 20))


def _written(x: float, locale: Locale, *, rate: bool) -> str:
    if rate:
        return locale.percent(x, 0)
    return locale.number(x, 0 if float(x).is_integer() else 1 if round(x, 1) == round(x, 6) else 2)


def _dots(axes: Axes, line: pd.DataFrame, people: pd.DataFrame, locale: Locale, inches: float) -> None:
    """Mark people; whoever lies beyond the panel stands at its edge."""
    if people.empty:
        return
    first, last = axes.get_xlim()
    shown = people.assign(x=people["x"].astype(float).clip(first, last)).sort_values(["x", "points", "label"])
    axes.plot(shown["x"], shown["points"], "o", color=ACCENT, ms=5.5, mec="white", mew=0.7, clip_on=False)
    rising = float(line["points"].iloc[-1]) >= float(line["points"].iloc[0])
    em = (last - first) * SIZE / (72 * inches)  # the size of the type on the axis
    labels: list[_Label] = []
    for close in CLOSE:
        labels, fits = _labels(
            _together(shown, close * (last - first)), (first, last), em, locale, rising=rising
        )
        if fits:
            break
    for label in labels:
        _hang(axes, label)


def _labels(
    groups: list[pd.DataFrame], span: tuple[float, float], em: float, locale: Locale, *, rising: bool
) -> tuple[list[_Label], bool]:
    """Find a place for every label; say whether there were levels enough."""
    x = np.array([group["x"].mean() for group in groups])
    worth = np.array([group["points"].mean() for group in groups])
    texts = [_named(group, locale) for group in groups]
    widths = np.array(
        [em * (0.6 + sum(1.0 if ord(sign) > 0x2E80 else 0.6 for sign in text)) for text in texts]
    )
    ends = x - widths >= span[0] if rising else x + widths > span[1]
    labels: list[_Label] = []
    fits = True
    for chosen, heights in ((worth >= SPLIT, UNDER), (worth < SPLIT, OVER)):
        some = np.flatnonzero(chosen)
        levels = _levels(x[some], widths[some], ends[some], rising=rising)
        fits = fits and bool((levels < len(heights)).all())
        for at, level in zip(some, levels, strict=True):
            height = heights[level % len(heights)]
            labels.append(_Label(texts[at], x[at], worth[at], height, ends_there=bool(ends[at])))
    return labels, fits


def _hang(axes: Axes, label: _Label) -> None:
    """Write a label where the curve leaves room, on a thread from its dot."""
    end = label.height + STEP / 2 * (1 if label.height > label.points else -1)
    axes.plot([label.x] * 2, [label.points, end], color=ACCENT_TINTS[1], lw=0.7, zorder=1, clip_on=False)
    axes.annotate(
        label.text, (label.x, label.height), (-3 if label.ends_there else 3, 0), textcoords="offset points",
        ha="right" if label.ends_there else "left", va="center", fontsize=SIZE, color=ACCENT,
        path_effects=HALO,
    )  # fmt: skip


def _levels(x: np.ndarray, widths: np.ndarray, ends: np.ndarray, *, rising: bool) -> np.ndarray:
    """Give each label a level so far from the curve that no other thread runs through it.

    Labels away from where the curve is going come first, from their end on; the few that would leave
    the panel on that side, and so stand on the other side of their dot, take what is left.
    """
    low = np.where(ends, x - widths, x)
    high = np.where(ends, x, x + widths)
    side = 1 if rising else -1
    odd = ends != rising
    level = np.zeros(len(x), int)
    done: list[int] = []
    for at in np.lexsort((np.where(odd, -side, side) * x, odd)).tolist():
        crossed = [level[other] for other in done if high[other] > low[at] and low[other] < high[at]]
        level[at] = max(crossed, default=-1) + 1
        done.append(at)
    return level


def _named(group: pd.DataFrame, locale: Locale) -> str:
    labels = list(dict.fromkeys(str(label) for label in group["label"]))
    more = f" +{len(labels) - NAMES}" if len(labels) > NAMES else ""
    return locale.listing(labels[:NAMES]) + more


def _together(people: pd.DataFrame, near: float) -> list[pd.DataFrame]:
    """Put people whose dots stand near each other, and worth about the same, under one label."""
    x, worth = people["x"].to_numpy(float), people["points"].to_numpy(float)
    apart = (np.diff(x) > near) | (np.abs(np.diff(worth)) > STEP)
    group = np.r_[0, np.cumsum(apart)]
    return [part for _, part in people.groupby(group)]
