"""Run the selects of a mapping, and name the table and column at fault where one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from duckdb import DuckDBPyConnection
from sqlglot import tokenize
from sqlglot.errors import TokenError

from salesperf_lib.errors import Problem
from salesperf_lib.sources.macros import tagged
from salesperf_lib.sources.mapping import Mapping, Select, TableMapping

INPUTS, RAW = "input", "raw"
REMEDY = "correct the mapping, or the export"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a select stands in its mapping file."""

    file: str
    table: str
    number: int | None

    def path(self, *parts: str) -> str:
        """Write file and path inside it."""
        union = [] if self.number is None else ["union", str(self.number)]
        return f"{self.file}: " + ".".join(["tables", self.table, *union, *parts])


def run(con: DuckDBPyConnection, name: str, table: TableMapping, file: str) -> list[Problem]:
    """Make the table ``raw.NAME`` of a fact table, as its mapping says.

    Returns
    -------
    list of Problem
        What was refused; none if the table was made.
    """
    try:
        queries = [query_of(select, name) for select in table.selects]
        con.execute(f"create or replace table {RAW}.{name} as {' union all by name '.join(queries)}")
    except (duckdb.Error, TokenError) as error:
        return _diagnose(con, name, table, file) or [
            Problem(f"{file}: tables.{name}", told(error), "DuckDB SQL", REMEDY)
        ]
    return []


def query_of(select: Select, table: str) -> str:
    """Write a select of a mapping as SQL."""
    columns = [f'{tagged(sql, f"{table}.{name}")} as "{name}"' for name, sql in select.columns.items()]
    return f"({_head(select, table)}select {', '.join(columns)} {_tail(select, table)})"


def aliases_in(table: TableMapping, mapping: Mapping) -> list[str]:
    """List the inputs that a table is made from."""
    words: set[str] = set()
    for select in table.selects:
        for sql in (select.source, *select.named.values(), select.where or "", *select.columns.values()):
            words |= _words(sql)
    return [alias for alias in mapping.inputs if alias.lower() in words]


def told(error: Exception) -> str:
    """Tell an engine's error in its first line, without the engine's own prefix."""
    first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return first.removeprefix("Binder Error: ").removeprefix("Catalog Error: ").strip()


def _words(sql: str) -> set[str]:
    try:
        return {token.text.lower() for token in tokenize(sql, read="duckdb")}
    except TokenError:
        return set()


def _head(select: Select, table: str) -> str:
    named = [f'"{name}" as ({tagged(sql, f"{table}.{name}")})' for name, sql in select.named.items()]
    return f"with {', '.join(named)} " if named else ""


def _tail(select: Select, table: str) -> str:
    where = f" where {tagged(select.where, f'{table}.where')}" if select.where else ""
    group = f" group by {select.group_by}" if select.group_by else ""
    return f"from {select.source}{where}{group}"


def _diagnose(con: DuckDBPyConnection, name: str, table: TableMapping, file: str) -> list[Problem]:
    """Try the parts of each select by themselves; the first that fails hides those built on it."""
    problems: list[Problem] = []
    for i, select in enumerate(table.selects):
        place = Place(file, name, i if len(table.selects) > 1 else None)
        for stage in (_try_named, _try_source, _try_where, _try_columns):
            found = list(stage(con, select, place))
            problems += found
            if found:
                break
    return problems


def _try_named(con: DuckDBPyConnection, select: Select, place: Place) -> Iterator[Problem]:
    known: list[str] = []
    for name, sql in select.named.items():
        head = f"with {', '.join(known)} " if known else ""
        yield from _tried(con, f"{head}select count(*) from ({sql})", place.path("with", name), sql)
        known.append(f'"{name}" as ({sql})')


def _try_source(con: DuckDBPyConnection, select: Select, place: Place) -> Iterator[Problem]:
    query = f"{_head(select, place.table)}select 1 from {select.source} limit 0"
    yield from _tried(con, query, place.path("from"), select.source)


def _try_where(con: DuckDBPyConnection, select: Select, place: Place) -> Iterator[Problem]:
    if select.where:
        where = tagged(select.where, f"{place.table}.where")
        query = f"{_head(select, place.table)}select count(*) from {select.source} where {where}"
        yield from _tried(con, query, place.path("where"), select.where)


def _try_columns(con: DuckDBPyConnection, select: Select, place: Place) -> Iterator[Problem]:
    head, tail = _head(select, place.table), _tail(select, place.table)
    for name, sql in select.columns.items():
        inner = f"{head}select {tagged(sql, f'{place.table}.{name}')} as tried {tail}"
        yield from _tried(con, f"select count(tried) from ({inner})", place.path("columns", name), sql)


def _tried(con: DuckDBPyConnection, query: str, where: str, sql: str) -> Iterator[Problem]:
    try:
        con.execute(query)
    except (duckdb.Error, TokenError) as error:
        shown = sql if len(sql) < 60 else sql[:57] + "…"
        yield Problem(where, f"{shown!r}: {told(error)}", _candidates(error), REMEDY)


def _candidates(error: Exception) -> str:
    """Say what may stand there, as far as the engine knows."""
    text = str(error)
    marker = next((m for m in ("Candidate bindings:", "Did you mean") if m in text), None)
    if marker is None:
        return "an expression that DuckDB can compute from the inputs"
    return (
        text.partition(marker)[2].splitlines()[0].strip(' "?:').replace('"', "") or "a column of the inputs"
    )
