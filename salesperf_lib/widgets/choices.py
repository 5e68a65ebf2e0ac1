"""What is picked from lists: the scheme to start from, who is shown, and the rules of grades (§2.3, §4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import ipywidgets as ipw
import pandas as pd

from salesperf_lib import params
from salesperf_lib.errors import SalesPerfError
from salesperf_lib.grades.distribution import PROMOTE
from salesperf_lib.params import Grades
from salesperf_lib.params.policy import Distribution
from salesperf_lib.weights import Scheme
from salesperf_lib.widgets.choice import Room
from salesperf_lib.widgets.words import Words, in_order

EVERYBODY = BY_HAND = ""
PEOPLE = 400
"""People that a list of names holds; more are reached by the filters."""

Options = list[tuple[str, Any]]


def dropdown(label: str, options: Options, changed: Callable[[], None], width: str = "300px") -> ipw.Dropdown:
    """Make a list to pick from, with its label before it."""
    made = ipw.Dropdown(
        description=label,
        options=options,
        layout=ipw.Layout(width=width, max_width="100%"),
        style={"description_width": "initial"},
    )
    made.observe(lambda _: changed(), "value")
    return made


def picked(given: ipw.Dropdown) -> Any:
    """Give what is picked in a list."""
    return given.value


def people_options(shown: pd.DataFrame, words: Words) -> Options:
    """Name the people whose map can be drawn, by rank, as many as a list can hold."""
    ranked = shown[shown["rank"].notna()].sort_values(["rank", "person_id"])
    listed, rest = ranked.head(PEOPLE), max(len(ranked) - PEOPLE, 0)
    named = zip(listed["name"], listed["grade"], listed["person_id"], strict=True)
    found: Options = [(words.text("person.nobody"), EVERYBODY)]
    found += [(words.text("person.ranked", name=name, grade=grade, id=at), at) for name, grade, at in named]
    return [*found, (words.text("person.more", count=rest), EVERYBODY)] if rest else found


def preset_options(schemes: Sequence[Scheme], words: Words) -> Options:
    """Name the schemes to start from: in force, centre, corners, saved ones."""
    return [(words.text("preset.none"), BY_HAND), *((_preset(each, words), each) for each in schemes)]


def _preset(scheme: Scheme, words: Words) -> str:
    if scheme.title is not None:
        return words.text("preset.saved", name=scheme.title.of(words.locale.lang))
    shares = (words.locale.percent(float(x), 1) for x in scheme.dimension_weights.values())
    key = scheme.kind if scheme.kind in ("in_force", "centre", "corner") else "saved"
    return words.text(f"preset.{key}", name=scheme.name, weights=words.text("preset.and").join(shares))


class Filters:
    """Who is shown: a team, a role, a group by tenure. It changes nothing but the view.

    Parameters
    ----------
    roster
        `Exploration.roster`.
    words
        How they are called.
    changed
        Called when something else is picked.
    """

    def __init__(self, roster: pd.DataFrame, words: Words, changed: Callable[[], None]) -> None:
        named = {"team_id": words.team, "role": words.role, "tenure": words.group}
        self._lists: dict[str, ipw.Dropdown] = {}
        for column, name in named.items():
            found: Options = [(words.text(f"filter.{column}.all"), EVERYBODY)]
            found += [(name(each), each) for each in in_order(roster[column].astype(str).unique())]
            self._lists[column] = dropdown(words.text(f"filter.{column}"), found, changed, "220px")
        self.view = ipw.HBox(list(self._lists.values()), layout=ipw.Layout(flex_flow="row wrap"))

    def shown(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows that are to be shown."""
        for column, given in self._lists.items():
            if given.value != EVERYBODY:
                frame = frame[frame[column].astype(str) == given.value]
        return frame


