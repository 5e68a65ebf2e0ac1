"""Round many small two-way tables at once, both margins exact (§1.2).

A *table* is units × months: one row per unit, `k` columns, whole row and column totals. Many tables
stand below each other in one array; `group` says to which table a row belongs. `fitting.fit` finds the
exact shares, `round_table` the nearest whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesperf_lib.targets.fitting import starts_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CROWD = 400
"""From so many units in the wrong column a table is approached in steps (see `_approach`)."""

_ONE = 1 << 30
"""What a unit counts in the costs: they are integers, so that ties are ties and sums are exact."""
_COARSE = (26, 22, 18, 14)
"""Bits of the costs that each step of `_approach` leaves out."""
_NEVER = 1 << 60
_REACHED = 1 << 59
_MOST = 1 << 53
"""Stands for "no upper bound"."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Why one table cannot exist: units that find no place between these rows and columns.

    Parameters
    ----------
    group
        The table.
    rows
        Rows, as indices into the whole array.
    columns
        Columns of the table.
    missing
        How many units do not fit: the least by which the margins must give way.
    short
        If false, the rows have `missing` units more than the columns can take from them, counting
        what their bounds and zeros let them put elsewhere. If true, the columns need `missing`
        units more than the rows can give them.
    """

    group: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    missing: int
    short: bool


class NoTable(ValueError):  # noqa: N818 - says what there is not
    """Say that no whole-number table has these margins within these bounds.

    Parameters
    ----------
    gaps
        One per table that cannot exist, in the order of the tables.

    Attributes
    ----------
    rows
        Indices of all rows that are named.
    cells
        (group, column) of all columns that are named.
    missing
        The units that find no place, over all tables.
    """

    def __init__(self, *gaps: Gap) -> None:
        self.gaps = gaps
        self.rows = tuple(row for gap in gaps for row in gap.rows)
        self.cells = tuple((gap.group, column) for gap in gaps for column in gap.columns)
        self.missing = sum(gap.missing for gap in gaps)
        super().__init__(f"{self.missing} units find no place in {len(gaps)} tables")

    def __reduce__(self) -> tuple[type[NoTable], tuple[Gap, ...]]:
        """Rebuild from the gaps, so that the refusal survives the way back from a worker process."""
        return type(self), self.gaps


@dataclass(frozen=True, slots=True)
class _Cells:
    """Whole numbers `n` (changed in place) and what they may be; all (n, k).

    `low` and `high` are the bounds; `least` and `most` floor and ceiling of the exact share; `odd` is
    what |x - n| gains when n goes from `least` to `most`, in parts of `_ONE`.
    """

    n: Ints
    low: Ints
    high: Ints
    least: Ints
    most: Ints
    odd: Ints

    def take(self, rows: Ints) -> _Cells:
        return _Cells(*(a[rows] for a in (self.n, self.low, self.high, self.least, self.most, self.odd)))

    def mirrored(self) -> _Cells:
        """Give the cells in which adding a unit is what taking one away is here."""
        return _Cells(-self.n, -self.high, -self.low, -self.most, -self.least, -self.odd)

    def at(self, rows: Ints, columns: Ints) -> _Cells:
        return _Cells(
            *(a[rows, columns] for a in (self.n, self.low, self.high, self.least, self.most, self.odd))
        )

    def price(self, columns: int) -> Ints:
        """Work out what one unit more costs: out of floor and ceiling, more than any path within them."""
        out = (4 * columns + 1) * _ONE
        cost = np.where(self.n < self.least, -out, np.where(self.n < self.most, self.odd, out))
        return np.where(self.n < self.high, cost, _NEVER)

    def room(self) -> Ints:
        """Count the units that can be added at that same price."""
        upto = np.where(self.n < self.least, self.least, np.where(self.n < self.most, self.most, self.high))
        return np.minimum(upto, self.high) - self.n


def round_table(
    x: ArrayLike,
    rows: ArrayLike,
    columns: ArrayLike,
    group: ArrayLike,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
) -> Ints:
    """Round tables to whole numbers with both margins exact and the least sum of distances.

    Parameters
    ----------
    x
        (n, k) exact shares, as from `fit`, not negative. A zero stays zero, unless `low` lifts it.
    rows, columns, group, low, high
        As in `fit`; rows and columns of a table have the same sum.

    Returns
    -------
    array
        (n, k) int64 within the bounds. Where the margins of `x` are within a unit in all of `rows`
        and `columns`, every abs(x - n) < 1; elsewhere as few units as possible lie further off. Among
        all such tables the sum of abs(x - n) is the smallest, counted in 2**-30 of a unit. Of equal
        choices the earlier row, then the earlier column, is served first.

    Raises
    ------
    NoTable
        If no such table exists.
    ValueError
        If `group` is not sorted or a lower bound exceeds the upper one.

    Notes
    -----
    Controlled rounding (Causey, Cox & Ernst 1985), as a flow of least cost: every row is rounded by
    itself (largest remainder), then units move along the cheapest paths from columns that hold too
    much to columns that hold too little. A move from column a to b is made in the row where it costs
    least, so the graph has only the k columns as nodes; each shortest path keeps the optimum (Ahuja,
    Magnanti & Orlin 1993, ch. 9). All tables take one path per round; equally cheap moves go at once.
    """
    totals, margins = np.asarray(rows, np.int64), np.asarray(columns, np.int64)
    table = np.asarray(group, np.int64)
    cells = _cells(np.asarray(x, np.float64), low, high)
    starts = starts_of(table, len(margins))
    off = _fill_rows(cells, totals, margins, table, np.zeros_like(margins))
    crowd = np.abs(off).sum(axis=1) > 2 * np.maximum(CROWD, np.bincount(table) / 2)
    if crowd.any():
        at = np.flatnonzero(crowd[table])
        part = cells.take(at)
        off[crowd] = _approach(part, totals[at], margins[crowd], (np.cumsum(crowd) - 1)[table[at]])
        cells.n[at] = part.n
    _repair(cells, off, table)
    _fail_if_unmet(cells, totals - cells.n.sum(axis=1), off, starts)
    return cells.n


def _cells(x: Floats, low: ArrayLike | None, high: ArrayLike | None) -> _Cells:
    floors = np.zeros(x.shape) if low is None else np.asarray(low, np.float64)
    tops = np.full(x.shape, np.inf) if high is None else np.asarray(high, np.float64)
    tops = np.where((x == 0) & (floors <= 0), 0.0, np.minimum(np.floor(tops), _MOST))
    floors = np.ceil(floors)
    if (floors > tops).any():
        raise ValueError("a lower bound exceeds the upper bound of its cell")
    least = np.floor(x)
    odd = np.rint((x - least) * _ONE).astype(np.int64)
    least = least.astype(np.int64) + (odd == _ONE)
    odd %= _ONE
    lowest, highest = floors.astype(np.int64), tops.astype(np.int64)
    return _Cells(np.clip(least, lowest, highest), lowest, highest, least, least + (odd > 0), _ONE - 2 * odd)


def _fill_rows(cells: _Cells, rows: Ints, columns: Ints, group: Ints, prices: Ints) -> Ints:
    """Bring every row to its total, or as near as its bounds allow, at the least cost less prices.

    `prices` (g, k) is what a column pays for a unit. Returns what the columns then hold too much.
    """
    k = cells.n.shape[1]
    cells.n[:] = np.clip(cells.least, cells.low, cells.high)
    need = np.clip(rows, cells.low.sum(axis=1), cells.high.sum(axis=1)) - cells.n.sum(axis=1)
    open_ = (cells.n >= cells.least) & (cells.n < np.minimum(cells.most, cells.high))
    order = np.where(open_, cells.odd - prices[group], _NEVER // k) * k + np.arange(k)
    count = np.clip(need, 0, open_.sum(axis=1))
    last = np.take_along_axis(np.sort(order, axis=1), np.maximum(count - 1, 0)[:, None], axis=1)
    np.add(cells.n, 1, out=cells.n, where=(order <= last) & (count > 0)[:, None])
    rest = (need - count)[:, None]
    if rest.any():
        room = np.where(rest > 0, cells.high - cells.n, cells.n - cells.low)
        cells.n[:] += np.sign(rest) * np.clip(np.abs(rest) - np.cumsum(room, axis=1) + room, 0, room)
    return np.add.reduceat(cells.n, starts_of(group, len(columns)), axis=0) - columns


def _approach(cells: _Cells, rows: Ints, columns: Ints, group: Ints) -> Ints:
    """Fill rows that are much alike, and so crowd into the same columns, at prices that spread them.

    Notes
    -----
    Costs are first rounded so coarsely that whole crowds tie and move at once; the prices of that
    optimum (distances in its graph) are where the next finer one starts. With any prices the rows are
    filled so that no cycle of moves gains anything: what follows still ends in the exact optimum.
    """
    prices = np.zeros_like(columns)
    for bits in _COARSE:
        rough = replace(cells, odd=cells.odd >> bits << bits)
        off = _fill_rows(rough, rows, columns, group, prices)
        _repair(rough, off, group)
        within = ((rough.n >= rough.least) & (rough.n <= rough.most)).all(axis=1)
        usable = np.logical_and.reduceat(within, starts_of(group, len(columns))) & (off == 0).all(axis=1)
        dist, _ = _paths(_Part(rough, off, group).cheapest(), np.full(off.shape, usable[:, None]))
        prices = np.where(usable[:, None], dist, 0)
    return _fill_rows(cells, rows, columns, group, prices)


def _repair(cells: _Cells, off: Ints, group: Ints) -> None:
    """Move units between columns until no table can be brought nearer to its column totals.

    `off` is what the columns hold too much; it is kept up to date, like `cells.n`.
    """
    live = np.flatnonzero((off > 0).any(axis=1) & (off < 0).any(axis=1))
    while live.size:
        rows = np.flatnonzero(np.isin(group, live))
        part = _Part(cells.take(rows), off[live], np.searchsorted(live, group[rows]))
        moved = part.move()
        while 2 * np.count_nonzero(moved) > live.size:
            moved = part.move()
        cells.n[rows], off[live] = part.cells.n, part.off
        live = live[moved]


class _Part:
    """The tables that still move units: their cells, and the prices of every single move."""

    def __init__(self, cells: _Cells, off: Ints, group: Ints) -> None:
        self.cells, self.off, self.group = cells, off, group
        self.starts = starts_of(group, len(off))
        self.add = cells.price(off.shape[1])
        self.cut = cells.mirrored().price(off.shape[1])

    def move(self) -> Bools:
        """Move units along one cheapest path in each table; tell which tables had one."""
        cheapest = self.cheapest()
        dist, via = _paths(cheapest, self.off > 0)
        goal = np.where(self.off < 0, dist, _NEVER).argmin(axis=1)
        tables = np.arange(len(goal))
        reached = (self.off[tables, goal] < 0) & (dist[tables, goal] < _REACHED)
        amount = np.where(reached, -self.off[tables, goal], 0)
        at, hops = goal.copy(), list[_Hop]()
        walking = tables[reached]
        while walking.size:
            source = via[walking, at[walking]]
            walking, source = walking[source >= 0], source[source >= 0]
            hop = self._hop(cheapest, walking, source, at[walking], amount)
            at[walking] = source
            hops.append(hop)
        amount = np.minimum(amount, np.maximum(self.off[tables, at], 0))
        for hop in hops:
            np.minimum(amount[hop.tables], hop.total, out=hop.total)
            amount[hop.tables] = hop.total
        for hop in hops:
            self._apply(hop, amount)
        self.off[tables, at] -= amount
        self.off[tables, goal] += amount
        return reached

    def cheapest(self) -> Ints:
        """Find per table the least price of moving a unit from column a to column b, in any row."""
        k = self.off.shape[1]
        found = np.empty((len(self.off), k, k), np.int64)
        for a in range(k):
            found[:, a] = np.minimum.reduceat(self.add + self.cut[:, a, None], self.starts, axis=0)
        return found

    def _hop(self, cheapest: Ints, tables: Ints, source: Ints, to: Ints, amount: Ints) -> _Hop:
        """Find the rows that make a move at the least price, and how many units each can move at it."""
        ends = np.full((2, len(self.off)), -1)
        ends[0, tables], ends[1, tables] = source, to
        rows = np.flatnonzero(ends[0, self.group] >= 0)
        group = self.group[rows]
        a, b = ends[0, group], ends[1, group]
        tied = self.cut[rows, a] + self.add[rows, b] == cheapest[group, a, b]
        rows, group, a, b = rows[tied], group[tied], a[tied], b[tied]
        room = np.minimum(self.cells.at(rows, a).mirrored().room(), self.cells.at(rows, b).room())
        room = np.minimum(room, amount[group])
        total = np.zeros(len(self.off), np.int64)
        np.add.at(total, group, room)
        return _Hop(tables, total[tables], rows, group, a, b, room)

    def _apply(self, hop: _Hop, amount: Ints) -> None:
        """Move the units of one hop, the earlier rows first."""
        before = np.cumsum(hop.room) - hop.room
        before -= before[np.searchsorted(hop.group, hop.group)]
        units = np.clip(amount[hop.group] - before, 0, hop.room)
        self.cells.n[hop.rows, hop.source] -= units
        self.cells.n[hop.rows, hop.to] += units
        rows = hop.rows[units > 0]
        touched = self.cells.take(rows)
        self.add[rows] = touched.price(self.off.shape[1])
        self.cut[rows] = touched.mirrored().price(self.off.shape[1])


@dataclass(frozen=True, slots=True)
class _Hop:
    """One move in each of some tables: the rows that can make it, and how many units they can move."""

    tables: Ints
    total: Ints
    rows: Ints
    group: Ints
    source: Ints
    to: Ints
    room: Ints


def _paths(cheapest: Ints, sources: Bools) -> tuple[Ints, Ints]:
    """Find in each table the cheapest path from any source to each column (Bellman & Ford).

    Returns
    -------
    tuple
        (g, k) the cost, from `_REACHED` on where there is no path, and the column before, -1 at the
        start. Of equally cheap paths one with the fewest moves: none passes a row twice in a row.
    """
    dist, via = np.where(sources, 0, _NEVER), np.full(sources.shape, -1)
    for _ in range(sources.shape[1]):
        through = dist[:, :, None] + cheapest
        before = through.argmin(axis=1)
        cost = np.take_along_axis(through, before[:, None], axis=1)[:, 0]
        better = (cost < dist) & (cost < _REACHED)
        if not better.any():
            break
        dist, via = np.where(better, cost, dist), np.where(better, before, via)
    return dist, via


def _fail_if_unmet(cells: _Cells, over: Ints, off: Ints, starts: Ints) -> None:
    """Refuse tables with a row that has not its total (`over` units find no place) or such a column."""
    unmet = np.logical_or.reduceat(over != 0, starts) | (off != 0).any(axis=1)
    stops = np.append(starts[1:], len(over))
    gaps = [
        _gap(
            int(g),
            int(starts[g]),
            cells.take(np.arange(starts[g], stops[g])),
            over[starts[g] : stops[g]],
            off[g],
        )
        for g in np.flatnonzero(unmet)
    ]
    if gaps:
        raise NoTable(*gaps)


def _gap(table: int, first: int, cells: _Cells, over: Ints, off: Ints) -> Gap:
    """Name the rows and columns that stand in the way, from the side that names fewer."""
    found: list[Gap] = []
    for short, side in ((False, cells), (True, cells.mirrored())):
        missing = int(
            np.maximum(-over if short else over, 0).sum() + np.maximum(-off if short else off, 0).sum()
        )
        rows, columns = _cut_off(side, -over if short else over, -off if short else off)
        at = tuple(int(row) + first for row in np.flatnonzero(rows))
        found.append(Gap(table, at, tuple(int(column) for column in np.flatnonzero(columns)), missing, short))
    return min(found, key=lambda gap: (-gap.missing, len(gap.rows), len(gap.columns)))


def _cut_off(cells: _Cells, over: Ints, off: Ints) -> tuple[Bools, Bools]:
    """Follow the units that find no place: all rows and columns they could reach (a cut of no capacity)."""
    columns = off > 0
    while True:
        rows = (over > 0) | ((cells.n > cells.low) & columns).any(axis=1)
        wider = columns | ((cells.n < cells.high) & rows[:, None]).any(axis=0)
        if (wider == columns).all():
            return rows, columns
        columns = wider
