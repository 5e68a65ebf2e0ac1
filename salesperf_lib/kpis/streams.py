"""Where each measure comes from: the streams of rows that one query each adds up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from salesperf_lib.kpis.customers import (
    COHORT,
    REPURCHASE,
    RETENTION,
    cohort,
    cohort_days,
    repurchase,
    retention,
)
from salesperf_lib.kpis.definitions import KPIS
from salesperf_lib.kpis.duty import ASSESSED, POSTS, TOUCH_DAYS, assessed, posts, touch_days
from salesperf_lib.kpis.levels import DIMENSIONS, roll_up
from salesperf_lib.kpis.plain import COSTS, INQUIRIES, PAGES, TOUCHES, TRAFFIC, plain_rows
from salesperf_lib.kpis.projection import PROJECTED, projection
from salesperf_lib.kpis.sales import (
    ACQUIRED,
    COLLECTION,
    DAILY,
    SALES,
    acquired,
    collection,
    credited,
    daily,
    ledger,
)
from salesperf_lib.kpis.scope import Measure, Scope

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from salesperf_lib.facts import Facts

Rows = Callable[[Scope, Sequence[str]], "ir.Table | None"]


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows and the measures that they add up to.

    Parameters
    ----------
    measures
        By name.
    rows
        Makes the rows; they carry `day`, or `period` where `days` is None.
    days
        Makes the table that gives a day its periods.
    by_order
        Whether a person's rates follow the credit of the rows' orders.
    """

    measures: Mapping[str, Measure]
    rows: Rows
    days: Callable[[Scope], ir.Table] | None
    by_order: bool = False


def streams_of(scope: Scope) -> tuple[Stream, ...]:
    """List the streams, orders before the daily sums that stand in for them."""
    horizon = scope.horizon("ltv", KPIS["ltv"].horizon_days or 0)
    per_order = (
        Stream(SALES, ledger, Scope.sales_days, by_order=True),
        Stream(ACQUIRED, acquired, Scope.days, by_order=True),
        Stream(COLLECTION, collection, Scope.days, by_order=True),
        *(Stream(RETENTION[n], lambda scope, _, n=n: retention(scope, n), Scope.days) for n in RETENTION),
        Stream(COHORT, lambda scope, _: cohort(scope, horizon), partial(cohort_days, horizon=horizon)),
        Stream(REPURCHASE, lambda scope, _: repurchase(scope), None),
        Stream(PROJECTED, lambda scope, _: projection(scope), None),
    )
    return (
        *(per_order if scope.facts.has("orders") else (Stream(DAILY, daily, Scope.sales_days),)),
        Stream(TRAFFIC, plain_rows("traffic"), Scope.days),
        Stream(PAGES, plain_rows("pages"), Scope.days),
        Stream(INQUIRIES, plain_rows("inquiries"), Scope.days),
        Stream(TOUCHES, plain_rows("touches"), Scope.days),
        Stream(COSTS, plain_rows("team_costs", "month"), Scope.months),
        Stream(POSTS, lambda scope, _: posts(scope), None),
        Stream(TOUCH_DAYS, lambda scope, _: touch_days(scope), None),
        Stream(ASSESSED, lambda scope, _: assessed(scope), None),
    )


def available(scope: Scope) -> set[str]:
    """List the measures whose tables and columns are given."""
    return {
        name
        for stream in streams_of(scope)
        for name, measure in stream.measures.items()
        if measure.available(scope.facts)
    }


def total(scope: Scope, wanted: Collection[str], levels: Collection[str]) -> list[pd.DataFrame]:
    """Add up measures, one query per stream.

    Returns
    -------
    list of pandas.DataFrame
        Per stream one row per period, level, unit and channel.
    """
    frames = (_total(scope, stream, _of(scope.facts, stream, wanted), levels) for stream in streams_of(scope))
    return [frame for frame in frames if frame is not None]


def total_credited(scope: Scope, wanted: Collection[str]) -> list[pd.DataFrame]:
    """Add up measures of orders over the people credited with them, one row per period and person."""
    frames: list[pd.DataFrame] = []
    for stream in streams_of(scope):
        measures = _of(scope.facts, stream, wanted)
        if not stream.by_order or not measures:
            continue
        rows = credited(scope, _rows(scope, stream, measures), measures)
        rows = _on_days(scope, stream, rows)
        found = roll_up(scope, rows, list(measures), ("person",))
        frames.append(found[found["level"] == "person"])
    return frames


def _of(facts: Facts, stream: Stream, wanted: Collection[str]) -> dict[str, Measure]:
    return {name: row for name, row in stream.measures.items() if name in wanted and row.available(facts)}


def _total(
    scope: Scope, stream: Stream, measures: Mapping[str, Measure], levels: Collection[str]
) -> pd.DataFrame | None:
    if not measures:
        return None
    rows = _rows(scope, stream, measures)
    if rows is None:
        return None
    kept = [name for name in ("day", "period", *DIMENSIONS) if name in rows.columns]
    rows = rows.select(*kept, **{name: measure.of(rows) for name, measure in measures.items()})
    rows = _on_days(scope, stream, rows)
    return roll_up(scope, rows, list(measures), levels)


def _rows(scope: Scope, stream: Stream, measures: Mapping[str, Measure]) -> ir.Table | None:
    return stream.rows(scope, sorted({column for measure in measures.values() for column in measure.adds}))


def _on_days(scope: Scope, stream: Stream, rows: ir.Table) -> ir.Table:
    """Give rows the periods in which their day lies."""
    return rows if stream.days is None else rows.inner_join(stream.days(scope), "day")
