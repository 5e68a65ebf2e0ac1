"""What was decided about a plan: which nodes, whether they fit, and which of them stand at the top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.targets.split import (
    MONTHS,
    QUARTERS,
    YEAR,
    Node,
    Plan,
    Span,
    Tree,
    Unit,
    plant,
    shorter,
    within,
)


@dataclass(frozen=True, slots=True)
class Settled:
    """A plan whose pins fit.

    Parameters
    ----------
    plan, tree
        The plan and its rows.
    decided
        Its pins, and the nodes whose parts are all decided.
    floors, caps
        Limits by node; what is decided inside a node is a floor of it.
    step
        Whole units of the result.
    """

    plan: Plan
    tree: Tree
    decided: Mapping[Node, int]
    floors: Mapping[Node, int]
    caps: Mapping[Node, int]
    step: int


def settle(plan: Plan, *, amending: bool = False) -> Settled:
    """Complete the pins of a plan and refuse those that cannot hold together.

    With `amending`, pins stand as they are: what is above them has its number already and does not give
    way, and pins of longer spans mean the months that are left of them.

    Raises
    ------
    DataError
        Naming every node that contradicts its parts, is too small for what is decided inside it, is
        larger than its caps allow, or crosses a decision that it is no part of.
    """
    tree = plant(plan)
    if amending:
        return Settled(plan, tree, plan.pins, plan.pins, {}, _step(plan))
    above = _above(plan, tree)
    decided, problems = _complete(plan, tree, above)
    fail_if_any(problems, DataError)
    floors = _floors(plan, decided, above)
    fail_if_any([*_overfull(plan, decided, floors), *_capped(plan, decided)], DataError)
    fail_if_any(_crossing(plan, tree, decided), DataError)
    return Settled(plan, tree, decided, floors, plan.caps, _step(plan))


def _step(plan: Plan) -> int:
    """Give the step of the result: the minor unit where anything given is no multiple of the plan's."""
    given = [*plan.pins.values(), *plan.floors.values(), *plan.caps.values()]
    return plan.step if all(value % plan.step == 0 for value in given) else 1


def _above(plan: Plan, tree: Tree) -> dict[Unit, set[Span]]:
    """Collect the pinned or floored spans of every unit and of all units below it."""
    found: dict[Unit, set[Span]] = {}
    for unit, span in (*plan.pins, *plan.floors):
        row = tree.row[unit]
        while row >= 0:
            found.setdefault(tree.units[row], set()).add(span)
            row = int(tree.parent[row])
    return found


def _complete(
    plan: Plan, tree: Tree, above: Mapping[Unit, set[Span]]
) -> tuple[dict[Node, int], list[Problem]]:
    """Add the nodes whose parts are all decided; name pins that differ from the sum of such parts."""
    decided: dict[Node, int] = {}
    problems: list[Problem] = []
    for unit in sorted(above, key=lambda unit: -tree.row[unit]):
        for span in (*MONTHS, *QUARTERS, YEAR):
            if not any(within(other, span) for other in above[unit]):
                continue
            node, pin = (unit, span), plan.pins.get((unit, span))
            sums = _sums_of_parts(plan, node, decided)
            problems += [
                _contradiction(plan, node, pin, *pair) for pair in sums if pin not in (None, pair[1])
            ]
            if pin is not None or sums:
                decided[node] = pin if pin is not None else sums[0][1]
    return decided, problems


def _sums_of_parts(plan: Plan, node: Node, decided: Mapping[Node, int]) -> list[tuple[str, int]]:
    """Sum the parts of a node wherever all of them are decided: by time, and by units."""
    unit, span = node
    ways: list[tuple[str, list[Node]]] = []
    if span[1] - span[0] > 1:
        ways.append(("its shorter periods", [(unit, part) for part in shorter(span)]))
    kids = plan.children.get(unit, ())
    if kids:
        ways.append(("its units", [(kid, span) for kid in kids]))
    return [
        (way, sum(decided[part] for part in parts))
        for way, parts in ways
        if all(part in decided for part in parts)
    ]


def _floors(plan: Plan, decided: Mapping[Node, int], above: Mapping[Unit, set[Span]]) -> dict[Node, int]:
    """Give the least that each node can be: what is decided or floored inside it, the better of two sums."""
    known: dict[Node, int] = {}

    def least(node: Node) -> int:
        if node in known:
            return known[node]
        unit, span = node
        found = plan.floors.get(node, 0)
        if node in decided:
            found = max(found, decided[node])
        elif any(within(other, span) for other in above.get(unit, ())):
            found = max(found, *(sum(map(least, parts)) for parts in _ways(plan, node)), 0)
        known[node] = found
        return found

    for unit in above:
        for span in (YEAR, *QUARTERS, *MONTHS):
            least((unit, span))
    return known


