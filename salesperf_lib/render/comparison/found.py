"""What a comparison found: a flat list of differences, and what could not be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "origin", "rule", "decision", "report", "status", "headline", "table", "column", "row", "cell",
    "sentence", "figure", "order",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same on both sides.

    Parameters
    ----------
    kind
        What differs; ``compare.kind.<kind>`` of the catalogue names it.
    where
        From the outside in: section, table, row, column; or the field of the origin.
    left, right
        What stands there; None where there is nothing on that side.
    changes
        Right minus left of every number in it that differs, written out; empty where there is none to tell.
    """

    kind: Kind
    where: tuple[str, ...]
    left: str | None
    right: str | None
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader must know beside the differences: ``compare.note.<key>`` with its values."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports, or two runs, and how they differ.

    Parameters
    ----------
    left, right
        What was compared, as it was named.
    differences
        In reading order.
    notes
        What could not be told, and what is no difference but worth saying.
    parts
        Of two runs, the pairs of pages that differ.
    """

    left: str
    right: str
    differences: tuple[Difference, ...]
    notes: tuple[Note, ...] = ()
    parts: tuple[Comparison, ...] = ()

    @property
    def equal(self) -> bool:
        """Say whether nothing differs."""
        return not self.differences and all(part.equal for part in self.parts)
