"""From rows to units: one aggregation to the finest grain, then a sum per level."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from salesperf_lib.facts import Facts

COMPANY, ALL, UNASSIGNED = "company", "all", "unassigned"
KEY = ["period", "level", "unit_id", "channel"]
DIMENSIONS = ("team_id", "person_id", "channel")
NEEDED: Mapping[str, str] = {
    "group": "team_id",
    "team": "team_id",
    "person": "person_id",
    "channel": "channel",
}


def roll_up(facts: Facts, rows: ir.Table, measures: Sequence[str], levels: Collection[str]) -> pd.DataFrame:
    """Add rows up to units; parts and their `unassigned` rest add up to the whole exactly.

    Parameters
    ----------
    facts
        Tell who is a person and which teams make a group.
    rows
        `period`, the dimensions that the facts have, and the measures.
    measures
        Columns to add.
    levels
        Levels wanted; the company is always there.

    Returns
    -------
    pandas.DataFrame
        One row per period, level, unit and channel: the measures as float64.
    """
    wanted = {NEEDED[level] for level in levels if level in NEEDED}
    wanted |= {"team_id"} if "person" in levels else set()
    kept = [name for name in DIMENSIONS if name in rows.columns and name in wanted]
    base = rows.group_by("period", *kept).agg(**{name: rows[name].sum() for name in measures})
    if "person" in levels and "person_id" in kept:
        base = _known_persons(facts, base)
    # Kept as a table: Ibis writes out what is used several times once for each use.
    name = ibis.util.gen_name("sums")
    held = facts.con.create_table(name, base, temp=True)
    try:
        parts = _parts(facts, held, measures, levels)
        found: pd.DataFrame = facts.con.to_pandas(ibis.union(*parts) if len(parts) > 1 else parts[0])
        return found
    finally:
        facts.con.drop_table(name, force=True)


def _parts(facts: Facts, base: ir.Table, measures: Sequence[str], levels: Collection[str]) -> list[ir.Table]:
    """Write the sums of each level."""
    kept = base.columns
    parts = [_sums(base, measures, "company", ibis.literal(COMPANY), None)]
    if "team" in levels and "team_id" in kept:
        parts += [_sums(base, measures, "team", base.team_id.fill_null(UNASSIGNED), channel)
                  for channel in _channels(base, levels)]  # fmt: skip
    if "group" in levels and "team_id" in kept:
        parts += _groups(facts, base, measures)
    if "person" in levels and "person_id" in kept and facts.has("roster"):
        parts.append(_sums(base, measures, "person", _person(base), None))
    if "channel" in levels and "channel" in kept:
        parts.append(_sums(base, measures, "channel", ibis.literal(COMPANY), base.channel))
    return parts


def ancestors(teams: pd.DataFrame) -> list[tuple[str, str]]:
    """List each team with every group that it belongs to, directly or through another."""
    parent_of = {
        team: parent for team, parent in zip(teams["team_id"], teams["parent_id"], strict=True) if parent
    }
    pairs: list[tuple[str, str]] = []
    for team in parent_of:
        above, seen = parent_of.get(team), {team}
        while above and above not in seen:
            pairs.append((team, above))
            seen.add(above)
            above = parent_of.get(above)
    groups = {group for _, group in pairs}
    return pairs + [(group, group) for group in sorted(groups)]


def _sums(base: ir.Table, measures: Sequence[str], level: str, unit: Any, channel: Any) -> ir.Table:
    channel = ibis.literal(ALL) if channel is None else channel.fill_null(UNASSIGNED)
    rows = base.select("period", *measures, unit_id=unit, channel=channel)
    sums = rows.group_by("period", "unit_id", "channel").agg(
        **{name: rows[name].sum().cast("float64") for name in measures}
    )
    return sums.select("period", "unit_id", "channel", *measures, level=ibis.literal(level))


def _channels(base: ir.Table, levels: Collection[str]) -> list[Any]:
    """List the channel columns that teams are shown by: all together and, if asked for, each."""
    return [None, base.channel] if "channel" in levels and "channel" in base.columns else [None]


def _groups(facts: Facts, base: ir.Table, measures: Sequence[str]) -> list[ir.Table]:
    from salesperf_lib.facts import team_table

    pairs = ancestors(team_table(facts))
    if not pairs:
        return []
    tree = ibis.memtable(pd.DataFrame(pairs, columns=["member", "group_id"]))
    rows = base.inner_join(tree, base.team_id == tree.member)
    return [_sums(rows, measures, "group", rows.group_id, None)]


def _known_persons(facts: Facts, base: ir.Table) -> ir.Table:
    """Leave only persons that the roster knows: others' facts stay with the team."""
    if not facts.has("roster"):
        return base
    known = facts.table("roster").select(known="person_id").distinct()
    joined = base.left_join(known, base.person_id == known.known)
    return joined.mutate(person_id=joined.known).drop("known")


def _person(base: ir.Table) -> Any:
    if "team_id" not in base.columns:
        return base.person_id.fill_null(UNASSIGNED)
    rest = ibis.ifelse(base.team_id.isnull(), UNASSIGNED, ibis.literal(f"{UNASSIGNED}:") + base.team_id)
    return base.person_id.fill_null(rest)
