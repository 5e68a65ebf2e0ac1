"""Deep touches and repurchase side by side: the panel from which a dose–response is estimated (§1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import ibis
import pandas as pd

from salesperf_lib.errors import DataError, PeriodError, Problem, fail_if_any
from salesperf_lib.kpis.computation import compute
from salesperf_lib.kpis.scope import Scope
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy

RATE, TOUCHES = "private_domain_repurchase_rate", "deep_touches"
TYPES = {
    "period": "str",
    "team_id": "str",
    "unit_id": "str",
    "customers": "int64",
    "buyers": "int64",
    "touches": "int64",
    "moved": "int64",
}


def touch_doses(
    facts: Facts,
    policy: Policy,
    months: Sequence[str | Period],
    level: Literal["person", "team"] = "person",
) -> pd.DataFrame:
    """Put deep touches beside the repurchase of the customers they went to, month by month.

    Parameters
    ----------
    facts, policy
        What happened, and which readings hold.
    months
        Months that the facts cover whole.
    level
        ``person``: whoever looked after private-domain customers on the month's first day; ``team``
        where customers have no owners.

    Returns
    -------
    pandas.DataFrame
        One row per month and unit with private-domain customers: period, team_id, unit_id, customers
        (of the private domain on the month's first day), buyers (of these, who bought in the month),
        touches (the unit's deep touches in the month), moved (customers handed over from or to the
        unit after the first day: its touches then went to other customers; 0 at level team).

    Raises
    ------
    PeriodError
        If a period is no month, or the facts do not cover it whole.
    DataError
        If the facts hold no touches, or no private-domain customers in those months.

    Notes
    -----
    Customers and buyers are denominator and numerator of `private_domain_repurchase_rate` (DATA §4, §5).
    """
    spans = [Period.parse(month, policy.company.fiscal_start_month) for month in months]
    fail_if_any((problem for span in spans for problem in _month_problems(span, facts)), PeriodError)
    values = compute(facts, policy, spans, [level], [RATE, TOUCHES])
    rates, doses = (values[values["kpi"] == kpi] for kpi in (RATE, TOUCHES))
    if rates.empty or doses.empty:
        absent = RATE if rates.empty else TOUCHES
        raise DataError(
            Problem(f"facts of {facts.source}", f"no values of {absent} by {level}", "touches and owners",
                    "map touches, customers.private_domain_from and customer_owners, or ask for level team")
        )  # fmt: skip
    panel = rates[["period", "unit_id", "numerator", "denominator"]].merge(
        doses[["period", "unit_id", "value"]], on=["period", "unit_id"], how="left"
    )
    panel.columns = ["period", "unit_id", "buyers", "customers", "touches"]
    scope = Scope(facts, policy, tuple(spans))
    panel = _with_team(scope, panel) if level == "person" else panel.assign(team_id=panel["unit_id"], moved=0)
    panel = panel.fillna({"touches": 0, "moved": 0})[list(TYPES)].astype(TYPES)
    return panel.sort_values(["period", "team_id", "unit_id"], ignore_index=True)


def _month_problems(span: Period, facts: Facts) -> list[Problem]:
    where = f"dose panel, {span.label}"
    if span.kind != "month":
        return [Problem(where, f"a {span.kind}", "months", "give the months one by one")]
    if span.first < facts.first_day or span.last > facts.last_day:
        covered = f"{facts.first_day} to {facts.last_day}"
        return [Problem(where, "a month that is not covered whole", covered, "leave the month out")]
    return []


def _with_team(scope: Scope, panel: pd.DataFrame) -> pd.DataFrame:
    """Add each person's team on the month's first day, and how many customers changed hands after it.

    Customers of nobody (`unassigned`) get no row: nobody was there to touch them.
    """
    months, roster = scope.months(), scope.roster
    held = roster.inner_join(months, [roster.valid_from <= months.day, roster.valid_to >= months.day])
    teams = scope.facts.con.to_pandas(held.select("period", "team_id", unit_id="person_id"))
    return panel.merge(teams, on=["period", "unit_id"]).merge(
        _moves(scope), on=["period", "unit_id"], how="left"
    )


def _moves(scope: Scope) -> pd.DataFrame:
    """Count customers handed over inside a month, for whoever gave and whoever took them."""
    if not scope.facts.has("customer_owners"):
        return pd.DataFrame(
            {"period": pd.Series(dtype="str"), "unit_id": pd.Series(dtype="str"), "moved": []}
        )
    owners = scope.table("customer_owners").select("customer_id", "person_id", "valid_from")
    before = owners.person_id.lag().over(ibis.window(group_by=owners.customer_id, order_by=owners.valid_from))
    owners = owners.mutate(before=before)
    owners = owners.filter(owners.before.notnull(), owners.before != owners.person_id)
    sides = ibis.union(
        owners.select(on="valid_from", unit_id="person_id"), owners.select(on="valid_from", unit_id="before")
    )
    firsts = scope.months()
    days = scope.days().inner_join(firsts.select(start="day", month="period"), [("period", "month")])
    later = days.filter(days.day > days.start).select("period", "day")
    moves = sides.inner_join(later, [sides.on == later.day])
    counts = moves.group_by("period", "unit_id").agg(moved=moves.count())
    return pd.DataFrame(scope.facts.con.to_pandas(counts))
