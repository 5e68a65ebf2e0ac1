"""Rates do not add up: units stretch equally until their weighted mean is the parent's target (§1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

EDGE = 1e-9
"""How near 0 or 1 a baseline share may lie: at the edge itself no stretch would move it."""
DIGITS = 6
"""Decimals of the finest step, and some to spare: a whole number of steps is written as such a decimal."""
SLACK = 1e-6
"""How far inside its own half step a mean must lie, in steps: a tie is nobody's to win."""
MOVES = 10
"""Steps that a part may move at most to bring a mean back: a whole step of the next coarser size."""
REACH = 60.0
"""Largest shift in log-odds that is tried; it takes a share from one edge to the other."""


def shrink(value: ArrayLike, n: ArrayLike, parent: float, prior_n: float) -> Floats:
    """Draw the baselines of small units toward their parent's.

    Parameters
    ----------
    value
        Each unit's own rate; NaN where it has none.
    n
        The observations behind it.
    parent
        The parent's rate.
    prior_n
        Observations that the parent's rate counts for.

    Returns
    -------
    array
        One baseline per unit: (n·value + prior_n·parent) / (n + prior_n); the parent's own where
        the unit has no value (METHODS §2.2).
    """
    own, size = np.asarray(value, float), np.nan_to_num(np.asarray(n, float))
    size = np.where(np.isnan(own), 0.0, size)
    weight = np.where(size + prior_n > 0, size / np.where(size + prior_n > 0, size + prior_n, 1.0), 0.0)
    return weight * np.nan_to_num(own) + (1.0 - weight) * parent


def equal_stretch(target: float, base: ArrayLike, weight: ArrayLike, *, share: bool) -> tuple[Floats, float]:
    """Stretch every unit equally so that the weighted mean of the parts is the whole.

    Parameters
    ----------
    target
        The parent's target.
    base
        The units' baselines; shares 0–1, other rates above zero.
    weight
        The units' denominators under the target; not negative.
    share
        Whether the rate is a share: shifted in log-odds, and so never outside 0–1. Other rates are
        multiplied by the same factor.

    Returns
    -------
    tuple
        The units' targets in their order, and the stretch: δ of the log-odds, or g of (1 + g).

    Raises
    ------
    ValueError
        If a share's target does not lie above 0 and up to 1, another rate's not above 0.

    Notes
    -----
    p_i = expit(logit p⁰_i + δ) or x⁰_i·(1 + g), with Σ w·p / Σ w = target: one root each
    (METHODS §1.2). Weights that are all zero count as all equal.
    """
    start, weights = np.asarray(base, float), _some(np.asarray(weight, float))
    if not share:
        if not target > 0:
            raise ValueError(f"a rate's target must be above 0, not {target}")
        mean = float(start @ weights / weights.sum())
        if mean <= 0:
            return np.full(start.shape, target), np.nan
        return start * (target / mean), target / mean - 1.0
    if not 0 < target <= 1:
        raise ValueError(f"a share's target must lie above 0 and up to 1, not {target}")
    if target == 1:
        return np.ones(start.shape), np.inf
    odds = np.log(_inside(start)) - np.log1p(-_inside(start))
    shift = _root(target, odds, weights / weights.sum())
    return _expit(odds + shift), shift


def shown_step(unit: str, value: ArrayLike, scale: int = 100) -> Floats:
    """Give the step in which a reader sees a rate of this size.

    Parameters
    ----------
    unit
        Of the rate.
    value
        Rates; money in minor units.
    scale
        Minor units in one major unit of money.

    Returns
    -------
    array
        A step for each: the last digit that `language.value_text` writes. Money is a whole major unit,
        which the full figures of a target book show, and from 100 major units down a tenth of one,
        because there a whole unit would move the target by more than half a hundredth.
    """
    size = np.abs(np.asarray(value, float))
    if unit == "share":
        return np.where(size < 0.1, 0.0001, 0.001)
    if unit == "money":
        return np.where(size < 100 * scale, scale / 10, float(scale))
    if unit == "count":
        return np.where(size < 1000, 0.1, 1.0)
    return np.full(size.shape, {"ratio": 0.01, "points": 0.01, "seconds": 0.1}.get(unit, 1.0))


def to_step(value: float, unit: str, scale: int = 100) -> float:
    """Round one rate half up to the step in which a reader sees it, as the page itself does."""
    step = float(shown_step(unit, value, scale))
    whole = (Decimal(value) / Decimal(repr(step))).quantize(Decimal(1), ROUND_HALF_UP)
    return round(float(whole) * step, DIGITS)


