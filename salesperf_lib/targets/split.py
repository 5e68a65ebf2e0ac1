"""Split whole-number goals down a tree of units and over the months of a year, around pins (§1.2).

A *node* is a unit in a span of months. A *pin* is a node whose value was decided; everything above a
pin stays, and the units beside it absorb it. Top down, each step with whole margins, so that every
sum of the result is exact (METHODS §1.2): the company's year to its quarters and months; then, level
by level, a unit's months to the units below it, first by year, then quarter × unit, then month × unit
inside each quarter. Which pins there are matters, never in which order they were given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Span = tuple[int, int]
"""Months of the year from the first, counted from 0, up to and without the second."""

YEAR: Span = (0, 12)
QUARTERS: tuple[Span, ...] = ((0, 3), (3, 6), (6, 9), (9, 12))
MONTHS: tuple[Span, ...] = tuple((i, i + 1) for i in range(12))


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """One row of the hierarchy: a person's part in a team is a unit of its own.

    Parameters
    ----------
    level
        ``company``, ``group``, ``team`` or ``person``.
    unit_id
        Its key in the frames.
    team_id
        The team; empty above the teams.
    """

    level: str
    unit_id: str
    team_id: str = ""


NOWHERE, ABOVE, GIVEN, SUMMED = range(4)
"""Where a target comes from: nowhere, the unit above, a goal of its own, the sum of the units below."""

Node = tuple[Unit, Span]
COMPANY = Unit("company", "company")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be split, and by what.

    Parameters
    ----------
    name
        The KPI, for messages.
    children
        Parts of each unit in a fixed order; a unit without an entry is a leaf. The last part of a
        team is always its own unassigned row.
    weights
        Per unit its weight in each of the 12 months. Between siblings only the proportions count;
        a person's weights count month by month, other units' by the year and over it.
    pins
        What was decided, in whole units.
    labels
        The written period of each span, for messages.
    show
        Writes an amount for a reader.
    floors, caps
        The least and the most that nodes may be.
    step
        Whole units that a result is a multiple of; 1 where a pin is no multiple of it.
    """

    name: str
    children: Mapping[Unit, tuple[Unit, ...]]
    weights: Mapping[Unit, Floats]
    pins: Mapping[Node, int]
    labels: Mapping[Span, str]
    show: Callable[[int], str]
    floors: Mapping[Node, int] = field(default_factory=dict[Node, int])
    caps: Mapping[Node, int] = field(default_factory=dict[Node, int])
    step: int = 1

    def label(self, node: Node) -> str:
        """Name a node for a reader."""
        unit, span = node
        return f"{unit.level} {unit.unit_id} {self.labels[span]}"


@dataclass(frozen=True, slots=True)
class Tree:
    """The units of a plan in rows: the company first, then level by level, siblings together.

    Parameters
    ----------
    units
        One per row.
    parent
        Row of the unit above; -1 for the company.
    levels
        Slices of rows, one per level below the company, top down.
    row
        Unit to row.
    """

    units: tuple[Unit, ...]
    parent: Ints
    levels: tuple[slice, ...]
    row: Mapping[Unit, int]


@dataclass(frozen=True, slots=True)
class Split:
    """Every unit's months, and the way there.

    Parameters
    ----------
    tree
        The rows.
    months
        (units, 12) whole-number targets; 0 where there is none.
    origin
        (units, 12) where a target comes from: `ABOVE`, `GIVEN`, `SUMMED`, or `NOWHERE`: there is none.
    stages
        By step the (units, 12) targets as they stood after it, in whole units: ``equal`` (the same
        for all siblings, the same every month), ``size`` (by the unit's weight), ``season`` (by its
        own months), ``pins`` (around what was decided), ``rounding`` (in whole units: the result).
    decided
        The pins, and the nodes whose parts are all pinned.
    """

    tree: Tree
    months: Ints
    origin: Ints
    stages: Mapping[str, Floats]
    decided: Mapping[Node, int]

    @property
    def known(self) -> Bools:
        """Say where there is a target: (units, 12)."""
        return self.origin != NOWHERE

    def cells(self) -> dict[Node, int]:
        """Give the leaves' months as a mapping of nodes."""
        inner = set(self.tree.parent.tolist())
        return {
            (unit, (m, m + 1)): int(self.months[i, m])
            for i, unit in enumerate(self.tree.units)
            if i not in inner
            for m in range(12)
            if self.origin[i, m] != NOWHERE and (unit.level != "person" or self.months[i, m])
        }


def plant(plan: Plan) -> Tree:
    """Lay the units of a plan out in rows."""
    units, parent, levels = [COMPANY], [-1], []
    first = 0
    while True:
        stop = len(units)
        for i in range(first, stop):
            kids = plan.children.get(units[i], ())
            units.extend(kids)
            parent.extend([i] * len(kids))
        if len(units) == stop:
            break
        levels.append(slice(stop, len(units)))
        first = stop
    return Tree(tuple(units), np.array(parent), tuple(levels), {unit: i for i, unit in enumerate(units)})


def split(plan: Plan) -> Split:
    """Give every unit its whole-number target in every month.

    Parameters
    ----------
    plan
        The tree, its weights and its pins. A unit without a goal of its own or above it has the
        sum of what is given below it.

    Returns
    -------
    Split
        Sums over units and over months are exact in every node, and equal to every pin.

    Raises
    ------
    DataError
        If pins contradict each other, leave no room for each other or for floors and caps, or cross
        a pin of which they are no part; all such nodes are named, before anything is split.
    """
    from salesperf_lib.targets.descent import descend
    from salesperf_lib.targets.pins import settle

    return descend(settle(plan))


def shorter(span: Span) -> tuple[Span, ...]:
    """Give the spans next shorter: the quarters of a year, the months of a quarter."""
    return QUARTERS if span == YEAR else tuple((i, i + 1) for i in range(*span))


def within(span: Span, other: Span) -> bool:
    """Say whether a span lies in another, or is the same."""
    return other[0] <= span[0] and span[1] <= other[1]
