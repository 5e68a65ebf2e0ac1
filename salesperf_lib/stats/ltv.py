"""Customer lifetime value: how often a customer comes back (BG/NBD), and for how much (Gamma-Gamma).

BG/NBD: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24:275.
Gamma-Gamma: Fader & Hardie (2013), The Gamma-Gamma model of monetary value.

A customer is told by `x`, the number of repeat purchases; `t_x`, the age at the last of them (0 if
none); and `T`, the age at the end of the observation, all in one unit of time. The unit changes
`alpha` and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesperf_lib.errors import DataError, Problem

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]

WIDE = (-12.0, 12.0)  # logs of parameters, in the data's own scale: flat likelihoods do not run away
CAPPED = (-12.0, 7.0)  # beyond a, b = 1000 the chance to leave is one number, and ₂F₁ overflows
NEAR_ONE = 1e-6  # formulas with a − 1 in the denominator are evaluated this far from it


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Hold a fitted BG/NBD model.

    Parameters
    ----------
    r, alpha
        Shape and scale of the purchase rate over customers.
    a, b
        Shape of the chance to leave after a purchase.
    log_likelihood
        At these values.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Hold a fitted Gamma-Gamma model.

    Parameters
    ----------
    p
        Shape of a customer's purchase values.
    q, v
        Shape and scale of their means over customers; `q` > 1, so that the overall mean exists.
    log_likelihood
        At these values.
    """

    p: float
    q: float
    v: float
    log_likelihood: float


def fit_bgnbd(x: ArrayLike, t_x: ArrayLike, T: ArrayLike, weights: ArrayLike | None = None) -> BgNbd:  # noqa: N803
    """Fit the BG/NBD model by maximum likelihood.

    Parameters
    ----------
    x, t_x, T
        Repeat purchases, age at the last, age at the end of observation, per customer.
    weights
        Number of customers that each row stands for; 1 if not given.

    Returns
    -------
    BgNbd
        The model; `alpha` in the unit of `T`.

    Raises
    ------
    DataError
        If no customer came back, or a row is impossible (t_x > T, negative, x without t_x).

    Notes
    -----
    Equal rows are counted once, gamma functions are evaluated per distinct `x`, and the search runs
    over logarithms of the parameters with the exact gradient (METHODS §1.1).
    """
    rows, count = _unique_rows((x, t_x, T), weights)
    _fail_if_impossible(*rows)
    scale = float(np.average(rows[2], weights=count))
    times = rows[1] / scale, rows[2] / scale
    logs, value = _minimise(
        _bgnbd_objective(rows[0], *times, count), np.log([0.5, 0.5, 1.0, 2.0]), [WIDE, WIDE, CAPPED, CAPPED]
    )
    r, alpha, a, b = np.exp(logs).tolist()
    # Densities of the n repeat purchases' moments are per unit of time: Σx logs of the scale come back.
    log_likelihood = -value - float(count @ rows[0] * np.log(scale))
    return BgNbd(r, alpha * scale, a, b, log_likelihood)


