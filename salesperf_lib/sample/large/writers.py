"""Parquet files that are written as the rows come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

Columns = Mapping[str, pa.Array]


@dataclass
class Writers:
    """One stream per fact table; a file that is full is closed and the next one opened."""

    out: Path
    rows_per_file: int
    open: dict[str, tuple[pq.ParquetWriter, int]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)

    def __enter__(self) -> Writers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer, _ in self.open.values():
            writer.close()
        if error is not None:
            for path in self.files:
                path.unlink(missing_ok=True)

    def append(self, name: str, columns: Columns) -> None:
        """Add rows to a table."""
        table = pa.table(dict(columns))
        writer, rows = self.open.get(name) or (self._next_file(name, table.schema), 0)
        writer.write_table(table)
        self.open[name] = writer, rows + table.num_rows
        if rows + table.num_rows >= self.rows_per_file:
            writer.close()
            del self.open[name]

    def _next_file(self, name: str, schema: pa.Schema) -> pq.ParquetWriter:
        folder = self.out / name
        number = sum(path.parent == folder for path in self.files)
        if number == 0:
            _empty(folder)
        self.files.append(folder / f"part-{number:04d}.parquet")
        return pq.ParquetWriter(self.files[-1], schema, compression="zstd")


def _empty(folder: Path) -> None:
    """Make a folder, or clear away the parts of an earlier run."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in folder.glob("part-*.parquet"):
        part.unlink()
