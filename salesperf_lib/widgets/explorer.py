"""The weight explorer: move the weights, and see at once who moves and whose grade changes (§4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import pandas as pd
from IPython.display import display

from salesperf_lib import weights
from salesperf_lib.errors import ParamError, Problem, SalesPerfError
from salesperf_lib.language import LANGUAGES, Locale
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.reports.markup import Markup, element, join, paragraphs, table
from salesperf_lib.reports.masthead import style
from salesperf_lib.widgets import linked
from salesperf_lib.widgets.choice import Choice, Room
from salesperf_lib.widgets.choices import (
    BY_HAND,
    EVERYBODY,
    Filters,
    Options,
    Rules,
    dropdown,
    people_options,
    picked,
    preset_options,
)
from salesperf_lib.widgets.controls import Sliders, Weighed, source
from salesperf_lib.widgets.inside import Inside
from salesperf_lib.widgets.pictures import Pictures, as_markup
from salesperf_lib.widgets.saving import adopt_form, refusal, save_form
from salesperf_lib.widgets.tables import (
    ORDERS,
    balance,
    grade_changes,
    rank_list,
    say_headline,
)
from salesperf_lib.widgets.triangle import Triangle
from salesperf_lib.widgets.words import Words

if TYPE_CHECKING:
    from salesperf_lib.weights import Exploration, Scheme

WIDE = "calc(100% - 4px)"
TABS = ("ranks", "grades", "certainty", "inside", "rules", "save", "adopt")


class Explorer:
    """The explorer of one period's weights; it shows itself in JupyterLab and on a Voilà page.

    Parameters
    ----------
    exploration
        `weights.explore` of an appraisal.
    language
        ``zh`` or ``en``.
    root
        The project to which schemes are written; None = that of the rules.
    teams
        What people call the teams, by id; an id that is missing stands for itself.
    """

    def __init__(
        self,
        exploration: Exploration,
        language: str = "zh",
        root: Path | None = None,
        teams: Mapping[str, str] | None = None,
    ) -> None:
        if language not in LANGUAGES:
            raise ParamError(Problem("language", repr(language), f"one of {', '.join(LANGUAGES)}"))
        self.room = Room(exploration)
        company, roles = exploration.policy.company, exploration.policy.roles
        locale = Locale(language, company.currency, company.money_scale, company.money_digits)
        named = {role: rule.name.of(language) for role, rule in roles.items()}
        names = exploration.roster["name"].astype(str)
        twice = frozenset(names[names.duplicated(keep=False)])
        self.words = Words(locale, named, dict(teams or {}), twice)
        self.choice = self.room.in_force
        self.frame = self.room.compare(self.choice)
        self.pictures = Pictures(self.room, self.words)
        self._root = root
        self._make()
        self._fill_people()
        self._draw_map()
        self.preset.value = self._schemes[0]  # which shows it

    # -- what it is made of

    def _make(self) -> None:
        text = self.words.text
        self.sliders = Sliders(self._weighed(), self._slid)
        self.triangle = Triangle(text("triangle.label"), self._pointed)
        self._schemes = list(weights.schemes(self.room.exploration))
        self.preset = dropdown(
            text("preset"), preset_options(self._schemes, self.words), self._preset_picked, WIDE
        )
        self.person = dropdown(text("person"), [(text("person.nobody"), EVERYBODY)], self._draw_map, WIDE)
        self.filters = Filters(self.room.exploration.roster, self.words, self._filtered)
        orders: Options = [(text(f"order.{name}"), name) for name in ORDERS]
        self.order = dropdown(text("order"), orders, self._show)
        self.headline, self.ranks, self.grades, self.certainty = (ipw.HTML() for _ in range(4))
        self.inside = Inside(self.room, self.words, self._inside_moved)
        self.rules = Rules(self.room, self.words, self._ruled)
        self.save = save_form(self.room, self.words, self._chosen, self._root, self._saved)
        self.adopt = adopt_form(self.room, self.words, self._chosen, self._root)
        self.tabs = ipw.Tab(
            [ipw.VBox([self.order, self.ranks]), self.grades, self.certainty, self.inside.view,
             self.rules.view, self.save.view, self.adopt.view],
            titles=[text(f"tab.{name}") for name in TABS],
        )  # fmt: skip
        self.tabs.observe(lambda _: self._show(), "selected_index")
        self.view = self._arranged()

    def _arranged(self) -> ipw.VBox:
        left = ipw.VBox(
            [self.sliders, self.preset, self.triangle, self.person],
            layout=ipw.Layout(flex="1 1 330px", max_width="440px", min_width="0"),
        )
        right = ipw.VBox(
            [self.headline, self.filters.view, self.tabs],
            layout=ipw.Layout(flex="3 1 560px", min_width="0", overflow="visible"),
        )
        columns = ipw.HBox([left, right], layout=ipw.Layout(flex_flow="row wrap", align_items="flex-start"))
        columns.add_class("sp-columns")
        sheet = ipw.HTML(style().html + f"<style>{source('explorer.css')}</style>")
        view = ipw.VBox([sheet, columns])
        view.add_class("sp-explorer")
        return view

    def _ipython_display_(self) -> None:
        display(self.view)

    # -- what moves it

    def move(self, choice: Choice) -> None:
        """Choose other weights, sub-weights or rules, and show what they change.

        Parameters
        ----------
        choice
            Weights inside the region.
        """
        try:
            self.frame = self.room.compare(choice)
            self.choice = choice
        except SalesPerfError as error:
            self.headline.value = refusal([str(problem) for problem in error.problems]).html
            self._answer(error.problems[0].found)
            return
        self._show()

    def _slid(self, number: int, asked: Fraction) -> None:
        held = linked.move(self.room.corners, self.choice.weights, number, asked)
        self._leave_preset()
        self.move(replace(self.choice, weights=held))

    def _pointed(self, point: list[float]) -> None:
        self._leave_preset()
        self.move(replace(self.choice, weights=linked.nearest(self.room.corners, point)))

    def _inside_moved(self, key: tuple[str, str], held: Mapping[str, Fraction]) -> None:
        kept = {name: own for name, own in self.choice.inside.items() if name != key}
        if held != self.room.decided(key):  # pyright: ignore[reportArgumentType]
            kept[key] = held
        self._leave_preset()
        self.move(replace(self.choice, inside=kept))

    def _preset_picked(self) -> None:
        scheme = picked(self.preset)
        if scheme == BY_HAND:
            return
        try:
            weights.draws_of(self.room.exploration, scheme)
        except SalesPerfError as error:  # saved under an older set of indicators: said, and nothing moves
            self.headline.value = refusal([str(problem) for problem in error.problems]).html
            return
        self.move(self.room.choice_of(scheme, self.choice.rules))

    def _leave_preset(self) -> None:
        """Stop calling it a preset once it is moved; that is no choice of its own."""
        if picked(self.preset) != BY_HAND:
            self.preset.value = BY_HAND

    def _ruled(self) -> None:
        self.move(replace(self.choice, rules=self.rules.rules))
        self._draw_map()

    def _filtered(self) -> None:
        self._fill_people()
        self._show()

    def _saved(self, scheme: Scheme) -> None:
        """Offer a scheme that was just saved among the presets."""
        self._schemes.append(scheme)
        self.preset.options = preset_options(self._schemes, self.words)

    def _chosen(self) -> Scheme:
        return self.room.scheme_of(self.choice)

    # -- what it shows

    def _show(self) -> None:
        """Write what follows the weights: the headline, the open tab, the marker, and last the sliders."""
        shown = self.filters.shown(self.frame)
        said = say_headline(shown, self.words)
        self.headline.value = self._headline(said).html
        name = TABS[self.tabs.selected_index or 0]
        if name == "ranks":
            self.ranks.value = _boxed(rank_list(shown, self.words, picked(self.order))).html
        elif name == "grades":
            self.grades.value = _boxed(*self._grade_tables(shown)).html
        elif name == "certainty":
            if not self.pictures.knows(self.choice.rules):
                self.certainty.value = _boxed(element("p", self.words.text("certainty.busy"))).html
            self.certainty.value = self._certainty(shown).html
        self._answer(said[0])

    def _answer(self, said: str) -> None:
        """Tell the sliders and the marker where they stand: until then they send no further move."""
        self.inside.put(self.choice.inside)
        self.triangle.put(self.choice.weights, self._said())
        self.sliders.put(self._weighed(said))

    def _headline(self, said: list[str]) -> Markup:
        chosen = element("p", self._said(), class_="chosen")
        return element("div", chosen, paragraphs(said, "lead"), class_="sp explorer headline")

    def _said(self) -> str:
        shares = [self.words.locale.percent(float(weight), 1) for weight in self.choice.weights]
        named = zip(DIMENSIONS, shares, strict=True)
        parts = [self.words.locale.text(f"report.dimension.{name}") + f" {share}" for name, share in named]
        return self.words.text("chosen", weights=self.words.text("chosen.join").join(parts))

    def _grade_tables(self, shown: pd.DataFrame) -> list[Markup]:
        tables = [grade_changes(shown, self.room.grades, self.words)]
        tables += [balance(shown, by, self.words) for by in ("role", "tenure")]
        return [table(each) for each in tables]

    def _certainty(self, shown: pd.DataFrame) -> Markup:
        people = tuple(shown["person_id"].astype(str))
        said, picture = self.pictures.certainty(self.choice.rules, people)
        return join([said, *([] if picture is None else [as_markup(picture)])])

    def _weighed(self, said: str = "") -> Weighed:
        locale, corners = self.words.locale, self.room.corners
        ends = [(min(c[n] for c in corners), max(c[n] for c in corners)) for n in range(len(DIMENSIONS))]
        ranges = [[locale.percent(float(end), 1) for end in pair] for pair in ends]
        return Weighed(
            legend=self.words.text("sliders.legend"),
            names=[locale.text(f"report.dimension.{name}") for name in DIMENSIONS],
            hints=[self.words.text("sliders.hint", low=low, high=high) for low, high in ranges],
            shown=[locale.percent(float(weight), 1) for weight in self.choice.weights],
            values=[float(weight) * 100 for weight in self.choice.weights],
            least=[float(low) * 100 for low, _ in ends],
            most=[float(high) * 100 for _, high in ends],
            said=said,
        )

    def _fill_people(self) -> None:
        """List the people whose map can be drawn: those shown."""
        options = people_options(self.filters.shown(self.frame), self.words)
        kept = picked(self.person) if picked(self.person) in [value for _, value in options] else EVERYBODY
        self.person.options = options
        self.person.value = kept

    def _draw_map(self) -> None:
        drawn = self.pictures.map(str(picked(self.person)), self.choice.rules)
        self.triangle.draw(drawn.png, drawn.alt, drawn.box)
        self.triangle.put(self.choice.weights, self._said())

    # -- without widgets

    def twin(self) -> list[Any]:
        """Give the same pictures and tables without widgets, for reports that nobody moves.

        Returns
        -------
        list
            Markup and images, in the order to show them: what the scheme chosen now changes, the map, who
            moves, grades before and after, whom it favours, and how sure the grades are.
        """
        frame, rules = self.frame, self.choice.rules
        drawn = self.pictures.map(str(picked(self.person)), rules, self.choice)
        said, bars = self.pictures.certainty(rules, tuple(frame["person_id"].astype(str)))
        parts = [
            style(),
            self._headline(say_headline(frame, self.words)),
            drawn.picture,
            _boxed(rank_list(frame, self.words)),
        ]
        return [*parts, _boxed(*self._grade_tables(frame)), said, *([] if bars is None else [bars])]


def _boxed(*parts: Markup) -> Markup:
    return element("div", *parts, class_="sp explorer")
