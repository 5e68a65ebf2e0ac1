"""The lines of the table that the benchmarks print."""

from __future__ import annotations

import math
from dataclasses import dataclass

Figures = dict[str, float]
Reach = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    what
        What is measured, and its unit.
    own, peer
        The two figures, or why there is no peer's.
    ratio
        What the reach is about; `None` if there is nothing to compare.
    reach
        "≥" or "≤" and its number; empty for rows that only inform.
    """

    what: str
    own: float
    peer: float | str
    ratio: float | None
    reach: Reach | None = None

    def written(self) -> str:
        """Write the line."""
        peer = self.peer if isinstance(self.peer, str) else figure(self.peer)
        ratio = "" if self.ratio is None else figure(self.ratio)
        reach, met = "", ""
        if self.reach:
            sign, limit = self.reach
            reach = f"{sign} {figure(limit)}"
            if self.ratio is not None:
                met = "met" if (self.ratio >= limit if sign == "≥" else self.ratio <= limit) else "MISSED"
        return f"{self.what:<58}{figure(self.own):>11}{peer:>11}{ratio:>9}{reach:>9}  {met}".rstrip()


def timed(what: str, own: float, peer: Figures | str, reach: Reach | None) -> Row:
    """Compare seconds of ours with a peer's, or say why there are none."""
    if isinstance(peer, str):
        return Row(what, own, peer, None, reach)
    return Row(what, own, peer["seconds"], peer["seconds"] / own, reach)


def figure(value: float) -> str:
    """Write a figure with three significant digits, or whole; nothing where there is none."""
    if math.isnan(value):
        return ""
    if value == 0 or abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"
