"""Read tables and queries of databases through Ibis."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

import ibis
from duckdb import DuckDBPyConnection

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.sources.engine import silent_backend
from salesperf_lib.sources.mapping import Input

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

VARIABLE = re.compile(r"\$\{(\w+)\}")
SCHEMES = ("duckdb", "postgresql", "postgres")


def read_database(con: DuckDBPyConnection, alias: str, spec: Input, folder: Path, place: str) -> str:
    """Read a table or query into the table `alias`.

    Parameters
    ----------
    con
        Where the table is made.
    alias
        Its name.
    spec
        Database and table or query.
    folder
        Folder to which a relative path of a DuckDB file refers.
    place
        File and path of the input in the mapping, for messages.

    Returns
    -------
    str
        The database without its password, for provenance.

    Raises
    ------
    DataError
        If a variable is not set, or the database, table or query is refused. Never with a password.
    """
    url = _expanded(str(spec.database), place)
    shown = _without_password(url)
    try:
        _copy(con, alias, spec, url, folder)
    except Exception as error:  # noqa: BLE001  drivers raise what they like; all of it is told, less the password
        found = _scrubbed(
            str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__, url
        )
        remedy = "see that the server runs, and correct `database`, `table` or `query`"
        raise DataError(
            Problem(f"{place} ({shown})", found, "a table or query that can be read", remedy)
        ) from None
    return shown


def _copy(con: DuckDBPyConnection, alias: str, spec: Input, url: str, folder: Path) -> None:
    backend = _connect(url, folder)
    try:
        rows = backend.sql(spec.query) if spec.query else backend.table(str(spec.table))
        con.register("_rows", rows.to_pyarrow_batches())
        con.execute(f"create or replace table {alias} as select * from _rows")
        con.unregister("_rows")
    finally:
        backend.disconnect()


def _connect(url: str, folder: Path) -> SQLBackend:
    scheme = url.partition("://")[0]
    if scheme not in SCHEMES:
        raise ValueError(f"the scheme {scheme!r}; allowed: {', '.join(SCHEMES)}")
    if scheme == "duckdb":
        return silent_backend(_duckdb_file(url, folder))
    return cast("SQLBackend", ibis.connect(url))


def _duckdb_file(url: str, folder: Path) -> Path:
    """Find the file of ``duckdb:///path``: below the mapping's root, or from the root of the disk."""
    written = url.removeprefix("duckdb://").lstrip("/")
    candidates = (folder / written, Path("/") / written)
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        raise FileNotFoundError(f"no such file: {candidates[0]}")
    return found


def _expanded(url: str, place: str) -> str:
    missing = [name for name in VARIABLE.findall(url) if name not in os.environ]
    if missing:
        problem = Problem(
            place, f"no environment variable {', '.join(missing)}", "one that is set", "export it first"
        )
        raise DataError(problem)
    return VARIABLE.sub(lambda match: os.environ[match[1]], url)


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None


def _without_password(url: str) -> str:
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


def _scrubbed(text: str, url: str) -> str:
    password = _password(url)
    text = text.replace(url, _without_password(url))
    for secret in {password, unquote(password)} if password else set():
        text = text.replace(secret, "***")
    return text
