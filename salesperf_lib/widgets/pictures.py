"""What does not follow the sliders: the map of the weights, and how sure each grade is; drawn once (§4)."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Image
from numpy.typing import NDArray

from salesperf_lib import charts, weights
from salesperf_lib.charts.weight_map import AxesBox, axes_box, weight_map
from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import DIMENSIONS, Grades
from salesperf_lib.region import spread
from salesperf_lib.reports.markup import Markup, element, paragraphs
from salesperf_lib.widgets.choice import Choice, Room
from salesperf_lib.widgets.words import Words

CELLS = 4_000_000
"""Grades that a map may cost: points times people."""
POINTS = (200, 2000)
"""Fewest and most weightings of a map."""
BARS = 40
"""People that the figure of certainty draws."""
NAMED = 12
"""People that a sentence names."""


@dataclass(frozen=True, slots=True)
class Map:
    """A drawn map: the picture, what it says in words, and where its axes lie on it."""

    picture: Image
    alt: str
    box: AxesBox

    @property
    def png(self) -> bytes:
        """Give the picture's bytes."""
        return png_of(self.picture)


def png_of(picture: Image) -> bytes:
    """Give the bytes of a picture of `charts.show`."""
    data: Any = picture.data
    return bytes(data)


def as_markup(picture: Image) -> Markup:
    """Write a picture as an element that carries its own data and text."""
    data = b64encode(png_of(picture)).decode("ascii")
    return element("img", src=f"data:image/png;base64,{data}", alt=str(picture.alt or ""), class_="figure")


class Pictures:
    """Draw on demand, and remember what was drawn.

    Parameters
    ----------
    room
        The exploration.
    words
        How everything is called.
    """

    def __init__(self, room: Room, words: Words) -> None:
        self._room, self._words = room, words
        self.map = lru_cache(maxsize=32)(self._map)
        self._accepted: dict[Grades | None, pd.DataFrame] = {}
        self._codes = lru_cache(maxsize=2)(self._graded)

    def certainty(self, rules: Grades | None, people: tuple[str, ...]) -> tuple[Markup, Image | None]:
        """Say whose grade depends on the weights, and draw how much of them gives each grade.

        Parameters
        ----------
        rules
            Rules of grades; None = those in force.
        people
            Who is shown, by id.
        """
        found = self._acceptance(rules)
        own = found[found["person_id"].isin(people)]
        open_ = own[~own["guaranteed"]]
        said, figure = self._say_certainty(own, open_), None
        if len(open_):
            ranked = open_.sort_values(["share", "person_id"]).head(BARS)
            bars = ranked.rename(columns={"name": "label"})[["label", "grade", *self._room.grades]]
            title = self._words.text("certainty.title")
            if len(open_) > BARS:
                said.append(self._words.text("certainty.some", count=BARS))
            figure = charts.grade_chances(bars, self._words.locale, title)
        picture = charts.show(figure, " ".join(said))
        return element("div", paragraphs(said), class_="sp explorer"), picture

    def _say_certainty(self, own: pd.DataFrame, open_: pd.DataFrame) -> list[str]:
        words = self._words
        if own.empty:
            return [words.text("headline.nobody")]
        fixed = len(own) - len(open_)
        contested = own[own["contested"]].sort_values("share")
        said = [words.text("certainty.guaranteed", count=fixed, all=len(own), rest=len(open_))]
        rules = self._room.exploration.policy.exploration
        concentration = words.locale.number(rules.concentration)
        prior = words.locale.text(f"weights.prior.{rules.prior}", concentration=concentration)
        if contested.empty:
            return [*said, words.text("certainty.none_contested"), prior]
        names = words.locale.listing(contested["name"].astype(str).head(NAMED).tolist())
        key = "certainty.contested" if len(contested) <= NAMED else "certainty.contested_more"
        return [*said, words.text(key, count=len(contested), names=names), prior]

    def _map(self, person: str, rules: Grades | None, chosen: Choice | None = None) -> Map:
        """Draw which grade somebody has where, or, for nobody, how many grades differ from those in force."""
        points, codes, now = self._codes(rules)
        frame = pd.DataFrame(points, columns=list(DIMENSIONS))
        if person:
            frame["value"] = codes[:, self._room.row_of(person)].astype(int)
            title = self._words.text("map.person", name=self._room.names[person])
            legend, kind = tuple(self._room.grades), "grade"
        else:
            frame["value"] = (codes != now).sum(axis=1)
            title, legend, kind = self._words.text("map.count"), (), "count"
            if rules is not None:
                legend = (self._words.text("map.counted"),)
        figure = weight_map(
            frame, self._room.exploration.space.corners, self._marks(chosen), self._words.locale,
            title=title, legend=legend, kind=kind,
        )  # fmt: skip
        alt = self._words.text("map.alt", title=title)
        picture = charts.show(figure, alt)
        if figure is None or picture is None:
            raise DataError(Problem("weight map", "no admissible weighting", "at least one"))
        return Map(picture, alt, axes_box(figure))

    def knows(self, rules: Grades | None) -> bool:
        """Say whether the certainty under these rules is there already; else it takes its time."""
        return rules in self._accepted

    def _acceptance(self, rules: Grades | None) -> pd.DataFrame:
        if rules not in self._accepted:
            self._accepted[rules] = weights.acceptance(self._room.exploration, rules)
        return self._accepted[rules]

    def _graded(self, rules: Grades | None) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.int8]]:
        """Grade everybody all over the region and under the weights in force, by the same rules."""
        given = self._room.exploration
        count = int(np.clip(CELLS // max(len(given.panel), 1), *POINTS))
        points = spread(given.space.corners, count)
        codes = weights.grade_map(given, np.vstack([points, given.space.centre]), rules)
        return points, codes[:-1], codes[-1]

    def _marks(self, chosen: Choice | None) -> pd.DataFrame:
        rows = [("in_force", self._room.in_force)] + ([("chosen", chosen)] if chosen else [])
        return pd.DataFrame(
            [
                [self._words.text(f"map.{kind}"), *(float(x) for x in choice.weights), kind]
                for kind, choice in rows
            ],
            columns=["label", *DIMENSIONS, "kind"],
        )
