"""People through a longer period (§2.5): scores of its parts, the team's mean, and what people brought."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from salesperf_lib.charts.emphasis import SMALL, below, percents
from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, HALO, INK, PALE, canvas, theme
from salesperf_lib.language import Locale

MARKS = {
    "idea_traffic_uplift": ("o", ACCENT),
    "path_conversion_uplift": ("^", INK),
    "mentee_sales_uplift": ("s", ACCENT_TINTS[1]),
}
CROWDED = 30  # days within which a name over one mark would cover another


def beside(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw each person's scores of the parts, and over them that of the whole period.

    Parameters
    ----------
    frame
        One row per person: label, one column per part (by its period), mean, score, gap.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where nobody has scores of both.
    """
    shown = frame.dropna(subset=["gap"])
    if shown.empty:
        return None
    parts = [name for name in shown.columns if name not in ("label", "mean", "score", "gap")]
    place = np.arange(len(shown))
    scores = shown[parts].to_numpy(float)
    with theme():
        figure, axes = canvas(6.4, max(2.8, 1.1 + 0.3 * len(shown)))
        axes.hlines(place, np.nanmin(scores, axis=1), np.nanmax(scores, axis=1), color=PALE, lw=3, zorder=1)
        axes.plot(scores[:, 0], place, "o", color=GREY, ms=4, ls="", label=locale.text("chart.beside.parts"))
        for column in range(1, len(parts)):
            axes.plot(scores[:, column], place, "o", color=GREY, ms=4, ls="")
        axes.plot(
            shown["score"], place, "o", color=ACCENT, ms=8, ls="", label=locale.text("chart.beside.whole")
        )
        for at, (score, gap) in enumerate(zip(shown["score"], shown["gap"], strict=True)):
            side = 9 if gap >= 0 else -9
            axes.annotate(
                locale.number(score, 1), (score, at), (side, 0), textcoords="offset points", va="center",
                ha="left" if gap >= 0 else "right", fontsize=SMALL, path_effects=HALO, zorder=5,
            )  # fmt: skip
        axes.set_yticks(place, shown["label"])
        axes.invert_yaxis()
        low = min(np.nanmin(scores), shown["score"].min())
        high = max(np.nanmax(scores), shown["score"].max())
        axes.set_xlim(low - 0.08 * (high - low + 10), high + 0.08 * (high - low + 10))
        axes.xaxis.grid(visible=True)
        axes.set_title(locale.text("chart.beside.title"))
        below(axes)
    return figure


def development(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw when ideas, paths and mentoring came, and what each brought.

    Parameters
    ----------
    frame
        One row each: day, dated (its own day, or the last of its period), label (of the person), kind,
        name (of the kind), rate.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    shown = frame.dropna(subset=["rate"])
    if shown.empty:
        return None
    days = date2num(shown["day"].to_numpy())
    rates = shown["rate"].to_numpy(float)
    with theme():
        figure, axes = canvas(6.4, 3.6)
        axes.axhline(0, color=PALE, lw=1)
        axes.vlines(days, 0, rates, color=PALE, lw=1.4, zorder=1)
        for kind, rows in shown.groupby("kind", sort=True):
            mark, colour = MARKS.get(str(kind), ("o", GREY))
            at = date2num(rows["day"].to_numpy())
            axes.plot(at, rows["rate"], mark, color=colour, ms=7, ls="", label=rows["name"].iloc[0])
        _names(axes, days, rates, list(shown["label"]))
        axes.xaxis_date()
        axes.margins(x=0.08)
        axes.set_ylim(min(0.0, 1.25 * rates.min()), 1.22 * max(rates.max(), 0.01))
        percents(axes.yaxis, locale)
        months = pd.date_range(shown["day"].min().replace(day=1), shown["day"].max(), freq="MS")
        axes.set_xticks(
            date2num(months.to_numpy()),
            [f"{month:%Y-%m}" if place == 0 else f"{month:%m}" for place, month in enumerate(months)],
        )
        axes.yaxis.grid(visible=True)
        undated = "" if shown["dated"].all() else "_undated"
        axes.set_title(locale.text(f"chart.development.title{undated}"))
        below(axes)
    return figure


def team_months(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw the mean score of the team's people beside the company's, month by month.

    Parameters
    ----------
    frame
        In order: period, mean, company (NaN where absent).
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if frame["mean"].isna().all():
        return None
    place = np.arange(len(frame))
    mean, company = (frame[name].to_numpy(float) for name in ("mean", "company"))
    low, high = np.nanmin([mean, company]), np.nanmax([mean, company])
    with theme():
        figure, axes = canvas(6.4, 3.1)
        label = locale.text("chart.team_months.company")
        axes.plot(place, company, color=GREY, lw=1.4, marker="o", ms=3, label=label)
        label = locale.text("chart.team_months.team")
        axes.plot(place, mean, color=ACCENT, lw=2, marker="o", ms=6, label=label)
        for at, score, other in zip(place, mean, company, strict=True):
            if np.isfinite(score):
                _beside(axes, at, score, locale.number(score, 1), -13 if score < other else 7)
        room = max(high - low, 4.0)
        axes.set_ylim(low - 0.3 * room, high + 0.3 * room)
        axes.set_xticks(place, [label[5:] if at else label for at, label in enumerate(frame["period"])])
        axes.yaxis.grid(visible=True)
        axes.set_title(locale.text("chart.team_months.title"))
        below(axes)
    return figure


def _names(axes: Axes, days: np.ndarray, rates: np.ndarray, labels: list[str]) -> None:
    """Write each name over its mark, or under it where it would cover one just above."""
    for day, rate, label in zip(days, rates, labels, strict=True):
        near = np.abs(days - day) < CROWDED
        over = bool((near & (rates > rate) & (rates < rate + 0.12 * rates.max())).any())
        _beside(axes, day, rate, label, -13 if over else 6)


def _beside(axes: Axes, x: Any, y: float, text: str, points: float) -> None:
    axes.annotate(
        text, (x, y), (0, points), textcoords="offset points", ha="center", fontsize=8, path_effects=HALO
    )
