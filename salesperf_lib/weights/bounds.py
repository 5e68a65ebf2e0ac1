"""Between which scores everybody lies, and who is never below whom, under all weightings (METHODS §4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.weights.panel import FloatArray, Group, IntArray, Panel, Slice
from salesperf_lib.weights.space import WeightSpace

BoolArray = NDArray[np.bool_]
_BLOCK = 65_536
_CLOSE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """What every score is at least and at most, and what pairs need to be compared.

    Parameters
    ----------
    panel, space
        The people, and the weightings.
    at_least, at_most
        Bounds at each corner of the dimension weights, over all sub-weights, shape (people, corners);
        +∞ and −∞ at a corner that gives all weight to dimensions on which the person is not appraised.
    low, high
        Bounds over all weightings, shape (people,).
    held
        Which dimensions are appraised, a number by bits; −1 if a person's parts differ in it.
    group, row
        Group of a person who is one part, and row of its points; −1 for a person of several parts.
    """

    panel: Panel
    space: WeightSpace
    at_least: FloatArray
    at_most: FloatArray
    low: FloatArray
    high: FloatArray
    held: IntArray
    group: IntArray
    row: IntArray


def score_range(panel: Panel, space: WeightSpace) -> tuple[FloatArray, FloatArray]:
    """Give the lowest and the highest score of everybody over all admissible weightings.

    Parameters
    ----------
    panel
        The people.
    space
        The weightings.

    Returns
    -------
    two arrays of shape (people,)
        Unrounded, in points.

    Raises
    ------
    DataError
        If the space is not of the panel's sets, or leaves somebody without any weight.

    Notes
    -----
    Σ_d w_d·y_d / Σ_d w_d is linear-fractional in w: it ends at a corner. Inside a dimension
    y = Σ v f x / Σ v f, over the indicators with points, with v within its limits and summing to 1, is
    linear-fractional too. Where Σ v f is the same for all v, the ends come from filling up the limits in
    the order of points (a fractional knapsack); else by Dinkelbach's iterations, each of which fills up in
    the order of f(x − y) (Dinkelbach 1967, Management Science 13:492).

    Sharp for whoever is one part: some weighting gives the score. For several parts it is the sum of their
    own bounds, which no single weighting need reach where they share sub-weights. `space.cuts` only take
    weightings away and are not looked at: then the bounds still hold, but may be wide.
    """
    found = bounds_of(panel, space)
    return found.low, found.high


def never_below(
    panel: Panel, space: WeightSpace, first: IntArray, second: IntArray, margin: float = 0.0
) -> BoolArray:
    """Say which pairs stand in one order under every admissible weighting.

    Parameters
    ----------
    panel, space
        The people, and the weightings.
    first, second
        Rows of `panel.people`, shape (pairs,).
    margin
        Points by which the first is ahead at least.

    Returns
    -------
    array of bool, shape (pairs,)
        True: certain. False: a weighting breaks it where `gap_range` is sharp; else perhaps.
    """
    return gap_range(bounds_of(panel, space), first, second)[0] >= margin


def gap_range(bounds: Bounds, first: IntArray, second: IntArray) -> tuple[FloatArray, FloatArray]:
    """Give the least and the largest lead of one person over another, over all admissible weightings.

    Parameters
    ----------
    bounds
        `bounds_of` the people.
    first, second
        Rows of `panel.people`, shape (pairs,).

    Returns
    -------
    two arrays of shape (pairs,)
        Score of the first less score of the second, in points.

    Notes
    -----
    Two people of one group share all weights: their lead is a score with the differences of points, and
    its range is sharp. With fixed sub-weights, or with no set in common, it is sharp too for people with
    the same dimensions: it ends at a corner. All other ranges hold but may be wide: people who share
    sub-weights but have other indicators with points are bounded as if each had sub-weights of their own,
    people with other dimensions as if each had weightings of their own. Pairs are taken in blocks.
    """
    least, most = np.empty(len(first)), np.empty(len(first))
    for start in range(0, len(first), _BLOCK):
        block = slice(start, start + _BLOCK)
        least[block], most[block] = _gaps(bounds, first[block], second[block])
    return least, most


def nowhere_lower(bounds: Bounds, first: IntArray, second: IntArray) -> BoolArray:
    """Say in which pairs of one group the first has at least the points of the second on every indicator.

    Notes
    -----
    Then the first is never below, without any slack for the last bits of a score: both are added up
    alike from lines none of which is lower. So are people with the same points.
    """
    found = np.zeros(len(first), bool)
    own = bounds.group[first]
    alike = (own >= 0) & (own == bounds.group[second])
    for number in np.unique(own[alike]):
        pairs = np.flatnonzero(alike & (own == number))
        points = bounds.panel.groups[number].points
        left, right = bounds.row[first[pairs]], bounds.row[second[pairs]]
        found[pairs] = (points[left] >= points[right]).all(axis=1)
    return found


def bounds_of(panel: Panel, space: WeightSpace) -> Bounds:
    """Bound everybody's score: see `score_range`, which gives `low` and `high`, and what it raises."""
    _fail_if_foreign(panel, space)
    parts, corners, people = len(panel.owner), len(space.corners), len(panel)
    low, high = np.zeros((parts, corners)), np.zeros((parts, corners))
    held, group, row = np.zeros((3, parts), np.int64)
    for number, own in enumerate(panel.groups):
        low[own.parts], high[own.parts] = _at_corners(own, own.points, space)
        held[own.parts] = sum(1 << part.dimension for part in own.slices)
        group[own.parts], row[own.parts] = number, np.arange(len(own.parts))
    at_least, at_most = _summed(panel, low), _summed(panel, high)
    of_parts = _summed(panel, low.min(axis=1)), _summed(panel, high.max(axis=1))
    alone = np.bincount(panel.owner, minlength=people) == 1
    mixed = np.zeros(people, bool)
    main = np.zeros(people, np.int64)
    main[panel.owner] = np.arange(parts)
    np.logical_or.at(mixed, panel.owner, held != held[main[panel.owner]])
    return Bounds(
        panel, space, at_least, at_most,
        low=np.where(mixed, of_parts[0], at_least.min(axis=1)),
        high=np.where(mixed, of_parts[1], at_most.max(axis=1)),
        held=np.where(mixed, -1, held[main]) if parts else main,
        group=np.where(alone, group[main], -1) if parts else main,
        row=np.where(alone, row[main], -1) if parts else main,
    )  # fmt: skip


