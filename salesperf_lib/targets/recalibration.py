"""The rest of a year's target when the year runs off the plan: three proposals with their chances (§3.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.params.policy import RecalibrationRules
from salesperf_lib.stats.reach import Floats, Level, normal_chance, update_level
from salesperf_lib.targets.rounding import largest_remainder

ALTERNATIVES = ("naive", "level", "blend")
MONTH_CV = 0.10
"""CV of a month around level × plan where the unit's own is not given."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Three proposals for the remaining months of one unit's volume.

    Parameters
    ----------
    theta
        Level of the year as the closed months tell it; 1 is the plan.
    forecast, sd
        The year's expected total and its standard deviation.
    p_plan
        Chance that the year reaches the plan's total.
    months
        One row per alternative (``naive``, ``level``, ``blend``) and month of the plan: alternative,
        month (from 0), closed, plan, actual (NaN where open), target. In closed months the target is
        the plan.
    outcomes
        One row per alternative: alternative, rest (sum of the open months' targets), landing (what
        the year comes to if they are met: reached + rest), target (what the book then says for the
        year: plan of the closed months + rest), p_hit (chance to reach `rest` in the open months).
    """

    theta: float
    forecast: float
    sd: float
    p_plan: float
    months: pd.DataFrame
    outcomes: pd.DataFrame


def remaining(
    plan: Sequence[float] | Floats,
    actual: Sequence[float] | Floats,
    rules: RecalibrationRules,
    *,
    cv: float | Sequence[float] = MONTH_CV,
    expected: Sequence[float] | Floats | None = None,
) -> Recalibration:
    """Propose new targets for the months that are still open.

    Parameters
    ----------
    plan
        Month targets of the year, in whole units (money: minor units).
    actual
        What was reached in the closed months, the first of the plan; may be below 0 (refunds).
    rules
        `policy.targets.recalibration`.
    cv
        CV of a month around its expectation, one for all or one per month of the plan.
    expected
        What was expected of each month before the year (`difficulty.forecast`); the plan by default.

    Returns
    -------
    Recalibration
        The proposals; nothing is put in force.

    Raises
    ------
    DataError
        If a month is NaN or no whole number, no month is closed or none is open, or nothing is
        planned or expected in the closed or in the open months.

    Notes
    -----
    With T the plan's total, Y reached, s the plan's months and R their sum over the open ones:

    * ``naive`` catches up: (T − Y)·s_m/R, at least 0.
    * ``level`` expects what the level says: θ̂·E_rest (METHODS §3.1).
    * ``blend`` is T′ = ω T + (1 − ω) forecast; its rest T′ − Y stays between floor and ceiling
      times R, so that a lost half-year is not piled on the other half, nor a good one punished.

    Months keep the profile of the plan and are rounded by largest remainder; they sum to the rest,
    the nearest whole number, exactly. Months are independent with standard deviation cv·E_m; chances
    are normal tails.
    """
    fail_if_any(_wrong(plan, actual, expected, cv, rules), DataError)
    whole, done = np.asarray(plan, float), np.asarray(actual, float)
    means = whole if expected is None else np.asarray(expected, float)
    closed = len(done)
    level = _level(
        means, done, np.broadcast_to(np.asarray(cv, float), whole.shape), float(whole.sum()), rules
    )
    open_plan, reached, forecast = float(whole[closed:].sum()), float(done.sum()), float(level.forecast)
    blend = rules.keep * float(whole.sum()) + (1 - rules.keep) * forecast - reached
    rests = {
        "naive": max(float(whole.sum()) - reached, 0.0),
        "level": max(forecast - reached, 0.0),
        "blend": min(max(blend, rules.floor * open_plan), rules.ceiling * open_plan),
    }
    targets = {name: _months(round(rest), whole, closed) for name, rest in rests.items()}
    return Recalibration(
        theta=float(level.theta),
        forecast=forecast,
        sd=float(level.sd),
        p_plan=float(level.p_hit),
        months=pd.concat(
            [_table(name, whole, done, targets[name]) for name in ALTERNATIVES], ignore_index=True
        ),
        outcomes=_outcomes(targets, done, level),
    )


def _level(means: Floats, done: Floats, cv: Floats, target: float, rules: RecalibrationRules) -> Level:
    """Update the level by the closed months; what is still to come scatters month by month."""
    closed, noise = len(done), (cv * means) ** 2
    return update_level(
        done.sum(),
        means[:closed].sum(),
        means[closed:].sum(),
        prior_sd=rules.prior_sd,
        noise_sd=np.sqrt(noise[:closed].sum()),
        noise_sd_rest=np.sqrt(noise[closed:].sum()),
        target=target,
    )


def _months(rest: int, plan: Floats, closed: int) -> list[int]:
    """Keep the closed months, and share the rest over the open ones as the plan did."""
    whole = [int(value) for value in plan]
    return whole[:closed] + largest_remainder(rest, whole[closed:])


def _table(name: str, plan: Floats, done: Floats, target: list[int]) -> pd.DataFrame:
    months = np.arange(len(plan))
    actual = np.concatenate([done, np.full(len(plan) - len(done), np.nan)])
    closed = months < len(done)
    return pd.DataFrame(
        {"month": months, "closed": closed, "plan": plan.astype(int), "actual": actual, "target": target}
    ).assign(alternative=name)[["alternative", "month", "closed", "plan", "actual", "target"]]


def _outcomes(targets: dict[str, list[int]], done: Floats, level: Level) -> pd.DataFrame:
    """Say what each alternative asks for, and how likely the open months bring it."""
    closed, reached = len(done), float(done.sum())
    rests = [sum(targets[name][closed:]) for name in ALTERNATIVES]
    gap = (float(level.forecast) - reached - np.array(rests, float)) / float(level.sd)
    return pd.DataFrame(
        {
            "alternative": ALTERNATIVES,
            "rest": rests,
            "landing": [reached + rest for rest in rests],
            "target": [sum(targets[name]) for name in ALTERNATIVES],
            "p_hit": normal_chance(gap),
        }
    )


def _wrong(
    plan: Sequence[float] | Floats,
    actual: Sequence[float] | Floats,
    expected: Sequence[float] | Floats | None,
    cv: float | Sequence[float],
    rules: RecalibrationRules,
) -> Iterator[Problem]:
    whole, done = np.asarray(plan, float), np.asarray(actual, float)
    means = whole if expected is None else np.asarray(expected, float)
    yield from _wrong_values("plan", whole, least=0.0, integer=True)
    yield from _wrong_values("actual", done, least=-np.inf, integer=False)
    yield from _wrong_values("expected", means, least=0.0, integer=False)
    if len(means) != len(whole):
        yield Problem("recalibration, expected", f"{len(means)} months", f"{len(whole)}, as in the plan")
    if len(done) >= len(whole):
        allowed = "fewer months than the plan has: closed months never change"
        yield Problem("recalibration, actual", f"{len(done)} of {len(whole)} months", allowed)
    for name, values in (("plan", whole), ("expected", means)):
        for part, months in (("closed", values[: len(done)]), ("open", values[len(done) :])):
            if months.size and not months.sum() > 0 and not np.isnan(months).any():
                yield Problem(f"recalibration, {name}", f"nothing in the {part} months", "a sum above 0")
    spread = np.asarray(cv, float)
    if spread.shape not in ((), whole.shape) or not (np.isfinite(spread) & (spread > 0)).all():
        yield Problem("recalibration, cv", f"{cv}", "above 0; one value, or one per month of the plan")
    if not rules.prior_sd > 0:
        yield Problem("recalibration.prior_sd", f"{rules.prior_sd}", "above 0", "change params/targets.yaml")


def _wrong_values(name: str, values: Floats, *, least: float, integer: bool) -> Iterator[Problem]:
    where = f"recalibration, {name}"
    if values.ndim != 1 or not values.size:
        yield Problem(where, "no months", "at least one month")
        return
    wrong = ~np.isfinite(values) | (values < least)
    if integer:
        wrong |= values != np.round(values)
    for month in np.flatnonzero(wrong):
        allowed = (
            "a whole number, not negative"
            if integer
            else "a finite number" + (", not negative" if least == 0 else "")
        )
        yield Problem(f"{where}, month {month + 1}", f"{values[month]}", allowed)
