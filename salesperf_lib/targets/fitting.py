"""Fit many small two-way tables at once: real shares whose rows and columns have their totals (§1.2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Limits = tuple[Floats, Floats]
Sums = Callable[[Floats], Floats]
Spread = Callable[[Floats], Floats]

SWEEPS = 100
"""After so many sweeps a table that has not met its margins is left to `round_table`."""
NEAR = 1e-10
"""How near the column totals must be, as a share of the table's total; and never off by `UNITS`."""
UNITS = 0.25
"""Below one unit in all, floors and ceilings of the shares can always be made to meet the margins."""
_TINY = float(np.finfo(np.float64).tiny)


def fit(
    weights: ArrayLike,
    rows: ArrayLike,
    columns: ArrayLike,
    group: ArrayLike,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
) -> Floats:
    """Scale weights until every row and every column of every table has its total.

    Parameters
    ----------
    weights
        (n, k), not negative. A zero stays zero, unless `low` lifts it.
    rows
        (n,) whole totals of the rows, not negative.
    columns
        (g, k) whole totals of the columns, per table.
    group
        (n,) the table of each row: sorted, 0 to g - 1, each at least once.
    low, high
        (n, k) bounds of the cells, not negative; equal where a cell is pinned. `high` may be inf.

    Returns
    -------
    array
        (n, k) within the bounds: rows sum to their totals, columns to theirs within `NEAR` of the
        table's total and within `UNITS`. Where zeros and bounds make that impossible, or more than
        `SWEEPS` would be needed, what is then reached; `round_table` refuses what cannot be.

    Notes
    -----
    Iterative proportional fitting (Deming & Stephan 1940): x_ij = clip(w_ij·r_i·c_j, low, high), the
    factors r and c found in turn. It is the table nearest to the weights in relative entropy.
    """
    w, table = np.asarray(weights, np.float64), np.asarray(group, np.int64)
    totals, margins = np.asarray(rows, np.float64), np.asarray(columns, np.float64)
    floors = np.zeros_like(w) if low is None else np.asarray(low, np.float64)
    tops = np.full_like(w, np.inf) if high is None else np.asarray(high, np.float64)
    w = np.where(floors == tops, 0.0, w)  # a pinned cell stays at its bounds, whatever the factors
    bound = np.zeros(len(margins), np.bool_)
    bound[table[((floors > 0) | (tops < np.inf)).any(axis=1)]] = True
    x = np.empty_like(w)
    for kind in (False, True):
        at = np.flatnonzero(bound[table] == kind)
        if at.size:
            tables, lines = np.unique(table[at], return_inverse=True)
            limits = (floors[at], tops[at]) if kind else None
            x[at] = _fit(w[at], totals[at], margins[tables], lines, limits)
    return np.clip(np.maximum(x, np.where(w > 0, _TINY, 0.0)), floors, tops)


def _fit(raw: Floats, rows: Floats, columns: Floats, group: Ints, limits: Limits | None) -> Floats:
    """Sweep over rows and columns; a table leaves as soon as its columns hold."""
    x, left = np.empty_like(raw), np.arange(len(raw))
    near = np.minimum(UNITS, NEAR * np.maximum(columns.sum(axis=1), 1.0))
    for sweep in range(SWEEPS):
        starts = starts_of(group, len(columns))
        raw = _scaled(raw, _factor(raw, rows, _row_sums, _to_rows, limits)[:, None])
        y = raw if limits is None else np.clip(raw, *limits)
        sums = np.add.reduceat(y, starts, axis=0)
        done = (np.abs(sums - columns).sum(axis=1) <= near) | (sweep == SWEEPS - 1)
        if done.any():
            out = done[group]
            x[left[out]] = y[out]
            if done.all():
                break
            left, raw, rows = left[~out], raw[~out], rows[~out]
            limits = None if limits is None else (limits[0][~out], limits[1][~out])
            columns, near, group = columns[~done], near[~done], (np.cumsum(~done) - 1)[group[~out]]
            starts = starts_of(group, len(columns))
        sums_of, spread = partial(_column_sums, starts), partial(_to_columns, group)
        raw = _scaled(raw, _factor(raw, columns, sums_of, spread, limits)[group])
    return x


def _scaled(raw: Floats, factor: Floats) -> Floats:
    """Scale; what has no solution runs off to nothing or without end, and is kept in the range of floats."""
    y = raw * factor
    return np.clip(y, 1e-100, 1e100, out=y, where=y > 0)


def _factor(raw: Floats, totals: Floats, sums: Sums, spread: Spread, limits: Limits | None) -> Floats:
    """Find for each line (row or column) the factor with which its clipped cells sum to its total.

    Notes
    -----
    Water-filling. Of the cells that leave their bounds, those of the side that moves the sum more
    also leave them under the final factor: they are fixed and the rest is scaled again, in at most
    as many passes as a line has cells.
    """
    factor = np.ones_like(totals)
    if limits is None:
        whole = sums(raw)
        return np.divide(totals, whole, out=factor, where=whole > 0)
    low, high = limits
    free = raw > 0
    fixed = np.where(free, 0.0, low)
    while True:
        whole = sums(raw * free)
        np.divide(np.maximum(totals - sums(fixed), 0.0), whole, out=factor, where=whole > 0)
        y = raw * spread(factor)
        clipped = np.clip(y, low, high)
        change = (clipped - y) * free
        if not change.any():
            return factor
        stop = (change * spread(sums(change)) >= 0) & (change != 0)
        np.copyto(fixed, clipped, where=stop)
        free &= ~stop


def _row_sums(x: Floats) -> Floats:
    return x.sum(axis=1)


def _to_rows(line: Floats) -> Floats:
    return line[:, None]


def _column_sums(starts: Ints, x: Floats) -> Floats:
    return np.add.reduceat(x, starts, axis=0)


def _to_columns(group: Ints, line: Floats) -> Floats:
    return line[group]


def starts_of(group: Ints, tables: int) -> Ints:
    """Find the first row of each table."""
    steps = np.diff(group, prepend=-1, append=tables)
    if ((steps < 0) | (steps > 1)).any() or steps[0] != 1 or steps[-1] != 1:
        raise ValueError("rows must be sorted by table, and every table must have a row")
    return np.flatnonzero(steps[:-1])
