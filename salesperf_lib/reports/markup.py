"""Write the little HTML that a report needs, with every text escaped.

A `Markup` is finished HTML; every other text that goes into an element is escaped, so that a name
like ``<script>`` is read and never run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

import pandas as pd

HEADLINE = "application/vnd.salesperf.headline+json"


@dataclass(frozen=True, slots=True, repr=False)
class Markup:
    """Finished HTML that a notebook shows.

    Parameters
    ----------
    html
        The markup.
    headline
        Label and value pairs that an index of reports shows beside its link.
    """

    html: str
    headline: tuple[tuple[str, str], ...] = ()

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {HEADLINE: [list(pair) for pair in self.headline]} if self.headline else {}

    def __repr__(self) -> str:
        return "Markup"


Content = str | Markup


@dataclass(frozen=True, slots=True)
class Table:
    """A table as its reader sees it: every cell is written out, every heading in the reader's language.

    Parameters
    ----------
    caption
        What the table shows.
    frame
        Written cells; a `Markup` cell is shown as it is.
    words
        Columns, by place, that hold words; all others hold figures and are aligned to the right.
    total
        Whether the last row sums the others.
    headed
        Rows, by place, that head the rows below them.
    """

    caption: str
    frame: pd.DataFrame
    words: tuple[int, ...] = (0,)
    total: bool = False
    headed: tuple[int, ...] = field(default=())

    def _repr_html_(self) -> str:
        return table(self).html


def element(tag: str, *content: Content, **attributes: str) -> Markup:
    """Write an element.

    Parameters
    ----------
    tag
        Its name.
    *content
        Texts, which are escaped, and finished markup, which is not.
    **attributes
        Its attributes; ``class_`` is written ``class``, ``_`` inside a name ``-``. Empty ones are left out.
    """
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value
    )
    return Markup(f"<{tag}{named}>{join(content).html}</{tag}>")


def join(parts: Iterable[Content]) -> Markup:
    """Put parts one after another, escaping those that are not markup yet."""
    return Markup("".join(part.html if isinstance(part, Markup) else escape(part) for part in parts))


def block(*parts: Content | Table, kind: str = "") -> Markup:
    """Put parts into one block of the report, which its style sheet knows as ``sp``."""
    written = [table(part) if isinstance(part, Table) else part for part in parts]
    return element("div", *written, class_=f"sp {kind}".strip())


def paragraphs(sentences: Sequence[Content], kind: str = "") -> Markup:
    """Write each sentence that is not empty as a paragraph."""
    return join(element("p", sentence, class_=kind) for sentence in sentences if sentence)


def folded(title: Content, *body: Content | Table, kind: str = "") -> Markup:
    """Fold parts behind a title that opens them; on paper they always stand open.

    The parts follow the ``details`` instead of lying in it: a style sheet can then show them in
    print, which no browser allows for the inside of a closed one.
    """
    written = [table(part) if isinstance(part, Table) else part for part in body]
    head = element("details", element("summary", title))
    return element("div", head, element("div", *written, class_="body"), class_=f"fold {kind}".strip())


def definitions(pairs: Iterable[tuple[Content, Content]], kind: str = "") -> Markup:
    """Write a list of terms and what they mean."""
    rows = (element("div", element("dt", term), element("dd", meaning)) for term, meaning in pairs)
    return element("dl", *rows, class_=kind)


def table(given: Table) -> Markup:
    """Write a table, wide ones inside a box of their own that scrolls."""
    head = element("tr", *(_cell(given, "th", place, name) for place, name in enumerate(given.frame.columns)))
    rows = [
        _row(given, place, list(cells))
        for place, cells in enumerate(given.frame.itertuples(index=False, name=None))
    ]
    body = element(
        "table", element("caption", given.caption), element("thead", head), element("tbody", *rows)
    )
    return element("div", body, class_="scroll")


def _row(given: Table, place: int, cells: list[Content]) -> Markup:
    last = given.total and place == len(given.frame) - 1
    kind = "total" if last else "head" if place in given.headed else ""
    return element(
        "tr", *(_cell(given, "td", column, cell) for column, cell in enumerate(cells)), class_=kind
    )


def _cell(given: Table, tag: str, column: int, content: Content) -> Markup:
    figures = column not in given.words
    return element(tag, content, class_="n" if figures else "", scope="col" if tag == "th" else "")
