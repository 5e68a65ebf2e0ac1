"""Compare what two reports show: tables cell by cell, sentences, figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from salesperf_lib.render.comparison.alignment import in_order, pair_up
from salesperf_lib.render.comparison.contents import Contents, Figure, Grid, Line, Passage
from salesperf_lib.render.comparison.found import Difference, Kind
from salesperf_lib.render.comparison.numbers import changes_between, skeleton
from salesperf_lib.render.comparison.origin import tells_origin

Item = TypeVar("Item")

BEGINNING = 8  # characters by which a rewritten sentence is still known
Pairs = list[tuple[Line | None, Line | None]]


def contents_differences(left: Contents, right: Contents, lang: str) -> list[Difference]:
    """List what two reports show differently: tables first, then sentences, then figures."""
    found = [*_tables(left, right, lang), *_passages(left, right, lang), *_figures(left, right)]
    return list(found)


def _tables(left: Contents, right: Contents, lang: str) -> Iterator[Difference]:
    """Compare tables of the same section and caption, of the same wording, or of the same headings."""
    keys: list[Callable[[Grid], Hashable]] = [
        lambda grid: (grid.section, grid.caption, grid.heads),
        lambda grid: (grid.section, grid.caption) if grid.caption else None,
        lambda grid: (skeleton(grid.section), skeleton(grid.caption), grid.heads),
        lambda grid: grid.heads or None,
    ]
    pairs = pair_up(left.tables, right.tables, keys)
    for first, second in pairs:
        if first is None or second is None:
            yield _only("table", _place(first or second), first, second, _size)
        else:
            yield from _grid(first, second, lang)
    yield from _moved(in_order(right.tables, pairs), ("tables",))


def _grid(left: Grid, right: Grid, lang: str) -> Iterator[Difference]:
    where = _place(left)
    if left.caption != right.caption:
        changes = changes_between(left.caption, right.caption, lang)
        yield Difference("sentence", (left.section,), left.caption, right.caption, changes)
    columns, lost = _columns(left, right)
    for head, first, second in lost:
        yield Difference("column", (*where, head), first, second)
    pairs = _rows(left, right)
    for first, second in pairs:
        if first is None or second is None:
            yield _only("row", (*where, *_label(first or second)), first, second, _cells)
        else:
            yield from _row(first, second, columns, where, lang)
    yield from _moved(in_order(right.lines, pairs), where)


def _columns(
    left: Grid, right: Grid
) -> tuple[list[tuple[str, int, int]], list[tuple[str, str | None, str | None]]]:
    """Pair the columns by their headings; by their places where a table has none.

    Returns
    -------
    tuple
        Heading and both places of each pair; heading and both sides of each column without one.
    """
    heads = [grid.heads or tuple("" for _ in _widest(left, right)) for grid in (left, right)]
    numbered = [list(enumerate(side)) for side in heads]
    pairs = pair_up(numbered[0], numbered[1], [lambda column: column[1]])
    both = [(first[1], first[0], second[0]) for first, second in pairs if first and second]
    lost = [
        ((first or second or (0, ""))[1], first[1] if first else None, second[1] if second else None)
        for first, second in pairs
        if not (first and second)
    ]
    return both, lost


def _widest(*grids: Grid) -> tuple[str, ...]:
    return max((line.cells for grid in grids for line in grid.lines), key=len, default=())


def _rows(left: Grid, right: Grid) -> Pairs:
    """Pair rows by the row that heads them and as many first cells as tell every row apart."""
    width = max((len(line.cells) for line in (*left.lines, *right.lines)), default=0)
    labels = next((count for count in range(1, width + 1) if _tells_apart(left, right, count)), 1)
    keys: list[Callable[[Line], Hashable]] = [
        lambda line: (line.group, line.cells),
        lambda line: (line.group, line.cells[:labels]),
        lambda line: (line.group, line.cells[:1]),
        lambda line: line.cells[:1],
    ]
    return pair_up(left.lines, right.lines, keys if labels > 1 else keys[1:])


def _tells_apart(left: Grid, right: Grid, count: int) -> bool:
    return all(
        max(Counter((line.group, line.cells[:count]) for line in grid.lines).values(), default=1) == 1
        for grid in (left, right)
    )


def _row(
    left: Line, right: Line, columns: list[tuple[str, int, int]], where: tuple[str, ...], lang: str
) -> Iterator[Difference]:
    for head, first, second in columns:
        one, other = (_cell(left, first), _cell(right, second))
        if one != other:
            changes = changes_between(one, other, lang)
            yield Difference("cell", (*where, *_label(left), head or str(first + 1)), one, other, changes)


def _cell(line: Line, place: int) -> str:
    return line.cells[place] if place < len(line.cells) else ""


def _passages(left: Contents, right: Contents, lang: str) -> Iterator[Difference]:
    """Compare sentences that have the same label, the same wording, or the same beginning."""
    sides = [[each for each in side.passages if not tells_origin(each)] for side in (left, right)]
    keys: list[Callable[[Passage], Hashable]] = [
        lambda said: (said.section, said.whole),
        lambda said: said.whole,
        lambda said: (said.section, said.label, skeleton(said.text)) if said.label else None,
        lambda said: (said.section, skeleton(said.whole)),
        lambda said: (said.section, said.label) if said.label else None,
        lambda said: (said.section, said.whole[:BEGINNING]),
    ]
    pairs = pair_up(sides[0], sides[1], keys)
    for first, second in pairs:
        if first is None or second is None:
            yield _only(
                "sentence", ((first or second or Passage("", "", "")).section,), first, second, _whole
            )
        elif first.whole != second.whole:
            changes = changes_between(first.whole, second.whole, lang)
            yield Difference("sentence", (first.section,), first.whole, second.whole, changes)
    yield from _moved(in_order(sides[1], pairs), ("sentences",))


def _figures(left: Contents, right: Contents) -> Iterator[Difference]:
    """Compare the bytes of figures that have the same text, the same wording, or the same place."""
    keys: list[Callable[[Figure], Hashable]] = [
        lambda figure: (figure.section, figure.alt, figure.digest),
        lambda figure: (figure.section, figure.alt) if figure.alt else None,
        lambda figure: (figure.section, skeleton(figure.alt)),
        lambda figure: figure.section,
    ]
    pairs = pair_up(left.figures, right.figures, keys)
    for first, second in pairs:
        if first is None or second is None:
            yield _only("figure", ((first or second or Figure("", "", "")).section,), first, second, _drawn)
        elif first != second:
            yield Difference("figure", (first.section,), _drawn(first), _drawn(second))
    yield from _moved(in_order(right.figures, pairs), ("figures",))


def _only(
    kind: Kind, where: tuple[str, ...], left: Item | None, right: Item | None, said: Callable[[Item], str]
) -> Difference:
    """Tell of something that one side has alone."""
    first, second = (None if item is None else said(item) for item in (left, right))
    return Difference(kind, where, first, second)


def _moved(in_place: bool, where: tuple[str, ...]) -> Iterator[Difference]:
    if not in_place:
        yield Difference("order", where, "", "")


def _place(grid: Grid | None) -> tuple[str, ...]:
    return (grid.section, grid.caption) if grid is not None else ()


def _label(line: Line | None) -> tuple[str, ...]:
    return tuple(part for part in (line.group, line.cells[0] if line.cells else "") if part) if line else ()


def _size(grid: Grid) -> str:
    return f"{len(grid.lines)} × {len(grid.heads) or len(_widest(grid))}"


def _cells(line: Line) -> str:
    return " | ".join(line.cells)


def _whole(said: Passage) -> str:
    return said.whole


def _drawn(figure: Figure) -> str:
    return f"{figure.digest} {figure.alt}".strip()
