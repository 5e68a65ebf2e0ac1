"""Dose–response: how repurchase follows deep touches, with its uncertainty (§1.2).

A binomial logit with team and month effects, fitted by iteratively reweighted least squares, with
cluster-robust errors by the unit to which doses were assigned. Touches go to likely buyers: unless
they were assigned at random, the slope is an upper bound of what more touches would do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from salesperf_lib.errors import DataError, Problem, fail_if_any

Floats = NDArray[np.float64]

PANEL = ("period", "team_id", "unit_id", "customers", "buyers", "touches")
LEAST_UNITS, LEAST_MONTHS = 5, 6
LEAST_VARIATION = 0.05
"""Spread of doses beside team and month effects, over their mean, below which nothing is estimated."""
MOVED = 0.05
"""Share of a unit's customers handed over inside a month above which its touches are not its customers'."""
REACH = 0.975
"""Quantile of the observed doses, by customers, beyond which the response is a guess."""
STEPS, TOLERANCE = 50, 1e-10
WIDEST = 30.0  # log-odds beyond which a rate is 0 or 1: the estimate runs away


@dataclass(frozen=True, slots=True, eq=False)
class DoseResponse:
    """Hold an estimated dose–response.

    Parameters
    ----------
    slope, se
        β per touch per customer and month, in log-odds, and its cluster-robust standard error.
    low, high
        Its interval.
    confidence, critical
        Coverage of the intervals, and the quantile of Student's t with units − 1 degrees of freedom.
    dispersion
        Pearson χ² per degree of freedom: 1 where nothing but chance moves buyers.
    units, left_out
        Units of assignment; rows left out because customers changed hands inside the month.
    most
        The highest dose that history supports.
    rows
        The rows it was estimated from: the panel with `dose` (touches per customer) and `fitted`
        (expected repurchase rate).
    """

    slope: float
    se: float
    low: float
    high: float
    confidence: float
    critical: float
    dispersion: float
    units: int
    left_out: int
    most: float
    rows: pd.DataFrame

    @property
    def is_clear(self) -> bool:
        """Say whether more touches surely go with more repurchase: the interval lies above 0."""
        return self.low > 0


def fit_dose(panel: pd.DataFrame, *, confidence: float = 0.95) -> DoseResponse:
    """Estimate how monthly repurchase follows deep touches per customer.

    Parameters
    ----------
    panel
        One row per period and unit: period, team_id, unit_id, customers, buyers, touches; `moved`
        where known (customers handed over inside the month). Units are what doses were assigned to.
    confidence
        Coverage of the intervals.

    Returns
    -------
    DoseResponse
        The estimate; it may well be unclear: see `fail_if_unclear`.

    Raises
    ------
    DataError
        If a row is impossible, there are too few units or months, or doses hardly vary beside team
        and month effects.

    Notes
    -----
    logit P(buys) = team + month + β·touches per customer (METHODS §1.2). Errors: sandwich over units
    with the bias correction CR2 of Bell & McCaffrey (2002), Survey Methodology 28:169, and Student's t
    with units − 1 degrees of freedom: a dozen operators are few clusters.
    """
    fail_if_any(_row_problems(panel), DataError)
    used = panel[panel["customers"] > 0]
    moved = used.get("moved", pd.Series(0, index=used.index)).fillna(0)
    stable = moved <= MOVED * used["customers"]
    rows = used[stable].reset_index(drop=True)
    rows = rows.assign(dose=rows["touches"] / rows["customers"])
    fail_if_any(_thin(rows), DataError)
    design = _design(rows)
    theta, fitted = fit_binomial(design, rows["buyers"], rows["customers"])
    covariance = cluster_covariance(design, rows["buyers"], rows["customers"], fitted, rows["unit_id"])
    units = int(rows["unit_id"].nunique())
    critical = _student(confidence, units - 1)
    slope, se = float(theta[0]), float(np.sqrt(covariance[0, 0]))
    return DoseResponse(
        slope, se, slope - critical * se, slope + critical * se, confidence, critical,
        _dispersion(rows, fitted, design.shape[1]), units, int((~stable).sum()),
        _quantile(rows["dose"], rows["customers"], REACH), rows.assign(fitted=fitted),
    )  # fmt: skip


def fail_if_unclear(response: DoseResponse) -> None:
    """Refuse a dose–response whose interval does not lie above 0.

    Raises
    ------
    DataError
        With the effect, its interval, and what to do.
    """
    if response.is_clear:
        return
    found = (
        f"an effect of {response.slope:.3f} on the log-odds per touch, "
        f"{response.confidence:.0%} interval {response.low:.3f} to {response.high:.3f}, "
        f"from {response.units} units and {len(response.rows)} rows"
    )
    raise DataError(
        Problem(
            "dose–response of deep touches and repurchase",
            found,
            "an interval that lies above 0",
            "set the number of touches by hand, or vary touches at random between operators for some months "
            "and estimate again; these data do not say how many touches a rate needs",
        )
    )


def extra_dose(
    response: DoseResponse, rate: ArrayLike, wanted: ArrayLike, customers: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Give the touches per customer that a wanted repurchase rate needs on top of today's.

    Parameters
    ----------
    response
        A clear estimate.
    rate, wanted
        Today's and the wanted monthly rate, one per team, between 0 and 1.
    customers
        Customer-months behind today's rate.

    Returns
    -------
    tuple of array
        Estimate, low and high: extra touches per customer and month, negative where the wanted rate
        is the lower one.

    Raises
    ------
    DataError
        If the estimate is unclear, or a rate does not lie between 0 and 1.

    Notes
    -----
    (logit wanted − logit rate)/β; Fieller's interval (1954, JRSS B 16:175) for the ratio, the variance
    of logit rate being φ/(n·rate·(1 − rate)) and independent of β, which is estimated from
    differences inside teams and months. φ is the dispersion, at least 1. Touches go to likely buyers:
    unless they were assigned at random, β is an upper bound and the estimate a lower one.
    """
    fail_if_unclear(response)
    now, goal, size = (np.atleast_1d(np.asarray(values, float)) for values in (rate, wanted, customers))
    fail_if_any(_rate_problems(np.concatenate([now, goal])), DataError)
    gap = _logit(goal) - _logit(now)
    noise = max(response.dispersion, 1.0) / (size * now * (1.0 - now))
    square, spread = response.critical**2, response.se**2
    lead = response.slope**2 - square * spread  # above 0, for the interval of β lies above 0
    middle = gap * response.slope / lead
    half = np.sqrt(np.maximum(middle**2 - (gap**2 - square * noise) / lead, 0.0))
    return gap / response.slope, middle - half, middle + half


