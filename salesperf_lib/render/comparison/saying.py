"""Write a comparison for a terminal, and for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain, groupby

from salesperf_lib.language import entries, text
from salesperf_lib.render.comparison.found import Comparison, Difference

INDENT = "  "
BETWEEN = " › "
EMPTY = "∅"


def say(comparison: Comparison, lang: str) -> str:
    """Write what differs, kind by kind, below a line that says how much."""
    return "\n".join(_lines(comparison, lang))


def as_json(comparison: Comparison) -> str:
    """Write the whole comparison as JSON."""
    plain = asdict(comparison) | {"equal": comparison.equal}
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _lines(comparison: Comparison, lang: str) -> Iterator[str]:
    yield f"A {comparison.left}"
    yield f"B {comparison.right}"
    kinds = dict.fromkeys(difference.kind for difference in comparison.differences)
    for kind in kinds:
        listed = [difference for difference in comparison.differences if difference.kind == kind]
        yield f"{text(f'compare.kind.{kind}', lang)} ({len(listed)})"
        said = (
            _cells(listed)
            if kind == "cell"
            else chain.from_iterable(_difference(each, lang) for each in listed)
        )
        yield from (INDENT + line for line in said)
    for note in comparison.notes:
        yield text(f"compare.note.{note.key}", lang, **note.values)
    for part in comparison.parts:
        yield ""
        yield from _lines(part, lang)
    if not comparison.differences and not comparison.parts:
        yield text("compare.equal", lang)


def _cells(listed: list[Difference]) -> Iterator[str]:
    """Write a line per row below a line per table."""
    for table, inside in groupby(listed, key=lambda cell: cell.where[:2]):
        yield BETWEEN.join(part for part in table if part)
        for row, cells in groupby(inside, key=lambda cell: cell.where[2:-1]):
            said = " · ".join(f"{cell.where[-1]} {_changed(cell)}" for cell in cells)
            yield f"{INDENT}{BETWEEN.join(row)}: {said}"


def _difference(difference: Difference, lang: str) -> list[str]:
    where = BETWEEN.join(_field(part, difference.kind, lang) for part in difference.where if part)
    if difference.kind == "order":
        return [f"{where}: {text('compare.moved', lang)}"]
    if difference.left is None or difference.right is None:
        side = "right" if difference.left is None else "left"
        shown = difference.right if difference.left is None else difference.left
        return [f"{where} [{text(f'compare.only.{side}', lang)}] {shown}"]
    if difference.kind in ("sentence", "figure"):
        return [
            f"{where}{_change(difference)}",
            f"{INDENT}A {difference.left}",
            f"{INDENT}B {difference.right}",
        ]
    return [f"{where}: {_changed(difference)}"]


def _changed(difference: Difference) -> str:
    return f"{difference.left or EMPTY} → {difference.right or EMPTY}{_change(difference)}"


def _change(difference: Difference) -> str:
    return f" ({', '.join(difference.changes)})" if difference.changes else ""


def _field(name: str, kind: str, lang: str) -> str:
    """Name a field of the origin, or what was moved, in the reader's words."""
    key = f"compare.field.{name}"
    return text(key, lang) if kind in ("origin", "order") and key in entries() else name
