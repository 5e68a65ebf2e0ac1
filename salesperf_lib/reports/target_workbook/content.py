"""What a target book says: its sheets, and what units, people and indicators are called in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.language import Locale
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.periods import Period
from salesperf_lib.targets.edits import layout
from salesperf_lib.targets.edits.layout import RATES, UNASSIGNED, Grid, Line, Page

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

LONGEST_NAME = 31  # of a sheet, in the units of UTF-16


@dataclass(frozen=True, eq=False)
class Content:
    """What the sheets of one book are written from.

    Parameters
    ----------
    frame, policy, facts, lang, teams, closed_through
        As in `write_book`.
    """

    frame: pd.DataFrame
    policy: Policy
    facts: Facts
    lang: str
    teams: Sequence[str] | None
    closed_through: date

    @cached_property
    def locale(self) -> Locale:
        """Give how the book writes."""
        company = self.policy.company
        return Locale(self.lang, company.currency, company.money_scale, company.money_digits)

    @cached_property
    def targets(self) -> Grid:
        """Give the targets by line and period."""
        return layout.grid(self.frame, self.policy)

    @property
    def year(self) -> Period:
        """Give the year."""
        return self.targets.periods[-1]

    @cached_property
    def group_of(self) -> dict[str, str]:
        """Give the group of each team: the one above it that has targets."""
        from salesperf_lib import facts as conformed

        listed = conformed.team_table(self.facts)
        above = dict(zip(listed["team_id"], listed["parent_id"], strict=True))
        groups = set(self.frame.loc[self.frame["level"] == "group", "unit_id"])
        found: dict[str, str] = {}
        for team in set(above) - groups:
            unit, seen = above.get(team), {team}
            while isinstance(unit, str) and unit not in seen:
                if unit in groups:
                    found[team] = unit
                seen.add(unit)
                unit = above.get(unit)
        return found

    @cached_property
    def groups(self) -> list[str]:
        """Give the groups above the teams that the book is for."""
        return sorted({self.group_of[team] for team in self.teams or () if team in self.group_of})

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Give the sheets and their lines."""
        return layout.pages(self.frame, self.policy, self.teams, self.groups)

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Give the name of each sheet by its key, the cover first."""
        wanted = {"cover": self.locale.text("workbook.cover")}
        wanted |= {page.key: self._sheet_name(page) for page in self.pages}
        return dict(zip(wanted, sheet_names(list(wanted.values())), strict=True))

    def _sheet_name(self, page: Page) -> str:
        kind, _, unit = page.key.partition(":")
        if kind == "team":
            return self._named_team(unit)
        return (
            self.locale.text("workbook.rates") if kind == RATES else self.policy.kpis[unit].name.of(self.lang)
        )

    def _named_team(self, team: str) -> str:
        name = self.names.get(("team", team), team)
        return name if team in (name, UNASSIGNED) else f"{name} {team}"

    def title(self, page: Page) -> str:
        """Give the title of a sheet: its team, its KPI with the unit, or the rates."""
        kind, _, unit = page.key.partition(":")
        name = self.titled(self.policy.kpis[unit]) if kind == "volume" else self._sheet_name(page)
        return self.locale.text("workbook.page.title", year=self.locale.period(self.year.label), name=name)

    @cached_property
    def names(self) -> dict[tuple[str, str], str]:
        """Give what people call the units, by level and id."""
        return unit_names(self.facts, self.policy, self.year, self.lang)

    @cached_property
    def roles(self) -> dict[tuple[str, str], str]:
        """Give the roles that each person has in each team in the year."""
        from salesperf_lib import facts as conformed

        people = conformed.people(self.facts, self.year)
        held: dict[tuple[str, str], list[str]] = {}
        for team, person, role in zip(people["team_id"], people["person_id"], people["role"], strict=True):
            known = self.policy.roles.get(role)
            held.setdefault((team, person), []).append(known.name.of(self.lang) if known else str(role))
        return {key: self.locale.listing(roles) for key, roles in held.items()}

    def name(self, line: Line, page: Page) -> str:
        """Give the name that a line shows."""
        if line.level == "person" and line.unit_id.partition(":")[0] == UNASSIGNED:
            return self.locale.text("workbook.rest")
        name = self.names.get((line.level, line.unit_id), line.unit_id)
        is_total = line.level == "team" and page.key.startswith("team:")
        return self.locale.text("workbook.total", team=name) if is_total else name

    def note(self, line: Line, page: Page) -> str:
        """Give the role of a person, with the team among the rates; else the level, with a team's group."""
        role = self.roles.get((line.team_id, line.unit_id), "")
        if page.key.startswith("team:"):
            return role if line.level == "person" else ""
        if line.level == "person":
            what, above = role or self.locale.text("report.level.person"), ("team", line.team_id)
        else:
            what = self.locale.text(f"report.level.{line.level}")
            above = ("group", self.group_of.get(line.unit_id, "") if line.level == "team" else "")
        unit = self.names.get(above, above[1])
        return self.locale.text("workbook.belongs", what=what, unit=unit) if unit else what

    def titled(self, kpi: Kpi) -> str:
        """Give a KPI's name with the unit of its cells."""
        unit = (
            self.locale.money_unit(0)[1]
            if kpi.unit == "money"
            else self.locale.text(f"workbook.unit.{kpi.unit}")
        )
        return self.locale.text("workbook.page", name=kpi.name.of(self.lang), unit=unit)


def unit_names(facts: Facts, policy: Policy, year: Period, lang: str) -> dict[tuple[str, str], str]:
    """Give what people call the units.

    Returns
    -------
    dict
        By level and unit id: company, groups, teams, channels, the people on the roster in the
        year, and what belongs to no team. Units without a name are absent.
    """
    from salesperf_lib import facts as conformed

    outside = Locale(lang).text("workbook.outside")
    names: dict[tuple[str, str], object] = {
        ("company", "company"): policy.company.name.of(lang),
        ("team", UNASSIGNED): outside,
    }
    listed = conformed.team_table(facts)
    for team, name in zip(listed["team_id"], listed["name"], strict=True):
        names |= {("group", team): name, ("team", team): name}  # whichever it is
    people = conformed.people(facts, year)
    names |= {("person", key): name for key, name in zip(people["person_id"], people["name"], strict=True)}
    if facts.has("channels", "name"):
        rows = facts.table("channels").select("channel", "name").execute()
        names |= {("channel", key): name for key, name in zip(rows["channel"], rows["name"], strict=True)}
    return {key: name for key, name in names.items() if isinstance(name, str) and name}


def sheet_names(wanted: Sequence[str]) -> list[str]:
    r"""Turn names into names that sheets may have.

    Returns
    -------
    list of str
        In the given order: at most 31 characters, none of ``[]:*?/\``, no apostrophe at an end,
        no two alike in any case.
    """
    taken = {layout.KEYS_SHEET.casefold(), "history"}  # Excel keeps the latter for itself
    found: list[str] = []
    for name in wanted:
        clean = "".join(" " if c in "[]:*?/\\" or not c.isprintable() else c for c in name).strip("' ")
        number, made = 1, _cut(clean or "-", "")
        while made.casefold() in taken:
            number += 1
            made = _cut(clean or "-", f" ({number})")
        taken.add(made.casefold())
        found.append(made)
    return found


def _cut(name: str, suffix: str) -> str:
    while len((name + suffix).encode("utf-16-le")) > 2 * LONGEST_NAME:
        name = name[:-1]
    return name.rstrip("' ") + suffix
