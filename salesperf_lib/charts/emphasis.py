"""What a quarter and a year emphasise (§2.5): return, retention, customers, collection, lifetime value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, HALO, INK, PALE, WARM, canvas, theme
from salesperf_lib.language import Locale, share_digits

SMALL = 8.5
FINE = 0.06  # an axis that ends below it has ticks between whole percents
FULL_WIDTH = chr(0xFF08)  # the bracket of Chinese labels


def roi(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw the return on advertising step by step against its target, with the rival reading beside it.

    Parameters
    ----------
    frame
        In order: label, value, other, target (NaN where absent), whole (the period's own row).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty:
        return None
    place = np.arange(len(frame)) + np.where(frame["whole"], 0.35, 0.0)
    value, other, target = (frame[name].to_numpy(float) for name in ("value", "other", "target"))
    colours = [ACCENT if whole else ACCENT_TINTS[1] for whole in frame["whole"]]
    with theme():
        figure, axes = canvas(6.4, 3.3)
        axes.bar(place, value, 0.56, color=colours, label=locale.text("chart.roi.value"))
        _ticks(axes, place, target, locale)
        _marks(axes, place, other, locale.text("chart.roi.other"), marker="D", color=GREY, ms=6)
        for at, height, aim in zip(place, value, target, strict=True):
            if np.isfinite(height):
                _inside(axes, at, height, _sign(height, aim) + locale.number(height, 2))
        axes.set_xticks(place, [_wrapped(label) for label in frame["label"]])
        axes.set_ylim(0, 1.15 * np.nanmax([value, other, target]))
        axes.yaxis.grid(visible=True)
        axes.set_title(locale.text("chart.roi.title"))
        below(axes)
    return figure


def retention(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw the rates at which customers come back, now, a year before, and as aimed at.

    Parameters
    ----------
    frame
        One row per rate: label, value, target, year_before, company (NaN where absent).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty:
        return None
    place = np.arange(len(frame))
    value, target, before, company = (
        frame[name].to_numpy(float) for name in ("value", "target", "year_before", "company")
    )
    with theme():
        figure, axes = canvas(6.4, 1.3 + 0.62 * max(len(frame), 2))
        axes.hlines(place, before, value, color=PALE, lw=3, zorder=1)
        label = locale.text("chart.year_before")
        _marks(axes, before, place, label, marker="o", mfc="white", mec=ACCENT, ms=8)
        _marks(axes, value, place, locale.text("chart.now"), marker="o", color=ACCENT, ms=8)
        _marks(axes, company, place, locale.text("report.funnel.company"), marker="d", color=GREY, ms=6)
        _marks(axes, target, place, locale.text("chart.target"), marker="|", color=INK, ms=20, mew=2)
        for at, rate, aim in zip(place, value, target, strict=True):
            _above(axes, rate, at, _sign(rate, aim) + locale.percent(rate, share_digits(rate)), 10)
        axes.set_yticks(place, frame["label"])
        axes.set_ylim(len(frame) - 0.4, -0.7)
        axes.set_xlim(0, 1.15 * np.nanmax([value, target, before, company]))
        percents(axes.xaxis, locale)
        axes.xaxis.grid(visible=True)
        axes.set_title(locale.text("chart.retention.title"))
        below(axes, columns=4)
    return figure


def customers(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw sales to new and to returning customers on top of each other, step by step.

    Parameters
    ----------
    frame
        In order: label, new, returning, net, net_before (minor units, NaN where absent), share (of new),
        whole (the period's own row, drawn only where it stands alone).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty:
        return None
    frame = _parts(frame)
    size, unit = locale.money_unit(frame[["net", "net_before"]].max().max())
    new, returning, before = (
        frame[name].to_numpy(float) / size for name in ("new", "returning", "net_before")
    )
    place = np.arange(len(frame))
    with theme():
        figure, axes = canvas(6.4, 3.3)
        axes.bar(place, new, 0.56, color=ACCENT, label=locale.text("chart.customers.new"))
        label = locale.text("chart.customers.returning")
        axes.bar(place, returning, 0.56, bottom=new, color=ACCENT_TINTS[2], label=label)
        label = locale.text("chart.customers.before")
        _marks(axes, place, before, label, marker="_", color=GREY, ms=20, mew=2)
        for at, part, share in zip(place, new, frame["share"], strict=True):
            if np.isfinite(part) and part > 0:
                _inside(axes, at, part, locale.percent(share))
        axes.set_xticks(place, [_wrapped(label) for label in frame["label"]])
        axes.set_ylim(0, 1.15 * np.nanmax([new + returning, before]))
        axes.yaxis.grid(visible=True)
        axes.set_title(locale.text("chart.customers.title", unit=unit))
        below(axes)
    return figure


def collection(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw what was due on credit sales: what was paid, and what is still out, step by step.

    Parameters
    ----------
    frame
        In order: label, due, collected, outstanding (minor units), rate, target (NaN where absent), whole
        (the period's own row, drawn only where it stands alone).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty:
        return None
    frame = _parts(frame)
    size, unit = locale.money_unit(frame["due"].max())
    due, paid, out = (frame[name].to_numpy(float) / size for name in ("due", "collected", "outstanding"))
    place = np.arange(len(frame))
    with theme():
        figure, axes = canvas(6.4, 3.3)
        axes.bar(place, paid, 0.5, color=ACCENT, label=locale.text("chart.collection.collected"))
        unpaid = np.where(out > 0, out, np.nan)
        label = locale.text("chart.collection.outstanding")
        axes.bar(
            place, unpaid, 0.5, bottom=paid, color="white", edgecolor=WARM, hatch="////", lw=0.8, label=label
        )
        _ticks(axes, place, due * frame["target"].to_numpy(float), locale)
        for at, top, rate in zip(place, due, frame["rate"], strict=True):
            _above(axes, at, top, locale.percent(rate), 5)
        axes.set_xticks(place, [_wrapped(label) for label in frame["label"]])
        axes.set_ylim(0, 1.18 * due.max())
        axes.yaxis.grid(visible=True)
        axes.set_title(locale.text("chart.collection.title", unit=unit))
        below(axes)
    return figure


def lifetime(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw what an acquired customer brought, a year before and as projected, against what one costs.

    Parameters
    ----------
    frame
        In order: label, ltv, year_before, projected, cac (minor units, NaN where absent).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame.empty:
        return None
    columns = ["ltv", "year_before", "projected", "cac"]
    size, unit = locale.money_unit(frame[columns].max().max())
    value, before, projected, cost = (frame[name].to_numpy(float) / size for name in columns)
    place = np.arange(len(frame))
    with theme():
        figure, axes = canvas(6.4, max(2.6, 1.2 + 0.36 * len(frame)))
        axes.barh(place, value, 0.56, color=ACCENT, label=locale.text("chart.lifetime.value"))
        _marks(axes, before, place, locale.text("chart.year_before"), marker="|", color=GREY, ms=14, mew=2)
        label = locale.text("chart.lifetime.projected")
        _marks(axes, projected, place, label, marker="D", color=ACCENT_TINTS[1], ms=7)
        _marks(axes, cost, place, locale.text("chart.lifetime.cost"), marker="X", color=INK, ms=8)
        axes.set_yticks(place, frame["label"])
        axes.invert_yaxis()
        axes.set_xlim(0, 1.08 * np.nanmax([value, before, projected, cost]))
        axes.xaxis.grid(visible=True)
        axes.set_title(locale.text("chart.lifetime.title", unit=unit))
        below(axes, columns=4)
    return figure


def percents(axis: Axis, locale: Locale) -> None:
    """Write an axis of rates in percent, with ticks that need no more digits than they show."""
    digits = 0 if axis.get_view_interval()[1] >= FINE else 2
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda rate, _: locale.percent(rate, digits)))


def _parts(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave the whole period out where it has parts: its sum would dwarf them."""
    return frame if frame["whole"].all() else frame[~frame["whole"]]


