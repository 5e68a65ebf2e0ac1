"""Weightings at random from the admissible ones: endless, and the same for everybody (METHODS §4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.region import TOLERANCE, tighten
from salesperf_lib.weights.gibbs import FLAT, Inner, inner_of, walk
from salesperf_lib.weights.limits import (
    Body,
    body_of,
    fail_if_contradictory,
    limits_of,
    ranges_in,
)
from salesperf_lib.weights.panel import FloatArray, IntArray, KpiSet
from salesperf_lib.weights.polygon import Tilt, propose, spread_over, tilt_of
from salesperf_lib.weights.space import Cuts, Draws, Prior, WeightSpace

__all__ = ["BLOCK", "draw", "fail_if_contradictory", "limits_of", "ranges_in"]

BLOCK = 1024
LAST = 2**30  # points of the Sobol sequence at its 30 bits
_INSIDE, _DIMENSIONS = 1, 2
_ENOUGH = 0.02
_HOPELESS = 1e-3
_PILOT = 4096
_MOST = 65536
_EVEN = 1e-12
_Way = Literal["point", "low", "high", "chain"]


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """How the sub-weights of a set are drawn.

    Parameters
    ----------
    way
        ``low`` and ``high``: rejection from the simplex that touches the lows or the highs.
    share
        How much of it is accepted.
    rest
        Sub-weights that stand still, and 0 for the others: shape (k,).
    free
        Columns of those that move.
    body
        What those may do.
    inner
        The same from inside, for chains.
    """

    way: _Way
    share: float
    rest: FloatArray
    free: IntArray
    body: Body
    inner: Inner | None

    @property
    def size(self) -> int:
        """Give the number of dimensions in which the set can move."""
        if self.way == "point":
            return 0
        return self.inner.size if self.inner is not None else len(self.free) - 1


_AT_ONCE = 16
"""Blocks of Sobol points that are made together: setting a sequence up costs more than its points."""


def draw(space: WeightSpace, start: int, stop: int) -> Draws:
    """Draw the weightings of a stretch of an endless sequence.

    Parameters
    ----------
    space
        What is admissible, the prior and the seed.
    start, stop
        Numbers of the first weighting, and of the first that is left out.

    Returns
    -------
    Draws
        The same numbers give the same weights to the last bit, in whatever pieces they are asked for.
        Sets that cannot move have one row.

    Raises
    ------
    ParamError
        If limits are no numbers, contradict each other, or hardly ever meet a Dirichlet prior.

    Notes
    -----
    ``nested``: scrambled Sobol on the region; uniform sub-weights in each set, independent.
    ``polytope``: uniform on all ω_dk = w_d·v_dk; limits scale with w_d, so v stays uniform and w has a
    density ∝ Π w_d^e_d, e_d = Σ (dimension of the set) over the sets of d that can move.
    ``dirichlet``: w ~ Dir(c·centre) on the region, v ~ Dir(c·base) within limits and cuts.
    Uniform sub-weights: rejection while more than 2 % is accepted, else pair-Gibbs. A set's stream hangs
    on its role, layer, dimension and KPIs, not on its place; sets that differ only in their date share it.
    """
    _fail_if_wrong(space, start, stop)
    plans = [_plan_of(*given) for given in zip(space.sets, space.limits, space.cuts, strict=True)]
    first = start // BLOCK
    blocks = range(first, max(-(-stop // BLOCK), first + 1))
    cut = slice(start - first * BLOCK, stop - first * BLOCK)
    inside = [
        plan.rest[None]
        if plan.way == "point"
        else np.concatenate([_sub_weights(space, item, plan, block) for block in blocks])[cut]
        for item, plan in zip(space.sets, plans, strict=True)
    ]
    return Draws(_dimensions(space, plans, blocks)[cut], tuple(inside))


def _dimensions(space: WeightSpace, plans: list[_Plan], blocks: range) -> FloatArray:
    """Draw the dimension weights of whole blocks."""
    if space.prior == "nested":
        return spread_over(space.corners, _sobol(space.seed, blocks))
    exponents = space.concentration * np.asarray(space.centre, float) - 1
    if space.prior == "polytope":
        exponents = np.zeros(len(DIMENSIONS))
        for item, plan in zip(space.sets, plans, strict=True):
            exponents[DIMENSIONS.index(item.dimension)] += plan.size
    corners = np.ascontiguousarray(space.corners, float)
    tilt = _tilt(corners.tobytes(), exponents.tobytes())
    where = f"prior {space.prior} of the dimension weights"
    drawn: list[FloatArray] = []
    for block in blocks:
        rng = _stream(space.seed, _DIMENSIONS, space.prior, block)
        drawn.append(_filled(lambda count, rng=rng: propose(tilt, count, rng), 1.0, where))
    return np.concatenate(drawn, axis=1).T


def _sub_weights(space: WeightSpace, item: KpiSet, plan: _Plan, block: int) -> FloatArray:
    """Draw the sub-weights of a set for one block."""
    name = "\x1f".join([item.role, item.layer, item.dimension, *item.kpis])
    rng = _stream(space.seed, _INSIDE, name, block)
    body, way = plan.body, plan.way
    if space.prior == "dirichlet":
        where = f"prior dirichlet of role {item.role}, {item.layer}, dimension {item.dimension}"
        strength = space.concentration * np.asarray(item.base, float)[plan.free]
        found = _filled(lambda count: _around(body, strength, count, rng), 1.0, where)
    elif way == "chain" and plan.inner is not None:
        found = walk(plan.inner, BLOCK, rng)
        found = np.clip(found, body.low[:, None], body.high[:, None])
    else:
        found = _filled(lambda count: _shifted(body, way, count, rng), plan.share, item.role)
    whole = np.repeat(plan.rest[None], BLOCK, axis=0)
    whole[:, plan.free] = found.T
    return whole


def _filled(attempt: Callable[[int], FloatArray], share: float, where: str) -> FloatArray:
    """Try until a block is full; every attempt returns the accepted ones of so many, one a column."""
    kept: list[FloatArray] = []
    have = tried = 0
    while have < BLOCK:
        count = min(int(1.1 * (BLOCK - have) / share) + 16, _MOST)
        kept.append(attempt(count))
        have, tried = have + kept[-1].shape[1], tried + count
        share = max(have, 1) / tried
        if have < BLOCK and tried * _HOPELESS >= BLOCK and share < _HOPELESS:
            found = f"{have} of {tried} draws inside the limits and constraints"
            todo = "raise the concentration, widen the limits, or take the nested prior"
            raise ParamError(Problem(where, found, "at least 1 in 1,000", todo))
    return np.concatenate(kept, axis=1)[:, :BLOCK]


def _shifted(body: Body, way: _Way, count: int, rng: np.random.Generator) -> FloatArray:
    """Draw evenly from the simplex at the lows, or the mirrored one at the highs; keep what is inside."""
    mix = rng.standard_exponential((len(body.low), count))
    mix /= mix.sum(axis=0)
    if way == "low":
        found = body.low[:, None] + mix * (body.total - body.low.sum())
        return _cut(body, found, found <= body.high[:, None])
    found = body.high[:, None] - mix * (body.high.sum() - body.total)
    return _cut(body, found, found >= body.low[:, None])


def _around(body: Body, strength: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """Draw from a Dirichlet; keep what is inside."""
    mix = rng.standard_gamma(strength[:, None], (len(strength), count))
    whole = mix.sum(axis=0)
    found = np.divide(body.total * mix, whole, out=np.full_like(mix, np.nan), where=whole > 0)
    inside = (found >= body.low[:, None]) & (found <= body.high[:, None])
    return _cut(body, found, inside)


def _cut(body: Body, found: FloatArray, inside: NDArray[np.bool_]) -> FloatArray:
    found = found[:, inside.all(axis=0)]
    if len(body.least):
        return found[:, (body.normals @ found >= body.least[:, None]).all(axis=0)]
    return found


def _plan_of(item: KpiSet, limits: FloatArray, cuts: Cuts | None) -> _Plan:
    where = f"sub-weights of role {item.role}, {item.layer}, dimension {item.dimension}"
    body = body_of(limits, cuts, where)
    if len(body.low) != len(item.kpis):
        raise ParamError(Problem(where, f"{len(body.low)} limits", f"{len(item.kpis)}, one for each KPI"))
    held = (body.low, body.high, body.normals, body.least)
    plan = _plan(len(body.low), *(np.ascontiguousarray(part).tobytes() for part in held))
    if plan is None:
        todo = "drop or loosen a constraint, or let the sub-weights move further"
        raise ParamError(Problem(where, "limits and constraints that no weighting meets", "some", todo))
    return plan


@lru_cache(maxsize=4096)
def _plan(k: int, low: bytes, high: bytes, normals: bytes, least: bytes) -> _Plan | None:
    """Choose how a set is drawn; None if nothing meets its limits and constraints."""
    ends = np.column_stack([np.frombuffer(low), np.frombuffer(high)])
    if ends[:, 0].sum() > 1 + TOLERANCE or ends[:, 1].sum() < 1 - TOLERANCE:
        return None
    ends = tighten(ends.tolist())
    moving = ends[:, 1] - ends[:, 0] > _EVEN
    rest = np.where(moving, 0.0, ends[:, 0])
    matrix, bound = np.frombuffer(normals).reshape(-1, k), np.frombuffer(least)
    free = np.flatnonzero(moving)
    held = (ends[free, 0], ends[free, 1], float(1 - rest.sum()), matrix[:, free], bound - matrix @ rest)
    body = Body(*held)
    if not len(free):
        return _Plan("point", 1.0, rest, free, body, None) if (body.least <= FLAT).all() else None
    shares = {way: _accepted(body, way) for way in ("low", "high")}
    best: _Way = "low" if shares["low"] >= shares["high"] else "high"
    if shares[best] > _ENOUGH:
        return _Plan(best, shares[best], rest, free, body, None)
    inner = inner_of(body)
    if inner is None or inner.size:
        return None if inner is None else _Plan("chain", 0.0, rest, free, body, inner)
    rest[free] = inner.start
    return _Plan("point", 1.0, rest, free, body, None)


def _accepted(body: Body, way: _Way) -> float:
    rng = np.random.Generator(np.random.SFC64(_PILOT))
    return _shifted(body, way, _PILOT, rng).shape[1] / _PILOT


@lru_cache(maxsize=8)
def _tilt(corners: bytes, exponents: bytes) -> Tilt:
    return tilt_of(np.frombuffer(corners).reshape(-1, 3), np.frombuffer(exponents))


def _sobol(seed: int, blocks: range) -> FloatArray:
    """Give the scrambled Sobol points of blocks, shape (draws, 2)."""
    first, last = blocks.start // _AT_ONCE, (blocks.stop - 1) // _AT_ONCE
    points = np.concatenate([_sobol_stretch(seed, number) for number in range(first, last + 1)])
    start = (blocks.start - first * _AT_ONCE) * BLOCK
    return points[start : start + len(blocks) * BLOCK]


@lru_cache(maxsize=4)
def _sobol_stretch(seed: int, number: int) -> FloatArray:
    from scipy.stats import qmc

    sequence = qmc.Sobol(d=2, scramble=True, rng=seed)
    if number:
        sequence.fast_forward(number * _AT_ONCE * BLOCK)
    return sequence.random(_AT_ONCE * BLOCK)


def _stream(seed: int, what: int, name: str, block: int) -> np.random.Generator:
    """Give a block of a named thing its own chance, whatever else is drawn."""
    digest = blake2b(name.encode(), digest_size=8).digest()
    key = (what, int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:], "big"), block)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))


def _fail_if_wrong(space: WeightSpace, start: int, stop: int) -> None:
    problems: list[Problem] = []
    if not 0 <= start <= stop <= LAST:
        problems.append(Problem("draws", f"numbers {start} to {stop}", f"0 ≤ start ≤ stop ≤ {LAST}"))
    if space.prior not in get_args(Prior):
        problems.append(Problem("prior", str(space.prior), ", ".join(get_args(Prior))))
    if not (np.isfinite(space.concentration) and space.concentration > 0):
        problems.append(Problem("concentration", f"{space.concentration}", "a number above 0"))
    centre = np.asarray(space.centre, float)
    if centre.shape != (len(DIMENSIONS),) or not ((centre >= 0) & (centre <= 1)).all():
        problems.append(Problem("centre", f"{centre.tolist()}", "a weight from 0 to 1 for each dimension"))
    if space.seed < 0:
        problems.append(Problem("seed", str(space.seed), "a whole number from 0"))
    if not len(space.sets) == len(space.limits) == len(space.cuts):
        found = f"{len(space.limits)} limits and {len(space.cuts)} cuts"
        problems.append(Problem("sets", found, f"{len(space.sets)}, one for each set"))
    if problems:
        raise ParamError(*problems)
