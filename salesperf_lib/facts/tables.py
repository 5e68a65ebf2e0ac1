"""The fact tables: their columns, keys and references (DATA §3).

A mapping gives any of these tables and any of their columns. What is marked `required` must be
there once its table is given; everything else may be absent, and is then absent from the snapshot.
Money is a whole number of minor units, rates are 0–1, dates are naive business days.

Every table with a person and a day may also have the `team_id` of that day: given by the mapping,
or filled from the roster at load, so that sums by team need no roster any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "date", "month", "moment", "period", "money", "count", "number", "value", "flag"]

SQL_TYPES: Mapping[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "date": "DATE",
    "month": "DATE",  # the first day of the month
    "moment": "TIMESTAMP",
    "period": "VARCHAR",
    "money": "BIGINT",
    "count": "BIGINT",
    "number": "DOUBLE",
    "value": "DOUBLE",  # of many meanings in one column: a goal, a rating
    "flag": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a fact table.

    Parameters
    ----------
    kind
        What it holds; `SQL_TYPES` gives its type.
    required
        Whether a table that is given must have it, filled in every row.
    references
        The table whose rows it names, if any: its first key column.
    codes
        The closed list of its values, if there is one.
    """

    kind: Kind
    required: bool = False
    references: str = ""
    codes: tuple[str, ...] = ()

    @property
    def measured(self) -> bool:
        """Say whether it holds an amount, which is never negative and seldom absurd."""
        return self.kind in ("money", "count", "number")


@dataclass(frozen=True, slots=True)
class Table:
    """One fact table.

    Parameters
    ----------
    columns
        Its columns by name, in the order of DATA §3.
    key
        Columns that together name one row; none where equal rows are different events.
    day
        The column with the row's business day; empty if it has none.
    span
        First and last column of a span of days, both included.
    disjoint
        Whether spans of one `key[0]` never overlap: rows of validity do not, absences by half days may.
    """

    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    day: str = ""
    span: tuple[str, str] | None = None
    disjoint: bool = True

    @property
    def owned(self) -> bool:
        """Say whether its rows have a person and a team on a day: the team follows the roster."""
        return bool(self.day) and "person_id" in self.columns and "team_id" in self.columns

    def required(self) -> tuple[str, ...]:
        """List the columns that a given table must have."""
        return tuple(name for name, column in self.columns.items() if column.required)


TEXT, MOMENT, FLAG = Column("text"), Column("moment"), Column("flag")
DATE, DATE_REQUIRED = Column("date"), Column("date", required=True)
MONEY, COUNT, NUMBER = Column("money"), Column("count"), Column("number")
ID, ID_REQUIRED = Column("id"), Column("id", required=True)
PERSON, PERSON_REQUIRED = Column("id", references="roster"), Column("id", required=True, references="roster")
TEAM, CHANNEL = Column("id", references="teams"), Column("id", references="channels")
PAGE_KINDS = ("product", "campaign", "live")

