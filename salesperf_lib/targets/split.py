"""Split whole-number goals down a tree of units and over the months of a year, around pins (§1.2).

A *node* is a unit in a span of months. A *pin* is a node whose value was decided; the rest is
split. Order: the year to the units, each team's year to its quarters and months, each team's month
to its people. A goal for a shorter span of the same unit turns that unit's order round: time first.
Every step has whole margins, so every sum of the result is exact (METHODS §1.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.targets.rounding import share_with_floors

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
        Per unit its weight in each of the 12 months, from history.
    pins
        What was decided, in whole units.
    labels
        The written period of each span, for messages.
    show
        Writes an amount for a reader.
    """

    name: str
    children: Mapping[Unit, tuple[Unit, ...]]
    weights: Mapping[Unit, NDArray[np.float64]]
    pins: Mapping[Node, int]
    labels: Mapping[Span, str]
    show: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class _Pins:
    """The pins of a plan, indexed; `own` and `below` hold only those that finer pins do not decide."""

    plan: Plan
    decided: Mapping[Node, int]
    own: Mapping[Unit, frozenset[Span]]
    below: Mapping[Unit, frozenset[Span]]
    touched: Mapping[Unit, frozenset[Span]]


def split(plan: Plan) -> dict[Node, int]:
    """Give every leaf its whole-number target in every month.

    Parameters
    ----------
    plan
        The tree, its weights and its pins. A unit without a goal of its own or above it has the
        sum of what is given below it.

    Returns
    -------
    dict
        One entry per leaf unit and month that has a target. Sums over units and over months are
        exact in every node, and equal to every pin.

    Raises
    ------
    DataError
        If pins contradict or cross each other; all such nodes are named.
    """
    pins = _index(plan)
    fail_if_any([*_crossing(pins), *_overfull(pins)], DataError)
    cells: dict[Node, int] = {}
    _fill(pins, (COMPANY, YEAR), pins.decided.get((COMPANY, YEAR)), cells)
    return cells


def _fill(pins: _Pins, node: Node, total: int | None, cells: dict[Node, int]) -> None:
    """Hand a node's total down to its leaves; without a total, only what is given below it."""
    parts = _parts(pins, node)
    if not parts:
        if total is not None:
            cells[node] = total
        return
    amounts = [pins.decided.get(part) for part in parts]
    if total is not None:
        amounts = _share(pins, parts, amounts, total)
    for part, amount in zip(parts, amounts, strict=True):
        if amount is not None or _is_touched(pins, part):
            _fill(pins, part, amount, cells)


def _share(pins: _Pins, parts: list[Node], amounts: list[int | None], total: int) -> list[int | None]:
    """Share what the decided parts leave over among the others by weight."""
    free = [i for i, amount in enumerate(amounts) if amount is None and _takes_part(pins, parts, i)]
    rest = total - sum(amount for amount in amounts if amount is not None)
    weights = [_weight(pins.plan, parts[i]) for i in free]
    floors = [_floor(pins, parts[i]) for i in free]
    shared = share_with_floors(rest, weights, floors)
    found = dict(zip(free, shared, strict=True))
    return [found.get(i, amount) for i, amount in enumerate(amounts)]


def _takes_part(pins: _Pins, parts: list[Node], i: int) -> bool:
    """Leave out people who are not on the roster in the span, and teams that nothing speaks for.

    The last of the parts always stays: there must be one to take what the others leave.
    """
    unit, span = parts[i]
    if unit.level not in ("person", "team") or unit == parts[0][0] == parts[-1][0]:
        return True
    return i == len(parts) - 1 or _weight(pins.plan, parts[i]) > 0 or _is_touched(pins, (unit, span))


def _parts(pins: _Pins, node: Node) -> list[Node]:
    """Give the nodes into which a node is split: its units, or its shorter spans."""
    unit, span = node
    kids = pins.plan.children.get(unit, ())
    month = span[1] - span[0] == 1
    own_inside = any(_inside(other, span) for other in pins.own.get(unit, ()))
    units_first = unit.level != "team" or span in pins.below.get(unit, ())
    if kids and (month or (units_first and not own_inside)):
        return [(kid, span) for kid in kids]
    return [] if month else [(unit, part) for part in _shorter(span)]


def _weight(plan: Plan, node: Node) -> float:
    unit, (first, stop) = node
    return float(plan.weights[unit][first:stop].sum())


def _floor(pins: _Pins, node: Node) -> int:
    """Sum what is decided inside a node: the least it can be."""
    if node in pins.decided:
        return pins.decided[node]
    if not _is_touched(pins, node):
        return 0
    return sum(_floor(pins, part) for part in _parts(pins, node))


def _is_touched(pins: _Pins, node: Node) -> bool:
    unit, span = node
    return any(_within(other, span) for other in pins.touched.get(unit, ()))


