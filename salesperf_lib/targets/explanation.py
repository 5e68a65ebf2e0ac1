"""Why a target is what it is: the steps that made it, in whole units that add up to it (METHODS §1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.periods import Period
from salesperf_lib.targets.goals import labels_of
from salesperf_lib.targets.seasons import Seasons
from salesperf_lib.targets.split import GIVEN, MONTHS, QUARTERS, SUMMED, YEAR, Floats, Ints, Span
from salesperf_lib.targets.volumes import Volume, frame_of

if TYPE_CHECKING:
    from salesperf_lib.targets.book import YearPlan

KEYS = ("period", "level", "unit_id", "team_id")
STEPS = ("below", "equal", "size", "season", "promotion", "phase", "pins", "rounding")
"""The steps in order; those of later records follow them."""
AMENDMENT = "amendment:"
ROUNDED = 3
"""Steps of rounding by which year, quarter and month may move a cell together; more was decided."""


def explain(made: YearPlan, kpi: str) -> pd.DataFrame:
    """Take every target of a volume apart.

    Parameters
    ----------
    made
        The plan of a year.
    kpi
        One of its volumes.

    Returns
    -------
    DataFrame
        One row per period (the year, its quarters, its months), level, unit, team and step: period,
        level, unit_id, team_id, step, amount (whole units; money: minor units), basis. The amounts of
        a target add up to it exactly. Steps without any amount in the whole year are left out.

    Raises
    ------
    DataError
        If the plan has no such volume.

    Notes
    -----
    ``below`` the sum of what was given below, where nothing was given above; ``equal`` the equal part
    of the parent's month, for the company a twelfth of the year; ``size`` what the unit's share of its
    parent adds; ``season`` its own months; for the company of that ``promotion`` what dated promotions
    add to the baseline, ``phase`` how the phases lean; ``pins`` goals, floors and caps decided in and
    around it; ``rounding`` whole units; ``amendment:2026-07`` what records valid from July moved.
    """
    wide = explain_wide(made, kpi)
    steps = [name for name in wide.columns if name not in (*KEYS, "basis", "target")]
    whole = wide.assign(place=np.arange(len(wide))).melt(
        [*KEYS, "basis", "place"], steps, var_name="step", value_name="amount"
    )
    ordered = whole.sort_values("place", kind="stable", ignore_index=True)
    return ordered[[*KEYS, "step", "amount", "basis"]]


def explain_wide(made: YearPlan, kpi: str) -> pd.DataFrame:
    """Give the steps of every target side by side.

    Returns
    -------
    DataFrame
        One row per target of `frame_of`: period, level, unit_id, team_id, one column of whole units
        per step, target (their sum), basis.

    Raises
    ------
    DataError
        If the plan has no such volume.
    """
    if kpi not in made.volumes:
        known = ", ".join(made.volumes) or "none: the year has no goals of volumes"
        raise DataError(Problem("explain, kpi", repr(kpi), known))
    volume = made.volumes[kpi]
    steps = steps_of(volume, made.year)
    return _listed(volume, steps, labels_of(made.year))


def steps_of(volume: Volume, year: Period) -> dict[str, Ints]:
    """Give by step the (units, 12) whole amounts that add up to the months of the split as it stands.

    Notes
    -----
    The cumulative stages of the split are rounded to whole units and their differences taken, so that
    a target is the sum of its steps without any remainder.
    """
    base = volume.base
    summed = base.origin == SUMMED
    found: dict[str, Ints] = {"below": np.where(summed, base.months, 0)}
    before = found["below"]
    for name, stage in _cumulative(volume).items():
        after = np.where(summed, base.months, np.rint(stage).astype(np.int64))
        found[name] = after - before
        before = after
    labels = [month.label for month in year.months()]
    found |= {f"{AMENDMENT}{labels[first]}": moved for first, moved in volume.amended.moved.items()}
    return {name: amounts for name, amounts in found.items() if amounts.any()}


def _cumulative(volume: Volume) -> dict[str, Floats]:
    """Give the targets as they stood after each step, those of the season of the company in three."""
    base = volume.base
    stages, months = base.stages, base.months.astype(float)
    season = {name: stages["season"].copy() for name in ("season", "promotion")}
    if volume.seasons is not None:
        season["season"][0], season["promotion"][0] = _parted(stages["season"][0], volume.seasons)
    around = stages["pins"].copy()
    own = (base.origin == GIVEN) & (np.abs(months - stages["season"]) <= ROUNDED * volume.plan.step)
    around[own] = stages["season"][own]  # of goals spread over own months the split keeps whole units only
    rounded = np.abs(months - around) <= ROUNDED * volume.plan.step
    return {
        "equal": stages["equal"],
        "size": stages["size"],
        **season,
        "phase": stages["season"],
        "pins": np.where(rounded, around, months),
        "rounding": months,
    }


def _parted(spread: Floats, seasons: Seasons) -> tuple[Floats, Floats]:
    """Give the company's months by baseline alone, and with promotions but without the lean of phases.

    Each decided span keeps its total: its months are those in which target ÷ share is the same.
    """
    company = ("company", "company")
    days, plain, baseline = (seasons.months(company, kind) for kind in ("days", "plain", "baseline"))
    if days is None or plain is None or baseline is None or not (days > 0).all():
        return spread, spread
    level = spread / days
    cuts = np.flatnonzero(~np.isclose(level[1:], level[:-1], rtol=1e-9)) + 1
    parts = np.split(np.arange(len(spread)), cuts)
    found = [
        np.concatenate([_shared(spread[part], kind[part]) for part in parts]) for kind in (baseline, plain)
    ]
    return found[0], found[1]


def _shared(spread: Floats, weights: Floats) -> Floats:
    return spread.sum() * weights / weights.sum() if weights.sum() > 0 else spread


def _listed(volume: Volume, steps: Mapping[str, Ints], labels: Mapping[Span, str]) -> pd.DataFrame:
    """Lay the steps beside the targets that `frame_of` lists, in its order."""
    rows = frame_of(volume)
    found = volume.split
    people = np.array([unit.level == "person" for unit in found.tree.units])
    parts: list[Ints] = []
    grid = np.stack([*steps.values(), found.months]) if steps else found.months[None]
    for span in (YEAR, *QUARTERS, *MONTHS):
        inside = slice(*span)
        amounts = grid[:, :, inside].sum(axis=2)
        there = found.known[:, inside].any(axis=1) & ~(people & (amounts[-1] == 0))
        parts.append(amounts[:, there])
    columns = dict(zip([*steps, "target"], np.concatenate(parts, axis=1), strict=True))
    period = rows["span"].map(dict(labels))
    kept = rows[["level", "unit_id", "team_id"]].assign(period=period, **columns, basis=rows["basis"])
    return kept[[*KEYS, *columns, "basis"]]
