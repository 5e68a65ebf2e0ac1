"""Whole numbers that add up to a whole number (§1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor, isfinite, lcm

Number = int | float | Fraction


def largest_remainder(total: int, weights: Sequence[Number]) -> list[int]:
    """Share a whole number in proportion to weights, each part within one unit of its exact share.

    Parameters
    ----------
    total
        What is shared, in whole units, not negative; of any size.
    weights
        Not negative, at least one above zero. A zero weight gets zero.

    Returns
    -------
    list of int
        One part per weight, in their order; they sum to `total` exactly.

    Raises
    ------
    ValueError
        If the total is negative, or the weights are negative, not finite or all zero.

    Notes
    -----
    Hamilton's method: every part gets the whole units of its exact share, the units left over go one
    each to the largest remainders; of equal remainders the earlier entry is served first, so a
    caller who sorts by a key gets the same parts for any order of rows. Computed in integers: a
    float weight counts with its exact binary value, and nothing depends on the size of the total.
    """
    counts = _integers(weights)
    whole = sum(counts)
    if total < 0 or whole == 0:
        raise ValueError(f"cannot share {total} over weights that sum to {whole}")
    parts = [total * count // whole for count in counts]
    rests = [total * count % whole for count in counts]
    by_rest = sorted(range(len(counts)), key=lambda i: (-rests[i], i))
    for i in by_rest[: total - sum(parts)]:
        parts[i] += 1
    return parts


def close_to(total: int, values: Sequence[float]) -> list[int]:
    """Round signed figures so that they sum to a whole number: the figures are near it, not yet on it.

    Returns
    -------
    list of int
        One whole number per value, in their order; they sum to `total` exactly.

    Notes
    -----
    Floors, then the units left over to the largest fractions, the earlier first. Values whose sum
    is off by more than the rounding carry the difference in equal parts.
    """
    if not values:
        raise ValueError("nothing to round")
    exact = [Fraction(value) for value in values]
    shift = (Fraction(total) - sum(exact)) / len(exact)
    exact = [value + shift for value in exact]
    parts = [floor(value) for value in exact]
    by_rest = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_rest[: total - sum(parts)]:
        parts[i] += 1
    return parts


def _integers(weights: Sequence[Number]) -> list[int]:
    """Scale weights to integers in exactly the same proportion."""
    if all(isinstance(weight, int) for weight in weights):
        counts = [int(weight) for weight in weights]
    else:
        if not all(isinstance(weight, int | Fraction) or isfinite(weight) for weight in weights):
            raise ValueError(f"weights must be finite: {list(weights)}")
        exact = [Fraction(weight) for weight in weights]
        scale = lcm(*(weight.denominator for weight in exact))
        counts = [int(weight * scale) for weight in exact]
    if any(count < 0 for count in counts):
        raise ValueError(f"weights must not be negative: {list(weights)}")
    return counts
