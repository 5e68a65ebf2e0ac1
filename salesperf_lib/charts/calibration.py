"""The calibration meeting: what happened outside, and what the targets could become (§3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, INK, WARM, canvas, theme
from salesperf_lib.language import Locale, signed

if TYPE_CHECKING:
    from salesperf_lib.stats import Shift

PANELS = ("leads", "conversion", "order_value")
NOTHING = 5e-5  # a share that is written as 0.0%


def shock(frame: pd.DataFrame, shift: Shift, name: str, unit: str, locale: Locale) -> Figure | None:
    """Draw a series with the shift of level that was found in it.

    Parameters
    ----------
    frame
        One row per month, in order: period, value, adjusted, level (`salesperf_lib.stats.shift_levels`).
    shift
        What was found.
    name, unit
        Of the indicator; the unit as params/ names it (money in minor units).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty:
        return None
    size, title = _axis(frame, name, unit, locale)
    place = np.arange(len(frame))
    value, adjusted, level = (frame[key].to_numpy(float) / size for key in ("value", "adjusted", "level"))
    with theme():
        figure, axes = canvas(6.4, 3.3)
        axes.plot(place, value, color=GREY, lw=1.2, marker="o", ms=3, label=locale.text("chart.shock.value"))
        if shift.seasonal:
            axes.plot(place, adjusted, color=ACCENT, lw=1.6, label=locale.text("chart.shock.adjusted"))
        axes.set_ylim(0, 1.18 * value.max())
        if shift.code in ("shift", "small", "unconfirmed"):
            _draw_step(axes, frame, level, shift, locale)
        ticks = [
            i for i, label in enumerate(frame["period"]) if i == 0 or label[-2:] in ("01", "04", "07", "10")
        ]
        axes.set_xticks(ticks, [_month(frame["period"].iloc[i], first=i == 0) for i in ticks])
        axes.yaxis.grid(visible=True)
        axes.set_title(title)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3)
    return figure


