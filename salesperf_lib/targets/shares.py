"""Share whole numbers in one direction: many totals at once, within bounds (§1.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.targets.tables import Gap, NoTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS = 200


def share_out(
    ideal: Floats,
    totals: Ints,
    group: Ints,
    low: Ints | None = None,
    high: Ints | None = None,
) -> Ints:
    """Round parts so that each group sums to its total: largest remainders, within bounds.

    Parameters
    ----------
    ideal
        (n,) real parts; a group's sum is its total, or near it.
    totals
        (g,) whole totals.
    group
        (n,) sorted, 0 to g - 1.
    low, high
        (n,) bounds of the parts.

    Returns
    -------
    array
        (n,) whole parts; of equal remainders the earlier is served first (Hamilton).

    Raises
    ------
    NoTable
        If the bounds leave no room for a total.
    """
    floors = np.zeros(len(ideal), np.int64) if low is None else low
    tops = np.full(len(ideal), 1 << 53) if high is None else high
    parts = np.clip(np.floor(ideal).astype(np.int64), floors, tops)
    for _ in range(ROUNDS):
        missing = totals - np.bincount(group, parts, len(totals)).astype(np.int64)
        if not missing.any():
            return parts
        up = missing[group] > 0
        able = np.where(up, parts < tops, parts > floors) & (missing[group] != 0)
        if not able.any():
            break
        gain = np.where(up, ideal - parts, parts - ideal)
        order = np.lexsort((np.arange(len(parts)), -gain, ~able, group))
        place = np.empty(len(parts), np.int64)
        place[order] = np.arange(len(parts)) - np.searchsorted(group, group)[order]
        chosen = able & (place < np.abs(missing)[group])
        parts += np.where(chosen, np.where(up, 1, -1), 0)
    return _wide(parts, totals, group, floors, tops)


def _wide(parts: Ints, totals: Ints, group: Ints, low: Ints, high: Ints) -> Ints:
    """Close gaps of many units at once, as far as the bounds allow; else say what is missing."""
    gaps: list[Gap] = []
    for number in range(len(totals)):
        rows = np.flatnonzero(group == number)
        missing = int(totals[number] - parts[rows].sum())
        for i in rows:
            room = int(high[i] - parts[i]) if missing > 0 else int(low[i] - parts[i])
            move = min(missing, room) if missing > 0 else max(missing, room)
            parts[i] += move
            missing -= move
        if missing:
            gaps.append(Gap(number, tuple(rows.tolist()), (), abs(missing), missing > 0))
    if gaps:
        raise NoTable(*gaps)
    return parts


def scaled(ideal: Floats, totals: Ints, group: Ints, low: Ints, high: Ints) -> Floats:
    """Scale the parts of each group to its total, within bounds: water-filling.

    Returns
    -------
    array
        (n,) real parts; those at a bound stay there, the others keep their proportions.
    """
    g = len(totals)
    parts = np.clip(ideal, low, high)
    for _ in range(ROUNDS):
        missing = totals - np.bincount(group, parts, g)
        open_ = np.where(missing[group] > 0, parts < high, parts > low)
        free = np.bincount(group, np.where(open_, parts, 0.0), g)
        count = np.bincount(group, open_, g)
        factor = 1 + missing / np.where(free > 0, free, np.inf)
        even = np.where((free <= 0) & (count > 0), missing / np.maximum(count, 1), 0.0)
        moved = np.where(open_, parts * np.maximum(factor, 0.0)[group] + even[group], parts)
        moved = np.clip(moved, low, high)
        if np.allclose(moved, parts, rtol=1e-14, atol=1e-9):
            break
        parts = moved
    return parts


def apportion(total: int, weights: Floats, low: Ints, high: Ints) -> Ints:
    """Share one whole number by weights, within bounds.

    Raises
    ------
    NoTable
        If the bounds leave no room for it.
    """
    even = np.ones(len(weights)) if weights.sum() <= 0 else weights
    one = np.zeros(len(weights), np.int64)
    whole = np.array([total], np.int64)
    ideal = scaled(total * even / even.sum(), whole, one, low, high)
    return share_out(ideal, whole, one, low, high)
