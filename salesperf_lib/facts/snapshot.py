"""`Facts`: the conformed tables of one source as one snapshot holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from duckdb import DuckDBPyConnection

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.facts.findings import COLUMNS, Finding, errors_of, frame_of, without_echoes
from salesperf_lib.facts.tables import COVERAGE, TABLES
from salesperf_lib.periods import Period
from salesperf_lib.sources.engine import silent_backend

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Facts:
    """The fact tables of one source, read-only.

    Parameters
    ----------
    source
        Name of the mapping they come from.
    digest
        What identifies their content; empty for tables made in memory.
    recorded_on
        Day on which the exports were drawn.
    first_day, last_day
        Days that they cover, both included.
    folder
        Where the snapshot is kept; the current folder for tables made in memory.
    findings
        What is wrong with them (DATA §6).
    con
        The engine that holds them.
    columns
        Columns of each table that is given.
    """

    source: str
    digest: str
    recorded_on: date
    first_day: date
    last_day: date
    folder: Path
    findings: pd.DataFrame
    con: Backend
    columns: Mapping[str, tuple[str, ...]]

    @property
    def tables(self) -> tuple[str, ...]:
        """List the tables that are given, in the order of DATA §3."""
        return tuple(self.columns)

    def has(self, table: str, *columns: str) -> bool:
        """Say whether a table, with these columns, is given."""
        return set(columns) <= set(self.columns[table]) if table in self.columns else False

    def table(self, name: str) -> ir.Table:
        """Give a fact table as an Ibis expression.

        Returns
        -------
        ibis.Table
            At the grain of DATA §3; columns that the mapping does not give are absent.

        Raises
        ------
        DataError
            If the source does not have it.
        """
        if name not in self.columns:
            given = ", ".join(self.columns) or "none"
            remedy = "give it in the mapping, or ask Facts.has first"
            raise DataError(Problem(f"source {self.source}", f"no table {name}", given, remedy))
        return self.con.table(name)

    def __reduce__(self) -> tuple[Any, ...]:
        """Reopen the snapshot in the process that unpickles it."""
        return open_folder, (self.folder,)


def open_folder(folder: Path) -> Facts:
    """Open a snapshot by its folder.

    Raises
    ------
    DataError
        If the folder holds none, or one that is not whole.
    """
    manifest = read_manifest(folder)
    backend = silent_backend()
    for name in manifest["tables"]:
        path = folder / f"{name}.parquet"
        if not path.is_file():
            problem = Problem(
                str(path), "nothing", "a file for each table of the manifest", "load the source again"
            )
            raise DataError(problem)
        backend.con.execute(f"create view {name} as select * from read_parquet('{_escaped(path)}')")
    findings = pd.DataFrame(manifest["findings"], columns=list(COLUMNS))
    return Facts(
        source=manifest["source"],
        digest=manifest["digest"],
        recorded_on=date.fromisoformat(manifest["recorded_on"]),
        first_day=date.fromisoformat(manifest["first_day"]),
        last_day=date.fromisoformat(manifest["last_day"]),
        folder=folder,
        findings=findings.astype({name: "int64" if name == "n_rows" else "str" for name in COLUMNS}),
        con=backend,
        columns={name: tuple(spec["columns"]) for name, spec in manifest["tables"].items()},
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read what a snapshot says about itself.

    Raises
    ------
    DataError
        If the folder holds no manifest, or a broken one.
    """
    path = folder / MANIFEST
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        found = "no snapshot"
    except ValueError:
        found = "text that is not JSON"
    raise DataError(Problem(str(path), found, "a snapshot's manifest", "load the source again"))


def from_frames(
    source: str,
    frames: Mapping[str, pd.DataFrame],
    last_day: date | None = None,
    recorded_on: date | None = None,
    timezone: str = "Asia/Shanghai",
) -> Facts:
    """Make facts from data frames: conformed and checked like a load, kept in memory.

    Parameters
    ----------
    source
        Name to go by.
    frames
        Frame by fact table; money in minor units.
    last_day
        Last day covered; the latest of the rows if not given.
    recorded_on
        Day on which the data were drawn; the last day covered if not given.
    timezone
        Zone of the business day, for moments that carry an offset.

    Raises
    ------
    DataError
        With every problem found.
    """
    from salesperf_lib.facts.checks import check
    from salesperf_lib.facts.conform import conform
    from salesperf_lib.sources import macros

    backend = silent_backend()
    con = backend.con
    tally = macros.register(con, timezone=timezone)
    problems = _unknown_columns(frames)
    if problems:
        raise DataError(*problems)
    for name, frame in frames.items():
        con.register(f"_raw_{name}", frame)
    relations = {name: f"_raw_{name}" for name in frames}
    findings = without_echoes([*conform(con, relations, tally), *check(con, last_day=last_day)])
    for name in frames:
        con.unregister(f"_raw_{name}")
    fail_on_errors(findings)
    return in_memory(source, backend, findings, last_day=last_day, recorded_on=recorded_on)