def alternatives(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw what the targets could become, one row per alternative.

    Parameters
    ----------
    frame
        What `salesperf_lib.targets.calibration.propose` gives: alternative, the factors of leads,
        conversion and order value, unfunded_gap (minor units), conceded and capped.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty:
        return None
    with theme():
        figure = Figure(figsize=(8.6, 1.0 + 0.42 * len(frame)), layout="constrained")
        FigureCanvasAgg(figure)
        widths = [*_widths(frame), 1.5]
        panels = figure.subplots(1, len(widths), sharey=True, width_ratios=widths)
        for axes, key in zip(panels, PANELS, strict=False):
            _draw_factor(axes, frame, key, locale)
        _draw_gap(panels[-1], frame, locale)
        names = [locale.text(f"calibration.alternative.{code}") for code in frame["alternative"]]
        panels[0].set_yticks(range(len(frame)), names)
        panels[0].invert_yaxis()
    return figure


def _axis(frame: pd.DataFrame, name: str, unit: str, locale: Locale) -> tuple[int, str]:
    """Choose the unit of the axis, and write the title that says it."""
    if unit != "money":
        return 1, name
    size, written = locale.money_unit(frame["value"].max())
    return size, locale.text("chart.shock.title", kpi=name, unit=written)


def _draw_step(axes: Axes, frame: pd.DataFrame, level: np.ndarray, shift: Shift, locale: Locale) -> None:
    """Draw the level before and after, where they part, and by how much."""
    start = int((frame["period"] < shift.month).sum())
    edges = [-0.5, start - 0.5, len(frame) - 0.5]
    label = locale.text("chart.shock.level")
    for low, high, height in zip(edges, edges[1:], (level[0], level[-1]), strict=False):
        axes.hlines(height, low, high, color=INK, lw=1.3, label=label, zorder=1.5)
        label = "_nolegend_"
    axes.axvline(start - 0.5, color=WARM, lw=1, ls="--")
    written = signed(locale.percent(shift.size, 0))
    text = locale.text("chart.shock.size", month=locale.period(shift.month), size=written)
    end = start < len(frame) / 2
    axes.annotate(
        f" {text} " if not end else f" {text}",
        (start - 0.5, axes.get_ylim()[1]),
        xytext=(0, -4),
        textcoords="offset points",
        ha="left" if end else "right",
        va="top",
        color=WARM,
    )


def _reach(frame: pd.DataFrame, key: str) -> tuple[float, float]:
    """Leave room for bars and their labels: as much per percent in every panel, so that bars compare."""
    widest = max(float((frame[f"{name}_factor"] - 1).abs().max()) for name in PANELS)
    change = frame[f"{key}_factor"] - 1
    low, high = min(0.0, float(change.min())), max(0.0, float(change.max()))
    room = 0.9 * max(widest, 0.01)
    return low - (room if low < 0 else 0.05 * room), high + (room if high > 0 or low == 0 else 0.7 * room)


def _widths(frame: pd.DataFrame) -> list[float]:
    """Give the panels the widths of what they show."""
    spans = [high - low for low, high in (_reach(frame, key) for key in PANELS)]
    return [span / max(spans) for span in spans]


def _draw_factor(axes: Axes, frame: pd.DataFrame, key: str, locale: Locale) -> None:
    """Draw by how much a target moves, as a share of itself."""
    change = frame[f"{key}_factor"].to_numpy(float) - 1
    rows = np.arange(len(frame))
    axes.barh(rows, change, 0.56, color=ACCENT if key == "leads" else ACCENT_TINTS[1])
    axes.axvline(0, color=GREY, lw=0.8)
    axes.set_xlim(*_reach(frame, key))
    for row, (moved, capped) in enumerate(zip(change, frame["capped"], strict=True)):
        mark = "*" if key == "conversion" and capped else ""
        _write(axes, row, moved, signed(locale.percent(moved, 1)) + mark)
    axes.set_xticks([])
    axes.set_title(locale.text(f"chart.alternatives.{key}"), fontsize=9)
    if key == "conversion" and (frame["capped"] != "").any():
        axes.set_xlabel("* " + locale.text("chart.alternatives.capped"), fontsize=8, color=INK)


def _draw_gap(axes: Axes, frame: pd.DataFrame, locale: Locale) -> None:
    """Draw what is not paid for; hollow where the targets do not say so."""
    gap = frame["unfunded_gap"].to_numpy(float)
    unsaid = (frame["unfunded_share"].abs() > NOTHING) & ~frame["conceded"]
    colours = ["white" if one else WARM for one in unsaid]
    axes.barh(np.arange(len(frame)), gap, 0.56, color=colours, edgecolor=WARM, lw=1)
    axes.axvline(0, color=GREY, lw=0.8)
    widest = max(float(np.abs(gap).max()), 1.0)
    axes.set_xlim(min(0.0, 2.6 * gap.min()) - 0.1 * widest, max(0.0, gap.max()) + 2.6 * widest)
    rows = zip(gap, frame["unfunded_share"], unsaid, strict=True)
    for row, (amount, share, hidden) in enumerate(rows):
        key = "chart.alternatives.gap_unsaid" if hidden else "chart.alternatives.gap_said"
        text = locale.text(key, amount=locale.money(amount), share=locale.percent(share))
        _write(axes, row, amount, text if abs(share) > NOTHING else "0")
    axes.set_xticks([])
    axes.set_title(locale.text("chart.alternatives.gap"), fontsize=9)


def _write(axes: Axes, row: int, length: float, text: str) -> None:
    axes.annotate(
        text,
        (length, row),
        xytext=(-3 if length < 0 else 3, 0),
        textcoords="offset points",
        ha="right" if length < 0 else "left",
        va="center",
        fontsize=8.5,
    )


def _month(label: str, *, first: bool) -> str:
    year, _, month = label.partition("-")
    return f"{month}\n{year}" if first or month == "01" else month
