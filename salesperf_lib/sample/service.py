"""The service desk and the community operators: inquiries answered, customers touched."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.sample.company import COMMUNITY_A, COMMUNITY_B, PAGE_A, PAGE_B, Staff
from salesperf_lib.sample.plan import Flags, Plan
from salesperf_lib.sample.season import Floats
from salesperf_lib.sample.traffic import SERVICE_OF, Traffic

DEEP = "exclusive_offer"
# Light touches: kind → whose, and how many a day.
TALK = {"community": ([COMMUNITY_A, COMMUNITY_B], (60, 100)), "comment": ([PAGE_A, PAGE_B], (45, 75))}


def desk_days(plan: Plan, staff: Staff, traffic: Traffic) -> pd.DataFrame:
    """Count the service desk's work: one row per date × agent × channel with inquiries."""
    rng = plan.rng("desk")
    team, channel, day = np.nonzero(traffic.inquiries)
    inquiries = traffic.inquiries[team, channel, day]
    person = staff.duty[team, SERVICE_OF[channel], day]
    pace, manner, care = _habits(len(staff.ids), plan.rng("desk habits"))
    table = pd.DataFrame({"day": day, "person": person, "channel": channel, "inquiries": inquiries})
    table["orders"] = traffic.inquired[team, channel, day]
    table["served"] = rng.binomial(inquiries, 0.92)
    table["seconds"] = np.rint(rng.gamma(8.0, pace[person] / 8.0) * inquiries).astype(np.int64)
    table["csat_count"] = rng.binomial(inquiries, 0.35)
    table["csat_sum"] = table["csat_count"] + rng.binomial(4 * table["csat_count"], manner[person])
    table["checked"] = rng.binomial(inquiries, 0.10)
    table["violations"] = rng.binomial(table["checked"], care[person])
    table["severe"] = rng.binomial(table["violations"], 0.15)
    return table.groupby(["day", "person", "channel"], as_index=False).sum()


def touch_days(plan: Plan, staff: Staff, customers: pd.DataFrame, doses: Floats) -> pd.DataFrame:
    """Count operators' touches: one row per date × person × kind; deep ones add up to the drawn dose."""
    rng, months = plan.rng("touches"), plan.months
    parts = [_daily_talk(plan, staff, kind) for kind in TALK]
    for team in range(plan.teams):
        for position in (COMMUNITY_A, COMMUNITY_B):
            own = (customers["team"] == team) & (customers["position"] == position)
            joined = np.sort(customers.loc[own, "joined_on"].to_numpy())
            for month in range(int(months.max()) + 1):
                span = np.flatnonzero(months == month)
                members = int(np.searchsorted(joined, span[0], side="right"))
                total = round(doses[team, position - COMMUNITY_A, month] * members * min(1.0, len(span) / 28))
                days = _working_days(plan, staff, team, position)
                days = span[days[span]] if days[span].any() else span
                counts = rng.multinomial(total, np.full(len(days), 1 / len(days)))
                rows = pd.DataFrame({"day": days, "person": staff.holder[team, position, days], "kind": DEEP})
                rows = rows.assign(touches=counts, deep=counts, touched=rng.binomial(counts, 0.9))
                parts.append(rows[counts > 0])
    out = pd.concat(parts, ignore_index=True)
    return out.groupby(["day", "person", "kind"], as_index=False).sum()


def _habits(people: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Draw each person's mean first response (s), share of full marks, and share of faulty replies."""
    return rng.uniform(22, 55, people), rng.uniform(0.86, 0.95, people), rng.uniform(0.003, 0.02, people)


def _daily_talk(plan: Plan, staff: Staff, kind: str) -> pd.DataFrame:
    """Count a pair of positions' light touches, day by day: talk in the groups, answers to comments."""
    rng, (positions, usual) = plan.rng(f"touches {kind}"), TALK[kind]
    holder, duty = staff.holder[:, positions], staff.duty[:, positions]
    present = (holder == duty) & (rng.random(holder.shape) < 0.86)
    present[:, 1] &= holder[:, 0] != holder[:, 1]
    team, position, day = np.nonzero(present)
    person = holder[team, position, day]
    touches = rng.poisson(rng.uniform(*usual, len(staff.ids))[person])
    touched = rng.binomial(touches, 0.55)
    return pd.DataFrame(
        {"day": day, "person": person, "kind": kind, "touches": touches, "deep": 0, "touched": touched}
    )


def _working_days(plan: Plan, staff: Staff, team: int, position: int) -> Flags:
    """Mark the days on which a position's holder makes deep touches: not on Sundays, not while away."""
    return (plan.weekdays != 6) & (staff.holder[team, position] == staff.duty[team, position])
