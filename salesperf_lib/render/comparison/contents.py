"""What a report says, read from its page or its record: sentences, tables, figures, by their headings."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import nbformat

from salesperf_lib.errors import Problem, RenderError

SOURCE_ONLY = "source-only"


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, or a value with its label, below the nearest heading."""

    section: str
    label: str
    text: str

    @property
    def whole(self) -> str:
        """Give it as it is shown: the label before the text."""
        return ": ".join(part for part in (self.label, self.text) if part)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: the row that heads it, and its cells by column."""

    group: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its section, its caption, its headings and its rows."""

    section: str
    caption: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its section, its alternative text and the digest of its bytes."""

    section: str
    alt: str
    digest: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a report shows.

    Parameters
    ----------
    passages, tables, figures
        Each in reading order.
    """

    passages: tuple[Passage, ...]
    tables: tuple[Grid, ...]
    figures: tuple[Figure, ...]


def read_contents(path: Path) -> Contents:
    """Read a page or an executed notebook.

    Raises
    ------
    RenderError
        If the file cannot be read, or shows nothing.
    """
    from salesperf_lib.render.comparison.parsing import parsed

    try:
        shown = _shown_by(path) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # JSON and unicode errors are ValueErrors
        raise _unreadable(path, f"no readable file ({type(error).__name__}: {error})") from error
    except nbformat.ValidationError as error:
        raise _unreadable(path, f"no notebook ({str(error).splitlines()[0]})") from error
    contents = parsed(shown)
    if not (contents.passages or contents.tables or contents.figures):
        raise _unreadable(path, "nothing that a reader sees: no text, table or figure")
    return contents


def _unreadable(path: Path, found: str) -> RenderError:
    return RenderError(Problem(str(path), found, "an executed .ipynb or the .html page of a report"))


def _shown_by(path: Path) -> str:
    """Write what the page of a notebook would show, in the same order."""
    notebook: Any = nbformat.read(path, as_version=4)
    return "\n".join(part for cell in notebook.cells for part in _parts(cell))


def _parts(cell: Any) -> Iterator[str]:
    if cell.cell_type == "markdown" and SOURCE_ONLY not in cell.metadata.get("tags", []):
        yield _from_markdown(cell.source)
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stdout":
            yield f"<pre>{escape(output.text)}</pre>"
        elif output.output_type == "error":
            yield f"<div><p>{escape(output.ename)}</p><pre>{escape(output.evalue)}</pre></div>"
        elif output.output_type in ("display_data", "execute_result"):
            yield _shown(output)


def _shown(output: Any) -> str:
    """Write an output in the form that the page prefers."""
    data = output.data
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return data[kind]
    if "image/png" in data:
        alt = output.metadata.get("image/png", {}).get("alt") or ""
        return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data["image/png"]}">'
    if "text/markdown" in data:
        return _from_markdown(data["text/markdown"])
    return f"<pre>{escape(data['text/plain'])}</pre>" if "text/plain" in data else ""


def _from_markdown(source: str) -> str:
    from nbconvert.filters import markdown2html

    return str(markdown2html(source))


def bytes_of(address: str) -> bytes:
    """Give the bytes behind the address of a figure; those of the address itself where it is a link."""
    found = re.fullmatch(r"data:[^,]*;base64,(.*)", address, re.DOTALL)
    return b64decode("".join(found[1].split())) if found else address.encode()
