"""Move one weight and let the others follow, without leaving what is admissible (§2.1, §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from salesperf_lib.weights.space import Cuts

Weights = tuple[Fraction, ...]
Limits = Sequence[tuple[Fraction, Fraction]]

GRID = 1000
"""Weights that follow are whole tenths of a per cent, wherever an end of their range does not say else."""

_DENOMINATOR = 10**6  # corners and limits arrive as floats: .6 is 3/5


def exact(value: float) -> Fraction:
    """Read a float as the fraction that it was written as."""
    return Fraction(value).limit_denominator(_DENOMINATOR)


def corners_of(points: Sequence[Sequence[float]]) -> tuple[Weights, ...]:
    """Read corners of a region as fractions; the last weight is what the others leave."""
    found: list[Weights] = []
    for point in points:
        first = [exact(float(x)) for x in point[:-1]]
        found.append((*first, 1 - sum(first, Fraction(0))))
    return tuple(found)


def move(corners: Sequence[Weights], held: Weights, number: int, asked: Fraction) -> Weights:
    """Set one of three weights; the other two share the rest, as close as possible to where they were.

    Parameters
    ----------
    corners
        Of the region: a polygon, a segment or a point.
    held
        The weights until now.
    number
        Which one moves.
    asked
        Where to; the nearest end of what the region allows, if it does not allow that.

    Returns
    -------
    tuple of Fraction
        Weights inside the region, summing to 1.
    """
    ends = [corner[number] for corner in corners]
    at = min(max(asked, min(ends)), max(ends))
    other, last = (place for place in range(3) if place != number)
    low, high = _reach(corners, number, at, other)
    share = held[other] + (held[number] - at) / 2  # both give or take the same: the nearest in distance
    found = dict.fromkeys(range(3), at)
    found[other] = min(max(_rounded(share), low), high)
    found[last] = 1 - at - found[other]
    return tuple(found[place] for place in range(3))


def nearest(corners: Sequence[Weights], point: Sequence[float]) -> Weights:
    """Give the admissible weights nearest to a point that was pointed at.

    Parameters
    ----------
    corners
        Of the region.
    point
        Three numbers summing to about 1.
    """
    first, second = (_rounded(exact(float(x))) for x in point[:2])
    asked = (first, second, 1 - first - second)
    if any(_inside(triangle, asked) for triangle in combinations(corners, 3)):
        return asked
    edges = list(combinations(corners, 2)) or [(corners[0], corners[0])]
    return min((_on_edge(a, b, asked) for a, b in edges), key=lambda found: _distance(found, asked))


def share_out(
    held: Mapping[str, Fraction], limits: Limits, name: str, asked: Fraction, cuts: Cuts | None = None
) -> dict[str, Fraction]:
    """Set one sub-weight; the others share the rest, as close as possible to where they were.

    Parameters
    ----------
    held
        The sub-weights until now, summing to 1.
    limits
        Least and most of each, in the same order.
    name
        Which one moves.
    asked
        Where to.
    cuts
        Further constraints; the move stops where it would break one.

    Returns
    -------
    dict
        Sub-weights within their limits, summing to 1.
    """
    names, start = list(held), list(held.values())
    number = names.index(name)
    low, high = limits[number]
    at = min(max(asked, low), high)
    others = [place for place in range(len(names)) if place != number]
    rest_low, rest_high = (sum((limits[place][end] for place in others), Fraction(0)) for end in (0, 1))
    at = min(max(at, 1 - rest_high), 1 - rest_low)
    shared = _levelled([start[place] for place in others], [limits[place] for place in others], 1 - at)
    found = list(start)
    found[number] = at
    for place, value in zip(others, shared, strict=True):
        found[place] = value
    return dict(zip(names, _stopped(start, found, cuts), strict=True))


def _reach(corners: Sequence[Weights], number: int, at: Fraction, other: int) -> tuple[Fraction, Fraction]:
    """Say between which ends another weight can stand while one is held."""
    found = [corner[other] for corner in corners if corner[number] == at]
    for a, b in combinations(corners, 2):
        if min(a[number], b[number]) < at < max(a[number], b[number]):
            part = (at - a[number]) / (b[number] - a[number])
            found.append(a[other] + part * (b[other] - a[other]))
    return min(found), max(found)


def _rounded(value: Fraction) -> Fraction:
    return Fraction(round(value * GRID), GRID)


def _inside(triangle: Sequence[Weights], point: Weights) -> bool:
    (ax, ay, _), (bx, by, _), (cx, cy, _) = triangle
    whole = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    if whole == 0:
        return False
    x, y = point[0] - ax, point[1] - ay
    along = (x * (cy - ay) - (cx - ax) * y) / whole
    across = ((bx - ax) * y - x * (by - ay)) / whole
    return along >= 0 and across >= 0 and along + across <= 1


def _on_edge(a: Weights, b: Weights, point: Weights) -> Weights:
    edge = [y - x for x, y in zip(a, b, strict=True)]
    length = sum((x * x for x in edge), Fraction(0))
    if length == 0:
        return a
    along = sum(((p - x) * e for p, x, e in zip(point, a, edge, strict=True)), Fraction(0)) / length
    part = _rounded(min(max(along, Fraction(0)), Fraction(1)))
    return tuple(x + part * e for x, e in zip(a, edge, strict=True))


def _distance(a: Weights, b: Weights) -> Fraction:
    return sum(((x - y) ** 2 for x, y in zip(a, b, strict=True)), Fraction(0))


def _levelled(held: Sequence[Fraction], limits: Limits, total: Fraction) -> list[Fraction]:
    """Raise or lower weights by the same amount until they sum to a total, each within its limits.

    Notes
    -----
    The nearest point in distance: clip(held + t) with the t that meets the total. What is free is
    counted again whenever a weight meets its limit, so at most once for each.
    """
    found, free = list(held), set(range(len(held)))
    while free:
        fixed = sum((found[place] for place in range(len(held)) if place not in free), Fraction(0))
        step = (total - fixed - sum(held[place] for place in free)) / len(free)
        clipped = {place: min(max(held[place] + step, limits[place][0]), limits[place][1]) for place in free}
        over = sum((clipped[place] - held[place] - step for place in free), Fraction(0))
        for place in free:
            found[place] = clipped[place]
        # Those clipped in the direction of the excess stay; without any, the total is met.
        stuck = {
            place for place in free if (clipped[place] - held[place] - step) * (1 if over >= 0 else -1) > 0
        }
        if over == 0 or not stuck:
            break
        free -= stuck
    return _on_grid(found, limits, total)


def _on_grid(values: Sequence[Fraction], limits: Limits, total: Fraction) -> list[Fraction]:
    """Round weights to tenths of a per cent; the difference goes where there is room."""
    found = [min(max(_rounded(x), low), high) for x, (low, high) in zip(values, limits, strict=True)]
    for place, (low, high) in enumerate(limits):
        rest = total - sum(found, Fraction(0))
        found[place] = min(max(found[place] + rest, low), high)
    return found


def _stopped(start: Sequence[Fraction], end: Sequence[Fraction], cuts: Cuts | None) -> list[Fraction]:
    """Go from one scheme towards another, as far as the constraints allow."""
    part = Fraction(1)
    for normal, least in zip(cuts.normals, cuts.least, strict=True) if cuts is not None else ():
        factors = [exact(float(x)) for x in normal]
        before = sum((f * x for f, x in zip(factors, start, strict=True)), Fraction(0)) - exact(float(least))
        after = sum((f * x for f, x in zip(factors, end, strict=True)), Fraction(0)) - exact(float(least))
        if after < 0 and after < before:
            part = min(part, max(before, Fraction(0)) / (before - after))
    return [x + part * (y - x) for x, y in zip(start, end, strict=True)]
