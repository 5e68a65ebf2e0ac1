"""Read a source as its mapping says, conform and check it: all but keeping it."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from salesperf_lib import sources
from salesperf_lib.errors import DataError, Problem
from salesperf_lib.facts import assessed
from salesperf_lib.facts.checks import check
from salesperf_lib.facts.conform import columns_of, conform, exists
from salesperf_lib.facts.findings import Finding, Severity, errors_of, without_echoes
from salesperf_lib.facts.snapshot import covered_days
from salesperf_lib.facts.tables import TABLES
from salesperf_lib.params import read
from salesperf_lib.sources import macros
from salesperf_lib.sources.engine import silent_connection

NOTED: dict[str, tuple[Severity, str, str]] = {
    "ragged_row": (
        "warning",
        "lines with too many or too few fields, left out",
        "as many fields as headings",
    ),
    "lost_leading_zeros": ("warning", "numbers beside ids that have leading zeros", "ids as text"),
    "lost_digits": ("warning", "whole numbers of 16 digits or more", "ids as text"),
    "unknown_column": ("info", "columns that the mapping does not expect", "the columns of the mapping"),
}


@dataclass(frozen=True, slots=True)
class Conformed:
    """What a source holds, in an engine and not kept yet.

    Parameters
    ----------
    con
        Holds the fact tables in schema ``main``.
    mapping
        What they were made by.
    raw
        What was read.
    findings
        What is wrong with them, errors too.
    tables
        Columns of each fact table.
    """

    con: DuckDBPyConnection
    mapping: sources.Mapping
    raw: sources.Raw
    findings: list[Finding]
    tables: dict[str, tuple[str, ...]]


@contextmanager
def conformed(source: str, root: Path, recorded_on: date | None = None) -> Generator[Conformed]:
    """Read and conform a source in an engine that moves to disk what memory does not hold.

    Assessments that were taken in (`facts.assessed`) are among its own. Where the register reaches
    further than the exports, the whole is recorded on the day of its latest record.

    Parameters
    ----------
    source
        Its name.
    root
        The project's root.
    recorded_on
        See only what was taken in by this day; everything if not given.

    Raises
    ------
    DataError
        With every problem of the mapping, or every input and select that was refused, or if the
        register of assessments is broken.
    ParamError
        If there is no such source.
    """
    mapping = sources.load_mapping(source, root)
    place = f"params/sources/{source}.yaml"
    problems = _unknown_names(mapping, place)
    if problems:
        raise DataError(*problems)
    taken = [
        record
        for record in assessed.read_register(root, source)
        if recorded_on is None or record.recorded_on <= recorded_on
    ]
    scale, timezone = _money_and_zone(mapping, root)
    with tempfile.TemporaryDirectory(prefix="salesperf-load-") as scratch:
        con = silent_connection(scratch)
        try:
            tally = macros.register(con, scale, timezone)
            raw = sources.read_source(con, mapping, root, place)
            findings = _noted(raw) + _checked(con, mapping, raw, tally, taken)
            tables = {name: tuple(columns_of(con, f"main.{name}")) for name in TABLES if exists(con, name)}
            if taken and not errors_of(findings):
                mapping = _recorded_later(source, con, mapping, tables, taken[-1].recorded_on)
            yield Conformed(con, mapping, raw, findings, tables)
        finally:
            con.close()


def _checked(
    con: DuckDBPyConnection,
    mapping: sources.Mapping,
    raw: sources.Raw,
    tally: macros.Tally,
    taken: Sequence[assessed.Record],
) -> list[Finding]:
    """Conform the tables, put beside them what was taken in, and check them."""
    keys = {name: table.key for name, table in mapping.tables.items() if table.key is not None}
    findings = conform(con, raw.tables, tally)
    findings += assessed.merge(con, taken)
    _name_inputs(raw, taken)
    findings += check(con, keys, mapping.last_day or mapping.recorded_on)
    return [
        replace(finding, file=raw.files.get(finding.evidence.partition(".")[0], ""))
        for finding in without_echoes(findings)
    ]


def _name_inputs(raw: sources.Raw, taken: Sequence[assessed.Record]) -> None:
    """Name the register among the files that the assessments come from, with the digest of each record."""
    if not taken:
        return
    folder = "/".join(taken[0].path.parts[-4:-1])
    own = raw.files.get("assessments")
    raw.files["assessments"] = f"{own}, {folder}" if own else folder
    raw.inputs.update({f"{folder}/{record.path.name}": record.digest for record in taken})


def _recorded_later(
    source: str,
    con: DuckDBPyConnection,
    mapping: sources.Mapping,
    tables: dict[str, tuple[str, ...]],
    taken_on: date,
) -> sources.Mapping:
    """Let a source count as recorded when its latest record was, where its exports are older."""
    exported = mapping.recorded_on or mapping.last_day or covered_days(source, con, tables)[1]
    return mapping.model_copy(update={"recorded_on": max(exported, taken_on)})


def _noted(raw: sources.Raw) -> list[Finding]:
    """Tell what was noticed while reading as findings."""
    findings: list[Finding] = []
    for note in raw.notes:
        severity, observed, expected = NOTED[note.rule]
        evidence = f"{note.alias}.{note.column}".rstrip(".")
        findings.append(
            Finding(note.rule, severity, evidence, observed, expected, note.n_rows, note.examples, note.file)
        )
    return findings


def _unknown_names(mapping: sources.Mapping, place: str) -> list[Problem]:
    """Find tables and columns that DATA §3 does not have, and required ones that are not mapped."""
    problems: list[Problem] = []
    for name, table in mapping.tables.items():
        where = f"{place}: tables.{name}"
        if name not in TABLES:
            problems.append(
                Problem(where, f"an unknown fact table {name!r}", ", ".join(TABLES), "correct the name")
            )
            continue
        for i, select in enumerate(table.selects):
            path = f"{where}.union.{i}" if len(table.selects) > 1 else where
            problems += _unknown_columns(name, select.columns, path)
        mapped = {column for select in table.selects for column in select.columns}
        problems += [
            Problem(f"{where}.key", f"{column!r}", ", ".join(sorted(mapped)), "name mapped columns")
            for column in table.key or ()
            if column not in mapped
        ]
    return problems


def _unknown_columns(table: str, mapped: Collection[str], path: str) -> list[Problem]:
    known = TABLES[table].columns
    allowed = ", ".join(known)
    problems = [
        Problem(f"{path}.columns.{column}", f"an unknown column {column!r}", allowed, "correct the name")
        for column in mapped
        if column not in known
    ]
    return problems + [
        Problem(f"{path}.columns", f"no {column}", allowed, f"map {column}, which every row needs")
        for column in TABLES[table].required()
        if column not in mapped
    ]


def _money_and_zone(mapping: sources.Mapping, root: Path) -> tuple[int, str]:
    """Give the minor units of one major unit, and the zone of the business day, as the policy has them.

    A unit of account does not change over time: the source's own value counts, else the company's
    latest.
    """
    path = root / "params" / "company.yaml"
    company = read.read_yaml(path) if path.is_file() else {}
    changes = mapping.policy.get("changes", {})

    def value(name: str, default: object) -> object:
        dated = company.get(name, {}).get("values", {})
        latest = dated[max(dated)]["value"] if dated else default
        return changes.get(f"company.{name}", {}).get("value", latest)

    return int(str(value("money_scale", 100))), str(value("timezone", "Asia/Shanghai"))
