"""What a person could move: lines of a score as grids of values that a reader sees (§2.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib import scores
from salesperf_lib.params import Policy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]

QUANTILE = 0.9
"""What this share of the role's people and periods stay within counts as reached before."""

LAST = 12
LEAST = 4
"""The chance of a value is told from so many of the person's last values, at least and at most."""

_LEAST_SPREAD = 3  # values of a person below which their spread says nothing
_FAR = 1000.0  # times the target: beyond it no curve pays more
_FULL_AMOUNT = 1000  # major units from which on an amount is written without decimals
_SMALL_SHARE = 0.1  # shares below it are written with a second decimal
_DECIMALS = {"ratio": 100, "points": 100, "seconds": 10}


@dataclass(frozen=True, slots=True)
class Options:
    """Lines that could move, each towards better values, one displayed step at a time.

    Parameters
    ----------
    line
        (n,) row of the line in the frame that they were made from.
    kpi, value, target, baseline, lower
        (n,) of the lines; `lower` where less is better.
    origin, numerator, denominator
        (n,) The j-th value is (origin ± j)·numerator / denominator, the 0th the value as it is.
    cap
        (n,) steps after which nothing more is earned, or beyond which nobody has been.
    spread
        (n,) typical standard deviation of the value from period to period; NaN = unknown.
    usual
        Standard deviation of attainment that stands in where a spread is unknown.
    policy
        The rules.
    """

    line: Ints
    kpi: Objects
    value: Floats
    target: Floats
    baseline: Floats
    lower: Bools
    origin: Ints
    numerator: Floats
    denominator: Floats
    cap: Ints
    spread: Floats
    usual: float
    policy: Policy

    def take(self, rows: Ints | Bools) -> Options:
        """Keep some of them, in the order given."""
        names = [field.name for field in fields(self) if field.name not in ("usual", "policy")]
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def values(self, steps: Ints) -> Floats:
        """Give the value of each after so many steps."""
        at = self.origin + np.where(self.lower, -steps, steps)
        return np.where(steps == 0, self.value, at * self.numerator / self.denominator)

    def attainments(self, values: Floats) -> Floats:
        """Give the attainment of each at a value."""
        up = scores.attainment(values, self.target, lower_is_better=False)
        return np.where(self.lower, scores.attainment(values, self.target, lower_is_better=True), up)

    def points(self, steps: Ints) -> Floats:
        """Give what each earns after so many steps, before any gate."""
        values = self.values(steps)
        reached, found = self.attainments(values), np.full(len(values), np.nan)
        for name in dict.fromkeys(self.kpi):
            at = np.flatnonzero(self.kpi == name)
            found[at] = scores.points(
                self.policy.curves[str(name)],
                reached[at],
                values[at],
                self.target[at],
                self.baseline[at],
                lower_is_better=bool(self.lower[at[0]]),
            )
        return found

    def efforts(self, steps: Ints) -> Floats:
        """Measure how far each is from where it stands, in its usual spread from period to period.

        Notes
        -----
        Attainment is linear in the value, so that Δattainment / sd(attainment) = Δvalue / sd(value).
        Without a spread the change of attainment itself, and where there is no target, a hundredth
        of the change of points.
        """
        moved = self.values(steps)
        plain = np.abs(self.attainments(moved) - self.attainments(self.value))
        earned = np.abs(self.points(steps) - self.points(np.zeros_like(steps))) / 100.0
        plain = np.where(np.isnan(plain), earned, plain)
        own = np.abs(moved - self.value) / np.where(self.spread > 0, self.spread, np.nan)
        return np.where(np.isnan(own), plain / self.usual, own)


def displayed_step(policy: Policy, kpi: str, size: float) -> tuple[int, int]:
    """Give the smallest difference of two values that a reader of this size of value is shown.

    Returns
    -------
    tuple
        Numerator and denominator: 1/1000 for a share of 23.4 %, 100 minor units for ¥ 12,345.
    """
    rule = policy.kpis[kpi]
    if rule.unit == "money":
        scale = policy.company.money_scale
        return (scale if size >= _FULL_AMOUNT * scale else 1), 1
    if rule.unit == "share":
        return 1, 10_000 if size < _SMALL_SHARE else 1000
    if rule.unit == "count":
        return 1, 10 if rule.kind == "rate" and size < _FULL_AMOUNT else 1
    return 1, _DECIMALS.get(rule.unit, 1)