def round_parts(
    target: float,
    parts: ArrayLike,
    weight: ArrayLike,
    *,
    unit: str,
    scale: int = 100,
    pinned: Flags | None = None,
) -> Floats:
    """Round the parts of a rate so that their weighted mean still reads as the whole.

    Parameters
    ----------
    target
        The parent's published target.
    parts
        The parts' targets as solved; their weighted mean is the target.
    weight
        Their denominators.
    unit, scale
        Of the rate, as in `shown_step`.
    pinned
        Parts that were decided: they stay as they are. None if not given.

    Returns
    -------
    array
        The parts as whole numbers of the steps in which a reader sees them; the weighted mean, rounded
        like the parent, is the parent as a reader sees it. Where no such numbers exist, the parts that
        are not pinned stay as solved. A part alone is the parent. Nothing is rounded down to zero.

    Notes
    -----
    Every part starts at its nearest number. Where the mean misses, the parts nearest to a tie go to their
    other neighbour, and those that turn out not to be needed go back. With one step for all, a part
    moves the mean by less than a step, which is the width of what is allowed: there is always a
    solution. A share under 0.1 has finer steps than one above; beside such, it may move up to ten.
    """
    solved, weights = np.asarray(parts, float), _some(np.asarray(weight, float))
    free = np.ones(solved.shape, bool) if pinned is None else ~pinned
    if len(solved) == 1 and free.all():
        return np.array([target])
    step = shown_step(unit, solved, scale)
    whole = np.floor(solved / step + 0.5)
    start = np.where((solved > 0) & (whole == 0), 1.0, whole) * step
    family = _Family(unit, scale, solved, step, weights / weights.sum(), free)
    aim = to_step(target, unit, scale)
    allowed = float(shown_step(unit, target, scale)) * (0.5 - SLACK)
    found = family.brought_to(aim, allowed, np.where(free, start, solved))
    return solved.copy() if found is None else np.where(free, np.round(found, DIGITS), solved)


@dataclass(frozen=True, slots=True)
class _Family:
    """The parts of one whole: as solved, with their steps, their shares of the weight, and who may move."""

    unit: str
    scale: int
    solved: Floats
    step: Floats
    share: Floats
    free: Flags

    def brought_to(self, aim: float, allowed: float, parts: Floats) -> Floats | None:
        """Move parts step by step until their mean is as near to `aim` as is allowed; None if it cannot."""
        miss = float(parts @ self.share) - aim
        way, short = (1.0, -miss) if miss < 0 else (-1.0, miss)
        gain = self.step * self.share
        for _ in range(MOVES):
            if short <= allowed:
                return parts
            order = self._movable(parts, way, gain, short + allowed)
            within = short - np.cumsum(gain[order])
            stop = int(np.searchsorted(-within, -allowed))  # the first with which the mean is near enough
            taken = order[: stop + 1] if stop < len(order) and within[stop] >= -allowed else order[:stop]
            if not len(taken):
                return None
            parts = parts.copy()
            parts[taken] += way * self.step[taken]
            short = self._without_spare(parts, way, taken, short - float(gain[taken].sum()), allowed)
        return parts if short <= allowed else None

    def _movable(self, parts: Floats, way: float, gain: Floats, room: float) -> NDArray[np.intp]:
        """Order the parts that can move a step, those first that are nearest to a tie."""
        after = parts + way * self.step
        seen = shown_step(self.unit, after, self.scale) <= self.step
        most = 1.0 if self.unit == "share" else np.inf
        can = self.free & seen & (after > self.step / 2) & (after < most + self.step / 2)
        can &= (gain > 0) & (gain <= room)
        loss = np.abs(after - self.solved) - np.abs(parts - self.solved)
        places = np.flatnonzero(can)
        return places[np.lexsort((-gain[places], loss[places].round(9)))]

    def _without_spare(
        self, parts: Floats, way: float, taken: NDArray[np.intp], short: float, allowed: float
    ) -> float:
        """Take back the moves that the mean does not need, the dearest first."""
        for place in taken[::-1]:
            back = short + float(self.step[place] * self.share[place])
            if back <= allowed:
                parts[place] -= way * self.step[place]
                short = back
        return short


def _root(target: float, odds: Floats, weights: Floats) -> float:
    """Find the shift by bisection: the mean rises strictly with it, so there is exactly one."""
    low, high = -REACH, REACH
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if float(_expit(odds + middle) @ weights) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _expit(odds: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-odds))


def _inside(share: Floats) -> Floats:
    return np.clip(share, EDGE, 1.0 - EDGE)


def _some(weights: Floats) -> Floats:
    return weights if weights.sum() > 0 else np.ones_like(weights)