def _summed(panel: Panel, values: FloatArray) -> FloatArray:
    """Add up what parts have, by the person's time in them."""
    found = np.zeros((len(panel), *values.shape[1:]))
    np.add.at(found, panel.owner, (values.T * panel.time).T)
    return found


def _gaps(bounds: Bounds, first: IntArray, second: IntArray) -> tuple[FloatArray, FloatArray]:
    least = bounds.low[first] - bounds.high[second]
    most = bounds.high[first] - bounds.low[second]
    held = bounds.held[first]
    # At one corner both have the same dimension weights; with other dimensions the lead need not end there.
    pairs = np.flatnonzero((held >= 0) & (held == bounds.held[second]))
    left, right = first[pairs], second[pairs]
    least[pairs] = (bounds.at_least[left] - bounds.at_most[right]).min(axis=1)
    most[pairs] = (bounds.at_most[left] - bounds.at_least[right]).max(axis=1)
    if bounds.space.fixed:
        return least, most
    own = bounds.group[first]
    alike = (own >= 0) & (own == bounds.group[second])
    for number in np.unique(own[alike]):
        group = bounds.panel.groups[number]
        pairs = np.flatnonzero(alike & (own == number))
        apart = group.points[bounds.row[first[pairs]]] - group.points[bounds.row[second[pairs]]]
        low, high = _at_corners(group, apart, bounds.space)
        least[pairs], most[pairs] = low.min(axis=1), high.max(axis=1)
    return least, most