def first_step(cap: Ints, holds: Callable[[Ints], Bools]) -> Ints:
    """Find the first of the steps 0, 1, … cap at which something holds that holds ever after.

    Returns
    -------
    array of int
        −1 where it does not hold at the cap either. By bisection: exact, for steps are whole.
    """
    low, high = np.full(cap.shape, -1, dtype=np.int64), cap.astype(np.int64)
    ever = holds(high)
    while (between := high - low > 1).any():
        middle = np.maximum((low + high) // 2, 0)
        good = holds(middle)
        high = np.where(between & good, middle, high)
        low = np.where(between & ~good, middle, low)
    return np.where(ever, high, -1)


def options_of(
    lines: pd.DataFrame, policy: Policy, history: pd.DataFrame | None, *, bound: bool = True
) -> Options:
    """Give every line that counts its grid of better values.

    Parameters
    ----------
    lines
        Rows of the score frame with points and weight.
    policy
        The rules.
    history
        Earlier values: person_id, kpi, period, value.
    bound
        Whether values end where the role's people have been.

    Returns
    -------
    Options
        One per line from which more could be earned.
    """
    value, target = lines["value"].to_numpy(float), lines["target"].to_numpy(float)
    size = np.fmax(np.abs(value), np.abs(target))
    steps = [displayed_step(policy, str(kpi), at) for kpi, at in zip(lines["kpi"], size, strict=True)]
    numerator, denominator = np.array(steps, dtype=float).reshape(-1, 2).T
    lower = np.array([policy.kpis[str(kpi)].direction == "lower" for kpi in lines["kpi"]], dtype=bool)
    at = np.round(value * denominator / numerator, 6)
    best, spread = _reached(lines, lower, history)
    known = (spread > 0) & (target > 0)
    found = Options(
        line=np.arange(len(lines)),
        kpi=lines["kpi"].to_numpy(object),
        value=value,
        target=target,
        baseline=lines["baseline"].to_numpy(float) if "baseline" in lines else np.full(len(lines), np.nan),
        lower=lower,
        origin=np.where(lower, np.ceil(at), np.floor(at)).astype(np.int64),
        numerator=numerator,
        denominator=denominator,
        cap=np.zeros(len(lines), dtype=np.int64),
        spread=spread,
        usual=float(np.median(spread[known] / target[known])) if known.any() else 1.0,
        policy=policy,
    )
    found = replace(found, cap=_caps(found, size, best if bound else np.full_like(best, np.nan)))
    return found.take(found.cap > 0)


def _caps(options: Options, size: Floats, best: Floats) -> Ints:
    """Count the steps up to where a curve pays no more, or to what has been reached."""
    far = np.array([_far(options.policy, str(kpi)) for kpi in options.kpi], dtype=float)
    share = np.array([options.policy.kpis[str(kpi)].unit == "share" for kpi in options.kpi], dtype=bool)
    most = np.where(share, np.maximum(1.0, options.value), _FAR * np.fmax(np.fmax(size, far), 1.0))
    edge = np.where(options.lower, np.fmax(0.0, best), np.fmin(most, best))
    at = np.round(edge * options.denominator / options.numerator, 6)
    steps = np.where(options.lower, options.origin - np.ceil(at), np.floor(at) - options.origin)
    steps = np.maximum(steps, 0).astype(np.int64)
    top = options.points(steps)
    return first_step(steps, lambda j: options.points(j) >= top)


def _far(policy: Policy, kpi: str) -> float:
    """Give the largest value that a table of levels names; 0 where a curve looks at attainment."""
    rows = policy.curves[kpi].parameters.get("rows", ())
    return max(abs(at) for at, _ in rows) if isinstance(rows, tuple) and rows else 0.0


def _reached(lines: pd.DataFrame, lower: Bools, history: pd.DataFrame | None) -> tuple[Floats, Floats]:
    """Give what people of the line's role have reached of its KPI, and how much a person's values vary."""
    none = np.full(len(lines), np.nan)
    if history is None or history.empty:
        return none, none
    roles = lines[["person_id", "role"]].drop_duplicates()
    known = history.dropna(subset=["value"]).merge(roles, on="person_id")
    key = pd.MultiIndex.from_frame(lines[["role", "kpi"]])
    values = known.groupby(["role", "kpi"])["value"]
    high, low = (values.quantile(q).reindex(key).to_numpy(float) for q in (QUANTILE, 1 - QUANTILE))
    own = known.groupby(["role", "kpi", "person_id"])["value"].agg(["std", "count"])
    usual = own.loc[own["count"] >= _LEAST_SPREAD, "std"].groupby(["role", "kpi"]).median()
    return np.where(lower, low, high), usual.reindex(key).to_numpy(float)


def chances(
    people: Objects, kpis: Objects, needed: Floats, lower: Bools, history: pd.DataFrame | None
) -> Floats:
    """Tell how likely each person's next value is as good as needed, from their own last values.

    Returns
    -------
    array
        (n,) 1 − Φ((needed − mean) / sd), where less is better Φ; of the last `LAST` values, NaN below
        `LEAST`. Values that never varied give 0 or 1.
    """
    found = np.full(len(people), np.nan)
    if history is None or history.empty:
        return found
    ordered = history.dropna(subset=["value"]).sort_values("period", kind="stable")
    own = {key: part.to_numpy(float)[-LAST:] for key, part in ordered.groupby(["person_id", "kpi"])["value"]}
    for at, key in enumerate(zip(people, kpis, strict=True)):
        values = own.get(key, np.empty(0))
        if len(values) >= LEAST:
            found[at] = _chance(values, float(needed[at]), lower=bool(lower[at]))
    return found


def _chance(values: Floats, needed: float, *, lower: bool) -> float:
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    if sd == 0:
        return float(mean <= needed if lower else mean >= needed)
    below = NormalDist(mean, sd).cdf(needed)
    return below if lower else 1.0 - below