TABLES: Mapping[str, Table] = {
    "roster": Table(
        {
            "person_id": ID_REQUIRED,
            "valid_from": DATE_REQUIRED,
            "valid_to": DATE,
            "name": TEXT,
            "team_id": Column("id", required=True, references="teams"),
            "role": Column("text", required=True),
            "manager_id": PERSON,
            "fte": NUMBER,
            "hired_on": DATE,
            "status": Column("text", codes=("regular", "probation")),
        },
        key=("person_id", "valid_from"),
        span=("valid_from", "valid_to"),
    ),
    "teams": Table(
        {"team_id": ID_REQUIRED, "name": TEXT, "parent_id": TEAM, "valid_from": DATE, "valid_to": DATE},
        key=("team_id", "valid_from"),
        span=("valid_from", "valid_to"),
    ),
    "absences": Table(
        {
            "person_id": PERSON_REQUIRED,
            "from_on": DATE_REQUIRED,
            "to_on": DATE_REQUIRED,
            "kind": Column("text", codes=("annual", "sick", "statutory", "unpaid", "training")),
            "share": NUMBER,
        },
        key=("person_id", "from_on", "kind"),
        span=("from_on", "to_on"),
        disjoint=False,
    ),
    "channels": Table(
        {"channel": ID_REQUIRED, "name": TEXT, "platform": TEXT, "is_paid": FLAG}, key=("channel",)
    ),
    "customers": Table(
        {
            "customer_id": ID_REQUIRED,
            "first_ordered_on": DATE,
            "channel": CHANNEL,
            "private_domain_from": DATE,
        },
        key=("customer_id",),
    ),
    "customer_owners": Table(
        {
            "customer_id": Column("id", required=True, references="customers"),
            "person_id": PERSON_REQUIRED,
            "valid_from": DATE_REQUIRED,
            "valid_to": DATE,
        },
        key=("customer_id", "valid_from"),
        span=("valid_from", "valid_to"),
    ),
    "orders": Table(
        {
            "order_id": ID_REQUIRED,
            "ordered_on": DATE_REQUIRED,
            "amount": Column("money", required=True),
            "customer_id": Column("id", references="customers"),
            "person_id": PERSON,
            "team_id": TEAM,
            "channel": CHANNEL,
            "campaign_id": ID,
            "page_kind": Column("text", codes=PAGE_KINDS),
            "after_inquiry": FLAG,
            "on_credit": FLAG,
            "due_on": DATE,
            "address_key": ID,
            "ordered_at": MOMENT,
            "clicked_at": MOMENT,
        },
        key=("order_id",),
        day="ordered_on",
    ),
    "daily_sales": Table(
        {
            "date": DATE_REQUIRED,
            "team_id": TEAM,
            "person_id": PERSON,
            "channel": CHANNEL,
            "gross_amount": Column("money", required=True),
            "refunded": MONEY,
            "orders": COUNT,
            "customers": COUNT,
            "new_customer_amount": MONEY,
            "acquired_customers": COUNT,
        },
        key=("date", "team_id", "person_id", "channel"),
        day="date",
    ),
    "order_events": Table(
        {
            "order_id": Column("id", required=True, references="orders"),
            "event": Column("text", required=True, codes=("payment", "refund")),
            "event_on": DATE_REQUIRED,
            "amount": Column("money", required=True),
        },
    ),
    "credits": Table(
        {
            "order_id": Column("id", required=True, references="orders"),
            "role": Column("text", required=True),
            "person_id": PERSON_REQUIRED,
            "share": Column("number", required=True),
        },
        key=("order_id", "role", "person_id"),
    ),
    "traffic": Table(
        {
            "date": DATE_REQUIRED,
            "channel": Column("id", required=True, references="channels"),
            "campaign_id": ID,
            "person_id": PERSON,
            "team_id": TEAM,
            "impressions": COUNT,
            "clicks": COUNT,
            "visits": COUNT,
            "qualified_visits": COUNT,
            "bounced_visits": COUNT,
            "dwell_seconds": NUMBER,
            "spend": MONEY,
            "attributed_orders": COUNT,
            "attributed_sales": MONEY,
            "ads_checked": COUNT,
            "ad_violations": COUNT,
        },
        key=("date", "channel", "campaign_id", "person_id", "team_id"),
        day="date",
    ),
    "pages": Table(
        {
            "date": DATE_REQUIRED,
            "page_id": ID_REQUIRED,
            "page_kind": Column("text", required=True, codes=PAGE_KINDS),
            "channel": CHANNEL,
            "person_id": PERSON,
            "team_id": TEAM,
            "visitors": COUNT,
            "orders": COUNT,
            "live_minutes": NUMBER,
        },
        key=("date", "page_id", "channel", "person_id", "team_id"),
        day="date",
    ),
    "inquiries": Table(
        {
            "date": DATE_REQUIRED,
            "person_id": PERSON,
            "team_id": TEAM,
            "channel": CHANNEL,
            "inquiries": COUNT,
            "orders": COUNT,
            "customers_served": COUNT,
            "first_response_seconds": NUMBER,
            "csat_sum": NUMBER,
            "csat_count": COUNT,
            "replies_checked": COUNT,
            "violations": NUMBER,
            "severe_violations": NUMBER,
        },
        key=("date", "person_id", "team_id", "channel"),
        day="date",
    ),
    "team_costs": Table(
        {
            "month": Column("month", required=True),
            "team_id": Column("id", required=True, references="teams"),
            "service_labour_cost": MONEY,
        },
        key=("month", "team_id"),
    ),
    "touches": Table(
        {
            "date": DATE_REQUIRED,
            "person_id": PERSON_REQUIRED,
            "team_id": TEAM,
            "kind": Column("text", required=True),
            "touches": COUNT,
            "deep_touches": COUNT,
            "customers_touched": COUNT,
        },
        key=("date", "person_id", "kind"),
        day="date",
    ),
    "assessments": Table(
        {
            "period": Column("period", required=True),
            "person_id": PERSON_REQUIRED,
            "item": Column("text", required=True),
            "numerator": Column("value", required=True),
            "denominator": Column("value"),
            "scale_max": NUMBER,
            "rater_id": PERSON,
            "subject_id": ID,
            "adopted_on": DATE,
        },
        key=("period", "person_id", "item", "rater_id", "subject_id"),
    ),
    "goals": Table(
        {
            "period": Column("period", required=True),
            "level": Column("text", required=True, codes=("company", "group", "team", "person", "channel")),
            "unit_id": ID_REQUIRED,
            "kpi": Column("text", required=True),
            "target": Column("value", required=True),
        },
        key=("period", "level", "unit_id", "kpi"),
    ),
    "order_copies": Table(
        {
            "system": Column("text", required=True, codes=("crm", "erp", "ads")),
            "order_id": ID,
            "date": DATE,
            "customer_id": ID,
            "person_id": ID,
            "channel": ID,
            "amount": MONEY,
            "status": TEXT,
            "upstream": TEXT,
        },
    ),
}

COVERAGE = ("orders", "daily_sales", "traffic", "pages", "inquiries")
"""Tables whose days say what a snapshot covers."""
