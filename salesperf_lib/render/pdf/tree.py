"""Read a page into a tree of elements and texts."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
UNSEEN = frozenset({"head", "style", "script", "template", "colgroup"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary"})
DEEPEST = 6
_DRAWING = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True, slots=True)
class Node:
    """An element of a page.

    Parameters
    ----------
    tag
        Its name, in small letters.
    attributes
        Its attributes; one without a value holds an empty text.
    children
        Elements and texts, in order.
    level
        Of a heading: how deep it lies in the document, from 1; 0 of everything else.
    """

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    children: tuple[Node | str, ...] = ()
    level: int = 0

    @property
    def classes(self) -> tuple[str, ...]:
        """Give its classes, in the order in which they are written."""
        return tuple(self.attributes.get("class", "").split())


def read(page: str) -> Node:
    """Read a whole page, its drawings as pictures, its headings one level below another at most.

    Returns
    -------
    Node
        The root; its descendants hold everything that the page holds, scripts and styles included.
    """
    reader = _Reader()
    reader.feed(_DRAWING.sub(_as_picture, page))
    reader.close()
    root, _ = _levelled(reader.root(), 0)
    return root


def find(node: Node, tag: str = "", kind: str = "") -> Iterator[Node]:
    """Yield the elements of a tag, a class or both, in order."""
    for child in node.children:
        if isinstance(child, Node):
            if tag in ("", child.tag) and (not kind or kind in child.classes):
                yield child
            yield from find(child, tag, kind)


def text_of(node: Node | str) -> str:
    """Give what a reader reads: runs of spaces as one, line breaks kept, nothing of styles and scripts."""
    return "\n".join(_SPACES.sub(" ", line).strip() for line in _raw_text(node, "\n").split("\n")).strip()


def verbatim(node: Node | str) -> str:
    """Give the text with every space and line break as it is written."""
    return _raw_text(node, "\n")


def _raw_text(node: Node | str, line_break: str) -> str:
    if isinstance(node, str):
        return node
    if node.tag == "br":
        return line_break
    return "" if node.tag in UNSEEN else "".join(_raw_text(child, line_break) for child in node.children)


def _as_picture(found: re.Match[str]) -> str:
    """Keep a drawing as its bytes: the parser would turn ``viewBox`` into small letters."""
    drawing = found[0]
    head = drawing[: drawing.index(">")]
    label = re.search(r'aria-label="([^"]*)"', head)
    titled = re.search(r"<title[^>]*>(.*?)</title>", drawing, re.DOTALL)
    width = re.search(r'\bwidth="([\d.]+)', head)
    name = label[1] if label else titled[1] if titled else ""
    if "xmlns=" not in head:
        drawing = drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    data = base64.b64encode(drawing.encode("utf-8")).decode("ascii")
    size = f' width="{width[1]}"' if width else ""
    return f'<img class="figure" alt="{escape(name.strip())}"{size} src="data:image/svg+xml;base64,{data}">'


def _levelled(node: Node, last: int) -> tuple[Node, int]:
    """Close the gaps between the levels of headings: a reader's outline steps down one at a time."""
    if node.tag in HEADINGS:
        wished = 3 if node.tag == "summary" else int(node.tag[1])
        level = min(wished, last + 1, DEEPEST)
        return replace(node, level=level), level
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node):
            child, last = _levelled(child, last)  # noqa: PLW2901
        children.append(child)
    return replace(node, children=tuple(children)), last


class _Reader(HTMLParser):
    """Build the tree; what is never closed ends with what holds it."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, dict[str, str], list[Node | str]]] = [("", {}, [])]

    def root(self) -> Node:
        while len(self._open) > 1:
            self._close()
        return Node("", children=tuple(self._open[0][2]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag in VOID:
            self._close()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or all(tag != name for name, _, _ in self._open):
            return
        while self._open[-1][0] != tag:
            self._close()
        self._close()

    def handle_data(self, data: str) -> None:
        self._open[-1][2].append(data)

    def _close(self) -> None:
        tag, attributes, children = self._open.pop()
        self._open[-1][2].append(Node(tag, attributes, tuple(children)))