def dose_curve(
    response: DoseResponse, doses: ArrayLike, *, rate: float, dose: float, customers: float
) -> pd.DataFrame:
    """Trace the response through a team's own rate and dose.

    Parameters
    ----------
    response
        The estimate.
    doses
        Touches per customer and month at which the curve is wanted.
    rate, dose, customers
        The team's rate, its mean dose, and the customer-months behind both.

    Returns
    -------
    DataFrame
        One row per dose: dose, rate, low, high.
    """
    at = np.asarray(doses, float)
    noise = max(response.dispersion, 1.0) / (customers * rate * (1.0 - rate))
    score = _logit(np.array(rate)) + response.slope * (at - dose)
    half = response.critical * np.sqrt(noise + ((at - dose) * response.se) ** 2)
    return pd.DataFrame(
        {"dose": at, "rate": _expit(score), "low": _expit(score - half), "high": _expit(score + half)}
    )


def dose_bins(response: DoseResponse, *, rate: float, dose: float, bins: int = 8) -> pd.DataFrame:
    """Group the rows by dose, and give what was observed in each group as it would look for one team.

    Parameters
    ----------
    response
        The estimate.
    rate, dose
        The rate and mean dose of the team whose curve the groups lie beside.
    bins
        Number of groups, of about equal numbers of customers.

    Returns
    -------
    DataFrame
        One row per group, by dose: dose (mean), rate (observed, beside team and month effects),
        observed (as it stands), customers (customer-months).

    Notes
    -----
    The residual of a group in log-odds, (buyers − expected) / Σ n·p·(1 − p), on top of the curve at
    the group's mean dose: team and month effects are taken out, misfit of the curve is not.
    """
    rows = response.rows.sort_values("dose", kind="stable")
    weight = rows["customers"].cumsum() - rows["customers"] / 2
    group = np.minimum((bins * weight / rows["customers"].sum()).astype(int), bins - 1)
    parts = pd.DataFrame(
        {
            "customers": rows["customers"],
            "touches": rows["touches"],
            "buyers": rows["buyers"],
            "expected": rows["customers"] * rows["fitted"],
            "information": rows["customers"] * rows["fitted"] * (1 - rows["fitted"]),
        }
    )
    sums = parts.groupby(group.to_numpy()).sum()
    means = sums["touches"] / sums["customers"]
    residual = (sums["buyers"] - sums["expected"]) / sums["information"]
    score = _logit(np.array(rate)) + response.slope * (means - dose) + residual
    found = pd.DataFrame({"dose": means, "rate": _expit(score.to_numpy(float))})
    found["observed"] = sums["buyers"] / sums["customers"]
    return found.assign(customers=sums["customers"]).reset_index(drop=True)


