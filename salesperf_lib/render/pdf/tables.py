"""Write a table of a page in Typst: its head repeats on every sheet, a row never breaks over two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from salesperf_lib.render.pdf.columns import Extent, Share, extent, share
from salesperf_lib.render.pdf.quoting import string
from salesperf_lib.render.pdf.tree import Node, find, text_of

Write = Callable[[Node, float], str]
SHORT = 20
"""Rows up to which a table stays on one sheet."""

SHEET = 40
"""Lines that surely fit on one sheet; what is longer may break, even inside a row."""


def table(node: Node, room: float, face: Path, write: Write, *, named: bool) -> str:
    """Write a table as markup.

    Parameters
    ----------
    node
        The element ``table``.
    room
        Points between the margins of what holds it.
    face
        The font by which columns are measured.
    write
        Writes the content of a cell or a caption, given the points it has.
    named
        Whether to show the caption; a fold's title has said it already.
    """
    heads = [row for part in find(node, "thead") for row in find(part, "tr") if any(_cells(row))]
    body = [row for row in find(node, "tr") if any(_cells(row)) and all(row is not head for head in heads)]
    rows = heads + body
    if not rows:
        return ""
    columns = range(max(sum(_span(cell) for cell in _cells(row)) for row in rows))
    shared = share([_extent(rows, len(heads), column, face) for column in columns], room)
    inner = min(shared.widths)
    head = ", ".join(_cell(cell, "", inner, write) for row in heads for cell in _cells(row))
    written = [_row(row, len(columns), inner, write) for row in body]
    parts = [f"table.header({head})" if head else "", *written]
    caption = next(find(node, "caption"), None)
    shown = f"[{write(caption, room)}]" if named and caption is not None else "none"
    given = {
        "breaks": string(_breaks(shared)),
        "size": f"{shared.size}pt",
        "widths": _tuple(f"{width}pt" for width in shared.widths),
        "align": _tuple("right" if _holds_figures(rows, column) else "left" for column in columns),
    }
    options = ", ".join(f"{name}: {value}" for name, value in given.items())
    return f"#sp.sheet({shown}, {options}, {', '.join(part for part in parts if part)});"


def _breaks(shared: Share) -> str:
    """Say where a table may break over two sheets: inside ``cells``, between ``rows``, or ``none``."""
    if max(shared.heights) > SHEET:
        return "cells"
    return "rows" if len(shared.heights) > SHORT or sum(shared.heights) > SHEET else "none"


def _cells(row: Node) -> list[Node]:
    return [child for child in row.children if isinstance(child, Node) and child.tag in ("th", "td")]


def _span(cell: Node, name: str = "colspan") -> int:
    given = cell.attributes.get(name, "")
    return max(1, int(given)) if given.isdigit() else 1


def _row(row: Node, columns: int, room: float, write: Write) -> str:
    """Write a row; one that heads those below it takes the whole width if it says one thing only."""
    cells = _cells(row)
    kind = next((name for name in row.classes if name in ("head", "total")), "")
    if kind == "head" and not any(text_of(cell) for cell in cells[1:]):
        return _cell(cells[0], kind, room, write, columns)
    missing = columns - sum(_span(cell) for cell in cells)
    return ", ".join([*(_cell(cell, kind, room, write) for cell in cells), *["[]"] * missing])


def _cell(cell: Node, kind: str, room: float, write: Write, span: int = 0) -> str:
    inside = f"[{write(cell, room)}]"
    given = {"colspan": span or _span(cell), "rowspan": _span(cell, "rowspan")}
    spans = ", ".join(f"{name}: {count}" for name, count in given.items() if count > 1)
    if not kind and not spans:
        return inside
    return f"sp.cell({', '.join(part for part in (string(kind), spans) if part)}){inside}"


def _holds_figures(rows: Sequence[Node], column: int) -> bool:
    found = [cell for row in rows if (cell := _at(row, column)) is not None]
    return any("n" in cell.classes or _is_right(cell) for cell in found)


def _is_right(cell: Node) -> bool:
    return "right" in cell.attributes.get("style", "") or cell.attributes.get("align") == "right"


def _at(row: Node, column: int) -> Node | None:
    """Find the cell that stands in one column alone."""
    place = 0
    for cell in _cells(row):
        if place == column:
            return cell if _span(cell) == 1 else None
        place += _span(cell)
    return None


def _extent(rows: Sequence[Node], heads: int, column: int, face: Path) -> Extent:
    """Measure a column by the cells that stand in it alone."""
    cells = [None if "head" in row.classes else _at(row, column) for row in rows]
    words = ["" if cell is None else text_of(cell) for cell in cells]
    return extent(words, face, firm=_holds_figures(rows, column), heads=heads)


def _tuple(parts: Iterable[str]) -> str:
    return f"({''.join(f'{part}, ' for part in parts)})"
