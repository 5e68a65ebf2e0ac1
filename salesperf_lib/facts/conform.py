"""Give raw tables the names and types of the fact tables, and the rows of persons their team."""

from __future__ import annotations

from collections.abc import Mapping

from duckdb import DuckDBPyConnection

from salesperf_lib.facts.findings import Finding
from salesperf_lib.facts.roster import spans_sql
from salesperf_lib.facts.tables import SQL_TYPES, TABLES, Column
from salesperf_lib.sources.macros import Tally

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
FLOATS = ("DOUBLE", "FLOAT")
WORDS_BY_KIND = {
    "date": "to_day",
    "month": "to_month",
    "moment": "to_moment",
    "number": "to_number",
    "value": "to_number",
    "count": "to_number",
    "flag": "to_flag",
}
WHOLE = ("money", "count")
NUMERIC = (*INTEGERS, *FLOATS, "DECIMAL", "HUGEINT")
READY_TYPES = {
    "date": ("DATE", "TIMESTAMP"),
    "moment": ("DATE", "TIMESTAMP"),
    "number": NUMERIC,
    "value": NUMERIC,
    "flag": ("BOOLEAN",),
}


def conform(con: DuckDBPyConnection, raw: Mapping[str, str], tally: Tally) -> list[Finding]:
    """Make one table per fact table in schema ``main`` from raw relations.

    Parameters
    ----------
    con
        A connection that knows the words of a mapping (`sources.macros`).
    raw
        Relation by fact table; its columns bear the fact table's names.
    tally
        Filled by those words.

    Returns
    -------
    list of Finding
        What could not be read, and what had to be rounded.
    """
    findings: list[Finding] = []
    for name in TABLES:
        if name in raw:
            findings += _conform_table(con, name, raw[name])
    findings += [_unparsable(tag, tally) for tag in tally.counts]
    for name in TABLES:
        if name in raw and TABLES[name].owned:
            findings += _fill_team(con, name)
    return findings


def columns_of(con: DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Give the type of each column of a relation."""
    return {str(row[0]): str(row[1]) for row in con.execute(f"describe {relation}").fetchall()}


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def _conform_table(con: DuckDBPyConnection, name: str, relation: str) -> list[Finding]:
    given = columns_of(con, relation)
    kept = {column: spec for column, spec in TABLES[name].columns.items() if column in given}
    findings = [
        _not_minor_units(con, name, column, relation)
        for column, spec in kept.items()
        if spec.kind == "money" and given[column] == "VARCHAR"
    ]
    casts = [
        f"{_cast(name, column, spec, given[column])} as {quoted(column)}" for column, spec in kept.items()
    ]
    con.execute(f"create or replace table main.{name} as select {', '.join(casts)} from {relation}")
    return findings + _rounded(con, name, relation, given, kept)


def _cast(table: str, column: str, spec: Column, given: str) -> str:
    """Write the SQL that reads a column of a given type as its declared kind."""
    source, target = quoted(column), SQL_TYPES[spec.kind]
    if spec.kind in ("id", "text", "period"):
        text = f"cast({source} as varchar)"
        if given in FLOATS:  # a numeric id of a database or sheet: 123.0 is 123
            text = rf"regexp_replace({text}, '\.0$', '')"
        return f"nullif(trim({text}), '')"
    if spec.kind in WHOLE:
        read = f"to_number('{table}.{column}', {source})" if given == "VARCHAR" else source
        return f"cast(round({read}) as bigint)" if given not in INTEGERS else f"cast({source} as bigint)"
    if (
        spec.kind != "month"
        and given.startswith(READY_TYPES[spec.kind])
        and given != "TIMESTAMP WITH TIME ZONE"
    ):
        return f"cast({source} as {target})"
    return f"{WORDS_BY_KIND[spec.kind]}('{table}.{column}', {source})"


def _not_minor_units(con: DuckDBPyConnection, table: str, column: str, relation: str) -> Finding:
    rows = con.execute(f"select {quoted(column)} from {relation} where {quoted(column)} is not null limit 3")
    shown = tuple(str(row[0]) for row in rows.fetchall())
    counted = con.execute(f"select count({quoted(column)}) from {relation}").fetchall()[0][0]
    evidence = f"{table}.{column}"
    return Finding("not_minor_units", "error", evidence, "text", "whole minor units", int(counted), shown)


def _rounded(
    con: DuckDBPyConnection, table: str, relation: str, given: Mapping[str, str], kept: Mapping[str, Column]
) -> list[Finding]:
    """Find amounts with a fraction that matters; 12.000000001 is what floats make of 12."""
    findings: list[Finding] = []
    for column, spec in kept.items():
        if spec.kind not in WHOLE or given[column] in INTEGERS or given[column] == "VARCHAR":
            continue
        source = f"cast({quoted(column)} as double)"
        odd = f"abs({source} - round({source})) > greatest(1e-4, 1e-9 * abs({source}))"
        shown = con.execute(
            f"select count(*), array_slice(list({source}), 1, 3) from {relation} where {odd}"
        ).fetchall()[0]
        if shown[0]:
            examples = tuple(f"{value:.6g}" for value in shown[1])
            evidence = f"{table}.{column}"
            findings.append(
                Finding("rounded", "warning", evidence, "fractions", "whole numbers", shown[0], examples)
            )
    return findings


def _unparsable(tag: str, tally: Tally) -> Finding:
    table, _, column = tag.partition(".")
    spec = TABLES[table].columns.get(column) if table in TABLES else None
    kind = spec.kind if spec else "value"
    severity = "error" if spec is None or spec.required else "warning"
    examples = tuple(repr(text[:60]) for text in tally.examples[tag])
    return Finding(
        "unparsable", severity, tag, "text that cannot be read", f"a {kind}", tally.counts[tag], examples
    )


def _fill_team(con: DuckDBPyConnection, table: str) -> list[Finding]:
    """Give rows with a person and no team the team that the roster names on their day."""
    columns = columns_of(con, f"main.{table}")
    if "person_id" not in columns or not exists(con, "roster"):
        return []
    day, has_team = TABLES[table].day, "team_id" in columns
    own, others = ("t.team_id", "t.* exclude (team_id)") if has_team else ("null", "t.*")
    con.execute(
        f"""create or replace table main._filled as
        select {others}, coalesce({own}, case when t.{day} <= r.valid_to then r.team_id end) as team_id,
          t.person_id in (select person_id from main.roster)
            and (r.person_id is null or t.{day} > r.valid_to) as off_roster
        from main.{table} t asof left join ({spans_sql(columns_of(con, "main.roster"))}) r
          on t.person_id = r.person_id and t.{day} >= r.valid_from"""
    )
    n_off, shown = con.execute(
        f"""select count(*), list_sort(list(distinct person_id || ' ' || {day}))[:3]
        from main._filled where off_roster"""
    ).fetchall()[0]
    con.execute("alter table main._filled drop column off_roster")
    con.execute(f"drop table main.{table}; alter table main._filled rename to {table}")
    if not n_off:
        return []
    evidence, expected = f"{table}.person_id", "days on which the roster has the person"
    return [
        Finding("off_roster", "warning", evidence, "persons off the roster", expected, n_off, tuple(shown))
    ]


def exists(con: DuckDBPyConnection, table: str) -> bool:
    """Say whether schema ``main`` has a table."""
    query = "select 1 from duckdb_tables() where schema_name = 'main' and table_name = ?"
    return bool(con.execute(query, [table]).fetchall())
