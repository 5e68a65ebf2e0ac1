"""Which of a person's own lines the sheet speaks of: the sandwich's evidence (§2.6).

Affirm
    A line of the person's own at or above target; where there is none, one that improved beyond
    noise; where there is none either, the same of a number that a team shares. Among them the one that
    adds most to the score, weight · (points − 100); among improvements the largest relative one by weight.
Kept up
    Only without any of those: of the lines that did not fall the one with the highest attainment.
Gap
    The line that costs most, weight · (100 − points); where none does, the one with least to spare.

A value that was adjusted (small sample, leniency) speaks for or against nobody unless it lies on the same
side of target as what was measured.

Equal ones: the first in the order of the role's indicators.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from salesperf_lib.reports.feedback.changes import NOISE, records

Kind = Literal["reached", "improved", "held", "highest", "short", "headroom"]
ON_TARGET = 100.0
OWN = "person"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of a score, and why the sheet speaks of it.

    Parameters
    ----------
    kind
        ``reached``, ``improved`` (affirm), ``held``, ``highest`` (kept up), ``short``, ``headroom`` (gap).
    kpi, scored_at, value_period
        Which indicator, whose number, of which period.
    value, value_raw, target, attainment, points
        As in the score frame; NaN where absent.
    worth
        Points that the line adds to the composite over a line on target; negative below it.
    reference, before, gain
        As `changes.with_changes` gives them; of ``improved`` the period against which it improved.
    """

    kind: Kind
    kpi: str
    scored_at: str
    value_period: str
    value: float
    value_raw: float
    target: float
    attainment: float
    points: float
    worth: float
    reference: str
    before: float
    gain: float


def weigh(lines: pd.DataFrame, less_is_better: Collection[str]) -> pd.DataFrame:
    """Keep the lines that count, one per indicator and level, with what each adds to the score.

    Parameters
    ----------
    lines
        What `changes.with_changes` gives, of one person.
    less_is_better
        Indicators of which less is better.

    Returns
    -------
    DataFrame
        In the order of the lines, with `worth` = Σ weight · (points − 100) over the parts of a
        person who changed team or role, and `reached` and `short`: at or above target without
        costing points, and below target at a cost, both before and after any adjustment.
    """
    counted = lines[lines["points"].notna() & lines["weight"].gt(0)]
    keys = ["kpi", "scored_at", "value_period"]
    worth = counted["weight"] * (counted["points"] - ON_TARGET)
    summed = worth.groupby([counted[key] for key in keys]).transform("sum")
    met, level = _met(counted, less_is_better), _level(counted)
    reached = met & level.ge(1) & counted["points"].ge(ON_TARGET)
    kept = counted.assign(worth=summed, reached=reached, short=~met & summed.lt(0))
    largest = kept.sort_values("weight", ascending=False, kind="stable").drop_duplicates(keys)
    return largest.sort_index(kind="stable")


def affirm(found: pd.DataFrame) -> Evidence | None:
    """Choose the largest honest positive of what `weigh` gives; None if there is none."""
    own, shared = found[found["scored_at"] == OWN], found[found["scored_at"] != OWN]
    for rows in (own, shared):
        reached, improved = rows[rows["reached"]], rows[rows["up_gain"] >= NOISE]
        if len(reached):
            return _evidence("reached", _first(reached, reached["worth"]))
        if len(improved):
            return _evidence("improved", _upwards(_first(improved, _relative(improved))))
    return None


def kept_up(found: pd.DataFrame) -> Evidence | None:
    """Choose what did not fall, where there is nothing to affirm; None without any line.

    Notes
    -----
    ``held`` where there is an earlier value and the fall from it is no more than noise; ``highest`` where
    nothing can be said to have held.
    """
    if found.empty:
        return None
    held = found[found["gain"] > -NOISE]
    rows = held if len(held) else found
    level = _level(rows)
    return _evidence("held" if len(held) else "highest", _first(rows, level))


def gap(found: pd.DataFrame) -> Evidence | None:
    """Choose the largest shortfall, or without one the line with least to spare; None without any line."""
    if found.empty:
        return None
    below = found[found["short"]]
    if len(below):
        return _evidence("short", _first(below, -below["worth"]))
    return _evidence("headroom", _first(found, -found["points"]))


def others(found: pd.DataFrame, chosen: Evidence | None) -> list[str]:
    """List the further indicators on the same side of target as the chosen one, the weightiest first."""
    if chosen is None or chosen.kind not in ("reached", "short"):
        return []
    side = found[found[chosen.kind]]
    rest = side[(side["kpi"] != chosen.kpi) & (side["worth"].abs() > 0)]
    order = rest["worth"].abs().sort_values(ascending=False, kind="stable").index
    return list(dict.fromkeys(str(kpi) for kpi in rest.loc[order, "kpi"]))


def _level(lines: pd.DataFrame) -> pd.Series:
    """Give the attainment, or where there is no target the points as a share of those on target."""
    return lines["attainment"].fillna(lines["points"] / ON_TARGET)


def _met(lines: pd.DataFrame, less_is_better: Collection[str]) -> pd.Series:
    """Say whether what was measured meets the target; where there is none, whether it costs no points."""
    lower = lines["kpi"].isin(list(less_is_better))
    measured, target = lines["value_raw"], lines["target"]
    met = measured.ge(target).where(~lower, measured.le(target))
    return met.where(target.notna(), lines["points"].ge(ON_TARGET)).astype(bool)


def _relative(rows: pd.DataFrame) -> pd.Series:
    change = (rows["value_raw"] - rows["up_before"]).abs() / rows["up_before"].abs()
    return (rows["weight"] * change).fillna(0.0)


def _first(rows: pd.DataFrame, rank: pd.Series) -> Mapping[str, Any]:
    """Give the row that ranks highest, the first of equal ones."""
    return records(rows)[int(np.argmax(rank.to_numpy(float)))]


def _upwards(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Compare a line with the period against which it improved."""
    return {**row, **{name: row[f"up_{name}"] for name in ("reference", "before", "gain")}}


def _evidence(kind: Kind, row: Mapping[str, Any]) -> Evidence:
    def number(name: str) -> float:
        return math.nan if pd.isna(row[name]) else float(row[name])

    return Evidence(
        kind=kind,
        kpi=str(row["kpi"]),
        scored_at=str(row["scored_at"]),
        value_period=str(row["value_period"]),
        value=number("value"),
        value_raw=number("value_raw"),
        target=number("target"),
        attainment=number("attainment"),
        points=number("points"),
        worth=number("worth"),
        reference=str(row["reference"]),
        before=number("before"),
        gain=number("gain"),
    )
