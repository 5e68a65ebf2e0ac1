"""Read the HTML of a report into its passages, tables and figures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser

from salesperf_lib.render.comparison.contents import Contents, Figure, Grid, Line, Passage, bytes_of

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
UNSEEN = frozenset({"head", "style", "script", "template"})
INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "button",
        "code",
        "em",
        "i",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "wbr",
    }
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
CELLS = frozenset({"td", "th"})


def parsed(html: str) -> Contents:
    """Read a page, or a piece of one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.say()
    return Contents(tuple(reader.passages), tuple(reader.tables), tuple(reader.figures))


@dataclass(slots=True)
class _Open:
    """An element that is still open; `label` is what a label inside it said, `used` whether it was taken."""

    tag: str
    kind: tuple[str, ...]
    label: str = ""
    used: bool = True


@dataclass(slots=True)
class _Table:
    caption: str = ""
    heads: list[str] = field(default_factory=list[str])
    lines: list[Line] = field(default_factory=list[Line])
    cells: list[str] = field(default_factory=list[str])
    span: int = 1
    group: str = ""


class _Reader(HTMLParser):
    """Follow the open elements; text is gathered until a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.passages: list[Passage] = []
        self.tables: list[Grid] = []
        self.figures: list[Figure] = []
        self._open: list[_Open] = []
        self._text: list[str] = []
        self._section = ""
        self._table: _Table | None = None
        self._drawing: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        given = {name: value or "" for name, value in attrs}
        kind = tuple(given.get("class", "").split())
        if self._is_unseen():
            self._drawn(self.get_starttag_text() or "")
        elif tag == "img":
            digest = hashlib.sha256(bytes_of(given.get("src", ""))).hexdigest()[:16]
            self.figures.append(Figure(self._section, " ".join(given.get("alt", "").split()), digest))
        else:
            self._begin(tag, kind, given)
        if tag not in VOID:
            self._open.append(_Open(tag, kind))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take ``<rect/>`` of a drawing for an element that ends at once."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """End an element, and those left open inside it."""
        if not any(each.tag == tag for each in self._open):
            return
        while self._open:
            ended = self._open[-1]
            self._end(ended)
            self._open.pop()
            if not ended.used:
                self.passages.append(Passage(self._section, "", ended.label))
            if ended.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        """Gather text that is seen."""
        if self._is_unseen():
            self._drawn(data)
        else:
            self._text.append(data)

    def say(self) -> None:
        """Make a passage of the text gathered so far."""
        said = self._taken()
        if said:
            self.passages.append(Passage(self._section, self._label(), said))

    def _is_unseen(self) -> bool:
        return any(each.tag in UNSEEN or each.tag == "svg" for each in self._open)

    def _drawn(self, part: str) -> None:
        if any(each.tag == "svg" for each in self._open):
            self._drawing.append(part)

    def _taken(self) -> str:
        said = " ".join("".join(self._text).split())
        self._text.clear()
        return said

    def _label(self) -> str:
        """Give the nearest label above, and remember that it has been said."""
        for each in reversed(self._open):
            if each.label:
                each.used = True
                return each.label
        return ""

    def _begin(self, tag: str, kind: tuple[str, ...], given: dict[str, str]) -> None:
        if tag == "svg":
            self._drawing = [given.get("aria-label", "")]
        elif tag == "table" and self._table is None:
            self.say()
            self._table = _Table()
        elif self._table is not None:
            self._text.append(" ")
            if tag in CELLS:
                self._taken()
                span = given.get("colspan", "1")
                self._table.span = int(span) if span.isdigit() else 1
        elif tag not in INLINE or "label" in kind:
            self.say() if tag != "br" else self._text.append(" ")
        elif kind:
            self._text.append(" ")

    def _end(self, ended: _Open) -> None:
        if ended.tag == "svg":
            digest = hashlib.sha256("".join(self._drawing[1:]).encode()).hexdigest()[:16]
            self.figures.append(Figure(self._section, self._drawing[0], digest))
        elif self._is_unseen():
            return
        elif self._table is not None:
            self._end_in_table(ended, self._table)
        elif ended.tag == "dt" or "label" in ended.kind:
            self._end_label()
        elif ended.tag in HEADINGS:
            self._section = self._taken()
            self.passages.append(Passage("", "", self._section))
        elif ended.tag not in INLINE:
            self.say()
        elif ended.kind:
            self._text.append(" ")

    def _end_label(self) -> None:
        said = self._taken()
        holder = self._open[-2] if len(self._open) > 1 else None
        if holder is None or not said:
            self.passages.extend([Passage(self._section, "", said)] if said else [])
            return
        if not holder.used:
            self.passages.append(Passage(self._section, "", holder.label))
        holder.label, holder.used = said, False

    def _end_in_table(self, ended: _Open, table: _Table) -> None:
        if ended.tag in CELLS:
            table.cells += [self._taken()] * table.span
        elif ended.tag == "caption":
            table.caption = self._taken()
        elif ended.tag == "tr":
            self._end_row(table, heads=any(each.tag == "thead" for each in self._open))
        elif ended.tag == "table":
            self._text.clear()
            self.tables.append(Grid(self._section, table.caption, tuple(table.heads), tuple(table.lines)))
            self._table = None

    def _end_row(self, table: _Table, *, heads: bool) -> None:
        cells, table.cells = tuple(table.cells), []
        if heads:
            above = table.heads or [""] * len(cells)
            table.heads = [" ".join(filter(None, pair)) for pair in zip(above, cells, strict=False)]
            return
        table.lines.append(Line(table.group, cells))
        if len(cells) > 1 and cells[0] and not any(cells[1:]):
            table.lines[-1] = Line("", cells)
            table.group = cells[0]
