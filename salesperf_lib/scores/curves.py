"""Attainment → points (§2.2): one function per kind of curve, on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import Curve

Floats = NDArray[np.float64]
Parameters = Mapping[str, float | str | tuple[tuple[float, float], ...]]

ATTAINMENT_DIGITS = 9
"""Attainment is compared with thresholds after rounding here: 0.8 is 0.8, however it was computed."""

_TICKS = 10.0**ATTAINMENT_DIGITS
_EXACT = 1e6
"""Beyond this, rounding to 9 decimals would itself move the last bit of a whole number."""

_JUMP = 1e-3  # points: less is the slope over one tick

_LEAST_DRAWN = 0.4
"""Where a quotient has no floor, it is drawn down to this: two and a half times the target."""

SASAC_AMBITION = ((0.20, 5.0), (0.50, 4.0), (1.0, 3.0))
"""Shortfall of a target against its baseline, and the most steps up that it leaves (order no. 22, 2009)."""


@dataclass(frozen=True, slots=True)
class _Given:
    reached: Floats
    value: Floats
    target: Floats
    baseline: Floats
    lower: bool


def attainment(value: ArrayLike, target: ArrayLike, *, lower_is_better: bool) -> Floats:
    """Measure values against targets: 1 is on target, more is better.

    Returns
    -------
    array
        value / target; where less is better 2 − value / target. NaN where a value or a target is
        missing or the target is not above zero: nothing is ever divided by it.
    """
    actual, wanted = np.asarray(value, float), np.asarray(target, float)
    known = np.isfinite(actual) & np.isfinite(wanted) & (wanted > 0)
    ratio = np.divide(actual, wanted, out=np.full(actual.shape, np.nan), where=known)
    return np.round(2.0 - ratio if lower_is_better else ratio, ATTAINMENT_DIGITS)


def points(
    curve: Curve,
    reached: ArrayLike,
    value: ArrayLike,
    target: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    *,
    lower_is_better: bool = False,
) -> Floats:
    """Turn attainment into points.

    Parameters
    ----------
    curve
        Which curve, with its parameters.
    reached
        Attainment, as `attainment` gives it.
    value
        The KPI's value: what a deduction counts, and what levels of value look at.
    target, baseline
        The target, and what it is held against by the ambition rule: the lesser of last year's value
        and the mean of three years (the greater one where less is better). Absent or NaN: the rule
        does not apply. Only ``steps`` reads them.
    lower_is_better
        Whether less of the KPI is better: then a target *above* the baseline lacks ambition.

    Returns
    -------
    array
        Points; NaN where the curve has nothing to stand on: no value, no target, a target of zero or
        below. Deductions and levels of value need no target.

    Notes
    -----
    With a = value / target, r = `reached` (a, or 2 − a where less is better):

    - ``ratio``: 0 below the floor, then 100·min(r, cap)
    - ``lower``: 100·clip(2 − a, floor, cap); by ``quotient`` 100·clip(1/a, floor, cap)
    - ``piecewise``: linear between knots, 0 below the first, flat after the last
    - ``deduction``: max(floor, start − per_unit·count)
    - ``asymmetric``: 100 + 100·gain·(r − 1) above the target, 100·loss below, clipped to floor and
      cap, which are points
    - ``cost_budget``: with o = 1 − r over budget, 100 − over·o/step, and 0 where o > limit (at the limit
      itself the line still holds); under budget 100 + under·(−o)/step, no more than cap
    - ``steps``: 100·(base + k)/base with k = sign(r − 1)·min(most, ⌊|r − 1|/step⌋), counted in whole
      ticks of 10⁻⁹, so that 1.15 is five steps of .03 and 1.18 six. A target short of its baseline b by
      s = (b − T)/b leaves fewer steps up: s ≤ first bound, then s < each next bound, the last row for
      all beyond (5 to 20 %, 4 between 20 and 50 %, 3 from 50 % on). Steps down stay as they are
    - ``levels``: the points of the last row reached, by r or by the value; 0 below the first

    Sources: METHODS §2.2; SASAC order no. 22 (text of 2009) for ``steps``.
    """
    given = _Given(
        np.asarray(reached, float),
        np.asarray(value, float),
        np.asarray(np.nan if target is None else target, float),
        np.asarray(np.nan if baseline is None else baseline, float),
        lower_is_better,
    )
    return _CURVES[curve.kind](given, curve.parameters)


def sasac_steps(
    value: ArrayLike,
    target: ArrayLike,
    baseline: ArrayLike | None = None,
    *,
    step: float = 0.03,
    most: int = 6,
    ambition: tuple[tuple[float, float], ...] = SASAC_AMBITION,
    lower_is_better: bool = False,
) -> NDArray[np.int64]:
    """Count SASAC's whole steps: what a ``steps`` curve adds to its base, by the published figures.

    Parameters
    ----------
    value, target, baseline
        As in `points`, arrays of one shape.
    step, most, ambition
        Width of a step, most steps either way, and rows of (shortfall, most steps up).
    lower_is_better
        Whether less is better.

    Returns
    -------
    array of int
        −most to most.

    Raises
    ------
    DataError
        Where a value or a target is missing, or a target is not above zero: that is no step, not even
        step 0.

    Notes
    -----
    sign(A − T)·min(most, 100·|A − T| // (3·|T|)) for the published step of 3 %, truncated toward zero;
    never ⌊(a − 1)/.03⌋, which gives 4 at 1.15. Source: SASAC order no. 22.
    """
    actual, wanted = np.broadcast_arrays(np.asarray(value, float), np.asarray(target, float))
    reached = attainment(actual, wanted, lower_is_better=lower_is_better)
    if np.isnan(reached).any():
        found = "a missing value, or a target that is not above zero"
        remedy = "leave these rows out: steps cannot assess them"
        raise DataError(Problem("steps", found, "values, and targets above zero", remedy))
    held_against = np.asarray(np.nan if baseline is None else baseline, float)
    rule: Parameters = {"step": step, "up": float(most), "down": float(most), "ambition": ambition}
    given = _Given(reached, actual, wanted, held_against, lower_is_better)
    return _whole_steps(given, rule).astype(np.int64)


def trace(curve: Curve, *, lower_is_better: bool = False) -> tuple[Floats, Floats]:
    """Give the line of a curve for drawing, true at every break: steps are drawn as steps.

    Parameters
    ----------
    curve
        Which curve.
    lower_is_better
        Whether less of the KPI is better: its attainment, 2 − actual / target, is never above 2 then.

    Returns
    -------
    tuple
        x, never falling, and points. x is attainment, or the value where `measured_by` says so. Where
        the points jump, x stands twice. Without the ambition rule, which differs by person.
    """
    by_value = measured_by(curve) == "value"
    breaks = sorted(set(_breaks(curve)))
    margin = 0.08 * (breaks[-1] - breaks[0]) or 0.1
    first, last = breaks[0] - margin, breaks[-1] + margin
    if by_value:
        first = max(first, 0.0) if breaks[0] >= 0 else first  # seconds and counts begin at zero
    elif lower_is_better:
        last = max(1.0, min(last, 2.0))
    tick = 1 / _TICKS * (max(1.0, abs(first), abs(last)) if by_value else 1.0)
    inside = np.asarray([at for at in breaks if first < at < last])[:, None]
    at = np.r_[first, np.add(inside, [-tick, 0.0, tick]).ravel(), last]
    nothing = np.full(at.shape, np.nan)
    reached, value = (nothing, at) if by_value else (np.round(at, ATTAINMENT_DIGITS), nothing)
    found = points(curve, reached, value, lower_is_better=lower_is_better)
    beside = found[1:-1].reshape(-1, 3)  # just before a break, at it, just after it
    jumps = np.abs(beside - beside[:, 1:2]) > _JUMP
    kept = np.r_[True, (jumps | [False, True, False]).ravel(), True]
    return np.r_[first, np.repeat(inside, 3), last][kept], found[kept]


def measured_by(curve: Curve) -> Literal["attainment", "value"]:
    """Say what a curve looks at: the attainment, or the value itself."""
    by_value = curve.kind == "deduction" or curve.parameters.get("of") == "value"
    return "value" if by_value else "attainment"


def _number(parameters: Parameters, name: str) -> float:
    """Give one number of a curve's parameters."""
    found = parameters[name]
    if isinstance(found, tuple | str):
        raise TypeError(f"{name} is not a number")
    return float(found)


def _table(parameters: Parameters, name: str) -> tuple[tuple[float, float], ...]:
    """Give one table of a curve's parameters; empty where there is none."""
    found = parameters.get(name, ())
    if not isinstance(found, tuple):
        raise TypeError(f"{name} is not a table")
    return found


def _ratio(given: _Given, parameters: Parameters) -> Floats:
    found = 100.0 * np.minimum(given.reached, _number(parameters, "cap"))
    return np.where(given.reached < _number(parameters, "floor"), 0.0, found)


def _lower(given: _Given, parameters: Parameters) -> Floats:
    reached = given.reached
    if parameters.get("form", "difference") == "quotient":
        spent = 2.0 - reached
        free = np.where(np.isnan(spent), np.nan, np.inf)  # no cost at all is as good as it gets
        reached = np.divide(1.0, spent, out=free, where=spent > 0)
    return 100.0 * np.clip(reached, _number(parameters, "floor"), _number(parameters, "cap"))


def _piecewise(given: _Given, parameters: Parameters) -> Floats:
    reached = given.reached
    at, worth = zip(*_table(parameters, "points_at"), strict=True)
    found = np.interp(reached, at, worth)
    return np.where(np.isnan(reached), np.nan, np.where(reached < at[0], 0.0, found))


def _deduction(given: _Given, parameters: Parameters) -> Floats:
    lost = _number(parameters, "per_unit") * given.value
    return np.maximum(_number(parameters, "floor"), _number(parameters, "start") - lost)


def _asymmetric(given: _Given, parameters: Parameters) -> Floats:
    over = given.reached - 1.0
    slope = np.where(over > 0, _number(parameters, "gain"), _number(parameters, "loss"))
    return np.clip(100.0 + 100.0 * slope * over, _number(parameters, "floor"), _number(parameters, "cap"))


def _cost_budget(given: _Given, parameters: Parameters) -> Floats:
    over = np.round(1.0 - given.reached, ATTAINMENT_DIGITS)
    per_step = np.where(over > 0, _number(parameters, "over"), _number(parameters, "under"))
    found = np.clip(100.0 - per_step * over / _number(parameters, "step"), 0.0, _number(parameters, "cap"))
    return np.where(over > _number(parameters, "limit"), 0.0, found)


def _steps(given: _Given, parameters: Parameters) -> Floats:
    base = _number(parameters, "base")
    return 100.0 * (base + _whole_steps(given, parameters)) / base


def _whole_steps(given: _Given, parameters: Parameters) -> Floats:
    # Whole ticks: the quotient of two whole numbers this small is never rounded up to the next one.
    off = np.round((given.reached - 1.0) * _TICKS)
    whole = np.floor(np.abs(off) / np.round(_number(parameters, "step") * _TICKS))
    up = np.minimum(whole, _most_up(given, parameters))
    return np.where(off < 0, -np.minimum(whole, _number(parameters, "down")), up)


def _most_up(given: _Given, parameters: Parameters) -> Floats:
    """Give the most steps up: fewer where the target lies short of its baseline."""
    rows, up = _table(parameters, "ambition"), np.asarray(_number(parameters, "up"))
    if not rows or np.isnan(given.baseline).all():
        return up
    gap = given.target - given.baseline if given.lower else given.baseline - given.target
    beyond = np.where(gap > 0, np.inf, 0.0)  # short of a baseline that nothing can be divided by
    short = np.divide(gap, given.baseline, out=beyond, where=given.baseline > 0)
    short = np.round(short, ATTAINMENT_DIGITS)
    most = np.asarray(rows[-1][1])
    for bound, allowed in reversed(rows[1:-1]):
        most = np.where(short < bound, allowed, most)
    most = np.where(short <= rows[0][0], rows[0][1], most)
    return np.where(short > 0, np.minimum(most, up), up)


def _levels(given: _Given, parameters: Parameters) -> Floats:
    found = given.value if parameters.get("of", "attainment") == "value" else given.reached
    found = np.where(np.abs(found) < _EXACT, np.round(found, ATTAINMENT_DIGITS), found)
    at, worth = zip(*_table(parameters, "rows"), strict=True)
    level = np.searchsorted(np.asarray(at, float), found, side="right")
    return np.where(np.isnan(found), np.nan, np.asarray((0.0, *worth))[level])


_CURVES: Mapping[str, Callable[[_Given, Parameters], Floats]] = MappingProxyType({
    "ratio": _ratio,
    "lower": _lower,
    "piecewise": _piecewise,
    "deduction": _deduction,
    "asymmetric": _asymmetric,
    "cost_budget": _cost_budget,
    "steps": _steps,
    "levels": _levels,
})  # fmt: skip


def _breaks(curve: Curve) -> list[float]:
    """List where the line of a curve bends or jumps."""
    rule = curve.parameters
    if curve.kind in {"piecewise", "levels"}:
        return [at for at, _ in _table(rule, "points_at" if curve.kind == "piecewise" else "rows")]
    if curve.kind in {"ratio", "lower"}:
        low, high = _number(rule, "floor"), _number(rule, "cap")
        if rule.get("form", "difference") == "quotient":
            bend = np.linspace(2.0 - 1.0 / max(low, _LEAST_DRAWN), 2.0 - 1.0 / high, 41)
            return [float(at) for at in bend]
        return [low, 1.0, high]
    if curve.kind == "deduction":
        return [0.0, (_number(rule, "start") - _number(rule, "floor")) / _number(rule, "per_unit")]
    if curve.kind == "steps":
        step, up, down = (_number(rule, name) for name in ("step", "up", "down"))
        return [round(1.0 + step * k, ATTAINMENT_DIGITS) for k in range(-int(down), int(up) + 1)]
    return _slopes(curve)


def _slopes(curve: Curve) -> list[float]:
    """List the breaks of a curve with one slope above target and another below."""
    rule = curve.parameters
    if curve.kind == "asymmetric":
        up = (_number(rule, "cap") - 100.0) / (100.0 * _number(rule, "gain"))
        down = (100.0 - _number(rule, "floor")) / (100.0 * _number(rule, "loss"))
        return [1.0 - down, 1.0, 1.0 + up]
    step = _number(rule, "step")
    up = (_number(rule, "cap") - 100.0) * step / _number(rule, "under")
    down = min(_number(rule, "limit"), 100.0 * step / _number(rule, "over"))
    return [round(1.0 - down, ATTAINMENT_DIGITS), 1.0, 1.0 + up]