def from_parquet(source: str, folder: Path) -> Facts:
    """Open a folder of conformed Parquet files as facts, without checks, for generated data.

    Parameters
    ----------
    source
        Name to go by.
    folder
        Holds ``TABLE.parquet``, or a folder ``TABLE`` of such files, by fact table.
    """
    backend = silent_backend()
    for name in TABLES:
        files = folder / name / "*.parquet" if (folder / name).is_dir() else folder / f"{name}.parquet"
        if files.parent != folder or files.is_file():
            backend.con.execute(f"create view {name} as select * from read_parquet('{_escaped(files)}')")
    return in_memory(source, backend, [], folder=folder)


def in_memory(
    source: str,
    backend: Backend,
    findings: list[Finding],
    *,
    last_day: date | None = None,
    recorded_on: date | None = None,
    folder: Path = Path(),
) -> Facts:
    """Wrap the tables that an engine holds.

    Raises
    ------
    DataError
        If no row says which days they cover.
    """
    present = set(backend.list_tables())
    columns = {name: tuple(backend.table(name).columns) for name in TABLES if name in present}
    first, last = covered_days(source, backend.con, columns)
    last = last_day or last
    return Facts(
        source, "", recorded_on or last, first, last, folder, frame_of(findings, source), backend, columns
    )


def covered_days(
    source: str, con: DuckDBPyConnection, columns: Mapping[str, tuple[str, ...]]
) -> tuple[date, date]:
    """Find the first and last day that a source's tables cover.

    These are the days of sales, traffic, pages and inquiries; without any, the periods of the
    goals and assessments, else the first days of the roster.

    Raises
    ------
    DataError
        If no row says so.
    """
    days = [f"select {TABLES[name].day} as day from {name}" for name in COVERAGE if name in columns]
    if not days and "roster" in columns and not {"goals", "assessments"} & set(columns):
        days = ["select valid_from as day from roster"]
    if days:
        found = con.execute(f"select min(day), max(day) from ({' union all '.join(days)})").fetchall()[0]
    else:
        found = _covered_by_periods(con, [name for name in ("goals", "assessments") if name in columns])
    if found[0] is None or found[1] is None:
        remedy = "map a table with days or periods"
        raise DataError(Problem(f"source {source}", "no row with a day", "at least one dated row", remedy))
    return found[0], found[1]


def fail_on_errors(findings: list[Finding]) -> None:
    """Raise one error with every finding that makes data unfit.

    Raises
    ------
    DataError
        If there is any.
    """
    problems = errors_of(findings)
    if problems:
        raise DataError(*problems)


def _covered_by_periods(con: DuckDBPyConnection, tables: list[str]) -> tuple[date | None, date | None]:
    labels = [
        row[0] for name in tables for row in con.execute(f"select distinct period from {name}").fetchall()
    ]
    periods = [Period.parse(label) for label in labels]
    first = min((period.first for period in periods), default=None)
    return first, max((period.last for period in periods), default=None)


def _unknown_columns(frames: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Refuse tables and columns that DATA §3 does not have, and tables without their required ones."""
    problems: list[Problem] = []
    for name, frame in frames.items():
        if name not in TABLES:
            problems.append(Problem("frames", f"a table {name!r}", ", ".join(TABLES)))
            continue
        known = TABLES[name].columns
        problems += [
            Problem(f"frames: {name}", f"a column {column!r}", ", ".join(known))
            for column in map(str, frame.columns)
            if column not in known
        ]
        problems += [
            Problem(
                f"frames: {name}", f"no column {column}", ", ".join(map(str, frame.columns)), f"add {column}"
            )
            for column in TABLES[name].required()
            if column not in frame.columns
        ]
    return problems


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