class Rules:
    """By which rules grades are given: those in force, thresholds, or fixed shares.

    Parameters
    ----------
    room
        The exploration.
    words
        How everything is called.
    changed
        Called when complete rules are chosen; while they are incomplete, the last ones hold.
    """

    def __init__(self, room: Room, words: Words, changed: Callable[[], None]) -> None:
        self._room, self._words, self._changed = room, words, changed
        self.rules: Grades | None = None
        self._quiet = False
        text, rule = words.text, room.exploration.policy.grades.distribution
        kinds: Options = [(text(f"rules.kind.{name}"), name) for name in ("in_force", "thresholds", "forced")]
        self._kind = dropdown(text("rules.kind"), kinds, self._picked, "420px")
        whose: Options = [(text(f"rules.cohort.{name}"), name) for name in ("company", "role", "team")]
        self._cohort = dropdown(text("rules.cohort"), whose, self._put)
        self._cohort.value = rule.cohort
        self._least = ipw.BoundedIntText(
            value=rule.min_cohort, min=2, max=100_000, **_labelled(text("rules.least"))
        )
        self._shares = {
            grade: ipw.BoundedFloatText(min=0, max=100, step=1, **_labelled(text("rules.quota", grade=grade)))
            for grade in room.grades
        }
        self._tie = dropdown(text("rules.tie"), self._ties(), self._put, "420px")
        for each in (self._least, *self._shares.values()):
            each.observe(lambda _: self._put(), "value")
        self.said = ipw.HTML()
        shares = ipw.HBox(list(self._shares.values()), layout=ipw.Layout(flex_flow="row wrap"))
        self._forced = ipw.VBox([self._cohort, shares, self._least, self._tie])
        self._forced.layout.display = "none"
        self.view = ipw.VBox([self._kind, self._forced, self.said])

    def _ties(self) -> Options:
        exploration, words = self._room.exploration, self._words
        kpis = sorted({str(kpi) for item in exploration.space.sets for kpi in item.kpis})
        named = [(exploration.policy.kpis[kpi].name.of(words.locale.lang), kpi) for kpi in kpis]
        return [(words.text("rules.tie.promote"), PROMOTE), *sorted(named)]

    def _picked(self) -> None:
        forced = self._kind.value == "forced"
        self._forced.layout.display = "" if forced else "none"
        if forced and not any(each.value for each in self._shares.values()):
            self._fill()
        self._put()

    def _fill(self) -> None:
        """Start from the shares that the rules or a scenario give."""
        given = _forced_rule(self._room)
        if given is None:
            return
        self._quiet = True
        for grade, share in given.quotas:
            self._shares[grade].value = round(float(share) * 100, 2)
        self._least.value = given.min_cohort
        self._quiet = False

    def _put(self) -> None:
        if self._quiet:
            return
        self.said.value = ""
        quotas = tuple((name, Fraction(str(each.value)) / 100) for name, each in self._shares.items())
        total = sum((share for _, share in quotas), Fraction(0))
        kind = picked(self._kind)
        if kind == "forced" and total != 1:
            written = self._words.locale.percent(float(total), 1)
            self.said.value = (
                f'<p class="sp bare bad" role="alert">{self._words.text("rules.sum", total=written)}</p>'
            )
            return
        found = self._chosen(kind, quotas)
        if found != self.rules:
            self.rules = found
            self._changed()

    def _chosen(self, kind: str, quotas: tuple[tuple[str, Fraction], ...]) -> Grades | None:
        """Give the rules that are picked; None if they are those in force."""
        base = self._room.exploration.policy.grades
        rule = base.distribution
        if kind == "forced":
            rule = replace(
                rule, kind="forced", cohort=self._cohort.value, quotas=quotas,
                min_cohort=self._least.value, tie=self._tie.value,
            )  # fmt: skip
        elif kind == "thresholds" and rule.kind != "thresholds":
            rule = replace(rule, kind="thresholds")
        return None if rule == base.distribution else replace(base, distribution=rule)


def _labelled(label: str) -> dict[str, Any]:
    return {
        "description": label,
        "layout": ipw.Layout(width="200px"),
        "style": {"description_width": "initial"},
        "continuous_update": False,
    }


def _forced_rule(room: Room) -> Distribution | None:
    """Find fixed shares to start from: those in force, else those of the first scenario that has some."""
    policy = room.exploration.policy
    if policy.grades.distribution.quotas:
        return policy.grades.distribution
    for name in params.list_scenarios(policy.root):
        try:
            other = params.load_policy(
                policy.period,
                policy.source,
                name,
                policy.as_of,
                policy.root,
                allow_expired=policy.allow_expired,
            )
        except SalesPerfError:  # a broken scenario has no shares to offer
            continue
        if other.grades.distribution.quotas:
            return other.grades.distribution
    return None
