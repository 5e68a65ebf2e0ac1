"""Where people stand. Only the report's own team has names; others are dots without any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, HALO, INK, PALE, canvas, theme
from salesperf_lib.language import Locale

GROUND = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
"""White behind a figure: a halo alone lets a grade's line through, above the decimal point."""


def standing(frame: pd.DataFrame, thresholds: Sequence[tuple[str, float]], locale: Locale) -> Figure | None:
    """Draw the team's scores by name over the scores of everybody else.

    Parameters
    ----------
    frame
        One row per scored person, the best first: label, score, own; labels of others are not read.
    thresholds
        Grade and its lowest score; empty where no grades are given.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nobody to draw.
    """
    own, others = frame[frame["own"]], frame.loc[~frame["own"], "score"].to_list()
    if own.empty:
        return None
    place = np.arange(len(own))
    with theme():
        figure, axes = canvas(6.4, max(3.3, 0.9 + 0.24 * (len(own) + 1)))
        axes.hlines(place, 0, own["score"], color=PALE, lw=1.2)
        axes.plot(own["score"], place, "o", color=ACCENT, ms=7, label=locale.text("chart.own_team"))
        _rug(axes, others, len(own) + 0.2, locale)
        axes.set_yticks(place, own["label"])
        axes.set_ylim(len(own) + 0.9, -0.7)
        axes.set_xlim(_span([*own["score"], *others]))
        _bounds(axes, thresholds)
        for at, score in zip(place, own["score"], strict=True):
            axes.annotate(
                locale.number(score, 1), (score, at), (7, 0), textcoords="offset points", va="center",
                path_effects=HALO, bbox=GROUND,
            )  # fmt: skip
        axes.set_title(locale.text("chart.standing.title"), pad=14)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=2)
    return figure


def contributions(frame: pd.DataFrame, labels: Sequence[str], locale: Locale) -> Figure | None:
    """Draw each score as the sum of what its dimensions contribute.

    Parameters
    ----------
    frame
        One row per person, the best first: label, then one column of points per dimension.
    labels
        What the dimensions are called, in the order of the columns.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nobody to draw.
    """
    if frame.empty:
        return None
    place = np.arange(len(frame))
    left = np.zeros(len(frame))
    with theme():
        figure, axes = canvas(6.4, max(2.6, 0.9 + 0.3 * len(frame)))
        for column, label, colour in zip(frame.columns[1:], labels, ACCENT_TINTS, strict=True):
            parts = frame[column].fillna(0.0).to_numpy(float)
            axes.barh(place, parts, 0.62, left=left, color=colour, label=label)
            left = left + parts
        for at, total in zip(place, left, strict=True):
            axes.annotate(
                locale.number(total, 1), (total, at), (5, 0), textcoords="offset points", va="center",
                path_effects=HALO, bbox=GROUND,
            )  # fmt: skip
        axes.set_yticks(place, frame["label"])
        axes.invert_yaxis()
        axes.set_xlim(0, max(100.0, left.max(initial=0.0) * 1.08))
        axes.xaxis.grid(visible=True)
        axes.set_title(locale.text("chart.contributions.title"))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=len(labels))
    return figure


def distribution(
    frame: pd.DataFrame, thresholds: Sequence[tuple[str, float]], locale: Locale
) -> Figure | None:
    """Draw everybody's score by role, the own team's in the accent, nobody by name.

    Parameters
    ----------
    frame
        One row per scored person: role (as people read it), score, own.
    thresholds
        Grade and its lowest score; empty where no grades are given.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nobody to draw.
    """
    import seaborn as sns

    if frame.empty:
        return None
    names = {True: locale.text("chart.own_team"), False: locale.text("chart.other_teams")}
    shown = frame.assign(who=frame["own"].map(names)).sort_values("own")
    with theme():
        figure, axes = canvas(6.4, max(2.6, 1.0 + 0.5 * frame["role"].nunique()))
        sns.swarmplot(
            shown, x="score", y="role", hue="who", ax=axes, size=5.5,
            order=sorted(frame["role"].unique()), palette={names[True]: ACCENT, names[False]: PALE},
        )  # fmt: skip
        _bounds(axes, thresholds)
        axes.set(xlabel="", ylabel="")
        axes.set_title(locale.text("chart.distribution.title"), pad=14)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2)
    return figure


def _rug(axes: Axes, others: Sequence[float], row: float, locale: Locale) -> None:
    if len(others):
        label = locale.text("chart.other_teams")
        axes.plot(others, np.full(len(others), row), "|", color=GREY, ms=11, mew=1.2, alpha=0.8, label=label)


def _bounds(axes: Axes, thresholds: Sequence[tuple[str, float]]) -> None:
    """Mark where each grade that is in view begins, with its letter above the axes."""
    first, last = axes.get_xlim()
    for grade, lowest in thresholds:
        if not first < lowest < last:
            continue
        axes.axvline(lowest, color=INK, lw=0.8, ls=(0, (3, 3)), zorder=0)
        axes.annotate(
            grade,
            (lowest, 1),
            (3, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=8.5,
        )


def _span(scores: Sequence[float]) -> tuple[float, float]:
    """Give an axis that holds every score without wasting half of it on zero."""
    lowest, highest = min(scores, default=0.0), max(scores, default=100.0)
    return max(0.0, 10 * np.floor(lowest / 10) - 5), highest + 8
