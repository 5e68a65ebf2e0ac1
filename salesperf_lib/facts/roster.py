"""Who was where and when: roster rows by day, teams, and the people of a period."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.periods import Period

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from salesperf_lib.facts.snapshot import Facts

FOREVER = "date '9999-12-31'"

PEOPLE_COLUMNS = (
    "person_id",
    "name",
    "team_id",
    "role",
    "manager_id",
    "status",
    "hired_on",
    "days_on_duty",
    "fte",
    "team_days",
    "excluded_days",
    "main",
)


def spans_sql(columns: Collection[str], open_until: str = FOREVER) -> str:
    """Write the query that closes the spans of the roster.

    Parameters
    ----------
    columns
        Columns that the roster has.
    open_until
        SQL of the day to which a person's last row holds where it has no end.

    Returns
    -------
    str
        SQL of one row per roster row: every optional column present, `valid_to` included in the
        span; `is_open` says that the row has no end of its own.
    """

    def column(name: str, absent: str) -> str:
        return f"coalesce({name}, {absent})" if name in columns else absent

    return f"""
      select person_id, team_id, role, {column("fte", "1.0::double")} as fte, valid_from,
        coalesce(ends, greatest(valid_from, {open_until})) as valid_to,
        {column("status", "'regular'")} as status, {column("name", "person_id")} as name,
        {column("manager_id", "null::varchar")} as manager_id, {column("hired_on", "null::date")} as hired_on,
        ends is null as is_open
      from (select *, coalesce({column("valid_to", "null::date")},
              lead(valid_from) over (partition by person_id order by valid_from) - 1) as ends
            from roster)"""


def roster_days(facts: Facts) -> ir.Table:
    """Give the roster with every span closed.

    Returns
    -------
    ibis.Table
        One row per person and validity: `person_id`, `team_id`, `role`, `fte`, `valid_from`,
        `valid_to` (that day included; `last_day` where the roster leaves it open and nothing
        follows), `status`, `name`, `manager_id`, `hired_on`, `is_open`.

    Raises
    ------
    DataError
        If the source has no roster.
    """
    columns = facts.table("roster").columns
    return facts.con.sql(spans_sql(columns, f"date '{facts.last_day}'"))


def team_table(facts: Facts) -> pd.DataFrame:
    """List the teams and groups that any table names.

    Returns
    -------
    pandas.DataFrame
        One row per unit, sorted: `team_id`, `name` (the latest; the id where none is given),
        `parent_id` (None where none is given).
    """
    named = _team_names(facts)
    ids = {*named, *(parent for _, parent in named.values() if parent)}
    for table in facts.tables:
        if table != "teams" and facts.has(table, "team_id"):
            ids |= _distinct(facts, f"select distinct team_id from {table} where team_id is not null")
    if facts.has("goals"):
        ids |= _distinct(facts, "select distinct unit_id from goals where level in ('team', 'group')")
    rows = [(team, *named.get(team, (team, None))) for team in sorted(ids)]
    return pd.DataFrame(rows, columns=["team_id", "name", "parent_id"], dtype=object)


def spells(facts: Facts, period: Period | str) -> pd.DataFrame:
    """List the spells of a period: who was in which team and role, from which day to which.

    A row that the roster leaves open holds to the end of the period, also of one that the data
    do not cover yet.

    Returns
    -------
    pandas.DataFrame
        One row per person and roster row that touches the period, by person and first day: the columns
        of `roster_days`, and `first` and `last`, the days inside the period.
    """
    span = Period.parse(period)
    return facts.con.con.execute(
        f"""select *, greatest(valid_from, ?) as first, least(valid_to, ?) as last
            from ({spans_sql(facts.table("roster").columns)}) where valid_from <= ? and valid_to >= ?
            order by person_id, valid_from""",
        [span.first, span.last, span.last, span.first],
    ).df()


def people(facts: Facts, period: Period | str, no_duty: Collection[str] = ()) -> pd.DataFrame:
    """List who is on the roster in a period, and for how long.

    Parameters
    ----------
    facts
        The facts.
    period
        The period; spells as `spells` gives them.
    no_duty
        Kinds of absence that do not count as days on duty: `excluded_days` adds them up.

    Returns
    -------
    pandas.DataFrame
        One row per person, team and role: `days_on_duty` are calendar days on the roster less
        the share of them absent, `team_days` the days before absences, `fte` the mean over them;
        `main` marks the longest part of each person. Name, manager and status are the latest.
    """
    if not facts.has("roster"):
        return pd.DataFrame(columns=list(PEOPLE_COLUMNS))
    spans = spells(facts, period)
    spans["team_days"] = (spans["last"] - spans["first"]).dt.days + 1
    spans["absent"] = _absent_days(facts, spans)
    spans["excluded_days"] = _absent_days(facts, spans, no_duty) if no_duty else 0.0
    spans["fte_days"] = spans["fte"] * spans["team_days"]
    parts = spans.groupby(["person_id", "team_id", "role"], sort=True).agg(
        name=("name", "last"),
        manager_id=("manager_id", "last"),
        status=("status", "last"),
        hired_on=("hired_on", "last"),
        team_days=("team_days", "sum"),
        absent=("absent", "sum"),
        excluded_days=("excluded_days", "sum"),
        fte_days=("fte_days", "sum"),
    )
    parts["days_on_duty"] = (parts["team_days"] - parts["absent"]).clip(lower=0.0)
    parts["fte"] = parts["fte_days"] / parts["team_days"]
    parts = parts.reset_index()
    longest = parts.sort_values(["team_days", "team_id", "role"], ascending=[False, True, True])
    parts["main"] = parts.index.isin(longest.drop_duplicates("person_id").index)
    return parts[list(PEOPLE_COLUMNS)]


def _absent_days(facts: Facts, spans: pd.DataFrame, kinds: Collection[str] | None = None) -> pd.Series:
    """Count the days of each span on which its person was absent, by the share of the day; of some kinds."""
    absent = pd.Series(0.0, index=spans.index)
    if not facts.has("absences") or spans.empty:
        return absent
    absences = facts.con.con.execute("select * from absences").df()
    if kinds is not None:
        absences = absences[absences["kind"].isin(list(kinds))] if "kind" in absences else absences.iloc[:0]
    if "share" not in absences:
        absences["share"] = 1.0
    pairs = spans.reset_index()[["index", "person_id", "first", "last"]].merge(absences, on="person_id")
    first = pairs[["first", "from_on"]].max(axis=1)
    last = pairs[["last", "to_on"]].min(axis=1)
    pairs["days"] = ((last - first).dt.days + 1).clip(lower=0) * pairs["share"].fillna(1.0)
    return absent.add(pairs.groupby("index")["days"].sum(), fill_value=0.0)


def _team_names(facts: Facts) -> dict[str, tuple[str, str | None]]:
    """Give name and parent of each team, as its latest row has them."""
    if not facts.has("teams"):
        return {}

    def column(name: str, absent: str) -> str:
        return name if facts.has("teams", name) else absent

    rows = facts.con.con.execute(
        f"""select team_id, coalesce({column("name", "null")}, team_id), {column("parent_id", "null")}
        from teams order by {column("valid_from", "null::date")} nulls first"""
    ).fetchall()
    return {str(team): (str(name), parent) for team, name, parent in rows}


def _distinct(facts: Facts, query: str) -> set[str]:
    return {str(row[0]) for row in facts.con.con.execute(query).fetchall()}
