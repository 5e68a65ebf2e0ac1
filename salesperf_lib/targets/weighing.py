"""What units weigh in a split: their size by one basis or a blend of them, and their months (§1.2, §1.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from salesperf_lib.targets.basis import UNASSIGNED, Basis, Codes, Floats, monthly, profile
from salesperf_lib.targets.seasons import Seasons
from salesperf_lib.targets.split import COMPANY, Unit

Tree = Mapping[Unit, tuple[Unit, ...]]
PRIOR_MONTHS = 6.0
"""Months that the siblings' spread counts for beside a unit's own."""
LEAST_CV = 0.02


@dataclass(frozen=True, slots=True)
class Rule:
    """By what a volume is split.

    Parameters
    ----------
    blend
        Split basis to its weight, summing to 1.
    shares
        Decided shares of units among their siblings.
    stretch
        The company's target over its last twelve months, which equal difficulty asks of all.
    """

    blend: Mapping[str, Fraction]
    shares: Mapping[str, Fraction]
    stretch: float = 1.0

    @property
    def single(self) -> str:
        """Give the basis that decides alone; empty for a blend."""
        return next(iter(self.blend)) if len(self.blend) == 1 else ""


def team_weights(
    basis: Basis, kpi: str, tree: Tree, rule: Rule, seasons: Seasons | None = None
) -> tuple[dict[Unit, Floats], dict[Unit, Codes]]:
    """Weigh company, groups and teams in every month of the year.

    Parameters
    ----------
    basis, kpi, tree
        The facts, the volume and the units.
    rule
        By what it is split.
    seasons
        Months from the daily model; else those of the monthly history.

    Returns
    -------
    tuple
        Per unit its twelve weights, and where they come from. Its size: a basis, ``blend``,
        ``sibling_mean`` (a unit without any history counts as the mean of the others beside it) or
        ``equal``; its months: ``season``, ``part_season``, ``history``, ``parent_profile`` or
        ``equal``.
    """
    series = {level: monthly(basis, kpi, level) for level in ("company", "group", "team")}
    top = _series_of(series, COMPANY, tree, len(basis.window))
    shares, code = _months_of(COMPANY, top, None, seasons)
    size = float(np.nansum(np.clip(top, 0, None)))
    weights, codes = {COMPANY: shares * (size or 1.0)}, {COMPANY: Codes(code, code)}
    queue = [(COMPANY, shares)]
    for unit, above in queue:
        kids = [kid for kid in tree.get(unit, ()) if kid.level != "person"]
        rows = [_series_of(series, kid, tree, len(basis.window)) for kid in kids]
        sizes, how = _sizes(basis, tree, kids, rows, rule)
        for kid, row, kid_size, kid_how in zip(kids, rows, sizes, how, strict=True):
            kid_shares, kid_code = _months_of(kid, row, above, seasons)
            weights[kid] = kid_shares * kid_size
            codes[kid] = Codes(kid_how, kid_code)
            queue.append((kid, kid_shares))
    return weights, codes


def _months_of(unit: Unit, row: Floats, above: Floats | None, seasons: Seasons | None) -> tuple[Floats, str]:
    """Give a unit's shares of the months, by the daily model where there is one."""
    key = (unit.level, unit.unit_id)
    found = None if seasons is None else seasons.months(key)
    if seasons is None or found is None:
        return profile(row, above)
    return found, seasons.code(key)


def _series_of(series: Mapping[str, pd.DataFrame], unit: Unit, tree: Tree, months: int) -> Floats:
    """Give a unit's months; of a group or company without figures of its own, the sum of its parts."""
    rows = series[unit.level]
    if unit.unit_id in rows.index:
        return rows.loc[unit.unit_id].to_numpy(float)
    parts = [_series_of(series, kid, tree, months) for kid in tree.get(unit, ()) if kid.level != "person"]
    empty = np.full(months, np.nan)
    return pd.DataFrame(parts).sum(min_count=1).to_numpy(float) if parts and months else empty


def _sizes(
    basis: Basis, tree: Tree, units: list[Unit], rows: list[Floats], rule: Rule
) -> tuple[list[float], list[str]]:
    """Size units beside each other: each basis scaled to 1, then blended over those that say anything."""
    history, how = _historic(units, rows)
    found = {
        "history": history,
        "equal": [0.0 if unit.unit_id == UNASSIGNED else 1.0 for unit in units],
        "capacity": [_capacity_of(basis, tree, unit) for unit in units],
        "explicit": _explicit(units, history, rule.shares),
        "equal_difficulty": _difficult(history, rows, rule.stretch),
    }
    if rule.single == "history":
        return history, how
    sizes = blended([(weight, np.array(found[name])) for name, weight in rule.blend.items()])
    if not sizes.sum() > 0:
        return history, how
    code = rule.single or "blend"
    return sizes.tolist(), [code if unit.unit_id != UNASSIGNED else "history" for unit in units]


