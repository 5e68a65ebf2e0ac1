"""What one computation is about: facts, policy, and the days and windows of its periods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from salesperf_lib.errors import PeriodError
from salesperf_lib.periods import Period, add_months, closing_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy

DAY = timedelta(days=1)
EXACT = "decimal(28, 9)"  # numbers with decimals are added exactly, so that the order of rows never matters


@dataclass(frozen=True, slots=True)
class Measure:
    """One sum.

    Parameters
    ----------
    of
        What a row adds to it.
    needs
        ``table.column`` that must be given.
    adds
        Columns that the stream must add to its rows first.
    """

    of: Callable[[ir.Table], Any]
    needs: tuple[str, ...]
    adds: tuple[str, ...] = ()

    def available(self, facts: Facts) -> bool:
        """Say whether its columns are given."""
        return all(facts.has(*column.split(".")) for column in self.needs)


@dataclass(frozen=True)
class Scope:
    """Facts, policy and periods of one computation, and what it looks up once.

    Parameters
    ----------
    facts, policy
        What happened, and by which rules.
    periods
        Periods asked for.
    compared
        For some of them, by label, the earlier period that sales are also added up for.
    """

    facts: Facts
    policy: Policy
    periods: tuple[Period, ...]
    compared: Mapping[str, Period] = field(default_factory=dict[str, Period])

    @cached_property
    def groups(self) -> list[tuple[str, str]]:
        """List each team with every group above it."""
        from salesperf_lib.facts import team_table

        return ancestors(team_table(self.facts))

    @cached_property
    def roster(self) -> ir.Table:
        """List the roster with every span closed."""
        from salesperf_lib.facts import roster_days

        return roster_days(self.facts)

    @cached_property
    def first_order_day(self) -> date:
        """Give the day of the first order; the first day covered if there is none."""
        found = self.facts.con.to_pandas(self.table("orders").ordered_on.min())
        return self.facts.first_day if pd.isna(found) else pd.Timestamp(found).date()

    @cached_property
    def _tables(self) -> dict[str, ir.Table]:
        return {}

    def table(self, name: str) -> ir.Table:
        """Give a fact table; the engine is asked for its columns once."""
        if name not in self._tables:
            self._tables[name] = self.facts.table(name)
        return self._tables[name]

    def days(self) -> ir.Table:
        """List the days of every period: `period`, `day`."""
        return spans_table((period.label, period.first, period.last) for period in self.periods)

    def sales_days(self) -> ir.Table:
        """List the days of every period and of those that they are compared with: `period`, `day`."""
        periods = {period.label: period for period in (*self.periods, *self.compared.values())}
        return spans_table((period.label, period.first, period.last) for period in periods.values())

    def months(self) -> ir.Table:
        """List the first days of the months of every period that is made of whole months."""
        rows = [(period.label, month.first) for period in self.periods for month in whole_months(period)]
        return dated(rows, ("period", "day"), ("day",))

    def close_on(self, period: Period) -> date:
        """Give the day from which a period's figures are final."""
        return closing_day(period, self.policy.company.close_day)

    def end(self, period: Period) -> date:
        """Give the period's last day that the facts cover."""
        return min(period.last, self.facts.last_day)

    def history_from(self) -> date | None:
        """Give the first day whose first orders can be believed; None if any can be.

        Without `first_ordered_on` an old customer's first order in the data looks like a first order.
        """
        months = self.policy.company.history_burn_in_months
        if self.facts.has("customers", "first_ordered_on") or not months or not self.facts.has("orders"):
            return None
        return add_months(self.first_order_day.replace(day=1), months)

    def horizon(self, kpi: str, default: int) -> int:
        """Give the age up to which a cohort's sales count."""
        rule = self.policy.kpis.get(kpi)
        return default if rule is None or rule.horizon_days is None else rule.horizon_days


def ancestors(teams: pd.DataFrame) -> list[tuple[str, str]]:
    """List each team with every group that it belongs to, directly or through another."""
    parent_of = {
        team: parent for team, parent in zip(teams["team_id"], teams["parent_id"], strict=True) if parent
    }
    pairs: list[tuple[str, str]] = []
    for team in parent_of:
        above, seen = parent_of.get(team), {team}
        while above and above not in seen:
            pairs.append((team, above))
            seen.add(above)
            above = parent_of.get(above)
    groups = {group for _, group in pairs}
    return pairs + [(group, group) for group in sorted(groups)]


def whole_months(period: Period) -> tuple[Period, ...]:
    """List the months of a period; none if it is not made of whole months."""
    try:
        return period.children("month")
    except PeriodError:
        return ()


def spans_table(spans: Iterable[tuple[str, date, date]]) -> ir.Table:
    """List the days of labelled spans: `period`, `day`."""
    rows = [
        (label, first + step * DAY) for label, first, last in spans for step in range((last - first).days + 1)
    ]
    return dated(rows, ("period", "day"), ("day",))


def dated(rows: Sequence[tuple[Any, ...]], columns: Sequence[str], dates: Sequence[str]) -> ir.Table:
    """Give the engine a small table whose `dates` are dates."""
    frame = pd.DataFrame(rows, columns=list(columns))
    for column in dates:
        frame[column] = frame[column].astype("datetime64[s]")
    types: dict[str, str] = {"int64": "int64", "float64": "float64"}
    schema = {
        name: "date" if name in dates else types.get(str(frame[name].dtype), "string")
        for name in frame.columns
    }
    return ibis.memtable(frame, schema=ibis.schema(schema))


def closing(day: Any, close_day: int) -> Any:
    """Write the day from which the month of a day is final, as `periods.closing_day` gives it."""
    following = (day.truncate("M") + ibis.interval(months=1)).cast("date")
    if close_day == 0:
        return _back(following, 1)
    after = (day.truncate("M") + ibis.interval(months=2)).cast("date")
    return ibis.least(ahead(following, close_day - 1), _back(after, 1))


def ahead(day: Any, days: int) -> Any:
    """Write the day that many days later."""
    return (day + ibis.interval(days=days)).cast("date")


def _back(day: Any, days: int) -> Any:
    return (day - ibis.interval(days=days)).cast("date")


def exact(value: Any) -> Any:
    """Make sums of a number with decimals independent of the order of rows."""
    return value.cast(EXACT)


def where(condition: Any, value: Any) -> Any:
    """Count a value only where a condition holds: 0 where it does not, or is unknown."""
    return ibis.ifelse(condition.fill_null(False), value, ibis.literal(0).cast(value.type()))  # noqa: FBT003
