"""Sub-weights: the indicators of one dimension of a role, moved together within their limits (§4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import ipywidgets as ipw

from salesperf_lib.params import DIMENSIONS
from salesperf_lib.reports.markup import element
from salesperf_lib.widgets import linked
from salesperf_lib.widgets.choice import Room, SubKey
from salesperf_lib.widgets.choices import Options, dropdown, picked
from salesperf_lib.widgets.controls import Sliders, Weighed
from salesperf_lib.widgets.words import Words

Moved = Callable[[SubKey, Mapping[str, Fraction]], None]


class Inside:
    """One slider per indicator of the role and dimension that are picked.

    Parameters
    ----------
    room
        The exploration.
    words
        How everything is called.
    moved
        Called with role and dimension, and the sub-weights that are asked for.
    """

    def __init__(self, room: Room, words: Words, moved: Moved) -> None:
        self._room, self._words, self._moved = room, words, moved
        self._chosen: Mapping[tuple[str, str], Mapping[str, Fraction]] = {}
        self._missing = ipw.HTML(element("p", words.text("inside.none"), class_="sp bare").html)
        self.view = ipw.VBox([self._missing])
        if not room.sets:
            return
        roles: Options = [(words.role(role), role) for role in dict.fromkeys(role for role, _ in room.sets)]
        self.role = dropdown(words.text("inside.role"), roles, self._role_picked)
        self.dimension = dropdown(words.text("inside.dimension"), self._dimensions(), self._redraw)
        self.sliders = Sliders(self._weighed(), self._slid)
        self.back = ipw.Button(description=words.text("inside.back"), layout=ipw.Layout(width="auto"))
        self.back.on_click(lambda _: self._moved(self.key, room.decided(self.key)))
        about = ipw.HTML(element("p", words.text("inside.about"), class_="sp bare").html)
        self.view = ipw.VBox([about, ipw.HBox([self.role, self.dimension]), self.sliders, self.back])

    @property
    def key(self) -> SubKey:
        """Give the role and dimension that are picked."""
        return picked(self.role), picked(self.dimension)

    def put(self, chosen: Mapping[tuple[str, str], Mapping[str, Fraction]]) -> None:
        """Show sub-weights."""
        self._chosen = chosen
        if self._room.sets:
            self._redraw()

    def _redraw(self) -> None:
        self.sliders.put(self._weighed())

    def _dimensions(self) -> Options:
        own = [name for name in DIMENSIONS if (picked(self.role), name) in self._room.sets]
        return [(self._words.locale.text(f"report.dimension.{name}"), name) for name in own]

    def _role_picked(self) -> None:
        self.dimension.options = self._dimensions()
        self._redraw()

    def _held(self) -> dict[str, Fraction]:
        decided = self._room.decided(self.key)
        given = self._chosen.get(self.key, decided)
        return {kpi: given[kpi] for kpi in decided}

    def _slid(self, number: int, asked: Fraction) -> None:
        held = self._held()
        name = list(held)[number]
        limits, cuts = self._room.limits(self.key), self._room.cuts(self.key)
        self._moved(self.key, linked.share_out(held, limits, name, asked, cuts))

    def _weighed(self) -> Weighed:
        locale, held, limits = self._words.locale, self._held(), self._room.limits(self.key)
        names = [self._room.exploration.policy.kpis[kpi].name.of(locale.lang) for kpi in held]
        ends = [[locale.percent(float(end), 1) for end in pair] for pair in limits]
        return Weighed(
            legend=self._words.text("inside.legend"),
            names=names,
            hints=[self._words.text("sliders.hint", low=low, high=high) for low, high in ends],
            shown=[locale.percent(float(weight), 1) for weight in held.values()],
            values=[float(weight) * 100 for weight in held.values()],
            least=[float(low) * 100 for low, _ in limits],
            most=[float(high) * 100 for _, high in limits],
        )
