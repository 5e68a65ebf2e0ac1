"""Composites of many people and periods at once, on plain arrays: the fast path of simulations (§2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import Curve
from salesperf_lib.scores.curves import Floats, attainment, points
from salesperf_lib.scores.weighting import GRID

ROWS = 4096
"""Rows of a block: its columns fit into a core's cache."""

_HELD = 100.0  # points that a line counts at most while another one is under its gate


@dataclass(frozen=True, slots=True)
class _Scheme:
    curves: Sequence[Curve]
    lower: NDArray[np.bool_]
    weights: Floats
    dimensions: tuple[NDArray[np.intp], ...]
    gates: Floats


def composites(
    values: ArrayLike,
    targets: ArrayLike,
    curves: Sequence[Curve],
    lower: ArrayLike,
    weights: ArrayLike,
    dimension: ArrayLike,
    *,
    baselines: ArrayLike | None = None,
    gates: ArrayLike | None = None,
) -> Floats:
    """Score rows of values: curves, weights inside dimensions, and their sum.

    Parameters
    ----------
    values
        Values, (n, k): a row per person and period, a column per KPI. NaN = no value.
    targets
        Targets, (n, k) or whatever broadcasts to it.
    curves
        k curves.
    lower
        (k,): whether less is better.
    weights
        (k,), dimension weight included, as `weight_base` in the score frame.
    dimension
        (k,): number of the dimension of each KPI; any whole numbers.
    baselines
        For the ambition rule, as `targets`; absent = no such rule.
    gates
        (k,): points under which the KPIs of the row that are no gates count 100 points at most; NaN = none.

    Returns
    -------
    array
        (n,) scores. NaN where a dimension has no points, and where a KPI without points has a curve whose
        `missing` is ``not_assessable``. ``carry`` moves weight like ``redistribute``: a matrix has no
        earlier quarter. What has no weight is no part of a score: not a dimension, nor a KPI or its gate.

    Raises
    ------
    DataError
        If the parts do not have k columns.

    Notes
    -----
    Contributions are points · weight · Σ weights / Σ weights with points, of the dimension, on the grid of
    the score frame: in blocks of `ROWS` rows, column by column, so that memory stays flat.
    """
    given = np.atleast_2d(np.asarray(values, float))
    n, k = given.shape
    scheme = _scheme(curves, lower, weights, dimension, gates, k)
    wanted = np.broadcast_to(np.asarray(targets, float), (n, k))
    before = None if baselines is None else np.broadcast_to(np.asarray(baselines, float), (n, k))
    found = np.empty(n)
    for start in range(0, n, ROWS):
        rows = slice(start, start + ROWS)
        earned = _points(given[rows], wanted[rows], None if before is None else before[rows], scheme)
        found[rows] = _sums(earned, scheme)
    return found


def _scheme(
    curves: Sequence[Curve],
    lower: ArrayLike,
    weights: ArrayLike,
    dimension: ArrayLike,
    gates: ArrayLike | None,
    k: int,
) -> _Scheme:
    group = np.asarray(dimension)
    gate = np.full(k, np.nan) if gates is None else np.asarray(gates, float)
    weight, less = np.asarray(weights, float), np.asarray(lower, bool)
    lengths = {
        "curves": (len(curves),),
        "lower": less.shape,
        "weights": weight.shape,
        "dimension": group.shape,
        "gates": gate.shape,
    }
    wrong = [
        Problem(f"composites, {name}", f"shape {shape}", f"({k},), one for each column of values")
        for name, shape in lengths.items()
        if shape != (k,)
    ]
    if wrong:
        raise DataError(*wrong)
    counts = weight > 0
    parts = tuple(np.flatnonzero((group == name) & counts) for name in np.unique(group[counts]))
    return _Scheme(curves, less, weight, parts, np.where(counts, gate, np.nan))


def _points(values: Floats, targets: Floats, baselines: Floats | None, scheme: _Scheme) -> Floats:
    """Give the points of a block, one contiguous row per KPI; NaN where there are none."""
    value, target = np.ascontiguousarray(values.T), np.ascontiguousarray(targets.T)
    baseline = None if baselines is None else np.ascontiguousarray(baselines.T)
    earned = np.empty(value.shape)
    for at, curve in enumerate(scheme.curves):
        less = bool(scheme.lower[at])
        reached = attainment(value[at], target[at], lower_is_better=less)
        held_against = None if baseline is None else baseline[at]
        earned[at] = points(curve, reached, value[at], target[at], held_against, lower_is_better=less)
    return _held(earned, scheme.gates)


def _held(earned: Floats, gates: Floats) -> Floats:
    """Hold the lines of a row that are no gates at 100 points where a gate is shut."""
    if np.isnan(gates).all():
        return earned
    shut = (earned < gates[:, None]).any(axis=0)
    held = shut & np.isnan(gates)[:, None] & (earned > _HELD)
    return np.where(held, _HELD, earned)


def _sums(earned: Floats, scheme: _Scheme) -> Floats:
    """Weigh the points of a block and add them up, dimension by dimension."""
    known = ~np.isnan(earned)
    total = np.zeros(earned.shape[1])
    for columns in scheme.dimensions:
        weight = scheme.weights[columns]
        held = np.zeros(earned.shape[1])
        for at, share in zip(columns, weight, strict=True):
            held += share * known[at]
        complete = known[columns].all(axis=0)
        factor = np.divide(weight.sum(), held, out=np.full(held.shape, np.nan), where=held > 0)
        factor[complete] = 1.0
        for at, share in zip(columns, weight, strict=True):
            exact = np.where(known[at], earned[at], 0.0) * (share * factor)
            total += np.round(exact / GRID) * GRID
    for at, curve in enumerate(scheme.curves):
        if curve.missing == "not_assessable" and scheme.weights[at] > 0:
            total[~known[at]] = np.nan
    return total
