"""The ledger of what moved targets after they were set: calibration meetings and edited target books (§3.1).

Calibrations lie in ``params/calibrations/<source>/0001.yaml`` and name roles, never persons; edits of a
target book lie in ``data/edits/<source>/0001.yaml`` and are numbered E0001. Nothing is ever edited or
deleted: a record is taken back by a withdrawal, which is a record of its own in the same folder. It
holds from its own month on, so that the months that closed before it stay as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from salesperf_lib.errors import ParamError, Problem, fail_if_any
from salesperf_lib.params.book import read_base
from salesperf_lib.params.ledger_checks import closed_problem, order_problem, problems_of_record
from salesperf_lib.params.ledger_records import (
    REGISTERS,
    Attendee,
    ChangeRow,
    Record,
    Rule,
    Shock,
    Stamp,
    create,
    digest_of_record,
    folder_of,
    held,
    read_record,
    read_register,
    stamp_of,
)
from salesperf_lib.params.policy import Amendment, Change, Name
from salesperf_lib.params.read import list_sources, source_file
from salesperf_lib.periods import Period

__all__ = [
    "Attendee",
    "ChangeRow",
    "Record",
    "Rule",
    "Shock",
    "append",
    "check_ledger",
    "in_force",
    "read_ledger",
]

Registers = tuple[tuple[str, Path, Stamp], ...]


def in_force(root: Path, source: str, period: Period, as_of: date | None) -> tuple[Amendment, ...]:
    """List the amendments in force by the end of a period.

    Parameters
    ----------
    root, source
        The project, and whose ledger.
    period
        Records valid from its last day or before count.
    as_of
        Records and withdrawals recorded later are not seen; None = all are.

    Returns
    -------
    tuple of Amendment
        Ordered by month and number: of two that move one target the later in this order holds.
        Empty where there is no ledger. Of a withdrawn record only the changes of months before the
        withdrawal's own are left.

    Raises
    ------
    ParamError
        If a record cannot be read, was changed, or is missing.
    """
    registers = _registers(root, source)
    return _amendments(registers, period.last, as_of) if any(stamp for *_, stamp in registers) else ()


def read_ledger(root: Path, source: str) -> list[Record]:
    """List every record of a source, withdrawn or not, in the order in which they were recorded.

    Raises
    ------
    ParamError
        If there is no such source, or a record cannot be read, was changed, or is missing.
    """
    source_file(source, root)
    records, problems = _read(_registers(root, source))
    fail_if_any(problems, ParamError)
    return records


def check_ledger(root: Path) -> list[Problem]:
    """Find every problem of every ledger: files, chains, indicators, and records against each other.

    Returns
    -------
    list of Problem
        By source, in the order of the records; empty if all is well.
    """
    found = [*_strangers(root)]
    kpis = _kpis(root)
    for source in list_sources(root):
        records, problems = _read(_registers(root, source))
        found += problems
        for place, record in enumerate(records):
            letter = "E" if record.id.startswith("E") else ""
            path = folder_of(root, source, letter) / f"{record.id.removeprefix('E')}.yaml"
            found += problems_of_record(record, records[:place], kpis, path)
    return found


def append(record: Record | Mapping[str, Any], root: Path, source: str, closed_through: date | None) -> Path:
    """Add a record to its register if nothing speaks against it; else leave the ledger as it is.

    Parameters
    ----------
    record
        A `Record`, or its fields, without `id`, `previous` and `digest`.
    root, source
        The project, and whose ledger.
    closed_through
        Last day of the last month that was closed on the day of the record; None = none was.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    ParamError
        If the record is impossible, moves a closed month, repeats another, was overtaken by another
        writer, or if the ledger itself is broken.
    """
    earlier = read_ledger(root, source)
    raw = record.model_dump() if isinstance(record, Record) else dict(record)
    letter = _letter_of(raw)
    own = [one for one in earlier if one.id.startswith("E") == (letter == "E")]
    path = folder_of(root, source, letter) / f"{len(own) + 1:04d}.yaml"
    draft = read_record(raw, path)
    problems = [
        *problems_of_record(draft, earlier, _kpis(root), path),
        *order_problem(draft, own, path),
        *closed_problem(draft, closed_through, path),
    ]
    fail_if_any(problems, ParamError)
    place = {"id": f"{letter}{path.stem}", "previous": own[-1].digest if own else "", "digest": ""}
    placed = draft.model_copy(update=place)
    create(path, placed.model_copy(update={"digest": digest_of_record(placed)}))
    return path


def _letter_of(raw: Mapping[str, Any]) -> str:
    """Tell the register of a record: a withdrawal lies with what it withdraws."""
    edits = raw.get("kind") == "edit" or str(raw.get("withdraws") or "").startswith("E")
    return "E" if edits else ""


def _registers(root: Path, source: str) -> Registers:
    folders = ((letter, folder_of(root, source, letter)) for letter in REGISTERS)
    return tuple((letter, folder, stamp_of(folder)) for letter, folder in folders)


def _read(registers: Registers) -> tuple[list[Record], list[Problem]]:
    read = [read_register(*register) for register in registers]
    records = sorted((one for part, _ in read for one in part), key=lambda one: (one.recorded_on, one.id))
    return records, [problem for _, problems in read for problem in problems]


# A policy is loaded for every team and month of a run; the ledger is the same for all of them.
@lru_cache(maxsize=256)
def _amendments(registers: Registers, last: date, as_of: date | None) -> tuple[Amendment, ...]:
    records, problems = _read(registers)
    fail_if_any(problems, ParamError)
    made = [_amendment(one, rows) for one, rows in held(records, as_of) if one.valid_from <= last]
    return tuple(sorted(made, key=lambda one: (one.valid_from, one.id)))


def _amendment(record: Record, rows: list[ChangeRow]) -> Amendment:
    kind = "edit" if record.kind == "edit" else "calibration"
    title = Name(record.title.zh, record.title.en)
    changes = tuple(Change(**row.model_dump()) for row in rows)
    return Amendment(record.id, kind, record.valid_from, record.recorded_on, title, changes)


def _kpis(root: Path) -> dict[str, Mapping[str, Any]]:
    """Give what params/kpis.yaml says of each indicator."""
    placed, _ = read_base(root)
    entries = ((key.partition("."), one.raw) for key, one in placed.items())
    return {name: raw for (subject, _, name), raw in entries if subject == "kpis"}


def _strangers(root: Path) -> list[Problem]:
    """Find ledgers of sources that do not exist: a misspelt folder would count for nothing."""
    known = list_sources(root)
    folders = [one for parts in REGISTERS.values() for one in root.joinpath(*parts).glob("*") if one.is_dir()]
    allowed = ", ".join(known) or "none: params/sources is empty"
    return [
        Problem("/".join(one.parts[-3:]), f"a ledger of {one.name}", allowed, "correct the folder's name")
        for one in sorted(folders)
        if one.name not in known
    ]
