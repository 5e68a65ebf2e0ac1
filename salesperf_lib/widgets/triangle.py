"""The triangle picker: a map of the admissible weights on which a point is chosen."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import traitlets
from anywidget import AnyWidget

from salesperf_lib.charts.weight_map import AxesBox, place_of, weights_at
from salesperf_lib.widgets import linked
from salesperf_lib.widgets.controls import STEP, source


class Triangle(AnyWidget):
    """A picture with a marker, put by a click, by dragging or by arrow keys.

    Parameters
    ----------
    label
        What it is and how it is used, for screen readers.
    pointed
        Called with the weights that were pointed at, which may lie outside the region; it shows what came
        of it by `put`. Without, the marker goes back to where it was.
    """

    _esm = source("triangle.js")
    _css = source("triangle.css")
    picture = traitlets.Unicode().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict({"at": [0.5, 0.5], "said": "", "label": "", "turn": 0}).tag(sync=True)

    def __init__(self, label: str, pointed: Callable[[list[float]], None]) -> None:
        super().__init__()
        self._label, self._pointed = label, pointed
        self._turn = 0
        self._box: AxesBox | None = None
        self._held: linked.Weights = ()
        self.on_msg(self._heard)

    def draw(self, png: bytes, alt: str, box: AxesBox) -> None:
        """Show another map; places on it are read by its own axes."""
        self._box = box
        with self.hold_sync():
            self.alt = alt
            self.picture = "data:image/png;base64," + b64encode(png).decode("ascii")

    def put(self, held: linked.Weights, said: str) -> None:
        """Put the marker to weights."""
        self._turn += 1
        self._held = held
        at = place_of(self._box, [float(x) for x in held]) if self._box else (0.5, 0.5)
        self.state = {"at": list(at), "said": said, "label": self._label, "turn": self._turn}

    def _heard(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        turn = self._turn
        try:
            self._pointed(self._meant(content))
        finally:
            if self._turn == turn:  # refused, or broken: the marker still gets its answer
                self.put(self._held, str(self.state["said"]))

    def _meant(self, content: dict[str, Any]) -> list[float]:
        """Read which weights an arrow key or a click means."""
        if "at" in content and self._box is not None:
            across, down = (min(max(float(x), 0.0), 1.0) for x in content["at"])
            return weights_at(self._box, across, down).tolist()
        across, down = (float(x) * STEP / 100 for x in content["step"])
        result, process = float(self._held[0]) + across, float(self._held[1]) - down
        return [result, process, 1 - result - process]