def fit_binomial(design: ArrayLike, successes: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    """Fit a binomial logit by iteratively reweighted least squares.

    Parameters
    ----------
    design
        Rows × columns, of full column rank.
    successes, trials
        Per row.

    Returns
    -------
    tuple of array
        Coefficients, one per column, and fitted probabilities, one per row.

    Raises
    ------
    DataError
        If the columns depend on each other, or the estimate runs away (a group without any success,
        or without any failure).

    Notes
    -----
    Newton's method on a concave likelihood; a step that lowers it is halved. McCullagh & Nelder (1989),
    Generalized Linear Models, §4.4.
    """
    x, y, n = (np.asarray(values, float) for values in (design, successes, trials))
    theta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = _expit(x @ theta)
        weight = n * p * (1.0 - p)
        step, _, rank, _ = np.linalg.lstsq(
            x * np.sqrt(weight)[:, None], (y - n * p) / np.sqrt(weight), rcond=None
        )
        if rank < x.shape[1]:
            raise _no_estimate("columns that depend on each other")
        theta, moved = _uphill(x, y, n, theta, np.asarray(step, np.float64))
        if np.abs(x @ theta).max() > WIDEST:
            break
        if moved < TOLERANCE:
            return theta, _expit(x @ theta)
    raise _no_estimate("an estimate that runs away")


def cluster_covariance(
    design: ArrayLike, successes: ArrayLike, trials: ArrayLike, fitted: ArrayLike, clusters: ArrayLike
) -> Floats:
    """Give the cluster-robust covariance of the coefficients of a binomial logit.

    Parameters
    ----------
    design, successes, trials, fitted
        As in and from `fit_binomial`.
    clusters
        The cluster of each row.

    Returns
    -------
    array
        Columns × columns.

    Notes
    -----
    B (Σ_g X_g' r_g r_g' X_g) B with r_g = W^½ (I − H_gg)^(−½) e_g, e the Pearson residuals and H the
    hat matrix of the weighted fit: CR2, unbiased where rows are independent.
    """
    x, y, n, p = (np.asarray(values, float) for values in (design, successes, trials, fitted))
    root = np.sqrt(n * p * (1.0 - p))
    scaled, residual = x * root[:, None], (y - n * p) / root
    bread = np.linalg.inv(scaled.T @ scaled)
    meat = np.zeros_like(bread)
    codes, _ = pd.factorize(np.asarray(clusters))
    for code in range(int(codes.max()) + 1):
        own = scaled[codes == code]
        values, vectors = np.linalg.eigh(np.eye(len(own)) - own @ bread @ own.T)
        # A direction that the cluster alone determines has no residual, and nothing to correct.
        correction = np.where(values > 1e-9, 1.0 / np.sqrt(np.maximum(values, 1e-9)), 0.0)
        score = own.T @ (vectors @ (correction * (vectors.T @ residual[codes == code])))
        meat += np.outer(score, score)
    return bread @ meat @ bread


def _uphill(x: Floats, y: Floats, n: Floats, theta: Floats, step: Floats) -> tuple[Floats, float]:
    """Go along a step, halved until the likelihood does not fall; say how far that was."""
    start = _log_likelihood(x @ theta, y, n)
    for _ in range(30):
        found = theta + step
        if _log_likelihood(x @ found, y, n) >= start - 1e-9 * abs(start):
            break
        step = step / 2.0
    return theta + step, float(np.abs(step).max())


def _log_likelihood(score: Floats, y: Floats, n: Floats) -> float:
    return float(y @ score - n @ np.logaddexp(0.0, score))


def _design(rows: pd.DataFrame) -> Floats:
    """Lay out dose, one column per team, one per month but the first."""
    teams = pd.get_dummies(rows["team_id"]).to_numpy(float)
    months = pd.get_dummies(rows["period"]).to_numpy(float)[:, 1:]
    return np.column_stack([rows["dose"].to_numpy(float), teams, months])


def _dispersion(rows: pd.DataFrame, fitted: Floats, columns: int) -> float:
    n, y = rows["customers"].to_numpy(float), rows["buyers"].to_numpy(float)
    pearson = (y - n * fitted) ** 2 / (n * fitted * (1.0 - fitted))
    return float(pearson.sum() / max(len(rows) - columns, 1))


def _quantile(values: pd.Series, weights: pd.Series, level: float) -> float:
    """Give the smallest value that at least that share of the weight does not exceed."""
    order = np.argsort(values.to_numpy(float), kind="stable")
    total = np.cumsum(weights.to_numpy(float)[order])
    return float(values.to_numpy(float)[order][np.searchsorted(total, level * total[-1])])


def _student(confidence: float, degrees: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + confidence / 2.0))


