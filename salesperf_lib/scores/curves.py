"""Attainment → points (§2.2): one function per kind of curve, on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesperf_lib.params import Curve

Floats = NDArray[np.float64]
ATTAINMENT_DIGITS = 9
"""Attainment is compared with thresholds after rounding here: 0.8 is 0.8, however it was computed."""


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


def points(curve: Curve, reached: ArrayLike, value: ArrayLike) -> Floats:
    """Turn attainment into points.

    Parameters
    ----------
    curve
        Which curve, with its parameters.
    reached
        Attainment, as `attainment` gives it.
    value
        The KPI's value: what a deduction counts.

    Returns
    -------
    array
        Points; NaN where the curve has nothing to stand on.

    Notes
    -----
    With a = value / target:

    - ``ratio``: 0 below the floor, then 100·min(a, cap)
    - ``lower``: 100·clip(2 − a, floor, cap)
    - ``piecewise``: linear between knots, 0 below the first, flat after the last
    - ``deduction``: max(floor, start − per_unit·count)
    - ``asymmetric``: 100 + 100·gain·(a − 1) above the target, 100·loss below, clipped to floor and
      cap, which are points
    """
    return _CURVES[curve.kind](np.asarray(reached, float), np.asarray(value, float), curve.parameters)


Parameters = Mapping[str, float | tuple[tuple[float, float], ...]]


def _number(parameters: Parameters, name: str) -> float:
    found = parameters[name]
    if isinstance(found, tuple):
        raise TypeError(f"{name} is a table, not a number")
    return float(found)


def _ratio(reached: Floats, value: Floats, parameters: Parameters) -> Floats:
    found = 100.0 * np.minimum(reached, _number(parameters, "cap"))
    return np.where(reached < _number(parameters, "floor"), 0.0, found)


def _lower(reached: Floats, value: Floats, parameters: Parameters) -> Floats:
    return 100.0 * np.clip(reached, _number(parameters, "floor"), _number(parameters, "cap"))


def _piecewise(reached: Floats, value: Floats, parameters: Parameters) -> Floats:
    knots = parameters["points_at"]
    if not isinstance(knots, tuple):
        raise TypeError("points_at is a number, not a table")
    at, worth = zip(*knots, strict=True)
    found = np.interp(reached, at, worth)
    return np.where(np.isnan(reached), np.nan, np.where(reached < at[0], 0.0, found))


def _deduction(reached: Floats, value: Floats, parameters: Parameters) -> Floats:
    lost = _number(parameters, "per_unit") * value
    return np.maximum(_number(parameters, "floor"), _number(parameters, "start") - lost)


def _asymmetric(reached: Floats, value: Floats, parameters: Parameters) -> Floats:
    over = reached - 1.0
    slope = np.where(over > 0, _number(parameters, "gain"), _number(parameters, "loss"))
    return np.clip(100.0 + 100.0 * slope * over, _number(parameters, "floor"), _number(parameters, "cap"))


_CURVES: Mapping[str, Callable[[Floats, Floats, Parameters], Floats]] = {
    "ratio": _ratio,
    "lower": _lower,
    "piecewise": _piecewise,
    "deduction": _deduction,
    "asymmetric": _asymmetric,
}
