"""Open DuckDB as this library uses it: in memory, and silent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import ibis

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

SILENT = "set enable_progress_bar = false"
"""Else DuckDB draws a progress bar into whatever notebook a slow query runs in: into reports, too."""


def silent_backend(path: Path | None = None) -> Backend:
    """Open a database for Ibis: in memory, or a file to read."""
    backend = ibis.duckdb.connect() if path is None else ibis.duckdb.connect(path, read_only=True)
    backend.con.execute(SILENT)
    return backend


def silent_connection(scratch: str) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that may spill into a folder."""
    con = duckdb.connect(config={"temp_directory": scratch})
    con.execute(SILENT)
    return con
