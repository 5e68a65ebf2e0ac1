"""Read text files as they come: any encoding, any separator, headings in any row."""

from __future__ import annotations

import codecs
import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from duckdb import DuckDBPyConnection

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.sources.mapping import Input

CHUNK = 1 << 20
GUESSES = ("utf-8", "gb18030", "utf-16")
BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MAX_LINE = 16_000_000


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lines whose number of fields differs from the headings', left out."""

    n_rows: int
    examples: tuple[str, ...]


def read_text(con: DuckDBPyConnection, alias: str, path: Path, spec: Input, scratch: Path) -> Ragged | None:
    """Read one text file into the table `alias`, every field as text.

    Parameters
    ----------
    con
        Where the table is made, in the schema of the inputs.
    alias
        Its name, quoted if need be.
    path
        The file, gzipped if its name ends in ``.gz``.
    spec
        How it is written.
    scratch
        Folder for the file decoded to UTF-8.

    Returns
    -------
    Ragged or None
        Lines that were left out, if any.

    Raises
    ------
    DataError
        If the encoding is not the one said, or there are no headings in the row said.
    """
    separator = _separator(path, spec)
    decoded = scratch / "decoded.csv"
    with decoded.open("w", encoding="utf-8", newline="") as out:
        for text in _decoded(path, spec.encoding):
            out.write(text)
    if separator == "whitespace":
        decoded = _tabbed(decoded, scratch / "tabbed.csv")
        separator = "\t"
    ragged = _copy(con, alias, decoded, _layout(decoded, path, separator, spec))
    decoded.unlink()
    return ragged


def headings_of(names: list[str], place: str) -> list[str]:
    """Clean the headings of a file or sheet.

    Raises
    ------
    DataError
        If there are none, or two are the same to SQL, which does not tell A from a.
    """
    cleaned = [name.strip() or f"column_{i}" for i, name in enumerate(names, 1)]
    while cleaned and not names[len(cleaned) - 1].strip():
        cleaned.pop()
    seen: dict[str, int] = {}
    for name in cleaned:
        seen[name.lower()] = seen.get(name.lower(), 0) + 1
    repeated = [name for name, n in seen.items() if n > 1]
    if repeated:
        remedy = "say `header: 0` and name the fields in `columns`, with the old headings left out by `where`"
        raise DataError(
            Problem(place, f"the heading {repeated[0]!r} {seen[repeated[0]]} times", "each once", remedy)
        )
    if not cleaned:
        raise DataError(
            Problem(place, "an empty row", "the headings", "say in which row they stand: `header`")
        )
    return cleaned


def _separator(path: Path, spec: Input) -> str:
    if spec.separator is not None:
        return "\t" if spec.separator == "tab" else spec.separator
    return "\t" if ".tsv" in path.suffixes else ","


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """Decode a file piece by piece, or say in which encoding it seems to be written."""
    try:
        decoder = codecs.getincrementaldecoder("utf-8-sig" if _is_utf8(encoding) else encoding)()
    except LookupError:
        problem = Problem(
            str(path), f"the encoding {encoding!r}", "utf-8, gbk, gb18030, utf-16 …", "correct `encoding`"
        )
        raise DataError(problem) from None
    lines = 0
    with _opened(path) as file:
        chunk = file.read(CHUNK)
        _fail_if_utf8_after_all(path, encoding, chunk)
        try:
            while chunk:
                text = decoder.decode(chunk)
                lines += text.count("\n")
                yield text
                chunk = file.read(CHUNK)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].count(b"\n") + 1
            found = f"bytes that are not {encoding}, in line {line}"
            raise DataError(Problem(str(path), found, f"text in {encoding}", _guess(path))) from None


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")


def _fail_if_utf8_after_all(path: Path, encoding: str, chunk: bytes) -> None:
    """Refuse UTF-8 that is declared otherwise: many bytes of it are also GBK, and read as nonsense."""
    if _is_utf8(encoding) or chunk.isascii() or chunk.startswith(BYTE_ORDER_MARKS):
        return
    try:
        codecs.getincrementaldecoder("utf-8")().decode(chunk)
    except UnicodeDecodeError:
        return
    raise DataError(Problem(str(path), "text in utf-8", f"text in {encoding}", "say `encoding: utf-8`"))


def _guess(path: Path) -> str:
    with _opened(path) as file:
        sample = file.read(CHUNK)
    for encoding in GUESSES:
        if encoding == "utf-16" and not sample.startswith(BYTE_ORDER_MARKS):
            continue
        try:
            codecs.getincrementaldecoder(encoding)().decode(sample)
        except UnicodeDecodeError:
            continue
        return f"it reads as {encoding}: say `encoding: {encoding}`"
    return "say its `encoding`, or export it as UTF-8"


def _tabbed(path: Path, target: Path) -> Path:
    """Write a file whose fields are set apart by blanks again with tabs."""
    with path.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as out:
        for line in lines:
            out.write("\t".join(line.split()) + "\n")
    path.unlink()
    return target


@dataclass(frozen=True, slots=True)
class _Layout:
    """Headings, separator, and the number of lines before the first row of data."""

    headings: list[str]
    separator: str
    skip: int


def _layout(decoded: Path, path: Path, separator: str, spec: Input) -> _Layout:
    if spec.header == 0:
        return _Layout(headings_of(list(spec.columns), str(path)), separator, 0)
    with decoded.open(encoding="utf-8", newline="") as lines:
        for _ in range(spec.header - 1):
            next(lines, "")
        reader = csv.reader(lines, delimiter=separator)
        row = next(reader, [])
    headings = headings_of(row, f"{path}: row {spec.header}")
    return _Layout(headings, separator, spec.header - 1 + reader.line_num)


def _copy(con: DuckDBPyConnection, alias: str, decoded: Path, layout: _Layout) -> Ragged | None:
    """Make the table; a line that does not fit the headings is set aside by the engine."""
    columns = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}': 'VARCHAR'" for name in layout.headings)
    con.execute(
        f"""create or replace table {alias} as select * from read_csv(?, columns = {{{columns}}},
          header = false, skip = {layout.skip}, delim = ?, quote = '"', escape = '"', auto_detect = false,
          max_line_size = {MAX_LINE}, ignore_errors = true, store_rejects = true,
          rejects_table = 'ragged', rejects_scan = 'ragged_scan')""",
        [str(decoded), layout.separator],
    )
    n_rows, shown = con.execute(
        """with lines as (select line, any_value(csv_line) as text from ragged group by line)
        select count(*), list('line ' || line || ': ' || trim(text)[:60] order by line)[:3] from lines"""
    ).fetchall()[0]
    con.execute("drop table ragged; drop table ragged_scan")
    return Ragged(int(n_rows), tuple(shown)) if n_rows else None
