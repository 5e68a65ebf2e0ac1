"""Know the ids that ``--unit`` can name, and refuse others beside the nearest ones."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from salesperf_lib.errors import Problem

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

HOMES = (
    ("teams", ("team_id", "parent_id")),
    ("roster", ("person_id", "team_id")),
    ("channels", ("channel",)),
    ("goals", ("unit_id",)),
    *(
        (table, ("person_id", "team_id", "channel"))
        for table in ("orders", "daily_sales", "traffic", "pages", "inquiries", "touches", "assessments")
    ),
    ("order_copies", ("person_id", "channel")),
)
"""Tables and columns with ids of teams, people and channels: where they are declared, then where else."""
ALWAYS = ("company", "unassigned")
SHOWN = 6


def unknown_units(units: Sequence[str], opened: Facts) -> list[Problem]:
    """Tell which ids belong to no team, person or channel of a source.

    Parameters
    ----------
    units
        What was asked for.
    opened
        The source's facts.

    Returns
    -------
    list of Problem
        One per unknown id, each with the known ones nearest to it.
    """
    unknown = {unit for unit in units if not unit.startswith(ALWAYS)}
    known: dict[str, None] = {}
    for table, columns in HOMES:
        for column in columns:
            if unknown and opened.has(table, column):
                found: Any = opened.table(table).select(column).distinct().execute()
                known |= dict.fromkeys(sorted(found[column].dropna()))
                unknown -= set(known)
    return [
        Problem("--unit", repr(unit), _nearest(unit, list(known)), "salesperf teams lists teams and groups")
        for unit in units
        if unit in unknown
    ]


def _nearest(unit: str, known: Sequence[str]) -> str:
    """Name the known ids that look most alike, or the first ones where none does."""
    near = get_close_matches(unit, known, SHOWN, 0.5) or known[:SHOWN]
    if not near:
        return "none: the source has no teams, people or channels"
    return f"ids of teams, people or channels, such as {', '.join(near)}"
