"""Sales day by day, for seasons and pace."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.kpis.scope import Scope
from salesperf_lib.kpis.streams import total
from salesperf_lib.periods import Period, day_of

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy

DAY_LEVELS = ("company", "group", "team", "person", "channel")
TYPES = {"date": "datetime64[us]", "unit_id": "str", "net_sales": "int64", "orders": "int64"}


def sales_by_day(facts: Facts, policy: Policy, first: date, last: date, level: str) -> pd.DataFrame:
    """Add up net sales by day.

    A refund posted to its order's month counts on the order's day, a later one on its own day: the days
    of a month add up to its net sales.

    Parameters
    ----------
    facts, policy
        What happened, and when months close.
    first, last
        Days wanted, both included.
    level
        company, group, team, person or channel.

    Returns
    -------
    pandas.DataFrame
        One row per day and unit with an order or a posted refund: `date`, `unit_id` (at level channel
        the channel), `net_sales` in minor units and `orders`, both int64.

    Raises
    ------
    ParamError
        For an unknown level.
    """
    if level not in DAY_LEVELS:
        raise ParamError(Problem("level", repr(level), ", ".join(DAY_LEVELS)))
    days = tuple(day_of(day) for day in Period("range", first, last, f"{first}..{last}").each_day())
    frames = total(Scope(facts, policy, days), ("net", "orders"), (level,))
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in TYPES.items()})
    rows = frames[0][frames[0]["level"] == level]
    unit = rows["channel"] if level == "channel" else rows["unit_id"]
    found = pd.DataFrame(
        {
            "date": pd.to_datetime(rows["period"]).dt.as_unit("us"),
            "unit_id": unit.astype("str"),
            "net_sales": rows["net"],
            "orders": rows.get("orders", 0),
        }
    )
    found = found.fillna({"net_sales": 0, "orders": 0}).astype(TYPES)
    return found.sort_values(["date", "unit_id"], ignore_index=True)
