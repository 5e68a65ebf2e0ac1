"""Load a source into a new immutable snapshot, or change nothing; open the latest one of a day.

A snapshot is ``data/snapshots/SOURCE/DIGEST/`` with one Parquet file per table and a manifest. It
is written aside and renamed, so that it is there whole or not at all; two loads of the same data
at the same time end in the same folder. Nothing here reads the clock.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from contextlib import contextmanager
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from salesperf_lib import __version__, sources
from salesperf_lib.errors import DataError, ParamError, Problem
from salesperf_lib.facts.checks import check
from salesperf_lib.facts.conform import columns_of, conform
from salesperf_lib.facts.findings import Finding, errors_of, frame_of, located
from salesperf_lib.facts.snapshot import MANIFEST, Facts, covered_days, fail_on_errors, open_folder, read_manifest
from salesperf_lib.facts.tables import TABLES
from salesperf_lib.params import read
from salesperf_lib.sources import macros

SNAPSHOTS = Path("data/snapshots")


@dataclass(frozen=True, slots=True)
class _Read:
    """What a source holds, conformed in the engine `con` but not kept yet."""

    con: DuckDBPyConnection
    mapping: sources.Mapping
    raw: sources.Raw
    findings: list[Finding]
    tables: dict[str, tuple[str, ...]]


def load(source: str, root: Path | None = None, recorded_on: date | None = None) -> Facts:
    """Read, conform and check a source, and keep it as a snapshot.

    Data equal to those of the latest snapshot give that snapshot, and nothing is written.

    Parameters
    ----------
    source
        Its name: ``params/sources/NAME.yaml``.
    root
        The project's root.
    recorded_on
        Day on which the exports were drawn; else the mapping's, else the last day covered.

    Raises
    ------
    DataError
        With every problem found; nothing is kept then.
    ParamError
        If there is no such source.
    """
    root = root or read.project_root()
    with _reading(source, root) as found:
        fail_on_errors(found.findings)
        return _keep(source, root, found, recorded_on)


def check_source(source: str, root: Path | None = None) -> list[Problem]:
    """List every problem that would stop a load; keep nothing."""
    try:
        with _reading(source, root or read.project_root()) as found:
            return errors_of(found.findings)
    except (DataError, ParamError) as error:
        return list(error.problems)


def open_source(source: str = "sample", as_of: date | None = None, root: Path | None = None) -> Facts:
    """Open the latest snapshot of a source recorded on or before a day; load it if it has none yet.

    Parameters
    ----------
    source
        Its name.
    as_of
        Only what was recorded by then; everything if not given.
    root
        The project's root.

    Raises
    ------
    DataError
        If nothing had been recorded by then.
    """
    root = root or read.project_root()
    known = _recorded(root, source)
    if not known:
        load(source, root)
        known = _recorded(root, source)
    fitting = [folder for recorded, _, folder in known if as_of is None or recorded <= as_of]
    if not fitting:
        allowed = f"{known[0][0]} or later"
        raise DataError(Problem(f"source {source}", f"nothing recorded by {as_of}", allowed, "choose a later as_of"))
    return open_folder(fitting[-1])


@contextmanager
def _reading(source: str, root: Path) -> Generator[_Read]:
    """Read and conform a source in an engine on disk, which may hold more than memory."""
    mapping = sources.load_mapping(source, root)
    place = f"params/sources/{source}.yaml"
    problems = _unknown_names(mapping, place)
    if problems:
        raise DataError(*problems)
    scale, timezone = _money_and_zone(mapping, root)
    with tempfile.TemporaryDirectory(prefix="salesperf-load-") as scratch:
        con = duckdb.connect(str(Path(scratch) / "load.duckdb"))
        try:
            tally = macros.register(con, scale, timezone)
            raw = sources.read_source(con, mapping, root, place)
            findings = _noted(raw) + _conformed(con, mapping, raw, tally)
            tables = {name: tuple(columns_of(con, f"main.{name}")) for name in TABLES if name in raw.tables}
            yield _Read(con, mapping, raw, findings, tables)
        finally:
            con.close()


def _conformed(
    con: DuckDBPyConnection, mapping: sources.Mapping, raw: sources.Raw, tally: macros.Tally
) -> list[Finding]:
    keys = {name: table.key for name, table in mapping.tables.items() if table.key is not None}
    findings = [*conform(con, raw.tables, tally), *check(con, keys)]
    return [
        placed
        for finding in findings
        for placed in located([finding], raw.files.get(finding.evidence.partition(".")[0], ""))
    ]


def _noted(raw: sources.Raw) -> list[Finding]:
    """Tell what was noticed while reading as findings."""
    said = {
        "ragged_row": ("warning", "lines with too many or too few fields, left out", "as many fields as headings"),
        "lost_leading_zeros": ("warning", "numbers beside ids that have leading zeros", "ids as text"),
        "lost_digits": ("warning", "whole numbers of 16 digits or more", "ids as text"),
        "unknown_column": ("info", "columns that the mapping does not expect", "the columns of the mapping"),
    }
    findings: list[Finding] = []
    for note in raw.notes:
        severity, observed, expected = said[note.rule]
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
            problems.append(Problem(where, f"an unknown fact table {name!r}", ", ".join(TABLES), "correct the name"))
            continue
        known, mapped = TABLES[name].columns, table.selects[0].columns
        allowed = ", ".join(known)
        problems += [
            Problem(f"{where}.columns.{column}", f"an unknown column {column!r}", allowed, "correct the name")
            for column in mapped
            if column not in known
        ]
        problems += [
            Problem(f"{where}.columns", f"no {column}", allowed, f"map {column}, which every row needs")
            for column in TABLES[name].required()
            if column not in mapped
        ]
        problems += [
            Problem(f"{where}.key", f"{column!r}", ", ".join(mapped), "name mapped columns")
            for column in table.key or ()
            if column not in mapped
        ]
    return problems


def _money_and_zone(mapping: sources.Mapping, root: Path) -> tuple[int, str]:
    """Give the minor units of one major unit, and the zone of the business day, as the policy has them.

    A unit of account does not change over time: the source's own value counts, else the company's
    latest.
    """
    path = root / "params" / "company.yaml"
    company = read.read_yaml(path) if path.is_file() else {}
    changes = mapping.policy.get("changes", {})
    values: dict[str, Any] = {"money_scale": 100, "timezone": "Asia/Shanghai"}
    for name in values:
        dated = company.get(name, {}).get("values", {})
        if dated:
            values[name] = dated[max(dated)]["value"]
        values[name] = changes.get(f"company.{name}", {}).get("value", values[name])
    return int(values["money_scale"]), str(values["timezone"])


def _keep(source: str, root: Path, found: _Read, recorded_on: date | None) -> Facts:
    """Write the snapshot aside and rename it; or find that it is there already."""
    first, last = covered_days(found.con, found.tables)
    last = found.mapping.last_day or last
    if first is None or last is None:
        problem = Problem(f"source {source}", "no row with a day", "at least one dated row", "map a table with days")
        raise DataError(problem)
    recorded = recorded_on or found.mapping.recorded_on or last
    content = _content(found)
    known = [entry for entry in _recorded(root, source) if entry[0] <= recorded]
    if known and read_manifest(known[-1][2])["content"] == content:
        return open_folder(known[-1][2])
    digest = hashlib.sha256(f"{content} {recorded}".encode()).hexdigest()[:16]
    folder = root / SNAPSHOTS / source / digest
    if folder.exists():
        raise DataError(_superseded(source, recorded, folder))
    manifest = {
        "source": source,
        "digest": digest,
        "content": content,
        "recorded_on": recorded.isoformat(),
        "number": 1 + max((number for _, number, _ in _recorded(root, source)), default=0),
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "version": __version__,
        "inputs": found.raw.inputs,
        "tables": {name: {"columns": columns, "rows": _rows(found.con, name)} for name, columns in found.tables.items()},
        "findings": frame_of(found.findings, source).to_dict("records"),
    }
    _write(found.con, folder, manifest)
    return open_folder(folder)


def _superseded(source: str, recorded: date, folder: Path) -> Problem:
    found = f"data that were recorded on {recorded} before, and replaced on the same day ({folder.name})"
    return Problem(f"source {source}", found, "a later day", "say on which day they were drawn: recorded_on")


def _write(con: DuckDBPyConnection, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write tables and manifest aside, then rename; leave nothing behind on any failure."""
    made = [parent for parent in (folder.parent, *folder.parent.parents) if not parent.exists()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".loading-", dir=folder.parent))
    try:
        for name, table in manifest["tables"].items():
            _copy_table(con, name, table["columns"], aside / f"{name}.parquet")
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
        aside.chmod(0o755)
        _rename(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        for parent in made:
            if parent.exists() and not any(parent.iterdir()):
                parent.rmdir()


def _rename(aside: Path, folder: Path) -> None:
    """Put a finished snapshot in its place, unless another load of the same data was first."""
    try:
        aside.rename(folder)
    except OSError:
        if not (folder / MANIFEST).is_file():
            raise


def _copy_table(con: DuckDBPyConnection, name: str, columns: tuple[str, ...], path: Path) -> None:
    order = ", ".join(dict.fromkeys([*(column for column in TABLES[name].key if column in columns), *columns]))
    target = str(path).replace("'", "''")
    con.execute(f"copy (select * from main.{name} order by {order}) to '{target}' (format parquet, compression zstd)")


def _content(found: _Read) -> str:
    """Digest what the tables hold, in whatever order, and how the mapping reads it."""
    digest = hashlib.sha256(found.mapping.fingerprint().encode())
    for name, columns in found.tables.items():
        types = columns_of(found.con, f"main.{name}")
        row = "concat_ws(chr(31), " + ", ".join(f"coalesce(cast({c} as varchar), chr(30))" for c in columns) + ")"
        told = found.con.execute(
            f"select count(*), sum(md5_number_lower({row})::hugeint), sum(md5_number_upper({row})::hugeint) from main.{name}"
        ).fetchall()[0]
        digest.update(json.dumps([name, types, [str(part) for part in told]]).encode())
    return digest.hexdigest()


def _rows(con: DuckDBPyConnection, name: str) -> int:
    return int(con.execute(f"select count(*) from main.{name}").fetchall()[0][0])


def _recorded(root: Path, source: str) -> list[tuple[date, int, Path]]:
    """List the snapshots of a source: day recorded, number, folder; the latest last."""
    folders = [path.parent for path in (root / SNAPSHOTS / source).glob(f"[!.]*/{MANIFEST}")]
    found = [(read_manifest(folder), folder) for folder in folders]
    return sorted((date.fromisoformat(told["recorded_on"]), told["number"], folder) for told, folder in found)
