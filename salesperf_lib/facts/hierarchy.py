"""Managers and teams form trees on every day: nobody stands above themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from duckdb import DuckDBPyConnection

from salesperf_lib.facts.findings import Finding

Edge = tuple[str, str, date, date]
"""A person, the one above, and the first and last day on which this holds."""

HIERARCHIES = {"roster": ("person_id", "manager_id"), "teams": ("team_id", "parent_id")}


def find_loops(con: DuckDBPyConnection, given: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Find managers, and teams, that stand above themselves on some day."""
    findings: list[Finding] = []
    for table, (unit, above) in HIERARCHIES.items():
        if above not in given.get(table, ()):
            continue
        loops = loops_in(_edges(con, table, unit, above, given[table]))
        if loops:
            shown = tuple(" > ".join([*loop, loop[0]]) for loop in loops[:3])
            findings.append(
                Finding("loop", "error", f"{table}.{above}", "loops", "a tree", sum(map(len, loops)), shown)
            )
    return findings


def loops_in(edges: Sequence[Edge]) -> list[tuple[str, ...]]:
    """List the loops that hold on at least one day.

    Edges of all days together are searched first: only where those loop can a day's own.

    Returns
    -------
    list of tuple of str
        Each loop once, beginning with its smallest member.
    """
    suspects = _on_a_cycle({(unit, above) for unit, above, _, _ in edges})
    narrowed = [edge for edge in edges if edge[0] in suspects and edge[1] in suspects]
    found: set[tuple[str, ...]] = set()
    for day in sorted({edge[2] for edge in narrowed}):
        found |= _cycles({unit: above for unit, above, first, last in narrowed if first <= day <= last})
    return sorted(found)


def _edges(con: DuckDBPyConnection, table: str, unit: str, above: str, columns: Sequence[str]) -> list[Edge]:
    first = "valid_from" if "valid_from" in columns else "null"
    last = "valid_to" if "valid_to" in columns else "null"
    return con.execute(
        f"""select {unit}, {above}, starts, coalesce(ends, lead(starts) over w - 1, date '9999-12-31')
        from (select *, coalesce({first}::date, date '0001-01-01') as starts, {last}::date as ends
              from main.{table})
        where {unit} is not null window w as (partition by {unit} order by starts) order by all"""
    ).fetchall()  # pyright: ignore[reportReturnType]


def _on_a_cycle(edges: set[tuple[str, str]]) -> set[str]:
    """Take away whoever is nobody's manager or has none, until only loops and ways between them remain."""
    while True:
        left = {(unit, above) for unit, above in edges if above}
        units, managers = {unit for unit, _ in left}, {above for _, above in left}
        inner = units & managers
        kept = {(unit, above) for unit, above in left if unit in inner and above in inner}
        if kept == edges:
            return inner
        edges = kept


def _cycles(above: Mapping[str, str]) -> set[tuple[str, ...]]:
    """Follow each unit upwards until it ends or comes back."""
    found: set[tuple[str, ...]] = set()
    for start in above:
        path: list[str] = []
        unit: str | None = start
        while unit is not None and unit not in path:
            path.append(unit)
            unit = above.get(unit)
        if unit is not None:
            loop = path[path.index(unit) :]
            smallest = loop.index(min(loop))
            found.add(tuple(loop[smallest:] + loop[:smallest]))
    return found
