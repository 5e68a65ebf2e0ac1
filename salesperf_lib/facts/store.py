"""Load a source into a new immutable snapshot, or change nothing; open the latest one of a day.

A snapshot is ``data/snapshots/SOURCE/DIGEST/`` with one Parquet file per table and a manifest. It
is written aside and renamed, so that it is there whole or not at all; two loads of the same data
at the same time end in the same folder. Nothing here reads the clock.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from duckdb import DuckDBPyConnection

from salesperf_lib import __version__
from salesperf_lib.errors import DataError, ParamError, Problem
from salesperf_lib.facts.conform import columns_of
from salesperf_lib.facts.findings import Finding, errors_of, frame_of
from salesperf_lib.facts.loading import Conformed, conformed
from salesperf_lib.facts.snapshot import (
    MANIFEST,
    Facts,
    covered_days,
    fail_on_errors,
    open_folder,
    read_manifest,
)
from salesperf_lib.facts.tables import TABLES
from salesperf_lib.params import read

SNAPSHOTS = Path("data/snapshots")


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
    with conformed(source, root, recorded_on) as found:
        fail_on_errors(found.findings)
        return _keep(source, root, found, recorded_on)


def check_source(source: str, root: Path | None = None) -> list[Problem]:
    """List every problem that would stop a load; keep nothing."""
    return survey_source(source, root)[0]


def survey_source(source: str, root: Path | None = None) -> tuple[list[Problem], list[Finding]]:
    """List everything that a load would find; keep nothing.

    Parameters
    ----------
    source
        Its name.
    root
        The project's root.

    Returns
    -------
    tuple
        Every problem that would stop a load; the findings with which it would keep the data.
    """
    noted: list[Finding] = []
    try:
        with conformed(source, root or read.project_root()) as found:
            noted = [finding for finding in found.findings if finding.severity != "error"]
            errors = errors_of(found.findings)
            if not errors:
                covered_days(source, found.con, found.tables)
            return errors, noted
    except (DataError, ParamError) as error:
        return list(error.problems), noted


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
        raise DataError(
            Problem(f"source {source}", f"nothing recorded by {as_of}", allowed, "choose a later as_of")
        )
    return open_folder(fitting[-1])


def _keep(source: str, root: Path, found: Conformed, recorded_on: date | None) -> Facts:
    """Write what was found as a snapshot, unless the latest one holds the same."""
    first, last = covered_days(source, found.con, found.tables)
    recorded = recorded_on or found.mapping.recorded_on or found.mapping.last_day or last
    told = {
        "source": source,
        "first_day": first.isoformat(),
        "last_day": (found.mapping.last_day or last).isoformat(),
        "findings": frame_of(found.findings, source).to_dict("records"),
    }
    content = _content(found, told)
    known = [entry for entry in _recorded(root, source) if entry[0] <= recorded]
    if known and read_manifest(known[-1][2])["content"] == content:
        return open_folder(known[-1][2])
    number = 1 + max((number for _, number, _ in known), default=0)
    digest = _digest(content, recorded)
    if any(folder.name == digest for _, _, folder in known):  # replaced on the same day, and now true again
        digest = _digest(content, recorded, number)
    manifest = {
        "digest": digest,
        "content": content,
        "recorded_on": recorded.isoformat(),
        "number": number,
        "version": __version__,
        "inputs": found.raw.inputs,
        "tables": {
            name: {"columns": columns, "rows": _rows(found.con, name)}
            for name, columns in found.tables.items()
        },
    }
    folder = root / SNAPSHOTS / source / digest
    _write(found.con, folder, told | manifest)
    return open_folder(folder)


def _digest(*parts: object) -> str:
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()[:16]


def _write(con: DuckDBPyConnection, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write tables and manifest aside, then rename; leave nothing behind on any failure."""
    made = [parent for parent in (folder.parent, *folder.parent.parents) if not parent.exists()]
    aside = folder.parent / f".loading-{uuid4().hex}"
    try:
        aside.mkdir(parents=True)
        for name, table in manifest["tables"].items():
            _copy_table(con, name, table["columns"], aside / f"{name}.parquet")
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
        _rename(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        for parent in made:
            with suppress(OSError):  # it holds the snapshot, or another load's
                parent.rmdir()


def _rename(aside: Path, folder: Path) -> None:
    """Put a finished snapshot in its place, unless another load of the same data was first."""
    try:
        aside.rename(folder)
    except OSError:
        if not (folder / MANIFEST).is_file():
            raise


def _copy_table(con: DuckDBPyConnection, name: str, columns: tuple[str, ...], path: Path) -> None:
    order = ", ".join(
        dict.fromkeys([*(column for column in TABLES[name].key if column in columns), *columns])
    )
    target = str(path).replace("'", "''")
    con.execute(
        f"copy (select * from main.{name} order by {order}) to '{target}' (format parquet, compression zstd)"
    )


def _content(found: Conformed, told: Mapping[str, object]) -> str:
    """Digest what the tables hold, in whatever order, how the mapping reads it, and what is `told` of it."""
    digest = hashlib.sha256((found.mapping.fingerprint() + json.dumps(told)).encode())
    for name, columns in found.tables.items():
        types = columns_of(found.con, f"main.{name}")
        row = (
            "concat_ws(chr(31), "
            + ", ".join(f"coalesce(cast({c} as varchar), chr(30))" for c in columns)
            + ")"
        )
        sums = ", ".join(f"sum(md5_number_{half}({row})::hugeint)" for half in ("lower", "upper"))
        held = found.con.execute(f"select count(*), {sums} from main.{name}").fetchall()[0]
        digest.update(json.dumps([name, types, [str(part) for part in held]]).encode())
    return digest.hexdigest()


def _rows(con: DuckDBPyConnection, name: str) -> int:
    return int(con.execute(f"select count(*) from main.{name}").fetchall()[0][0])


def _recorded(root: Path, source: str) -> list[tuple[date, int, Path]]:
    """List the snapshots of a source: day recorded, number, folder; the latest last."""
    folders = [path.parent for path in (root / SNAPSHOTS / source).glob(f"[!.]*/{MANIFEST}")]
    found = [(read_manifest(folder), folder) for folder in folders]
    return sorted((date.fromisoformat(told["recorded_on"]), told["number"], folder) for told, folder in found)
