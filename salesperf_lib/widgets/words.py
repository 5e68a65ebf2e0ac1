"""How people, teams and roles are called in the explorer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from salesperf_lib.language import Locale

Row = dict[str, Any]
"""One person of a comparison, column by column."""

TENURES = ("under_1y", "from_1_to_3y", "over_3y", "unknown")
"""Groups by time in the company, as `weights` names them, the newest first."""


@dataclass(frozen=True, slots=True)
class Words:
    """How people, teams and roles are called.

    Parameters
    ----------
    locale
        How everything is written.
    roles
        What people call the roles, by id.
    teams
        What people call the teams, by id; an id that is missing stands for itself.
    twice
        Names that several people have: these are told apart by their ids.
    """

    locale: Locale
    roles: Mapping[str, str]
    teams: Mapping[str, str] = field(default_factory=dict[str, str])
    twice: frozenset[str] = frozenset()

    def text(self, key: str, **values: object) -> str:
        """Give a text of the explorer."""
        return self.locale.text(f"explorer.{key}", **values)

    def person(self, row: Row) -> str:
        """Give what people call somebody."""
        name, person = str(row["name"]), str(row["person_id"])
        return self.text("person.told_apart", name=name, id=person) if name in self.twice else name

    def team(self, team: str) -> str:
        """Give what people call a team."""
        return self.teams.get(team, team)

    def role(self, role: str) -> str:
        """Give what people call a role."""
        return self.roles.get(role, role)

    def group(self, group: str) -> str:
        """Give what people call a group by tenure; a group without a name of its own stands for itself."""
        return self.text(f"tenure.{group}") if group in TENURES else group


def in_order(groups: Iterable[str]) -> list[str]:
    """Sort groups: those by tenure from the newest, all others by their ids."""
    return sorted(groups, key=lambda group: (TENURES.index(group) if group in TENURES else -1, group))