def _ways(plan: Plan, node: Node) -> Iterator[list[Node]]:
    """Give the ways to take a node apart: into shorter spans, and into units."""
    unit, span = node
    yield [(unit, part) for part in shorter(span)] if span[1] - span[0] > 1 else []
    yield [(kid, span) for kid in plan.children.get(unit, ())]


def _overfull(plan: Plan, decided: Mapping[Node, int], floors: Mapping[Node, int]) -> Iterator[Problem]:
    """Name decisions that are smaller than what is decided or floored inside them, and by how much."""
    for node, value in decided.items():
        for parts in _ways(plan, node):
            inside = sum(floors.get(part, plan.floors.get(part, 0)) for part in parts)
            if inside > value and node in plan.pins:
                names = ", ".join(plan.label(part) for part in _pins_inside(plan, node))
                yield Problem(
                    f"goals: {plan.name}, {plan.label(node)}",
                    f"{plan.show(value)}, but the goals given inside it sum to {plan.show(inside)} ({names})",
                    "at least the sum of the goals inside it",
                    f"raise this goal by {plan.show(inside - value)}, or lower those of its parts by as much",
                )
                break


def _pins_inside(plan: Plan, node: Node) -> list[Node]:
    """List up to six pins and floors that lie inside a node, in their own order."""
    unit, span = node
    below = {unit}
    queue = [unit]
    for each in queue:
        queue.extend(plan.children.get(each, ()))
    below |= set(queue)
    given = {*plan.pins, *plan.floors} - {node}
    return sorted(other for other in given if other[0] in below and within(other[1], span))[:6]


def _capped(plan: Plan, decided: Mapping[Node, int]) -> Iterator[Problem]:
    """Name decisions that their caps, or the caps and decisions of all their parts, cannot hold."""
    for node, value in decided.items():
        cap = plan.caps.get(node)
        most = [cap] if cap is not None else []
        for parts in _ways(plan, node):
            known = [plan.caps.get(part, decided.get(part)) for part in parts]
            if parts and all(part is not None for part in known):
                most.append(sum(part for part in known if part is not None))
        if most and min(most) < value:
            yield Problem(
                f"goals: {plan.name}, {plan.label(node)}",
                f"{plan.show(value)}, but its caps leave room for {plan.show(min(most))}",
                "at most what the caps allow",
                f"lower this goal or raise the caps by {plan.show(value - min(most))}",
            )


def _crossing(plan: Plan, tree: Tree, decided: Mapping[Node, int]) -> Iterator[Problem]:
    """Name pins that lie partly inside a decision about a unit above them, and partly outside."""
    for unit, span in plan.pins:
        row = int(tree.parent[tree.row[unit]])
        held = False
        crossed: list[Node] = []
        while row >= 0:
            upper = tree.units[row]
            spans = [other for other in (YEAR, *QUARTERS, *MONTHS) if (upper, other) in decided]
            held = held or any(within(span, other) for other in spans)
            crossed += [(upper, other) for other in spans if within(other, span) and other != span]
            row = int(tree.parent[row])
        if crossed and not held:
            yield _crossed(plan, (unit, span), crossed[0])


def _contradiction(plan: Plan, node: Node, pin: int | None, way: str, found: int) -> Problem:
    return Problem(
        f"goals: {plan.name}, {plan.label(node)}",
        f"{plan.show(pin or 0)}, but the goals of {way} sum to {plan.show(found)}",
        "the sum of its parts, where all of them are given",
        "correct one of them, or leave one out so that it is worked out",
    )


def _crossed(plan: Plan, node: Node, other: Node) -> Problem:
    return Problem(
        f"goals: {plan.name}",
        f"{plan.label(node)} and {plan.label(other)}, which cross each other",
        "goals of which one holds the other, or which have nothing in common",
        f"give {plan.labels[other[1]]} for the smaller unit too, or leave one of the two out",
    )


def tops(decided: Mapping[Node, int], unit: Unit) -> Iterable[Span]:
    """Give the longest decided spans of a unit: none lies in another."""
    spans = [span for span in (YEAR, *QUARTERS, *MONTHS) if (unit, span) in decided]
    return [span for span in spans if not any(within(span, other) and span != other for other in spans)]
