"""Read all inputs of a mapping and make the raw tables, gathering every problem."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.sources import selects
from salesperf_lib.sources.mapping import Input, Mapping

SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt", ".dat")


@dataclass(frozen=True, slots=True)
class Note:
    """Something about an input that a reader should know; the load goes on.

    Parameters
    ----------
    rule
        ``ragged_row``, ``lost_leading_zeros``, ``lost_digits`` or ``unknown_column``.
    alias, column
        Where it was found.
    file
        The file.
    n_rows
        How often.
    examples
        The first of them.
    """

    rule: str
    alias: str
    column: str
    file: str
    n_rows: int
    examples: tuple[str, ...]


@dataclass(slots=True)
class Raw:
    """The raw tables of a source, in schema ``raw`` of the connection that read them.

    Parameters
    ----------
    tables
        Relation by fact table.
    files
        What each fact table was read from.
    inputs
        Path (or database) and sha256 of each file read; no digest for a database.
    notes
        What was noticed on the way.
    """

    tables: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def read_source(con: DuckDBPyConnection, mapping: Mapping, root: Path, place: str) -> Raw:
    """Read every input and make every raw table that a mapping names.

    Parameters
    ----------
    con
        A connection that knows the words of a mapping (`macros.register`).
    mapping
        The mapping.
    root
        The project's root.
    place
        The mapping file, for messages.

    Returns
    -------
    Raw
        One raw table per fact table, not conformed yet.

    Raises
    ------
    DataError
        With every problem found in inputs and selects.
    """
    raw, problems, failed = Raw(), [], set[str]()
    con.execute(f"create schema {selects.INPUTS}; create schema {selects.RAW}")
    con.execute(f"set search_path = '{selects.INPUTS},main'")
    read_from: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="salesperf-") as scratch:
        for alias, spec in mapping.inputs.items():
            entry = _Entry(alias, spec, root / mapping.root, f"{place}: inputs.{alias}", Path(scratch))
            try:
                read_from[alias] = _read_input(con, entry, raw)
            except DataError as error:
                problems += error.problems
                failed.add(alias)
    for name, table in mapping.tables.items():
        aliases = selects.aliases_in(table, mapping)
        if failed.isdisjoint(aliases):
            problems += selects.run(con, name, table, place)
        raw.tables[name] = f"{selects.RAW}.{name}"
        raw.files[name] = ", ".join(read_from[alias] for alias in aliases if alias in read_from)
    if problems:
        raise DataError(*problems)
    con.execute("set search_path = 'main'")
    return raw


@dataclass(frozen=True, slots=True)
class _Entry:
    """One input of the mapping, with all that reading it takes."""

    alias: str
    spec: Input
    folder: Path
    place: str
    scratch: Path

    @property
    def target(self) -> str:
        """Name the table it becomes."""
        return f'{selects.INPUTS}."{self.alias}"'


def _read_input(con: DuckDBPyConnection, entry: _Entry, raw: Raw) -> str:
    """Read one input, and say from where."""
    if entry.spec.database is not None:
        from salesperf_lib.sources.databases import read_database

        shown = read_database(con, entry.target, entry.spec, entry.folder, entry.place)
        raw.inputs[f"{entry.alias}: {shown}"] = ""
    else:
        shown = str(entry.spec.file)
        paths = _files(entry.folder, shown, entry.place)
        raw.notes += _read_files(con, entry, paths)
        for path in paths:
            raw.inputs[_below(path, entry.folder)] = _sha256(path)
    raw.notes += _check_headings(con, entry, shown)
    return shown


def _files(folder: Path, pattern: str, place: str) -> list[Path]:
    globbed = any(sign in pattern for sign in "*?[")
    paths = sorted(folder.glob(pattern)) if globbed else [folder / pattern]
    missing = [path for path in paths if not path.is_file()] or ([folder / pattern] if not paths else [])
    if missing:
        near = ", ".join(sorted(path.name for path in folder.glob("*") if path.is_file())[:8])
        found = f"no file {pattern}" if folder.is_dir() else f"no folder {folder}"
        raise DataError(
            Problem(place, found, near or "a file below `root`", "put it there, or correct `file` or `root`")
        )
    return paths


def _kind(path: Path, place: str) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    last = suffixes[-1] if suffixes else ""
    for kind, known in (("sheet", SHEETS), ("text", TEXTS), ("parquet", (".parquet",))):
        if last in known:
            return kind
    allowed = ", ".join((*TEXTS, ".gz", *SHEETS, ".parquet"))
    raise DataError(
        Problem(place, f"a file of the kind {last or path.name!r}", allowed, "export it in one of these")
    )


def _read_files(con: DuckDBPyConnection, entry: _Entry, paths: list[Path]) -> list[Note]:
    """Read files of one shape into one table or view, and tell what was noticed."""
    kind = _kind(paths[0], entry.place)
    if kind == "parquet":
        _view_parquet(con, entry.target, paths)
        return []
    if len(paths) == 1:
        return list(_read_file(con, entry.target, entry, kind, paths[0]))
    parts = [f'{selects.INPUTS}."{entry.alias}__{i}"' for i in range(len(paths))]
    notes = [
        note
        for path, part in zip(paths, parts, strict=True)
        for note in _read_file(con, part, entry, kind, path)
    ]
    stacked = " union all by name ".join(f"select * from {part}" for part in parts)
    con.execute(f"create view {entry.target} as {stacked}")
    return notes


def _view_parquet(con: DuckDBPyConnection, target: str, paths: list[Path]) -> None:
    names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    try:
        con.execute(f"create view {target} as select * from read_parquet([{names}], union_by_name = true)")
    except duckdb.Error as error:
        problem = Problem(str(paths[0]), selects.told(error), "a Parquet file", "export it again")
        raise DataError(problem) from None


def _read_file(con: DuckDBPyConnection, target: str, entry: _Entry, kind: str, path: Path) -> Iterator[Note]:
    if kind == "text":
        from salesperf_lib.sources.text import read_text

        ragged = read_text(con, target, path, entry.spec, entry.scratch)
        if ragged is not None:
            yield Note("ragged_row", entry.alias, "", path.name, ragged.n_rows, ragged.examples)
        return
    from salesperf_lib.sources.sheets import read_sheet

    shortened, inexact = read_sheet(con, target, path, entry.spec)
    for rule, cells in (("lost_leading_zeros", shortened), ("lost_digits", inexact)):
        for column, shown in cells.items():
            yield Note(rule, entry.alias, column, path.name, len(shown), tuple(shown[:3]))


def _check_headings(con: DuckDBPyConnection, entry: _Entry, shown: str) -> list[Note]:
    """Compare the headings with those expected: a vanished one stops the load, a new one is noted."""
    expected = entry.spec.columns
    if not expected or entry.spec.header == 0:
        return []
    given = [str(row[0]) for row in con.execute(f"describe {entry.target}").fetchall()]
    vanished = [name for name in expected if name not in given]
    if vanished:
        found = f"no column {', '.join(map(repr, vanished))} in {shown}"
        remedy = "restore it, or correct the mapping"
        raise DataError(Problem(f"{entry.place}.columns", found, ", ".join(given), remedy))
    new = tuple(name for name in given if name not in expected)
    return [Note("unknown_column", entry.alias, "", shown, 0, new)] if new else []


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _below(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
