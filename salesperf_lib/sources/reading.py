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
    raw, problems, failed = Raw(), [], set()
    con.execute(f"create schema {selects.INPUTS}; create schema {selects.RAW}")
    con.execute(f"set search_path = '{selects.INPUTS},main'")
    read_from: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="salesperf-") as scratch:
        for alias, spec in mapping.inputs.items():
            try:
                read_from[alias] = _read_input(con, alias, spec, root / mapping.root, f"{place}: inputs.{alias}", Path(scratch), raw)
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


def _read_input(
    con: DuckDBPyConnection, alias: str, spec: Input, folder: Path, place: str, scratch: Path, raw: Raw
) -> str:
    """Read one input, and say from where."""
    target = f'{selects.INPUTS}."{alias}"'
    if spec.database is not None:
        from salesperf_lib.sources.databases import read_database

        shown = read_database(con, target, spec, folder, place)
        raw.inputs[f"{alias}: {shown}"] = ""
    else:
        paths = _files(folder, str(spec.file), place)
        kind = _kind(paths[0], place)
        _read_files(con, target, alias, paths, kind, spec, scratch, raw)
        for path in paths:
            raw.inputs[_below(path, folder)] = _sha256(path)
        shown = str(spec.file)
    raw.notes += _check_headings(con, alias, spec, shown, place)
    return shown


def _files(folder: Path, pattern: str, place: str) -> list[Path]:
    globbed = any(sign in pattern for sign in "*?[")
    paths = sorted(folder.glob(pattern)) if globbed else [folder / pattern]
    missing = [path for path in paths if not path.is_file()] or ([folder / pattern] if not paths else [])
    if missing:
        near = ", ".join(sorted(path.name for path in folder.glob("*") if path.is_file())[:8])
        found = f"no file {pattern}" if folder.is_dir() else f"no folder {folder}"
        raise DataError(Problem(place, found, near or "a file below `root`", "put it there, or correct `file` or `root`"))
    return paths


def _kind(path: Path, place: str) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    last = suffixes[-1] if suffixes else ""
    for kind, known in (("sheet", SHEETS), ("text", TEXTS), ("parquet", (".parquet",))):
        if last in known:
            return kind
    allowed = ", ".join((*TEXTS, ".gz", *SHEETS, ".parquet"))
    raise DataError(Problem(place, f"a file of the kind {last or path.name!r}", allowed, "export it in one of these"))


def _read_files(
    con: DuckDBPyConnection, target: str, alias: str, paths: list[Path], kind: str, spec: Input, scratch: Path, raw: Raw
) -> None:
    if kind == "parquet":
        names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        try:
            con.execute(f"create or replace view {target} as select * from read_parquet([{names}], union_by_name = true)")
        except duckdb.Error as error:
            found = selects.told(error)
            raise DataError(Problem(str(paths[0]), found, "a Parquet file", "export it again")) from None
        return
    parts = [target if len(paths) == 1 else f'{selects.INPUTS}."{alias}__{i}"' for i in range(len(paths))]
    for path, part in zip(paths, parts, strict=True):
        raw.notes += _read_file(con, part, alias, path, kind, spec, scratch)
    if len(paths) > 1:
        stacked = " union all by name ".join(f"select * from {part}" for part in parts)
        con.execute(f"create or replace view {target} as {stacked}")


def _read_file(
    con: DuckDBPyConnection, target: str, alias: str, path: Path, kind: str, spec: Input, scratch: Path
) -> Iterator[Note]:
    if kind == "text":
        from salesperf_lib.sources.text import read_text

        ragged = read_text(con, target, path, spec, scratch)
        if ragged is not None:
            yield Note("ragged_row", alias, "", path.name, ragged.n_rows, ragged.examples)
        return
    from salesperf_lib.sources.sheets import read_sheet

    shortened, inexact = read_sheet(con, target, path, spec)
    for rule, cells in (("lost_leading_zeros", shortened), ("lost_digits", inexact)):
        for column, shown in cells.items():
            yield Note(rule, alias, column, path.name, len(shown), tuple(shown[:3]))


def _check_headings(con: DuckDBPyConnection, alias: str, spec: Input, shown: str, place: str) -> list[Note]:
    """Compare the headings with those expected: a vanished one stops the load, a new one is noted."""
    if not spec.columns or spec.header == 0:
        return []
    rows = con.execute(f'describe {selects.INPUTS}."{alias}"').fetchall()
    given = [str(row[0]) for row in rows]
    vanished = [name for name in spec.columns if name not in given]
    if vanished:
        found = f"no column {', '.join(map(repr, vanished))} in {shown}"
        raise DataError(Problem(f"{place}.columns", found, ", ".join(given), "restore it, or correct the mapping"))
    new = tuple(name for name in given if name not in spec.columns)
    return [Note("unknown_column", alias, "", shown, 0, new)] if new else []


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _below(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