def _at_corners(group: Group, points: FloatArray, space: WeightSpace) -> tuple[FloatArray, FloatArray]:
    """Bound Σ_d w_d·y_d / Σ_d w_d at each corner, shape (rows, corners)."""
    low, high = np.empty((2, len(points), len(group.slices)))
    start = 0
    for at, part in enumerate(group.slices):
        own = points[:, start : start + len(part.kept)]
        low[:, at], high[:, at] = _inside(own, space.limits[part.number], part)
        start += len(part.kept)
    outer = space.corners[:, [part.dimension for part in group.slices]]
    whole = outer.sum(axis=1)
    # Towards a corner without weight the score is that of the edge: other corners bound it.
    some = whole > _CLOSE
    share = outer / np.where(some, whole, 1.0)[:, None]
    return np.where(some, low @ share.T, np.inf), np.where(some, high @ share.T, -np.inf)


def _inside(points: FloatArray, limits: FloatArray, part: Slice) -> tuple[FloatArray, FloatArray]:
    """Give the ends of Σ v f x / Σ v f for each row of points."""
    least, most = limits[part.kept].T
    if len(part.kept) == 1 or bool((least == most).all()):
        weight = least * part.factor
        value = points[:, 0] if len(part.kept) == 1 else points @ (weight / weight.sum())
        return value, value
    out = np.delete(limits, part.kept, axis=0).sum(axis=0)
    if out[1] - out[0] <= 0 and np.ptp(part.factor) == 0:
        return _filled(points, np.column_stack([least, most]), float(1 - out[0]))
    # What has no points takes weight, and counts nothing: one more column with the factor 0.
    wide = np.vstack([limits[part.kept], out])
    factor, all_points = np.append(part.factor, 0.0), np.pad(points, ((0, 0), (0, 1)))
    return -_largest(-all_points, wide, factor), _largest(all_points, wide, factor)


def _filled(points: FloatArray, limits: FloatArray, whole: float) -> tuple[FloatArray, FloatArray]:
    """Give the ends of Σ v x / Σ v, where Σ v is always the same."""
    order = np.argsort(points, axis=1)
    worth = np.take_along_axis(points, order, axis=1)
    low = (_taken(order, limits, whole) * worth).sum(axis=1) / whole
    high = (_taken(order[:, ::-1], limits, whole) * worth[:, ::-1]).sum(axis=1) / whole
    return low, high


def _taken(order: IntArray, limits: FloatArray, whole: float) -> FloatArray:
    """Give every column its least, and hand out the rest in an order, each up to its most."""
    width = (limits[:, 1] - limits[:, 0])[order]
    before = np.cumsum(width, axis=1) - width
    return limits[:, 0][order] + np.clip(whole - limits[:, 0].sum() - before, 0.0, width)


def _largest(points: FloatArray, limits: FloatArray, factor: FloatArray) -> FloatArray:
    """Maximise Σ v f x / Σ v f for each row; the last column counts nothing (Dinkelbach)."""
    value = points[:, :-1].min(axis=1)
    rows = np.arange(len(points))
    while len(rows):
        now = points[rows]
        order = np.argsort(-factor * (now - value[rows][:, None]), axis=1)
        counted = _taken(order, limits, 1.0) * factor[order]
        whole = counted.sum(axis=1)
        worth = (counted * np.take_along_axis(now, order, axis=1)).sum(axis=1)
        # No weight on any of them is possible only where nothing is above the value already.
        better = np.divide(worth, whole, out=value[rows], where=whole > 0)
        moved = better > value[rows] + _CLOSE * (1 + np.abs(better))
        value[rows] = np.maximum(better, value[rows])
        rows = rows[moved]
    return value


def _fail_if_foreign(panel: Panel, space: WeightSpace) -> None:
    """Refuse a space of other sets, and people whose indicators with points can weigh nothing."""
    sizes = [len(item.kpis) for item in panel.sets]
    found = [len(limit) for limit in space.limits]
    if sizes != found:
        todo = "make the space from this panel's sets"
        raise DataError(Problem("weight space", f"sets of {found} sub-weights", f"sets of {sizes}", todo))
    for group in panel.groups:
        inside = all((space.limits[part.number][part.kept, 1] * part.factor).any() for part in group.slices)
        outside = space.corners[:, [part.dimension for part in group.slices]].sum(axis=1)
        if not inside or not (outside > _CLOSE).any():
            name = panel.people["person_id"].iloc[panel.owner[group.parts[0]]]
            what, todo = "no weight on any indicator with points", "widen the limits"
            raise DataError(Problem(f"weight space, {name}", what, "some weight", todo))
