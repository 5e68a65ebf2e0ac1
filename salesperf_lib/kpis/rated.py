"""Ratings one by one, for the leniency correction of `stats` (§2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from salesperf_lib.kpis.duty import assessment_periods
from salesperf_lib.kpis.scope import Scope
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy

TYPES = {
    **dict.fromkeys(["period", "person_id", "item", "rater_id"], "str"),
    **dict.fromkeys(["numerator", "denominator", "corrected"], "float64"),
}


def ratings(facts: Facts, policy: Policy, periods: Sequence[str | Period] | str | Period) -> pd.DataFrame:
    """List what raters gave, in the periods asked for.

    Returns
    -------
    pandas.DataFrame
        One row per period, person_id, item and rater_id: `numerator` (sum of ratings), `denominator`
        (their number) and `corrected` (NaN: measured here, corrected by `stats`). Items that nobody
        rates, such as reports on time, are not in it.
    """
    several = [periods] if isinstance(periods, (str, Period)) else periods
    scope = Scope(
        facts, policy, tuple(Period.parse(period, policy.company.fiscal_start_month) for period in several)
    )
    if not facts.has("assessments", "rater_id"):
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in TYPES.items()})
    rows = facts.table("assessments")
    whole = rows.denominator if "denominator" in rows.columns else ibis.null("float64")
    rows = rows.filter(rows.rater_id.notnull())
    rows = rows.select(
        "person_id", "item", "rater_id", "numerator", denominator=whole.fill_null(1.0), label=rows.period
    )
    rows = rows.inner_join(assessment_periods(scope), "label")
    key = ["period", "person_id", "item", "rater_id"]
    sums = rows.group_by(*key).agg(numerator=rows.numerator.sum(), denominator=rows.denominator.sum())
    found = facts.con.to_pandas(sums.order_by(*key))
    return found.assign(corrected=float("nan")).astype(TYPES)
