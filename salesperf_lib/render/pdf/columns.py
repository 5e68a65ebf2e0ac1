"""Share the width of a table among its columns, so that no cell is cut off.

Typst's own columns of automatic width let a long figure run into its neighbour. Here, as in a browser, a
column is at least as wide as its longest piece that does not break; where that is too much, the letters get
smaller.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from salesperf_lib.render.pdf.faces import width_of
from salesperf_lib.render.pdf.quoting import CHANCE, breakable

SIZES = (8.5, 8.0, 7.5, 7.0, 6.5)
SMALLEST = 3.0
DISLIKE = 0.35
"""By how much a table may get longer before its letters lose a point."""

PADDING = 0.55
"""Space on either side of a cell, in em."""

HEADING = 3.0
"""Width, in em, below which a Chinese heading stands upright, one character a line."""

READABLE = 5.2
"""Width, in em, below which a column of words breaks names."""

SLACK = 1.02
RAGGED = 1.1
"""How much longer a text gets by breaking at words."""

_CHINESE = "\u2e80-\uffef\U00020000-\U0003ffff"
_PIECES = re.compile(f"[{_CHINESE}]|[^\\s{CHANCE}{_CHINESE}]+")


@dataclass(frozen=True, slots=True)
class Extent:
    """What a column needs, in em.

    Parameters
    ----------
    least
        Its longest piece that does not break.
    whole
        Its longest line.
    firm
        Whether it holds figures, which had better not break.
    rows
        The longest line of each row.
    """

    least: float
    whole: float
    firm: bool
    rows: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """The outcome.

    Parameters
    ----------
    widths
        Each column's, in points, padding included.
    size
        Of the letters, in points.
    heights
        The lines of each row.
    """

    widths: tuple[float, ...]
    size: float
    heights: tuple[int, ...]


def extent(cells: Sequence[str], face: Path, *, firm: bool, heads: int = 0) -> Extent:
    """Measure a column.

    Parameters
    ----------
    cells
        The text of each row, empty where none stands in this column alone.
    face
        Their font.
    firm
        Whether it holds figures.
    heads
        How many rows, from the first, are headings: they break at words even where figures do not.
    """
    rows = [max(width_of(line, face) for line in cell.split("\n")) * SLACK for cell in cells]
    longest = max((_longest_piece(cell, face) for cell in cells), default=0.0) * SLACK
    body = max(rows[heads:], default=0.0)
    head = max(rows[:heads], default=0.0)
    whole = max(body, min(head, READABLE) if firm else head, longest)
    least = max(longest, min(whole, READABLE), min(head, HEADING))
    return Extent(least, max(whole, least), firm, tuple(rows))


def share(columns: Sequence[Extent], room: float) -> Share:
    """Choose widths and size so that nothing is cut off and the table is short, its letters large.

    Parameters
    ----------
    columns
        What each needs.
    room
        Points for all of them.
    """
    tried = [
        (sum(_heights(columns, widths)) * (1 + DISLIKE * (SIZES[0] - size)), -size, widths)
        for size in SIZES
        for firm in (True, False)
        for widths in _ways(columns, room / size - 2 * PADDING * len(columns), firm=firm)
    ]
    if tried:
        _, negative, widths = min(tried)
        return _in_points(columns, widths, -negative)
    least = [column.least for column in columns]
    return _in_points(columns, least, max(SMALLEST, room / (sum(least) + 2 * PADDING * len(columns))))


def _ways(columns: Sequence[Extent], room: float, *, firm: bool) -> list[list[float]]:
    """Give each column its least and share what is left in two ways, if there is enough."""
    least = [column.whole if firm and column.firm else column.least for column in columns]
    whole = [column.whole for column in columns]
    left = room - sum(least)
    if left < 0:
        return []
    more = [wide - narrow for wide, narrow in zip(whole, least, strict=True)]
    if left >= sum(more):  # every line fits: the rest goes by width, and the table fills the paper
        return [[wide * (1 + (left - sum(more)) / (sum(whole) or 1)) for wide in whole]]
    by_need = [narrow + left / sum(more) * extra for narrow, extra in zip(least, more, strict=True)]
    return [by_need, _narrow_first(least, whole, room)]


def _narrow_first(least: Sequence[float], whole: Sequence[float], room: float) -> list[float]:
    """Let narrow columns have what they need and the widest share the rest evenly."""
    low, high = 0.0, max(whole)
    for _ in range(40):
        middle = (low + high) / 2
        fits = sum(max(narrow, min(wide, middle)) for narrow, wide in zip(least, whole, strict=True)) <= room
        low, high = (middle, high) if fits else (low, middle)
    return [max(narrow, min(wide, low)) for narrow, wide in zip(least, whole, strict=True)]


def _heights(columns: Sequence[Extent], widths: Sequence[float]) -> tuple[int, ...]:
    """Count the lines of each row."""
    cells = zip(*(column.rows for column in columns), strict=True)
    return tuple(max(map(_lines, row, widths)) for row in cells)


def _lines(text: float, width: float) -> int:
    return 1 if text <= width else math.ceil(text * RAGGED / max(width, 0.1))


def _in_points(columns: Sequence[Extent], widths: Sequence[float], size: float) -> Share:
    points = tuple(round((width + 2 * PADDING) * size, 2) for width in widths)
    return Share(points, round(size, 2), _heights(columns, widths))


def _longest_piece(cell: str, face: Path) -> float:
    return max((width_of(piece, face) for piece in _PIECES.findall(breakable(cell))), default=0.0)
