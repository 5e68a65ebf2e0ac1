"""Sliders that move together: native ranges, answered one move at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from importlib.resources import files
from typing import Any

import traitlets
from anywidget import AnyWidget

from salesperf_lib.widgets import linked

STEP = 0.5
"""Per cent that an arrow key moves."""


def source(name: str) -> str:
    """Read a script or style sheet that lies beside this module."""
    return files("salesperf_lib.widgets").joinpath(name).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What sliders show.

    Parameters
    ----------
    legend
        Over all of them.
    names, hints, shown
        By slider: what it is called, what it may do, and its weight as written.
    values, least, most
        By slider, in per cent.
    said
        What a screen reader tells after a move.
    """

    legend: str
    names: Sequence[str]
    hints: Sequence[str]
    shown: Sequence[str]
    values: Sequence[float]
    least: Sequence[float]
    most: Sequence[float]
    said: str = ""


class Sliders(AnyWidget):
    """A group of native range inputs, one per weight.

    Parameters
    ----------
    moved
        Called with the number of the slider and the weight that is asked for; it shows what came of it by
        `put`. Without, the sliders go back to where they were.
    """

    _esm = source("sliders.js")
    _css = source("sliders.css")
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, given: Weighed, moved: Callable[[int, Fraction], None]) -> None:
        super().__init__()
        self._turn = 0
        self._moved = moved
        self.put(given)
        self.on_msg(self._heard)

    def put(self, given: Weighed) -> None:
        """Show weights, in one message."""
        self._turn += 1
        self._given = given
        self.state = asdict(given) | {"step": STEP, "turn": self._turn}

    def _heard(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        number, value = int(content["number"]), float(content["value"])
        turn = self._turn
        try:
            if 0 <= number < len(self._given.names):
                self._moved(number, linked.exact(round(value / 100, 4)))
        finally:
            if self._turn == turn:  # refused, or broken: the sliders still get their answer
                self.put(self._given)
