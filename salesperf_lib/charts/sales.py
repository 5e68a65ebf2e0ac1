"""What was sold: against target, over time, by cause and by channel."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, HALO, INK, PALE, WARM, canvas, theme
from salesperf_lib.language import Locale, signed


def trend(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw sales by period against target and the year before.

    Parameters
    ----------
    frame
        One row per period, in order: period, actual, target, year_before (minor units, NaN where
        absent), running (whether days of it are still to come).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    shown = frame[["actual", "target", "year_before"]]
    if shown.isna().all(axis=None):
        return None
    size, unit = locale.money_unit(shown.max().max())
    actual, target, before = (shown[name].to_numpy(float) / size for name in shown)
    place = np.arange(len(frame))
    with theme():
        figure, axes = canvas(6.4, 3.3)
        colours = [ACCENT_TINTS[1]] * (len(frame) - 1) + [ACCENT]
        axes.bar(place, actual, 0.62, color=colours, label=locale.text("chart.actual"))
        _line(axes, place, before, locale.text("chart.year_before"))
        _targets(axes, place, target, locale)
        axes.set_ylim(0, 1.12 * np.nanmax([actual, target, before]))
        over = ~frame["running"].to_numpy(bool)  # a running period may still reach its target
        _mark_below(axes, place[over], actual[over], target[over], locale)
        axes.set_xticks(
            place, [_short(label, first=label == frame["period"].iloc[0]) for label in frame["period"]]
        )
        axes.yaxis.grid(visible=True)
        axes.set_title(locale.text("chart.trend.title", unit=unit))
        handles, names = axes.get_legend_handles_labels()
        axes.legend(
            handles[-1:] + handles[:-1],
            names[-1:] + names[:-1],
            loc="upper center",
            bbox_to_anchor=(0.5, -0.1),
            ncols=4,
        )
    return figure


def gap(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw how one amount became another, cause by cause.

    Parameters
    ----------
    frame
        In order: label, amount (minor units), kind (``from``, ``effect`` or ``to``).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty:
        return None
    size, unit = locale.money_unit(frame["amount"].abs().max())
    amounts = frame["amount"].to_numpy(float) / size
    effects = np.where(frame["kind"] == "effect", amounts, 0.0)
    level = amounts[0] + np.cumsum(effects)
    low = np.where(frame["kind"] == "effect", np.minimum(level, level - effects), 0.0)
    with theme():
        figure, axes = canvas(6.4, 3.3)
        axes.bar(range(len(frame)), np.abs(amounts), 0.56, bottom=low, color=_effect_colours(frame))
        place = np.arange(len(frame) - 1)
        axes.hlines(level[:-1], place + 0.28, place + 0.72, color=GREY, lw=0.7)
        _label_effects(axes, frame, low + np.abs(amounts), locale)
        axes.set_xticks(range(len(frame)), frame["label"])
        axes.set_ylim(0, (low + np.abs(amounts)).max() * 1.12)
        axes.set_yticks([])
        axes.set_title(locale.text("chart.gap.title", unit=unit))
    return figure


def channels(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw sales by channel against the year before.

    Parameters
    ----------
    frame
        One row per channel, the largest first: label, actual, year_before (minor units).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty:
        return None
    size, unit = locale.money_unit(frame[["actual", "year_before"]].max().max())
    place = np.arange(len(frame))
    with theme():
        figure, axes = canvas(6.4, 0.75 + 0.36 * max(len(frame), 3))
        axes.barh(place, frame["actual"] / size, 0.6, color=ACCENT, label=locale.text("chart.actual"))
        before = locale.text("chart.year_before") if frame["year_before"].notna().any() else "_nolegend_"
        axes.plot(
            frame["year_before"].astype(float) / size,
            place,
            "|",
            color=INK,
            ms=13,
            mew=2,
            label=before,
            path_effects=HALO,
        )
        axes.set_yticks(place, frame["label"])
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.xaxis.grid(visible=True)
        axes.set_title(locale.text("chart.channels.title", unit=unit))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.3 / figure.get_figheight()), ncols=2)
    return figure


def _line(axes: Axes, place: np.ndarray, values: np.ndarray, label: str) -> None:
    if np.isfinite(values).any():
        axes.plot(place, values, color=GREY, lw=1.4, marker="o", ms=3, label=label)


def _targets(axes: Axes, place: np.ndarray, target: np.ndarray, locale: Locale) -> None:
    if np.isfinite(target).any():
        label = locale.text("chart.target")
        axes.plot(place, target, "_", color=INK, ms=19, mew=2, label=label, path_effects=HALO)


def _mark_below(
    axes: Axes, place: np.ndarray, actual: np.ndarray, target: np.ndarray, locale: Locale
) -> None:
    """Mark with a sign where a target was missed: colour alone says nothing in print."""
    below = actual < target
    if below.any():
        height = np.fmax(actual, target)[below]
        offset = axes.get_ylim()[1] * 0.04
        axes.plot(
            place[below], height + offset, "v", color=WARM, ms=5, label=locale.text("chart.below_target")
        )


def _effect_colours(frame: pd.DataFrame) -> list[str]:
    signs = {"from": PALE, "to": ACCENT}
    return [
        signs.get(kind, ACCENT if amount >= 0 else WARM)
        for kind, amount in zip(frame["kind"], frame["amount"], strict=True)
    ]


def _label_effects(axes: Axes, frame: pd.DataFrame, tops: np.ndarray, locale: Locale) -> None:
    kinds, amounts = frame["kind"].to_list(), frame["amount"].to_list()
    for place, (kind, amount, top) in enumerate(zip(kinds, amounts, tops, strict=True)):
        written = locale.money(amount)
        fallen = kind == "effect" and amount < 0
        axes.annotate(
            signed(written) if kind == "effect" else written,
            (place, top),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=8.5,
            color=WARM if fallen else INK,
        )


def _short(label: str, *, first: bool) -> str:
    """Write a month of an axis: its number, and the year where the axis or a year begins."""
    year, _, month = label.partition("-")
    if not month:
        return year
    return f"{month}\n{year}" if first or month in ("01", "Q1") else month
