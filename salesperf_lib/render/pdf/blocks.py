"""Write the parts of a page as calls of the functions in ``templates/typst/report.typ``.

A part that nobody foresaw is never left out: its content is written as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from salesperf_lib.language import text
from salesperf_lib.render.pdf.pictures import picture_of
from salesperf_lib.render.pdf.quoting import LONGEST_WORD, breakable, literal, string
from salesperf_lib.render.pdf.tables import table
from salesperf_lib.render.pdf.tree import UNSEEN, Node, find, text_of, verbatim

BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figure", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre",
        "section", "table", "ul",
    )
)  # fmt: skip
ENDS = BLOCKS | {"td", "th", "li", "dt", "dd", "caption", "figcaption", "summary"}
EDGE = 18.0
"""Points that a box takes from what it holds, both sides together."""

WIDE = 9.0
"""Points that a sign takes at most in what is not a table."""

SHORT, FEW = 1800, 30
"""Signs, and rows of a table, of a part that is kept on one sheet."""

LONGEST_COMMAND = 90
"""Signs that a line of a listing holds."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a part is set in.

    Parameters
    ----------
    room
        Points from its left to its right edge.
    face
        The font by which columns are measured.
    lang
        ``zh`` or ``en``.
    folded
        Whether it lies in a fold, whose title says what the captions inside would.
    """

    room: float
    face: Path
    lang: str
    folded: bool = False


Writer = Callable[[Node, Setting], str]


def written(node: Node | str, setting: Setting) -> str:
    """Write an element by its tag and classes, or a text, as markup on one line."""
    if isinstance(node, str):
        longest = max(LONGEST_WORD, int(setting.room / WIDE))
        return literal(breakable(re.sub(r"[ \t\r\n\f]+", " ", node), longest))
    if node.tag in UNSEEN or "hidden" in node.attributes:
        return ""
    for kind in node.classes:
        writer = KINDS.get(f"{node.tag}.{kind}")
        if writer is not None:
            return writer(node, setting)
    return TAGS.get(node.tag, inside)(node, setting)


def inside(node: Node, setting: Setting) -> str:
    """Write what an element holds; spaces beside blocks and at a block's ends mean nothing."""
    children = list(node.children)
    if any(isinstance(child, Node) and child.tag in BLOCKS for child in children):
        children = [child for child in children if isinstance(child, Node) or child.strip()]
    if children and node.tag in ENDS:
        if isinstance(first := children[0], str):
            children[0] = first.lstrip()
        if isinstance(last := children[-1], str):
            children[-1] = last.rstrip()
    return "".join(written(child, setting) for child in children if child != "")


def _call(name: str, edge: float = 0.0) -> Writer:
    """Make a writer that hands an element's content to a function."""

    def write(node: Node, setting: Setting) -> str:
        content = inside(node, replace(setting, room=setting.room - edge))
        return f"#{name}[{content}];" if content else ""

    return write


def _each(name: str) -> Writer:
    """Make a writer that hands each of an element's children to a function."""
    return lambda node, setting: f"#{name}({_listed(_elements(node), setting)});"


def _elements(node: Node) -> list[Node]:
    return [child for child in node.children if isinstance(child, Node)]


def _listed(nodes: Iterable[Node], setting: Setting) -> str:
    return ", ".join(f"[{written(node, setting)}]" for node in nodes)


def _heading(node: Node, setting: Setting) -> str:
    return f"#heading(level: {node.level})[{inside(node, setting)}];"


def _generic(node: Node, setting: Setting) -> str:
    content = inside(node, setting)
    blocks = any(child.tag in BLOCKS for child in _elements(node))
    return content if blocks or not content else f"#block[{content}];"


def _table(node: Node, setting: Setting) -> str:
    return table(
        node, setting.room, setting.face,
        lambda part, room: inside(part, replace(setting, room=room)), named=not setting.folded,
    )  # fmt: skip


def _fold(node: Node, setting: Setting) -> str:
    """Write a fold as it stands when it is open."""
    within = replace(setting, folded=True)
    title = "".join(inside(part, setting) for part in find(node, "summary"))
    level = max((part.level for part in find(node, "summary")), default=1)
    body = "".join(written(child, within) for child in _elements(node) if child.tag != "details")
    return (
        f"#sp.fold({level}, [{title}], whole: {_flag('sheet' in node.classes and _is_short(node))})[{body}];"
    )


def _summary(node: Node, setting: Setting) -> str:
    return f"#sp.summary({node.level})[{inside(node, setting)}];"


def _definitions(node: Node, setting: Setting) -> str:
    name = "parameters" if "parameters" in node.classes else "definitions"
    terms, meanings = find(node, "dt"), find(node, "dd")
    pairs = ((term, meaning) for term, meaning in zip(terms, meanings, strict=False))
    return f"#sp.{name}({', '.join(f'({_listed(pair, setting)})' for pair in pairs)});"


def _chain(node: Node, setting: Setting) -> str:
    parts = _elements(node)
    widths = ", ".join("auto" if "sign" in part.classes else "1fr" for part in parts)
    return f"#sp.chain(({widths}), {_listed(parts, setting)});"


def _columns(node: Node, setting: Setting) -> str:
    return f"#sp.columns({', '.join(_column(part, setting) for part in _elements(node))});"


