"""What a result hangs on: weights, noise, rules; and whether weights matter more than noise (§4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from salesperf_lib.errors import DataError, ParamError, Problem
from salesperf_lib.weights.panel import FloatArray, IntArray

Evaluate = Callable[[Sequence[Any]], FloatArray]

UNCERTAIN = 0.05
"""Somebody's grade is uncertain if it is another one more often than this."""

_BLOCK = 1024
_STILL = 1e-10
_HALF = 2.0**-31


@dataclass(frozen=True, slots=True)
class Driver:
    """One thing that may vary, independently of all others: a group of uniform numbers, and what they become.

    Parameters
    ----------
    name
        Its name, unlike all others.
    dims
        How many uniform numbers it takes.
    sampler
        Makes values of uniform numbers (b, dims), row by row: what `evaluate` understands.
    """

    name: str
    dims: int
    sampler: Callable[[FloatArray], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Indices:
    """Sobol indices of several outputs.

    Parameters
    ----------
    names
        The drivers, d of them, as given.
    first, total
        Share of an output's variance that a driver explains alone, and together with others: shape (d, m).
        NaN for an output without variance.
    variance
        Of the outputs, shape (m,).
    first_share, total_share
        The same for all outputs together, weighted by variance: shape (d,). NaN if none varies.
    """

    names: tuple[str, ...]
    first: FloatArray
    total: FloatArray
    variance: FloatArray
    first_share: FloatArray
    total_share: FloatArray


@dataclass(frozen=True, slots=True)
class Flips:
    """How often people have another grade than the published one: by other weights, and by noise.

    Parameters
    ----------
    weights, noise
        Mean over people of 1 − share of the published grade; NaN without people.
    ratio
        weights / noise; NaN where noise changes nothing.
    uncertain_weights, uncertain_noise
        People whose grade is another one in more than `UNCERTAIN` of the draws.
    people, left_out
        Those counted, and those without shares of both kinds.
    """

    weights: float
    noise: float
    ratio: float
    uncertain_weights: int
    uncertain_noise: int
    people: int
    left_out: int


def sobol_indices(evaluate: Evaluate, drivers: Sequence[Driver], draws: int, seed: int) -> Indices:
    """Split the variance of outputs among independent drivers.

    Parameters
    ----------
    evaluate
        Gives outputs (b, m), row by row, from what the drivers' samplers made, in the order of `drivers`.
    drivers
        One or more. Weights that sum to 1 are dependent: they are one driver together.
    draws
        A power of two, N. `evaluate` sees N · (drivers + 2) rows, in blocks: memory stays flat.
    seed
        Of the scrambled Sobol points.

    Returns
    -------
    Indices
        The same whatever the order of drivers. Estimates: may be a little below 0 or above 1.

    Raises
    ------
    ParamError
        If there is no driver, two have one name, one has no dimension, or draws is no power of two.
    DataError
        If `evaluate` gives another shape, or something that is not a number.

    Notes
    -----
    A and B are two halves of the columns of one Sobol sequence; A_B^i is A with the columns of group i
    from B. With f centred by its mean over A and B, for all columns of a group at once:
    V_i = Σ f(B)(f(A_B^i) − f(A))/N, S_i = V_i/V (Saltelli et al. 2010, Table 2 b);
    S_Ti = Σ (f(A) − f(A_B^i))²/2N/V (Jansen 1999); V over A and B.
    Together: Σ_m V_m S_im / Σ_m V_m (Lamboni et al. 2011; Gamboa et al. 2014).
    """
    _fail_if_undriven(drivers, draws)
    own, first, second = _points(drivers, draws, seed)
    total, centre = np.zeros(0), np.zeros(0)
    for start in range(0, draws, _BLOCK):
        rows = slice(start, start + _BLOCK)
        base, other, mixed = _evaluated(evaluate, drivers, own, (first[rows], second[rows]))
        if not start:
            centre = (base.mean(axis=0) + other.mean(axis=0)) / 2
            total = np.zeros((3 * len(drivers) + 2, len(centre)))
        total += _sums(base - centre, other - centre, mixed - centre)
    return _indices(tuple(driver.name for driver in drivers), total / draws, centre)


def flip_rates(by_weights: FloatArray, by_noise: FloatArray, published: IntArray) -> Flips:
    """Compare how often weights and how often measurement noise give people another grade.

    Parameters
    ----------
    by_weights, by_noise
        Shares of the grades, shape (n, grades), best first; a row with a NaN is left out, and counted.
    published
        Place of the published grade, 0 = best, shape (n,).

    Returns
    -------
    Flips
        Both over the same people.

    Raises
    ------
    DataError
        If the shapes differ, or a published grade is none of the grades.
    """
    _fail_if_ungraded(by_weights, by_noise, published)
    known = np.isfinite(by_weights).all(axis=1) & np.isfinite(by_noise).all(axis=1)
    rows = np.flatnonzero(known)
    flips = tuple(1 - shares[rows, published[rows]] for shares in (by_weights, by_noise))
    weights, noise = (float(flip.mean()) if len(rows) else float("nan") for flip in flips)
    # A share of .95 is not quite 1 - .05.
    unsure = [int((flip > UNCERTAIN + 1e-12).sum()) for flip in flips]
    return Flips(
        weights=weights,
        noise=noise,
        ratio=weights / noise if noise > 0 else float("nan"),
        uncertain_weights=unsure[0],
        uncertain_noise=unsure[1],
        people=len(rows),
        left_out=len(published) - len(rows),
    )


def _points(
    drivers: Sequence[Driver], draws: int, seed: int
) -> tuple[tuple[slice, ...], FloatArray, FloatArray]:
    """Draw A and B, and say which columns are whose: dealt out by name, so that order changes nothing."""
    from scipy.stats import qmc

    size = sum(driver.dims for driver in drivers)
    engine = qmc.Sobol(2 * size, scramble=True, rng=np.random.default_rng(seed))
    # In the middle of their cells: no 0, which many samplers cannot take.
    drawn = engine.random_base2(draws.bit_length() - 1) + _HALF
    place: dict[str, slice] = {}
    start = 0
    for driver in sorted(drivers, key=lambda driver: driver.name):
        place[driver.name] = slice(start, start + driver.dims)
        start += driver.dims
    return tuple(place[driver.name] for driver in drivers), drawn[:, :size], drawn[:, size:]


def _evaluated(
    evaluate: Evaluate,
    drivers: Sequence[Driver],
    own: Sequence[slice],
    points: tuple[FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Evaluate A, B, and A with one driver's values from B: (b, m), (b, m), (d, b, m)."""
    base, other = (
        [driver.sampler(uniform[:, at]) for driver, at in zip(drivers, own, strict=True)]
        for uniform in points
    )
    mixes = [[*base[:at], other[at], *base[at + 1 :]] for at in range(len(drivers))]
    found = [np.asarray(evaluate(values), float) for values in (base, other, *mixes)]
    _fail_if_unusable(found, len(points[0]))
    return found[0], found[1], np.stack(found[2:])


def _sums(base: FloatArray, other: FloatArray, mixed: FloatArray) -> FloatArray:
    """Add up a block: by driver f(B)Δ, Δ and Δ², Δ = f(A_B^i) − f(A); then f and f² over A and B."""
    change = mixed - base
    level = (base + other).sum(axis=0) / 2
    power = (base * base + other * other).sum(axis=0) / 2
    by_driver = [(other * change).sum(axis=1), change.sum(axis=1), (change * change).sum(axis=1)]
    return np.concatenate([*by_driver, level[None], power[None]])


def _indices(names: tuple[str, ...], means: FloatArray, centre: FloatArray) -> Indices:
    cross, drift, square = np.split(means[:-2], 3)
    level, power = means[-2], means[-1]
    variance = np.maximum(power - level * level, 0.0)
    varies = variance > (_STILL * (1 + np.abs(centre))) ** 2
    alone, whole = cross - level * drift, square / 2
    own = np.where(varies, variance, np.nan)
    everything = float(variance[varies].sum()) if varies.any() else float("nan")
    return Indices(
        names=names,
        first=alone / own,
        total=whole / own,
        variance=variance,
        first_share=alone[:, varies].sum(axis=1) / everything,
        total_share=whole[:, varies].sum(axis=1) / everything,
    )


def _fail_if_undriven(drivers: Sequence[Driver], draws: int) -> None:
    names = [driver.name for driver in drivers]
    problems = [
        Problem(f"driver {driver.name}", f"{driver.dims} dimensions", "1 or more")
        for driver in drivers
        if driver.dims < 1
    ]
    if not names or len(set(names)) < len(names):
        problems.append(Problem("drivers", ", ".join(names) or "none", "one or more, of different names"))
    if draws < 2 or draws & (draws - 1):
        problems.append(Problem("sensitivity, draws", f"{draws}", "a power of two from 2, such as 4096"))
    if problems:
        raise ParamError(*problems)


def _fail_if_unusable(outputs: Sequence[FloatArray], rows: int) -> None:
    for output in outputs:
        if output.ndim != 2 or len(output) != rows or output.shape != outputs[0].shape:
            raise DataError(Problem("evaluate", f"outputs of shape {output.shape}", f"({rows}, m)"))
        if not np.isfinite(output).all():
            raise DataError(Problem("evaluate", "outputs that are no numbers", "numbers"))


def _fail_if_ungraded(by_weights: FloatArray, by_noise: FloatArray, published: IntArray) -> None:
    if by_weights.shape != by_noise.shape or by_weights.shape[:1] != published.shape:
        found = f"{by_weights.shape}, {by_noise.shape}, {published.shape}"
        raise DataError(Problem("flip rates, shapes", found, "(n, grades), (n, grades), (n,)"))
    grades = by_weights.shape[1]
    wrong = int(((published < 0) | (published >= grades)).sum())
    if wrong:
        raise DataError(Problem("flip rates", f"{wrong} published grades out of range", f"0 to {grades - 1}"))
