"""Whom the reports of a notebook are about: the company, its teams, or its people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from salesperf_lib.errors import Problem
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

ALL = "all"
COMPANY = "company"
"""The whole company, as a team of notebooks whose own default it is."""
PERSON = "person"
"""The parameter by which a notebook says that it reports on one person."""
LISTED = 20  # people named in a refusal; a company's whole roster helps nobody


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom one report is about: ids and names; all empty for the whole company."""

    team: str = ""
    team_name: str = ""
    person: str = ""
    person_name: str = ""


Found = tuple[list[Subject], list[Problem]]


def teams_of(opened: Facts, asked: str | Sequence[str], *, with_company: bool) -> Found:
    """List the teams asked for among those that stand above no other, and the company."""
    known = _leaf_teams(opened)
    if not known:
        return [], [Problem(f"source {opened.source}", "no team in any table", "data with teams")]
    if with_company:
        known = {COMPANY: "", **known}
    chosen, problems = _chosen(asked, known, "team", f"teams of source {opened.source}")
    return [Subject(team, known[team]) for team in chosen], problems


def people_of(
    opened: Facts, period: Period, teams: str | Sequence[str], people: str | Sequence[str]
) -> Found:
    """List the people asked for, each in the team that holds the main part of their period.

    Notes
    -----
    Everybody on the roster has such a team. Whoever works for a group rather than one of its teams
    is found under the group's id: nobody is left without a report.
    """
    from salesperf_lib import facts

    rows = facts.people(opened, period)
    rows = rows[rows["main"].astype(bool)].sort_values(["team_id", "person_id"])
    where = f"people whose main part of {period.label} is there"
    if rows.empty:
        return [], [Problem(f"source {opened.source}", f"nobody on the roster in {period.label}", "a roster")]
    names = facts.team_table(opened).set_index("team_id")["name"]
    units = {str(team): str(names.get(team, team)) for team in rows["team_id"].unique()}
    chosen, problems = _chosen(teams, units, "team", f"teams of source {opened.source} with {where}")
    everybody = [
        Subject(team, units[team], person, name)
        for team, person, name in rows[["team_id", "person_id", "name"]].itertuples(index=False, name=None)
    ]
    there = {subject.person: subject for subject in everybody if subject.team in chosen}
    if problems or people == ALL:
        return list(there.values()), problems
    return _narrowed(there, people, {subject.person: subject.team for subject in everybody}, chosen)


def _narrowed(
    there: Mapping[str, Subject], people: str | Sequence[str], team_of: Mapping[str, str], teams: list[str]
) -> Found:
    """Keep the people asked for, and say of every other one where they are."""
    asked = list(dict.fromkeys(people))
    listed = ", ".join(list(there)[:LISTED]) + (f" … ({len(there)} people)" if len(there) > LISTED else "")
    problems = [
        Problem(
            "person",
            f"{person!r}, who belongs to {team_of[person]}" if person in team_of else repr(person),
            listed,
            f"people of {', '.join(teams)}; `all` takes every one",
        )
        for person in asked
        if person not in there
    ]
    if not asked:
        problems.append(Problem("people", "none", listed))
    return [subject for person, subject in there.items() if person in asked], problems


def _chosen(
    asked: str | Sequence[str], known: Mapping[str, str], what: str, meaning: str
) -> tuple[list[str], list[Problem]]:
    """Keep what is known of what was asked, in that order, and refuse the rest."""
    names = list(known) if asked == ALL else list(dict.fromkeys(asked))
    listed = ", ".join(known)
    problems = [
        Problem(what, repr(name), listed, f"{meaning}; `all` takes every one")
        for name in _unknown(names, known)
    ]
    if not names:
        problems.append(Problem(f"{what}s", "none", listed))
    return [name for name in names if name in known], problems


def _unknown(names: Iterable[str], known: Mapping[str, str]) -> list[str]:
    return [name for name in names if name not in known]


def _leaf_teams(opened: Facts) -> dict[str, str]:
    """Give the teams that stand above no other team: groups are not reported on."""
    from salesperf_lib import facts

    table = facts.team_table(opened)
    parents = set(table["parent_id"].dropna())
    leaves = table[~table["team_id"].isin(parents)]
    return {
        str(row.team_id): str(row.name)
        for row in leaves.fillna({"name": ""}).itertuples(index=False, name="Team")
    }
