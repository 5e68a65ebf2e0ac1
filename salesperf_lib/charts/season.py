"""How a year spreads over its days: baseline, promotions, and what was borrowed (§1.3)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, INK, PALE, WARM, canvas, theme
from salesperf_lib.language import Locale

HEADROOM = 1.75  # of the highest baseline: a peak of six ordinary days would flatten all the others
CLOSE = 24  # days between windows that share one name


def season(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw a year's shares by day: the baseline, promotions on top of it, dips below it.

    Parameters
    ----------
    frame
        One row per day, in order: date, share, baseline (parts of the year), promotion (name, empty on
        ordinary days), phase, borrowed (part of the season taken from the parent, 0 to 1), lender (the
        parent's name).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty or frame[["share", "baseline"]].isna().all(axis=None):
        return None
    base = _weekly(frame["baseline"])
    share = np.maximum((frame["share"] - frame["baseline"]).to_numpy(float) + base, 0.0)
    top = max(HEADROOM * base.max(), 1.15 * float(np.quantile(share, 0.98)))
    place = np.arange(len(frame))
    borrowed = float(frame["borrowed"].iloc[0])
    with theme():
        figure, axes = canvas(6.4, 3.7)
        _areas(axes, place, base, share, locale)
        axes.plot(place, base, color=INK, lw=1.2, ls="--" if borrowed > 0 else "-")
        axes.set_xlim(-0.5, len(frame) - 0.5)
        axes.set_ylim(0, top)
        _name_windows(axes, frame, share, top, locale)
        _months(axes, pd.DatetimeIndex(frame["date"]), locale)
        axes.yaxis.grid(visible=True)
        axes.set_yticks(axes.get_yticks(), [locale.percent(tick, 1) for tick in axes.get_yticks()])
        axes.set_ylim(0, top)
        axes.set_title(locale.text("chart.season.title"), pad=32)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)
        if borrowed > 0:
            _tell_borrowed(axes, borrowed, str(frame["lender"].iloc[0]), locale)
    return figure


def _weekly(values: pd.Series) -> np.ndarray:
    """Take the rhythm of the week out of a line: the eye should see the year."""
    return values.astype(float).rolling(7, center=True).mean().bfill().ffill().to_numpy()


def _areas(axes: Axes, place: np.ndarray, base: np.ndarray, share: np.ndarray, locale: Locale) -> None:
    axes.fill_between(place, base, color=PALE, lw=0, label=locale.text("chart.season.baseline"))
    for colour, label, above, hatch in (
        (ACCENT_TINTS[1], "chart.season.uplift", True, None),
        (WARM, "chart.season.dip", False, "////"),
    ):
        upper = np.maximum(share, base) if above else base
        lower = base if above else np.minimum(share, base)
        if np.allclose(upper, lower):
            continue
        fill = colour if above else "white"
        axes.fill_between(
            place,
            lower,
            upper,
            step="mid",
            facecolor=fill,
            edgecolor=colour,
            hatch=hatch,
            lw=0.4,
            label=locale.text(label),
        )


def _name_windows(axes: Axes, frame: pd.DataFrame, share: np.ndarray, top: float, locale: Locale) -> None:
    """Write the names over the axes, in two rows where promotions follow closely."""
    names = frame["promotion"].astype(str).to_numpy()
    starts: list[int] = np.flatnonzero((names != "") & (names != np.r_[[""], names[:-1]])).tolist()
    last_end, row = -CLOSE, 0
    for start in starts:
        end = start + int(np.argmax(np.r_[names[start:] != names[start], [True]]))
        peak = start + int(np.argmax(np.abs(share[start:end])))
        row = 1 - row if start - last_end < CLOSE else 0
        last_end = end
        _name(axes, names[start], (start, end, peak), share, top, row, locale)


def _name(
    axes: Axes,
    name: str,
    span: tuple[int, int, int],
    share: np.ndarray,
    top: float,
    row: int,
    locale: Locale,
) -> None:
    start, end, peak = span
    cut = share[peak] > top
    written = locale.percent(share[peak], 1)
    text = locale.text("chart.season.beyond", promotion=name, share=written) if cut else name
    axes.axvspan(start - 0.5, end - 0.5, color=ACCENT_TINTS[2], alpha=0.25, lw=0, zorder=0)
    middle = peak if cut else (start + end - 1) / 2
    axes.annotate(
        text,
        (min(max(middle, 0.03 * len(share)), 0.93 * len(share)), 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3 + 12 * row),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=7.5,
        color=ACCENT if cut else INK,
    )


def _months(axes: Axes, dates: pd.DatetimeIndex, locale: Locale) -> None:
    """Put each month's name under its middle, and the year where the axis or a year begins."""
    months = (dates.year * 12 + dates.month - 1).to_numpy()
    firsts = np.flatnonzero(np.r_[True, months[1:] != months[:-1]])
    middles = (firsts + np.r_[firsts[1:], len(dates)] - 1) / 2
    names = [
        f"{month % 12 + 1}\n{month // 12}" if place == 0 or month % 12 == 0 else f"{month % 12 + 1}"
        for place, month in enumerate(months[firsts].tolist())
    ]
    axes.set_xticks(middles, names)
    axes.set_xticks(firsts[1:] - 0.5, minor=True)
    axes.tick_params(axis="x", which="minor", length=4, color=GREY)


def _tell_borrowed(axes: Axes, borrowed: float, lender: str, locale: Locale) -> None:
    """Say under the title how much of the picture is another unit's."""
    if borrowed >= 1:
        text = locale.text("chart.season.borrowed_all", lender=lender)
    else:
        text = locale.text("chart.season.borrowed_part", lender=lender, share=locale.percent(borrowed, 0))
    axes.annotate(
        text,
        (0.985, 0.04),
        xycoords="axes fraction",
        ha="right",
        fontsize=7.5,
        color=WARM,
        bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": WARM, "linestyle": "--"},
    )
