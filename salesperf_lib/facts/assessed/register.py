"""The register of what was taken in: numbered files that are only ever added to (DATA §7).

``data/assessments/SOURCE/0001.csv`` begins with lines ``# name: value`` and goes on as csv. Each file
carries a digest of itself and of the one before, so that a file that was changed, or is missing
between others, is noticed; files cut off at the end are not.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.facts.assessed.known import COLUMNS, entries
from salesperf_lib.params.write import create_file

FOLDER = Path("data/assessments")
HELD = (*COLUMNS, "remark")
NUMBERS = ("numerator", "denominator", "scale_max")
RUNNABLE = ("=", "+", "-", "@", "\t", "\r")
RESTORE = "restore the file from a backup: what was taken in is never changed"


@dataclass(frozen=True, slots=True)
class Record:
    """One file of the register.

    Parameters
    ----------
    id
        Its number: ``0001``.
    recorded_on
        The day of the record.
    taken_from
        SHA-256 of the workbook it was taken from.
    previous, digest
        Of the record before, and of this one.
    rows
        The columns of the table `assessments`, and `remark`.
    path
        The file.
    """

    id: str
    recorded_on: date
    taken_from: str
    previous: str
    digest: str
    rows: pd.DataFrame
    path: Path


def folder_of(root: Path, source: str) -> Path:
    """Give the folder of a source's register."""
    return root / FOLDER / source


def read_register(root: Path, source: str) -> tuple[Record, ...]:
    """Read the register of a source and follow its chain.

    Returns
    -------
    tuple of Record
        By number; empty where nothing was taken in.

    Raises
    ------
    DataError
        With every file that cannot be read, was changed, or is missing before another.
    """
    folder = folder_of(root, source)
    records: list[Record] = []
    problems: list[Problem] = []
    names = sorted(path for path in folder.iterdir() if path.name[0] != ".") if folder.is_dir() else []
    for path in names:
        if not re.fullmatch(r"\d{4}\.csv", path.name):
            problems.append(Problem(_place(path), "no record", "0001.csv, 0002.csv …", "remove it"))
            continue
        record = _read(path, source)
        if isinstance(record, Problem):
            problems.append(record)
            continue
        problems += _breaks(record, records)
        records.append(record)
    fail_if_any(problems, DataError)
    return tuple(records)


def append(rows: pd.DataFrame, root: Path, source: str, recorded_on: date, taken_from: str) -> Path:
    """Add a file to the register, whole or not at all.

    Parameters
    ----------
    rows
        What a check gave: the columns of the table `assessments`, and `remark`.
    root, source
        The project, and whose register.
    recorded_on
        The day of the record; none before the latest.
    taken_from
        SHA-256 of the workbook.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    DataError
        If there is nothing to add or something is there already, the day lies before the latest
        record, the register is broken, or somebody else added a file meanwhile.
    """
    earlier = read_register(root, source)
    path = folder_of(root, source) / f"{len(earlier) + 1:04d}.csv"
    if rows.empty:
        found, allowed = "no new row", "at least one"
        raise DataError(Problem(_place(path), found, allowed, "fill in ratings, or leave it"))
    if earlier and recorded_on < earlier[-1].recorded_on:
        allowed = f"{earlier[-1].recorded_on} or later, the day of record {earlier[-1].id}"
        raise DataError(Problem("--recorded-on", f"{recorded_on}", allowed, "take the day of the record"))
    fail_if_any(_held_already(rows, earlier, path), DataError)
    head = {
        "record": path.stem,
        "source": source,
        "recorded_on": recorded_on.isoformat(),
        "taken_from": taken_from,
        "previous": earlier[-1].digest if earlier else "",
    }
    _create(path, _written(head, rows))
    return path


def _held_already(rows: pd.DataFrame, earlier: Sequence[Record], path: Path) -> Iterator[Problem]:
    """Find keys that a record holds already: somebody has taken them in since the workbook was checked."""
    held = {key for record in earlier for key, _ in entries(record.rows)}
    twice = [key for key, _ in entries(rows) if key in held]
    if twice:
        said = " ".join(part for part in twice[0] if part)
        found = f"{len(twice):,} rows that are in the register, such as {said}"
        yield Problem(_place(path), found, "what it does not hold yet", "check the workbook again")


def _written(head: Mapping[str, str], rows: pd.DataFrame) -> str:
    """Write a file: its head, its digest, its rows."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(HELD)
    for row in rows[list(HELD)].itertuples(index=False, name=None):
        writer.writerow([_cell(name, cell) for name, cell in zip(HELD, row, strict=True)])
    told = "".join(f"# {name}: {value}\n" for name, value in head.items())
    return f"{told}# digest: {_digest(told, table.getvalue())}\n{table.getvalue()}"


def _cell(name: str, cell: object) -> str:
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):  # type: ignore[arg-type]
        return ""
    if name == "remark":  # free text: on one line, and nothing that a spreadsheet would run
        text = " ".join(str(cell).split())
        return f"'{text}" if text.startswith(RUNNABLE) else text
    return repr(float(str(cell))) if name in NUMBERS else str(cell)


def _digest(head: str, table: str) -> str:
    return hashlib.sha256((head + table).encode()).hexdigest()[:32]


def _read(path: Path, source: str) -> Record | Problem:
    """Read one file; tell what is wrong where it is not as it was written."""
    try:
        lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
        told = [line for line in lines if line.startswith("# ")]
        head = {name: value for name, _, value in (line[2:].rstrip("\n").partition(": ") for line in told)}
        first = "".join(line for line in told if not line.startswith("# digest: "))
        table = "".join(lines[len(told) :])
        if head["digest"] != _digest(first, table) or head["source"] != source:
            return Problem(_place(path), "a file that was changed after it was written", "as it was", RESTORE)
        rows = [dict(row) for row in csv.DictReader(io.StringIO(table))]
        return Record(
            head["record"],
            date.fromisoformat(head["recorded_on"]),
            head["taken_from"],
            head["previous"],
            head["digest"],
            _frame(rows),
            path,
        )
    except (OSError, ValueError, KeyError) as error:
        return Problem(_place(path), f"{type(error).__name__}: {error}", "a file of the register", RESTORE)


def _frame(rows: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    held = pd.DataFrame(rows, columns=list(HELD), dtype=object)
    held = held.mask(held == "", None)
    readers = {**dict.fromkeys(NUMBERS, float), "adopted_on": date.fromisoformat}
    for name, read in readers.items():
        told = [None if text is None else read(text) for text in held[name]]
        held[name] = pd.Series(told, held.index, object)
    return held


def _breaks(record: Record, before: Sequence[Record]) -> Iterator[Problem]:
    """Find where the chain of files does not hold."""
    where, expected = _place(record.path), f"{len(before) + 1:04d}"
    if record.id != record.path.stem:
        yield Problem(where, f"record {record.id!r}", f"{record.path.stem!r}, as it is numbered", RESTORE)
    elif record.id != expected:
        yield Problem(where, f"record {record.id}", f"{expected}: a file before it is missing", RESTORE)
    elif record.previous != (before[-1].digest if before else ""):
        found, allowed = "another file before it than when it was written", f"previous: {record.previous}"
        yield Problem(where, found, allowed, RESTORE)


def _create(path: Path, text: str) -> None:
    """Give a file its name when it is whole; never replace one."""
    try:
        create_file(path, text)
    except FileExistsError:
        remedy = "check the workbook again: somebody else has taken one in meanwhile"
        raise DataError(Problem(_place(path), "a record already", "a new number", remedy)) from None


def _place(path: Path) -> str:
    return "/".join(path.parts[-4:])
