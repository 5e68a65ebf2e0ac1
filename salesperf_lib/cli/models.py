"""Show the models of customers: how many come back, how often, and for how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from salesperf_lib.errors import DataError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from salesperf_lib.facts import Facts
    from salesperf_lib.params.policy import Policy

COLUMNS = ("period", "model", "parameter", "value", "unit")
Row = tuple[str, str, float, str]


def models(opened: Facts, policies: Sequence[Policy]) -> pd.DataFrame:
    """Fit both models of lifetime value to the customers acquired in each period, seen up to its end.

    Parameters
    ----------
    opened
        Facts with the customer of each order.
    policies
        Rules of each period.

    Returns
    -------
    pandas.DataFrame
        One row per period, model (``customers``, ``bg_nbd``, ``gamma_gamma``) and parameter: `value`, and
        its `unit`: customers, share, weeks, money (minor units), or nothing for a pure number.

    Raises
    ------
    DataError
        If orders have no customers, or none of a period's came back.

    Notes
    -----
    Ages are in weeks, and several orders of one day are one purchase (METHODS §1.1). A share of customers
    with purchases on two or more days is one up to the period's end, not within a fixed age.
    """
    import pandas as pd

    if not opened.has("orders", "customer_id"):
        problem = Problem(f"source {opened.source}", "no orders with customers", "orders.customer_id")
        raise DataError(problem)
    rows = [
        (policy.period.label, *row)
        for policy in policies
        for row in _of_histories(_histories(opened, policy))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _histories(opened: Facts, policy: Policy) -> pd.DataFrame:
    from salesperf_lib import kpis

    people = kpis.purchase_histories(opened, policy, policy.period)
    if not (people["x"] > 0).any():
        found = f"{len(people)} customers acquired, none of whom came back"
        raise DataError(
            Problem(f"period {policy.period.label}", found, "at least one who did", "take a longer period")
        )
    return people


def _of_histories(people: pd.DataFrame) -> Iterator[Row]:
    from salesperf_lib.stats import fit_bgnbd, fit_gamma_gamma

    back = people["x"] > 0
    yield "customers", "customers", float(len(people)), "customers"
    yield "customers", "bought_on_2_days_or_more", float(back.mean()), "share"
    buying = fit_bgnbd(people["x"], people["t_x"], people["T"])
    for name, unit in (("r", ""), ("alpha", "weeks"), ("a", ""), ("b", ""), ("log_likelihood", "")):
        yield "bg_nbd", name, float(getattr(buying, name)), unit
    spending = fit_gamma_gamma(people["x"], people["value"].fillna(0.0))
    for name, unit in (("p", ""), ("q", ""), ("v", "money"), ("log_likelihood", "")):
        yield "gamma_gamma", name, float(getattr(spending, name)), unit