def blended(parts: list[tuple[Fraction, Floats]]) -> Floats:
    """Blend weights of the same units: Σ v·m/Σm, over the bases that have any (METHODS §1.2)."""
    active = [(float(weight), row) for weight, row in parts if row.sum() > 0]
    total = sum(weight for weight, _ in active)
    if not active:
        return np.zeros_like(parts[0][1])
    return np.sum([weight / total * row / row.sum() for weight, row in active], axis=0)


def _historic(units: list[Unit], rows: list[Floats]) -> tuple[list[float], list[str]]:
    """Size units by their history; units that have none count as the mean of those that do."""
    sizes = [float(np.nansum(np.clip(row, 0, None))) for row in rows]
    real = [size for unit, size in zip(units, sizes, strict=True) if unit.unit_id != UNASSIGNED and size > 0]
    mean = float(np.mean(real)) if real else 1.0
    found, how = [], []
    for unit, size in zip(units, sizes, strict=True):
        if unit.unit_id == UNASSIGNED:
            found.append(size)
            how.append("history")
        else:
            found.append(size if size > 0 else mean)
            how.append("history" if size > 0 else "sibling_mean" if real else "equal")
    return found, how


def _capacity_of(basis: Basis, tree: Tree, unit: Unit) -> float:
    """Add up the working days of everybody in a team, or in the teams of a group."""
    if basis.capacity is None or unit.level == "person":
        return 0.0
    if unit.level == "team":
        rows = basis.capacity.index.get_level_values("team_id") == unit.unit_id
        return float(basis.capacity[rows].to_numpy(float).sum())
    return sum(_capacity_of(basis, tree, kid) for kid in tree.get(unit, ()))


def _explicit(units: list[Unit], history: list[float], shares: Mapping[str, Fraction]) -> list[float]:
    """Give listed units their decided share; the others divide the rest by history."""
    listed = {unit.unit_id: float(shares[unit.unit_id]) for unit in units if unit.unit_id in shares}
    if not listed:
        return history
    rest = max(1.0 - sum(listed.values()), 0.0)
    others = sum(size for unit, size in zip(units, history, strict=True) if unit.unit_id not in listed)
    return [
        listed.get(unit.unit_id, rest * size / others if others > 0 else 0.0)
        for unit, size in zip(units, history, strict=True)
    ]


def _difficult(history: list[float], rows: list[Floats], stretch: float) -> list[float]:
    """Size units so that the whole stretch is equally hard for all: quotas of one probability."""
    from salesperf_lib import stats

    mean = np.array(history)
    if len(mean) < 2 or not (mean > 0).any():
        return history
    table = np.array([row[-12:] if len(row) >= 12 else np.full(12, np.nan) for row in rows])
    real = mean > 0
    quotas = np.zeros_like(mean)
    quotas[real] = stats.equal_difficulty(mean[real], yearly_cv(table[real]), stretch * mean[real].sum())[0]
    return quotas.tolist()


def yearly_cv(months: Floats) -> Floats:
    """Estimate each unit's coefficient of variation over a year, around the months all units share.

    Parameters
    ----------
    months
        Unit × month; NaN where there was nothing.

    Returns
    -------
    array
        √(s²/12) with s² the variance of the log residual of single months, drawn toward the
        siblings' by `PRIOR_MONTHS` months (METHODS §2.2).
    """
    logs = np.log(np.where(months > 0, months, np.nan))
    known = np.isfinite(logs)
    if not known.any():
        return np.full(len(months), LEAST_CV * 5)
    filled = np.where(known, logs, 0.0)
    units = filled.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    rest = np.where(known, logs - units[:, None], 0.0)
    common = rest.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    squares = np.where(known, rest - common, 0.0) ** 2
    n = known.sum(axis=1).astype(float)
    pooled = squares.sum() / max(known.sum() - len(months) - 11, 1)
    variance = (squares.sum(axis=1) + PRIOR_MONTHS * pooled) / (n + PRIOR_MONTHS)
    return np.maximum(np.sqrt(variance / 12), LEAST_CV)


def keyed(series: pd.Series) -> dict[Any, float]:
    """Give a series as a mapping of plain numbers."""
    return {key: float(value) for key, value in series.items()}


Scored = Callable[[str], bool]