def _index(plan: Plan) -> _Pins:
    """Find what the pins decide, and which of them only repeat finer ones."""
    touched = _spans_by_unit(plan, plan.pins, own=True)
    decided: dict[Node, int] = {}
    problems: list[Problem] = []
    repeated: set[Node] = set()
    for unit in _leaves_first(plan):
        for span in (*MONTHS, *QUARTERS, YEAR):
            node = (unit, span)
            if not any(_within(other, span) for other in touched.get(unit, ())):
                continue
            pin = plan.pins.get(node)
            sums = _sums_of_parts(plan, node, decided)
            if pin is not None and sums:
                repeated.add(node)
            problems += [
                _contradiction(plan, node, pin, *pair) for pair in sums if pin is not None and pair[1] != pin
            ]
            if pin is not None or sums:
                decided[node] = pin if pin is not None else sums[0][1]
    fail_if_any(problems, DataError)
    kept = [node for node in plan.pins if node not in repeated]
    own: dict[Unit, set[Span]] = {}
    for unit, span in kept:
        own.setdefault(unit, set()).add(span)
    frozen_own = {unit: frozenset(spans) for unit, spans in own.items()}
    return _Pins(plan, decided, frozen_own, _spans_by_unit(plan, kept, own=False), touched)


def _sums_of_parts(plan: Plan, node: Node, decided: Mapping[Node, int]) -> list[tuple[str, int]]:
    """Sum the parts of a node wherever all of them are decided: by time, and by units."""
    unit, span = node
    ways: list[tuple[str, list[Node]]] = []
    if span[1] - span[0] > 1:
        ways.append(("its shorter periods", [(unit, part) for part in _shorter(span)]))
    kids = plan.children.get(unit, ())
    if kids:
        ways.append(("its units", [(kid, span) for kid in kids]))
    return [
        (way, sum(decided[part] for part in parts))
        for way, parts in ways
        if all(part in decided for part in parts)
    ]


def _crossing(pins: _Pins) -> Iterable[Problem]:
    """Name pins of a unit and of a unit above it of which neither holds the other."""
    parent = {kid: unit for unit, kids in pins.plan.children.items() for kid in kids}
    for unit, spans in pins.own.items():
        above = parent.get(unit)
        while above is not None:
            for span in sorted(spans):
                for other in sorted(pins.own.get(above, ())):
                    if _inside(other, span):
                        yield _crossed(pins.plan, (unit, span), (above, other))
            above = parent.get(above)


def _overfull(pins: _Pins) -> Iterable[Problem]:
    """Name pins that are smaller than the pins inside them."""
    for node, pin in pins.plan.pins.items():
        inside = sum(_floor(pins, part) for part in _parts(pins, node))
        if inside > pin:
            plan = pins.plan
            yield Problem(
                f"goals: {plan.name}, {_label(plan, node)}",
                f"{plan.show(pin)}, but the goals given inside it sum to {plan.show(inside)}",
                "at least the sum of the goals inside it",
                "raise this goal, or lower those of its parts",
            )


def _contradiction(plan: Plan, node: Node, pin: int | None, way: str, found: int) -> Problem:
    return Problem(
        f"goals: {plan.name}, {_label(plan, node)}",
        f"{plan.show(pin or 0)}, but the goals of {way} sum to {plan.show(found)}",
        "the sum of its parts, where all of them are given",
        "correct one of them, or leave one out so that it is worked out",
    )


def _crossed(plan: Plan, node: Node, other: Node) -> Problem:
    return Problem(
        f"goals: {plan.name}",
        f"{_label(plan, node)} and {_label(plan, other)}, which cross each other",
        "goals of which one holds the other, or which have nothing in common",
        f"give {plan.labels[other[1]]} for the smaller unit too, or leave one of the two out",
    )


def _label(plan: Plan, node: Node) -> str:
    unit, span = node
    return f"{unit.level} {unit.unit_id} {plan.labels[span]}"


def _spans_by_unit(plan: Plan, nodes: Iterable[Node], *, own: bool) -> dict[Unit, frozenset[Span]]:
    """Collect the spans of nodes per unit above them (and, with `own`, per their own unit)."""
    parent = {kid: unit for unit, kids in plan.children.items() for kid in kids}
    found: dict[Unit, set[Span]] = {}
    for unit, span in nodes:
        at: Unit | None = unit if own else parent.get(unit)
        while at is not None:
            found.setdefault(at, set()).add(span)
            at = parent.get(at)
    return {unit: frozenset(spans) for unit, spans in found.items()}


def _leaves_first(plan: Plan) -> list[Unit]:
    order = [COMPANY]
    for unit in order:
        order.extend(plan.children.get(unit, ()))
    return order[::-1]


def _shorter(span: Span) -> tuple[Span, ...]:
    return QUARTERS if span == YEAR else tuple((i, i + 1) for i in range(*span))


def _within(span: Span, other: Span) -> bool:
    return other[0] <= span[0] and span[1] <= other[1]


def _inside(span: Span, other: Span) -> bool:
    return span != other and _within(span, other)
