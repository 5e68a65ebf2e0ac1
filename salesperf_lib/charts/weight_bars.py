"""What grades depend on: which weight, how far it can move, and how that compares with noise (§4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from salesperf_lib.charts.emphasis import below, percents
from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, HALO, INK, PALE, canvas, theme
from salesperf_lib.language import Locale

FloatArray = NDArray[np.float64]


def sensitivity_bars(frame: pd.DataFrame, locale: Locale, *, grade: str = "A") -> Figure | None:
    """Draw what decides who gets a grade.

    Parameters
    ----------
    frame
        One row per driver, in the order to draw: label, first (share of the variance that it explains on
        its own), total (with its part in what it does together with others); NaN where absent.
    locale
        How it is written.
    grade
        Which grade.

    Returns
    -------
    Figure or None
        None where there are no drivers.
    """
    if frame.empty:
        return None
    place = np.arange(len(frame))
    first, total = (frame[name].to_numpy(float) for name in ("first", "total"))
    with theme():
        figure, axes = _rows(len(frame), 0.46)
        label = locale.text("chart.weights.sensitivity.total")
        axes.barh(place + 0.19, total, 0.36, color=ACCENT_TINTS[2], label=label)
        label = locale.text("chart.weights.sensitivity.first")
        axes.barh(place - 0.19, first, 0.36, color=ACCENT, label=label)
        for row, shares in enumerate(zip(first, total, strict=True)):
            for share, down in zip(shares, (-0.19, 0.19), strict=True):
                _after(axes, share, row + down, locale.percent(share, 0))
        axes.set_yticks(place, frame["label"])
        axes.set_xlim(
            min(0.0, np.nanmin(first, initial=0.0)), 1.12 * max(np.nanmax([first, total], initial=0.0), 0.1)
        )
        percents(axes.xaxis, locale)
        axes.set_xlabel(locale.text("chart.weights.sensitivity.axis"))
        axes.set_title(locale.text("chart.weights.sensitivity.title", grade=grade))
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles[::-1], labels[::-1], loc="outside lower center", ncols=2)
    return figure


def flip_rates(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw how often a grade changes with the weights, and how often with other sources of doubt.

    Parameters
    ----------
    frame
        One row per source, in the order to draw: label, rate (NaN where absent).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there are no sources.
    """
    if frame.empty:
        return None
    place, rate = np.arange(len(frame)), frame["rate"].to_numpy(float)
    with theme():
        figure, axes = _rows(len(frame), 0.36)
        axes.barh(place, rate, 0.56, color=ACCENT)
        digits = 1 if np.nanmax(rate, initial=0.0) < 0.1 else 0
        for row, one in enumerate(rate.tolist()):
            _after(axes, one, row, locale.percent(one, digits))
        axes.set_yticks(place, frame["label"])
        axes.set_xlim(0, 1.15 * max(np.nanmax(rate, initial=0.0), 0.01))
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.set_title(locale.text("chart.weights.flips.title"))
    return figure


def stability_bars(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw how far each weight can move before a grade changes, within what is admissible.

    Parameters
    ----------
    frame
        One row per weight: label, low, high (admissible), steady_low, steady_high (NaN where unknown),
        now.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        One row per weight, all to one scale of percentage points from its low end; None where there are
        no weights.
    """
    if frame.empty:
        return None
    place = np.arange(len(frame))
    low, high, first, last, now = (
        frame[name].to_numpy(float) for name in ("low", "high", "steady_low", "steady_high", "now")
    )
    with theme():
        figure, axes = _rows(len(frame), 0.62)
        axes.barh(place, high - low, 0.3, color=PALE, label=locale.text("chart.weights.stability.admissible"))
        label = locale.text("chart.weights.stability.steady")
        axes.barh(place, last - first, 0.3, left=first - low, color=ACCENT_TINTS[1], label=label)
        label = locale.text("chart.weights.stability.now")
        axes.plot(now - low, place, "|", color=INK, ms=17, mew=2.2, label=label, path_effects=HALO)
        for row in place.tolist():
            _ends(axes, frame.iloc[row], row, locale)
        most = max(float((high - low).max()), 0.001)
        axes.set_yticks(place, frame["label"])
        axes.set_xlim(-0.14 * most, 1.14 * most)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.set_title(locale.text("chart.weights.stability.title"))
        below(axes)
    return figure


def _rows(count: int, height: float) -> tuple[Figure, Axes]:
    figure, axes = canvas(6.4, max(1.9, 1.1 + height * count))
    axes.set_ylim(count - 0.4, -0.6)
    return figure, axes


def _after(axes: Axes, value: float, row: float, text: str) -> None:
    """Write a figure behind its bar; an absent one where the bar would begin."""
    place = max(value, 0.0) if np.isfinite(value) else 0.0
    axes.annotate(text, (place, row), (5, 0), textcoords="offset points", va="center", fontsize=8.5)


def _ends(axes: Axes, weight: pd.Series, row: int, locale: Locale) -> None:
    """Write the ends of a row: admissible beside the bar, now above it, steady below it."""
    width, now = weight["high"] - weight["low"], weight["now"] - weight["low"]
    about: dict[str, Any] = {"textcoords": "offset points", "fontsize": 8.5}
    if width > 0:
        axes.annotate(locale.percent(weight["low"]), (0, row), (-6, 0), ha="right", va="center", **about)
        axes.annotate(locale.percent(weight["high"]), (width, row), (6, 0), va="center", **about)
    else:
        text = locale.text("chart.weights.stability.fixed")
        axes.annotate(text, (0, row), (9, 0), va="center", **about)
    axes.annotate(locale.percent(weight["now"]), (now, row), (0, 11), ha="center", **about)
    if np.isfinite(weight["steady_low"]) and width > 0:
        ends = {name: locale.percent(weight[f"steady_{name}"]) for name in ("low", "high")}
        middle = (weight["steady_low"] + weight["steady_high"]) / 2 - weight["low"]
        text = locale.text("chart.weights.stability.range", **ends)
        axes.annotate(text, (middle, row), (0, -11), ha="center", va="top", color=ACCENT, **about)
