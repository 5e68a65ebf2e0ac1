"""How a person's own values changed, and which changes are more than noise (§2.6).

Nothing is called an improvement that chance alone would often bring: the difference must be larger
than `NOISE` standard errors of the two values, worked out from the observations behind them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from salesperf_lib.kpis import KPIS
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period
from salesperf_lib.reports.explanation import AMOUNTS

NOISE = 1.645
"""Standard errors beyond which a change is more than noise: one-sided, 95 %."""

SPREAD = {"points": 0.25, "seconds": 1.0}
"""Spread of one observation over its mean: marks of a scale lie close together, waiting times do not."""

Comparable = Callable[[str, bool], bool]
"""Says of a period, and of whether a volume is compared, if the person's own value in it is a match."""

COMPARED: dict[str, type] = {
    "reference": str,
    "before": float,
    "gain": float,
    "up_reference": str,
    "up_before": float,
    "up_gain": float,
}

Found = tuple[str, float, float]
NOTHING: Found = ("", math.nan, math.nan)

Values = Mapping[tuple[str, str, str, str], Mapping[str, Any]]


def with_changes(
    lines: pd.DataFrame, kpi_values: pd.DataFrame, policy: Policy, comparable: Comparable
) -> pd.DataFrame:
    """Put beside each line what its value is compared with.

    Parameters
    ----------
    lines
        Rows of the score frame of one person.
    kpi_values
        KPI values of the appraisal.
    policy
        The rules.
    comparable
        Whether the person's own value of a period is a match: same role, and for volumes as many
        days on duty.

    Returns
    -------
    DataFrame
        The same rows with reference (label of the earlier period, empty if there is none), before (its
        value) and gain (change for the better in standard errors; NaN where it cannot be said); and
        the same as up_reference, up_before and up_gain of the first change for the better beyond
        noise, absent where there is none.

    Notes
    -----
    A rate is compared with the period before, then with the year before; a volume, which follows the
    season, with the year before only. `reference` is the first of them that there is: what is said of a
    line in passing is not chosen for its sign. Raw values are compared, before shrinkage and
    leniency correction.
    """
    held = _lookup(kpi_values, lines)
    rows = records(lines)
    found = [(*first, *up) for first, up in (_compared(row, held, policy, comparable) for row in rows)]
    extra = pd.DataFrame(found, columns=list(COMPARED), index=lines.index).astype(COMPARED)
    return lines.assign(**{name: extra[name] for name in COMPARED})


def uncompared(lines: pd.DataFrame) -> pd.DataFrame:
    """Give lines with the columns of `with_changes`, compared with nothing."""
    blank = {name: "" if kind is str else math.nan for name, kind in COMPARED.items()}
    return lines.assign(**blank)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a frame, each by the names of its columns."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def standard_error(kpi: str, unit: str, value: Mapping[str, Any], amount_cv: float) -> float:
    """Give the standard error of a KPI value; NaN where it cannot be told.

    Parameters
    ----------
    kpi, unit
        Id and unit of the KPI.
    value
        value, numerator, denominator, n.
    amount_cv
        Spread of an order's amount over its mean.

    Notes
    -----
    ``share``: √(p̃(1 − p̃)/ñ) with ñ = n + 4, p̃ = (p·n + 2)/ñ (Agresti & Coull 1998), times
    √(1 + cv²) where amounts are shared instead of counts. ``count``: √x of the counted sum (Poisson).
    ``money``, ``ratio``: x·√((1 + cv²)/n). ``points``, ``seconds``: x·spread/√n.
    Uplifts, which are no shares of anything counted, have none.
    """
    x, n = _number(value["value"]), _number(value["n"])
    if math.isnan(x) or not n > 0 or kpi.endswith("_uplift"):
        return math.nan
    if unit == "share":
        size = n + 4
        rate = (min(max(x, 0.0), 1.0) * n + 2) / size
        return math.sqrt(rate * (1 - rate) / size * _inflation(kpi, amount_cv))
    if unit == "count":
        below = _number(value["denominator"])
        whole = max(_number(value["numerator"]), 1.0)
        return math.sqrt(whole) / (below if below > 0 else 1.0)
    if unit in SPREAD:
        return abs(x) * SPREAD[unit] / math.sqrt(n)
    return abs(x) * math.sqrt((1 + amount_cv**2) / n)


def _inflation(kpi: str, amount_cv: float) -> float:
    return 1 + amount_cv**2 if KPIS[kpi].numerator in AMOUNTS else 1.0


def _lookup(kpi_values: pd.DataFrame, lines: pd.DataFrame) -> Values:
    units = {"company", *lines["person_id"], *lines["team_id"]}
    rows = kpi_values[
        kpi_values["channel"].eq("all")
        & kpi_values["unit_id"].isin(units)
        & kpi_values["kpi"].isin(lines["kpi"])
    ]
    keys = zip(rows["period"], rows["level"], rows["unit_id"], rows["kpi"], strict=True)
    return dict(zip(keys, records(rows), strict=True))


def _compared(
    line: Mapping[str, Any], held: Values, policy: Policy, comparable: Comparable
) -> tuple[Found, Found]:
    """Give the first reference of a line, and the first against which it is better beyond noise."""
    kpi, level = policy.kpis[str(line["kpi"])], str(line["scored_at"])
    unit = str({"person": line["person_id"], "team": line["team_id"]}.get(level, "company"))
    period, volume = str(line["value_period"]), kpi.kind == "volume"
    now = held.get((period, level, unit, kpi.id))
    found: list[Found] = []
    for label in _references(period, policy, volume=volume):
        then = held.get((label, level, unit, kpi.id))
        if now is None or then is None or math.isnan(_number(then["value"])):
            continue
        if level != "person" or comparable(label, volume):
            found.append((label, _number(then["value"]), _gain(kpi.id, now, then, policy)))
    better = [one for one in found if one[2] >= NOISE]
    return next(iter(found), NOTHING), next(iter(better), NOTHING)


def _references(label: str, policy: Policy, *, volume: bool) -> Iterator[str]:
    period = Period.parse(label, policy.company.fiscal_start_month)
    if not volume:
        yield period.shift(-1).label
    yield period.year_before().label


def _gain(kpi: str, now: Mapping[str, Any], then: Mapping[str, Any], policy: Policy) -> float:
    known, spread = policy.kpis[kpi], policy.grades.certainty.amount_cv
    errors = [standard_error(kpi, known.unit, value, spread) for value in (now, then)]
    size = math.hypot(*errors)
    if not size > 0 or known.direction == "none":
        return math.nan
    better = 1.0 if known.direction == "higher" else -1.0
    return better * (_number(now["value"]) - _number(then["value"])) / size


def _number(value: Any) -> float:
    return math.nan if pd.isna(value) else float(value)