def _row_problems(panel: pd.DataFrame) -> Iterable[Problem]:
    """Name what cannot be a panel of touches and buyers."""
    absent = [name for name in PANEL if name not in panel.columns]
    if absent:
        yield Problem("dose panel", f"no column {', '.join(absent)}", ", ".join(PANEL))
        return
    counts = panel[["customers", "buyers", "touches"]].to_numpy(float)
    bad = ~np.isfinite(counts).all(axis=1) | (counts < 0).any(axis=1) | (counts[:, 1] > counts[:, 0])
    for row in panel[bad].head(3).itertuples():
        yield Problem(
            f"dose panel, {row.unit_id} {row.period}",
            f"customers {row.customers}, buyers {row.buyers}, touches {row.touches}",
            "counts from 0 up, and no more buyers than customers",
            "correct the export of touches or owners",
        )
    for unit, period in panel.loc[panel.duplicated(["unit_id", "period"]), ["unit_id", "period"]].to_numpy():
        yield Problem(f"dose panel, {unit} {period}", "two rows", "one row per unit and month")


def _thin(rows: pd.DataFrame) -> Iterable[Problem]:
    """Say what is missing for an estimate: units, months, rows, or doses that differ."""
    where, remedy = "dose panel", "wait for more months, or estimate for the whole company"
    units, months = rows["unit_id"].nunique(), rows["period"].nunique()
    effects = rows["team_id"].nunique() + months
    if units < LEAST_UNITS:
        yield Problem(where, f"{units} units with customers", f"at least {LEAST_UNITS}", remedy)
    elif months < LEAST_MONTHS:
        yield Problem(where, f"{months} months", f"at least {LEAST_MONTHS}", remedy)
    elif len(rows) < effects + LEAST_UNITS:
        yield Problem(
            where, f"{len(rows)} rows", f"at least {effects + LEAST_UNITS} beside {effects} effects"
        )
    elif (share := _variation(rows)) < LEAST_VARIATION:
        yield Problem(
            where,
            f"doses that vary by {share:.1%} of their mean beside team and month effects",
            f"at least {LEAST_VARIATION:.0%}",
            "let operators make clearly different numbers of touches for some months, drawn at random",
        )


def _variation(rows: pd.DataFrame) -> float:
    """Give the spread of doses inside teams and months, as a share of their mean."""
    effects, weight = _design(rows)[:, 1:], np.sqrt(rows["customers"].to_numpy(float))
    dose = rows["dose"].to_numpy(float)
    shared = effects @ np.linalg.lstsq(effects * weight[:, None], dose * weight, rcond=None)[0]
    mean = float(np.average(dose, weights=weight**2))
    spread = float(np.sqrt(np.average((dose - shared) ** 2, weights=weight**2)))
    return spread / mean if mean > 0 else 0.0


def _rate_problems(rates: Floats) -> Iterable[Problem]:
    for rate in rates[~((rates > 0) & (rates < 1))]:
        yield Problem("repurchase rate", f"{rate:g}", "a share above 0 and below 1")


def _no_estimate(found: str) -> DataError:
    remedy = "leave out teams or months in which nobody bought, or wait for more months"
    return DataError(
        Problem("dose–response of deep touches and repurchase", found, "one best estimate", remedy)
    )


def _logit(p: Floats) -> Floats:
    return np.log(p) - np.log1p(-p)


def _expit(score: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-score))
