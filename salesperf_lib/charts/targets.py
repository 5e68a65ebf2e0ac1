"""A year's targets month by month, and how one of them was made, step by step (§1.2, §1.3)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, HALO, INK, PALE, WARM, canvas, theme
from salesperf_lib.language import Locale, signed

PLAIN, LOUD = 8.5, 10.5
"""Sizes of figures: what the page is about is larger, as the face for Chinese has no bold."""
COLOURS = {"reserve": ACCENT_TINTS[1], "sprint": ACCENT, "regular": PALE}
HATCHES = {"reserve": "///", "sprint": "", "regular": ""}


def target_months(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw the target of every month, shaded by its phase.

    Parameters
    ----------
    frame
        One row per month in order: label, amount (minor units), phase, shown (whether the month is
        one that the report looks at).
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
    with theme():
        figure, axes = canvas(6.4, 3.3)
        bars = axes.bar(range(len(frame)), amounts, 0.68, color=[COLOURS[name] for name in frame["phase"]])
        for bar, phase in zip(bars, frame["phase"], strict=True):
            bar.set(hatch=HATCHES[phase], edgecolor="white", linewidth=0)
        _label_months(axes, frame, amounts, locale)
        axes.set_xticks(range(len(frame)), frame["label"])
        for tick, shown in zip(axes.get_xticklabels(), frame["shown"], strict=True):
            tick.set(color=ACCENT if shown else INK, fontsize=LOUD if shown else PLAIN)
        axes.set_ylim(0, max(amounts.max(), 1e-9) * 1.14)
        axes.set_yticks([])
        axes.set_title(locale.text("chart.target_months.title", unit=unit))
        present = [name for name in COLOURS if name in set(frame["phase"])]
        handles = [
            Patch(
                facecolor=COLOURS[name],
                hatch=HATCHES[name],
                edgecolor="white",
                label=locale.text(f"report.phase.{name}"),
            )
            for name in present
        ]
        axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.09), ncols=3)
    return figure


def _label_months(axes: Axes, frame: pd.DataFrame, amounts: np.ndarray, locale: Locale) -> None:
    digits = 0 if amounts.max() >= 100 else 1 if amounts.max() >= 10 else 2
    for place, (amount, shown) in enumerate(zip(amounts, frame["shown"], strict=True)):
        axes.annotate(
            locale.number(amount, digits), (place, amount), (0, 2), textcoords="offset points", ha="center",
            va="bottom", fontsize=LOUD if shown else PLAIN, color=ACCENT if shown else INK,
        )  # fmt: skip


def target_steps(frame: pd.DataFrame, title: str, locale: Locale) -> Figure | None:
    """Draw how a target was made: each step from where the one before it ended.

    Parameters
    ----------
    frame
        In order: label, amount (minor units), kind (``start``, ``step`` or ``end``).
    title
        Whose target of which period.
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
    ends = np.where(frame["kind"] == "end", amounts, np.cumsum(amounts))
    starts = np.where(frame["kind"] == "step", ends - amounts, 0.0)
    with theme():
        figure, axes = canvas(6.4, 1.1 + 0.36 * len(frame))
        place = np.arange(len(frame))
        axes.barh(place, ends - starts, 0.58, left=starts, color=_colours(frame))
        axes.vlines(ends[:-1], place[:-1] + 0.29, place[1:] - 0.29, color=GREY, lw=0.7)
        widest = max(float(np.maximum(starts, ends).max()), 1e-9)
        _label_steps(axes, frame, amounts, np.maximum(starts, ends), locale)
        axes.set_yticks(place, frame["label"])
        axes.set_ylim(len(frame) - 0.4, -0.6)
        axes.set_xlim(min(0.0, float(ends.min())) * 1.1, widest * 1.18)
        axes.set_xticks([])
        axes.set_title(locale.text("chart.target_steps.title", target=title, unit=unit))
    return figure


def _colours(frame: pd.DataFrame) -> list[str]:
    fixed = {"start": GREY, "end": ACCENT}
    cells = zip(frame["amount"].astype(float), frame["kind"], strict=True)
    return [fixed.get(kind, WARM if amount < 0 else ACCENT_TINTS[1]) for amount, kind in cells]


def _label_steps(
    axes: Axes, frame: pd.DataFrame, amounts: np.ndarray, right: np.ndarray, locale: Locale
) -> None:
    digits = 1 if np.abs(amounts).max() >= 100 else 2
    rows = zip(amounts, right, frame["kind"], strict=True)
    for place, (amount, end, kind) in enumerate(rows):
        written = locale.number(amount, digits)
        axes.annotate(
            signed(written) if kind == "step" else written, (end, place), (5, 0), textcoords="offset points",
            va="center", path_effects=HALO, fontsize=LOUD if kind == "end" else PLAIN,
        )  # fmt: skip
