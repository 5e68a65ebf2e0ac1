"""Drivers of sales and who owns them; how repurchase follows deep touches (§1.2, §1.4)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from salesperf_lib.charts.style import ACCENT, ACCENT_TINTS, GREY, HALO, INK, PALE, WARM, canvas, theme
from salesperf_lib.language import Locale


def factors(frame: pd.DataFrame, locale: Locale) -> Figure | None:
    """Draw each factor of sales from baseline to target, and to what a change would require of it.

    Parameters
    ----------
    frame
        One unit's factors in order: label (with the owning roles), unit (count, share, ratio, money),
        baseline, target; after a change also required, and state as `targets.drivers.what_if` gives it.
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
    base = frame["baseline"].to_numpy(float)
    with theme():
        figure, axes = canvas(6.4, 1.2 + 0.62 * len(frame))
        axes.axvline(100, color=GREY, lw=1, label=locale.text("chart.drivers.baseline"))
        target = 100 * frame["target"].to_numpy(float) / base
        label = locale.text("chart.drivers.target")
        axes.barh(place, target - 100, 0.34, left=100, color=ACCENT_TINTS[2], label=label)
        axes.plot(target, place, "|", color=ACCENT, ms=15, mew=2.4)
        ends = [target]
        if "required" in frame.columns:
            ends.append(100 * frame["required"].to_numpy(float) / base)
            _required(axes, ends[1], place, frame["state"].to_numpy(str), locale)
        _write_steps(axes, frame, place, locale)
        axes.set_yticks(place, frame["label"])
        axes.set_ylim(len(frame) - 0.45, -0.6)
        axes.set_xlim(*_around_100(np.concatenate(ends)))
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: locale.percent(at / 100, 0)))
        axes.xaxis.grid(visible=True)
        axes.set_title(locale.text("chart.drivers.title"))
        axes.legend(loc="upper center", bbox_to_anchor=(0.35, -0.28 / len(frame) - 0.03), ncols=4)
    return figure


def dose_response(
    curve: pd.DataFrame, bins: pd.DataFrame, marks: Mapping[str, float], locale: Locale
) -> Figure | None:
    """Draw repurchase against deep touches: what was observed, the fitted curve, and the target on it.

    Parameters
    ----------
    curve
        Of `stats.dose_curve`: dose, rate, low, high, by rising dose.
    bins
        Of `stats.dose_bins`: dose, rate, customers.
    marks
        dose and rate (now), confidence of the intervals; for a target also dose_target, rate_target,
        dose_low, dose_high.
    locale
        How it is written.

    Returns
    -------
    Figure or None
        None where there is nothing to draw.
    """
    if curve.empty:
        return None
    confidence = locale.percent(marks["confidence"], 0)
    with theme():
        figure, axes = canvas(6.4, 3.9)
        axes.fill_between(curve["dose"], curve["low"], curve["high"], color=ACCENT_TINTS[2], alpha=0.6, lw=0)
        label = locale.text("chart.dose.curve", confidence=confidence)
        axes.plot(curve["dose"], curve["rate"], color=ACCENT, lw=2, label=label)
        if len(bins):
            size = 14 + 60 * bins["customers"] / bins["customers"].max()
            axes.scatter(
                bins["dose"], bins["rate"], size, color=GREY, edgecolor="white", zorder=3,
                label=locale.text("chart.dose.observed"),
            )  # fmt: skip
        axes.plot(
            marks["dose"], marks["rate"], "D", color=INK, ms=6, zorder=4, path_effects=HALO,
            label=locale.text("chart.dose.now"),
        )  # fmt: skip
        _dose_axes(axes, curve, bins, locale)
        if "dose_target" in marks:
            _target(axes, marks, locale)
        axes.legend(loc="upper center", bbox_to_anchor=(0.48, -0.16), ncols=2)
    return figure


def _required(axes: Axes, required: np.ndarray, place: np.ndarray, state: np.ndarray, locale: Locale) -> None:
    """Mark what is required; what was changed by hand has another sign, not only another colour."""
    changed = state == "changed"
    signs = ((changed, "X", "chart.drivers.changed", INK), (~changed, "o", "chart.drivers.required", WARM))
    for chosen, sign, key, colour in signs:
        if chosen.any():
            axes.plot(
                required[chosen], place[chosen], sign, color=colour, ms=7, ls="", zorder=4,
                label=locale.text(key), path_effects=HALO,
            )  # fmt: skip


def _write_steps(axes: Axes, frame: pd.DataFrame, place: np.ndarray, locale: Locale) -> None:
    """Write the values above each bar, in the factor's own unit."""
    for at, (_, row) in zip(place, frame.iterrows(), strict=True):
        unit = str(row["unit"])
        values = {name: _written(float(row[name]), unit, locale) for name in ("baseline", "target")}
        key = "chart.drivers.step"
        if "required" in frame.columns:
            key = "chart.drivers.step_required"
            values["required"] = _written(float(row["required"]), unit, locale)
        axes.annotate(
            locale.text(key, **values), (0.01, at - 0.3), xycoords=("axes fraction", "data"), va="center",
            fontsize=8.5, path_effects=HALO,
        )  # fmt: skip


def _written(value: float, unit: str, locale: Locale) -> str:
    return locale.value(round(value) if unit == "count" else value, unit)


def _around_100(ends: np.ndarray) -> tuple[float, float]:
    """Give an axis that holds 100 and every end with some air, however small the changes are."""
    lowest, highest = min(100.0, float(ends.min())), max(100.0, float(ends.max()))
    air = max(0.08 * (highest - lowest), 1.0)
    return lowest - air, highest + air


def _dose_axes(axes: Axes, curve: pd.DataFrame, bins: pd.DataFrame, locale: Locale) -> None:
    """Begin both axes at zero, so that a slope looks as steep as it is."""
    axes.set_xlim(0, float(curve["dose"].max()))
    axes.set_ylim(0, 1.08 * max(float(curve["high"].max()), float(bins["rate"].max()) if len(bins) else 0.0))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda rate, _: locale.percent(rate, 0)))
    axes.yaxis.grid(visible=True)
    axes.set_xlabel(locale.text("chart.dose.touches"))
    axes.set_ylabel(locale.text("chart.dose.rate"))
    axes.set_title(locale.text("chart.dose.title"))


def _target(axes: Axes, marks: Mapping[str, float], locale: Locale) -> None:
    """Lead from the wanted rate to the touches that it needs, with their interval on the lower axis."""
    dose, rate = marks["dose_target"], marks["rate_target"]
    axes.plot([0, dose, dose], [rate, rate, 0], color=WARM, lw=1.1, ls=(0, (4, 3)))
    named = {"rate": locale.percent(rate), "dose": locale.number(dose, 2)}
    axes.plot(
        dose, rate, "v", color=WARM, ms=8, zorder=5, path_effects=HALO,
        label=locale.text("chart.dose.target", **named),
    )  # fmt: skip
    ends = {name: locale.number(marks[f"dose_{name}"], 2) for name in ("low", "high")}
    axes.plot(
        [marks["dose_low"], marks["dose_high"]], [0, 0], color=WARM, lw=5, solid_capstyle="butt",
        clip_on=False, zorder=5, label=locale.text("chart.dose.needed", **ends),
    )  # fmt: skip
    axes.axhline(0, color=PALE, lw=0.8, zorder=0)