def p_alive(model: BgNbd, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:  # noqa: N803
    """Give the probability that a customer is still one at the end of observation.

    Returns
    -------
    numpy.ndarray
        One probability per customer; 1 for those who never came back (leaving needs a purchase).

    Notes
    -----
    1 / (1 + [x>0] · a/(b+x−1) · ((α+T)/(α+t_x))^(r+x)).
    """
    times, last, end = _floats(x), _floats(t_x), _floats(T)
    again = np.maximum(times, 1.0)
    odds = (
        np.log(model.a)
        - np.log(model.b + again - 1)
        + (model.r + times) * (np.log(model.alpha + end) - np.log(model.alpha + last))
    )
    return np.where(times > 0, np.exp(-np.logaddexp(0.0, odds)), 1.0)


def expected_purchases(
    model: BgNbd,
    t: ArrayLike,
    x: ArrayLike | None = None,
    t_x: ArrayLike | None = None,
    T: ArrayLike | None = None,  # noqa: N803
) -> Floats:
    """Give the expected number of purchases in the next `t` units of time.

    Parameters
    ----------
    model
        A fitted model.
    t
        Length of the time to come, one for all or one per customer.
    x, t_x, T
        The customers' histories; left out, a new customer of whom nothing is known.

    Returns
    -------
    numpy.ndarray
        E[Y(t) | x, t_x, T] per customer, or E[X(t)].

    Notes
    -----
    P(alive) · (a+b+x−1)/(a−1) · (1 − (1−z)^(a−1) · ₂F₁(a+b−1−r, a−1; a+b+x−1; z)), z = t/(α+T+t):
    Euler's transform of the published form, whose ₂F₁ overflows for long histories.
    """
    from scipy.special import hyp2f1

    history = (0.0, 0.0, 0.0) if x is None or t_x is None or T is None else (x, t_x, T)
    times, last, end = map(_floats, history)
    ahead = _floats(t)
    a = model.a if abs(model.a - 1) > NEAR_ONE else 1 + NEAR_ONE
    c = a + model.b + times - 1
    z = ahead / (model.alpha + end + ahead)
    stay = np.exp((a - 1) * np.log1p(-z)) * hyp2f1(a + model.b - 1 - model.r, a - 1, c, z)
    return p_alive(model, times, last, end) * c / (a - 1) * (1 - stay)


def fit_gamma_gamma(x: ArrayLike, value: ArrayLike, weights: ArrayLike | None = None) -> GammaGamma:
    """Fit the Gamma-Gamma model of purchase values by maximum likelihood.

    Parameters
    ----------
    x
        Number of purchases behind each mean; customers with none are left out.
    value
        Mean value of a customer's purchases; rows that are not positive are left out.
    weights
        Number of customers that each row stands for; 1 if not given.

    Returns
    -------
    GammaGamma
        The model; `v` in the unit of `value`.

    Raises
    ------
    DataError
        If no customer has a purchase of positive value.

    Notes
    -----
    Frequency and value are taken to be independent: look at their correlation before believing it.
    """
    (times, mean), count = _unique_rows((x, value), weights)
    usable = (times > 0) & (mean > 0)
    times, mean, count = times[usable], mean[usable], count[usable]
    if not len(times):
        raise DataError(Problem("Gamma-Gamma", "no repeat purchase of positive value", "at least one"))
    scale = float(np.average(mean, weights=count))
    logs, loss = _minimise(
        _gamma_gamma_objective(times, mean / scale, count), np.log([2.0, 2.0, 1.0]), [WIDE, WIDE, WIDE]
    )
    p, above_one, v = np.exp(logs).tolist()
    log_likelihood = -loss - float(count.sum() * np.log(scale))
    return GammaGamma(p, 1 + above_one, v * scale, log_likelihood)


def expected_value(model: GammaGamma, x: ArrayLike, value: ArrayLike) -> Floats:
    """Give the expected value of a customer's next purchase, E[M | x, value] (pv/(q−1) where x = 0)."""
    times = _floats(x)
    spent = np.where(times > 0, times * np.nan_to_num(_floats(value)), 0.0)
    return model.p * (model.v + spent) / (model.p * times + model.q - 1)


def _bgnbd_objective(x: Floats, t_x: Floats, T: Floats, count: Floats) -> Objective:  # noqa: N803
    """Make the negative log-likelihood and its gradient over log (r, α, a, b)."""
    from scipy.special import betaln, digamma, gammaln

    levels, level_of = np.unique(x, return_inverse=True)
    per_level = np.bincount(level_of, weights=count)
    again = x > 0

    def objective(logs: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(logs)
        log_end, log_last = np.log(alpha + T), np.log(alpha + t_x)
        stayed = -(r + x) * log_end
        left = np.where(again, logs[2] - np.log(b + np.maximum(x, 1) - 1) - (r + x) * log_last, -np.inf)
        either = np.logaddexp(stayed, left)
        gone = np.exp(left - either)
        constant = gammaln(r + levels) - gammaln(r) + r * logs[1] + betaln(a, b + levels) - betaln(a, b)
        fall = digamma(a + b) - digamma(a + b + levels)
        gradient = np.array(
            [
                per_level @ (digamma(r + levels) - digamma(r) + logs[1])
                - count @ (log_end + gone * (log_last - log_end)),
                per_level.sum() * r / alpha
                - count @ ((r + x) * ((1 - gone) / (alpha + T) + gone / (alpha + t_x))),
                per_level @ fall + count @ gone / a,
                per_level @ (digamma(b + levels) - digamma(b) + fall)
                - count @ (gone / (b + np.maximum(x, 1) - 1)),
            ]
        )
        return -float(per_level @ constant + count @ either), -gradient * np.exp(logs)

    return objective


def _gamma_gamma_objective(x: Floats, value: Floats, count: Floats) -> Objective:
    """Make the negative log-likelihood and its gradient over log (p, q−1, v)."""
    from scipy.special import digamma, gammaln

    log_value, log_x = np.log(value), np.log(x)

    def objective(logs: Floats) -> tuple[float, Floats]:
        p, above_one, v = np.exp(logs)
        q = 1 + above_one
        px, total = p * x, v + x * value
        log_total = np.log(total)
        rows = (
            gammaln(px + q) - gammaln(px) - gammaln(q) + q * logs[2] + (px - 1) * log_value
            + px * log_x - (px + q) * log_total
        )  # fmt: skip
        gradient = np.array(
            [
                count @ (x * (digamma(px + q) - digamma(px) + log_value + log_x - log_total)),
                count @ (digamma(px + q) - digamma(q) + logs[2] - log_total),
                count @ (q / v - (px + q) / total),
            ]
        )
        return -float(count @ rows), -gradient * np.exp(logs)

    return objective


def _minimise(
    objective: Objective, start: Floats, bounds: Sequence[tuple[float, float]]
) -> tuple[Floats, float]:
    """Find the minimum by its gradient.

    SLSQP, not L-BFGS-B: the latter hands 4 × 4 matrices to threaded BLAS, 20 times slower on a busy machine.
    """
    from scipy.optimize import minimize

    options = {"maxiter": 1000, "ftol": 1e-11}
    found: Any = minimize(objective, start, jac=True, method="SLSQP", bounds=bounds, options=options)
    return found.x, float(found.fun)


def _unique_rows(columns: tuple[ArrayLike, ...], weights: ArrayLike | None) -> tuple[Floats, Floats]:
    """Count equal rows: the rows as columns, and how many customers each stands for."""
    table = np.column_stack([_floats(column) for column in columns])
    rows, where = np.unique(table, axis=0, return_inverse=True)
    one_each = np.ones(len(table)) if weights is None else _floats(weights)
    count = np.bincount(where.ravel(), weights=one_each, minlength=len(rows))
    return rows.T, count.astype(np.float64)


def _fail_if_impossible(x: Floats, t_x: Floats, T: Floats) -> None:  # noqa: N803
    """Refuse histories that no customer can have."""
    problems: list[Problem] = []
    if not (x > 0).any():
        problems.append(Problem("BG/NBD", "no repeat purchase", "at least one", "take a longer period"))
    wrong = int(((x < 0) | (t_x < 0) | (t_x > T) | ((x > 0) != (t_x > 0))).sum())
    if wrong:
        problems.append(
            Problem(
                "BG/NBD",
                f"{wrong} impossible histories",
                "x ≥ 0, 0 ≤ t_x ≤ T, and t_x > 0 exactly where x > 0",
            )
        )
    if problems:
        raise DataError(*problems)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