def _column(node: Node, setting: Setting) -> str:
    """Write one column of a trend as a height, what stands above it, and what stands below."""
    fill = next(find(node, kind="fill"), Node("div"))
    parts = [child for child in _elements(node) if "fill" not in child.classes]
    above = [part for part in parts if "label" in part.classes]
    below = [part for part in parts if "label" not in part.classes]
    height = _number(fill.attributes.get("style", ""), "height")
    feet = "#linebreak();".join(written(part, setting) for part in below)
    return f"({height * 0.75:g}pt, [{''.join(written(part, setting) for part in above)}], [{feet}])"


def _bar(node: Node, _setting: Setting) -> str:
    fill = next(find(node, kind="fill"), Node("div"))
    return f"#sp.bar({min(100.0, _number(fill.attributes.get('style', ''), 'width')):g}%);"


def _number(style: str, name: str) -> float:
    found = re.search(rf"\b{name}:\s*([\d.]+)", style)
    return float(found[1]) if found else 0.0


def _tile(node: Node, setting: Setting) -> str:
    return f"#sp.tile(low: {_flag('low' in node.classes)})[{inside(node, setting)}];"


def _part(node: Node, setting: Setting) -> str:
    kind = next((name for name in node.classes if name != "part"), "")
    content = inside(node, replace(setting, room=setting.room - EDGE))
    return f"#sp.part({string(kind)}, whole: {_flag(_is_short(node))})[{content}];"


def _grade(node: Node, _setting: Setting) -> str:
    kind = next((name.removeprefix("grade-") for name in node.classes if name.startswith("grade-")), "")
    return f"#sp.grade({string(kind)}, {string(text_of(node))});"


def _rule(node: Node, _setting: Setting) -> str:
    return f"#sp.rule(date: {_flag('date' in node.classes)});"


def _picture(node: Node, setting: Setting) -> str:
    """Write a picture; one that lies elsewhere is not fetched, its words stand for it."""
    words = text_of(node.attributes.get("alt", "")) or text("render.pdf.picture", setting.lang)
    found = picture_of(node)
    if found is None:
        return f"#sp.absent[{literal(words)}];"
    pixels = _number(f"width: {node.attributes.get('width', '')}", "width")
    width = f"{pixels * 0.75:g}pt" if pixels else "none"
    return f"#sp.picture(image({string(found.name)}, alt: {string(words)}), width: {width});"


def _listing(node: Node, _setting: Setting) -> str:
    words = verbatim(node).strip("\n")
    return f"#sp.listing({string(breakable(words, LONGEST_COMMAND))});" if words.strip() else ""


def _code(node: Node, _setting: Setting) -> str:
    return f"#raw({string(breakable(verbatim(node)))});"


def _items(name: str) -> Writer:
    return lambda node, setting: f"#{name}({_listed(find_items(node), setting)});"


def find_items(node: Node) -> list[Node]:
    """Give the items of a list itself, not those of lists inside it."""
    return [child for child in _elements(node) if child.tag == "li"]


def _nothing(_node: Node, _setting: Setting) -> str:
    return ""


def _is_short(node: Node) -> bool:
    """Tell whether a part surely fits on one sheet: what may not break would be cut off if it did not."""
    return len(text_of(node)) <= SHORT and sum(1 for _ in find(node, "tr")) <= FEW


def _flag(state: bool) -> str:
    return "true" if state else "false"


KINDS: Mapping[str, Writer] = {
    "div.masthead": _call("sp.masthead"),
    "div.title": _each("sp.title"),
    "p.period": _call("sp.period"),
    "p.question": _call("sp.question"),
    "p.lead": _call("sp.lead"),
    "p.note": _call("sp.note"),
    "p.provisional": _call("sp.warning"),
    "div.provisional-mark": _nothing,  # the head of every sheet carries it
    "div.failure": _call("sp.warning", edge=EDGE),
    "div.tiles": _each("sp.tiles"),
    "div.tile": _tile,
    "div.label": _call("sp.label"),
    "div.big": _call("sp.big"),
    "div.sub": _call("sp.label"),
    "div.bar": _bar,
    "div.chain": _chain,
    "div.step": _each("sp.step"),
    "span.sign": _call("sp.sign"),
    "span.label": _call("sp.small"),
    "span.moved": _call("sp.small"),
    "span.when": _call("sp.small"),
    "span.note": _call("sp.small"),
    "span.good": _call("sp.good"),
    "span.bad": _call("sp.bad"),
    "span.score": _call("sp.score"),
    "span.grade": _grade,
    "span.rule": _rule,
    "div.fold": _fold,
    "div.columns": _columns,
    "div.part": _part,
    "div.box": _call("sp.field"),
    "div.signature": _each("sp.signature"),
}
"""By tag and class."""

TAGS: Mapping[str, Writer] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    "summary": _summary,
    "p": _call("par"),
    "div": _generic,
    "strong": _call("strong"),
    "b": _call("strong"),
    "em": _call("emph"),
    "i": _call("emph"),
    "sub": _call("sub"),
    "sup": _call("super"),
    "code": _code,
    "pre": _listing,
    "br": lambda _node, _setting: "#linebreak();",
    "hr": lambda _node, _setting: "#sp.line();",
    "blockquote": _call("sp.quoted", edge=EDGE),
    "ul": _items("list"),
    "ol": _items("enum"),
    "dl": _definitions,
    "table": _table,
    "img": _picture,
}
"""By tag, where no class is known."""