def _ticks(axes: Axes, place: np.ndarray, target: np.ndarray, locale: Locale) -> None:
    _marks(axes, place, target, locale.text("chart.target"), marker="_", color=INK, ms=20, mew=2)


def _marks(axes: Axes, x: np.ndarray, y: np.ndarray, label: str, **style: Any) -> None:
    if np.isfinite(x + y).any():
        axes.plot(x, y, ls="", label=label, path_effects=HALO, **style)


def _inside(axes: Axes, place: Any, height: Any, text: str) -> None:
    axes.annotate(text, (place, height / 2), ha="center", va="center", color="white", fontsize=9.5)


def _above(axes: Axes, x: Any, y: Any, text: str, points: float) -> None:
    axes.annotate(
        text, (x, y), (0, points), textcoords="offset points", ha="center", fontsize=SMALL, path_effects=HALO
    )


def _sign(value: float, target: float) -> str:
    """Mark what is below target with a sign: colour alone says nothing in print."""
    return "▼ " if value < target else ""


def _wrapped(label: str) -> str:
    """Break a long label before its bracket."""
    return label.replace(FULL_WIDTH, f"\n{FULL_WIDTH}").replace(" (", "\n(")


def below(axes: Axes, columns: int = 3) -> None:
    """Put the legend under the axes."""
    axes.figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=columns)
