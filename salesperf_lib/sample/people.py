"""What HR keeps: assessments by raters, reports, training, ideas, mentees, and labour cost."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from salesperf_lib.sample.company import PAGE_A, ROLES, SERVICE_A, SERVICE_B, Plan, Staff
from salesperf_lib.sample.season import Floats
from salesperf_lib.sample.traffic import month_index

RATED = ("report_quality", "collaboration_score")
SCALE = 100
COLUMNS = ["period", "person", "item", "numerator", "denominator", "scale_max", "rater", "subject_id", "adopted_on"]
IDEAS_A_QUARTER, PATHS_A_QUARTER = 6, 5
UPLIFT = {"idea_traffic_uplift": 0.10, "path_conversion_uplift": 0.08, "mentee_sales_uplift": 0.12}
SERVICE_SALARY = 9_200_00
Row = tuple[str, int, str, float, float, float | None, int | None, str | None, date | None]


def whole_months(plan: Plan) -> list[date]:
    """List the first days of the months that the data cover to their end."""
    months = pd.period_range(plan.first, plan.last, freq="M")
    return [month.start_time.date() for month in months if month.end_time.date() <= plan.last]


def assess_people(plan: Plan, staff: Staff) -> pd.DataFrame:
    """Collect all assessments: one row per period × person × item × rater."""
    rows = _monthly(plan, staff) + _quarterly(plan, staff)
    return pd.DataFrame(rows, columns=COLUMNS)


def true_scores(plan: Plan, people: int) -> Floats:
    """Draw each person's true rating, person × rated item, in points of 100."""
    return plan.rng("true scores").normal(78, 4.5, (people, len(RATED)))


def service_costs(plan: Plan, staff: Staff) -> pd.DataFrame:
    """Add up service labour cost in fen: one row per month × team."""
    rng, months = plan.rng("costs"), month_index(plan)
    rows: list[tuple[date, int, int]] = []
    for number, month in enumerate(whole_months(plan)):
        span = np.flatnonzero(months == number)
        busy = 1.15 if month.month in (6, 11) else 1.0
        for team in range(plan.teams):
            heads = sum(_fte_days(plan, staff, team, position, span) for position in (SERVICE_A, SERVICE_B)) / len(span)
            rows.append((month, team, round(SERVICE_SALARY * heads * busy * rng.normal(1, 0.02) / 100) * 100))
    return pd.DataFrame(rows, columns=["month", "team", "cost"])


def _fte_days(plan: Plan, staff: Staff, team: int, position: int, span: np.ndarray) -> float:
    rows = staff.roster[(staff.roster["team"] == team) & (staff.roster["position"] == position)]
    return sum(row.fte * plan.span(row.valid_from, row.valid_to)[span].sum() for row in rows.itertuples())


def _present(staff: Staff, first: date, last: date) -> dict[int, tuple[int, int]]:
    """Tell who is on the roster at the span's end for at least ten days of it: person → team, position."""
    rows = staff.roster[[begin <= last for begin in staff.roster["valid_from"]]]
    here = {row.person: (row.team, row.position) for row in rows.itertuples() if not row.valid_to or row.valid_to >= last}
    begun = staff.roster.groupby("person")["valid_from"].min()
    return {person: slot for person, slot in here.items() if begun[person] <= last - timedelta(10) and begun[person] <= last}


def _monthly(plan: Plan, staff: Staff) -> list[Row]:
    rng, months = plan.rng("assessments"), whole_months(plan)
    punctual = plan.rng("punctual").beta(30, 1.6, len(staff.people))
    rows: list[Row] = []
    for number, month in enumerate(months):
        last = (month.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
        present = _present(staff, month, last)
        for person in sorted(present):
            due = int(rng.integers(22, 27))
            on_time = int(rng.binomial(due, punctual[person]))
            rows.append((f"{month:%Y-%m}", person, "report_timeliness_rate", on_time, due, None, None, None, None))
        rows += _rate(plan, staff, f"{month:%Y-%m}", number, present, rng)
    return rows


def _rate(
    plan: Plan, staff: Staff, period: str, number: int, present: dict[int, tuple[int, int]], rng: np.random.Generator
) -> list[Row]:
    """Let three team leads rate everybody: the true score, the rater's planted offset, noise."""
    truth, scores = plan.truths.rater_leniency, true_scores(plan, len(staff.people))
    leads = {slot[0]: person for person, slot in present.items() if slot[1] == PAGE_A}
    offsets = {team: truth.offsets[team % len(truth.offsets)] for team in leads}
    rows: list[Row] = []
    for person in sorted(present):
        own = present[person][0]
        raters = [team for team in dict.fromkeys([own, *((own + number + person + step) % plan.teams for step in range(plan.teams))])
                  if leads.get(team, person) != person][:3]  # fmt: skip
        for index, item in enumerate(RATED):
            for team in raters:
                rating = scores[person, index] + offsets[team] + rng.normal(0, truth.noise_sd)
                rows.append((period, person, item, float(np.clip(round(rating), 0, SCALE)), 1, SCALE, leads[team], None, None))
    return rows


def _quarterly(plan: Plan, staff: Staff) -> list[Row]:
    rng = plan.rng("potential")
    months = whole_months(plan)
    rows: list[Row] = []
    for first in [month for month in months if month.month % 3 == 1]:
        last = (first.replace(month=first.month + 2, day=28) + timedelta(4)).replace(day=1) - timedelta(1)
        if last > plan.last:
            continue
        period = f"{first.year}-Q{first.month // 3 + 1}"
        present = _present(staff, first, last)
        for person in sorted(present):
            taken = int(rng.integers(2, 6))
            rows.append((period, person, "training_pass_rate", int(rng.binomial(taken, 0.9)), taken, None, None, None, None))
        rows += _ideas(period, first, present, rng) + _mentees(staff, period, first, present, rng)
    return rows


def _ideas(period: str, first: date, present: dict[int, tuple[int, int]], rng: np.random.Generator) -> list[Row]:
    """Record adopted ideas (visits gained of visits before) and improved paths (orders gained of orders before)."""
    makers = [person for person, slot in sorted(present.items()) if ROLES[slot[1]] in ("operations", "media_buyer")]
    finders = [person for person, slot in sorted(present.items()) if ROLES[slot[1]] in ("operations", "service", "host")]
    plans = (("idea_traffic_uplift", "IDEA", makers, IDEAS_A_QUARTER, 9000), ("path_conversion_uplift", "PATH", finders, PATHS_A_QUARTER, 420))  # fmt: skip
    rows: list[Row] = []
    for item, prefix, pool, count, size in plans:
        for number, person in enumerate(sorted(rng.choice(pool, count, replace=False).tolist())):
            before = int(rng.integers(size // 2, 2 * size))
            gained = round(before * max(0.0, rng.normal(UPLIFT[item], 0.05)))
            adopted = first + timedelta(int(rng.integers(5, 60)))
            rows.append((period, person, item, gained, before, None, None, f"{prefix}-{period}-{number + 1:02d}", adopted))
    return rows


def _mentees(
    staff: Staff, period: str, first: date, present: dict[int, tuple[int, int]], rng: np.random.Generator
) -> list[Row]:
    """Record mentees: newcomers of the last two quarters, mentored by the colleague beside them."""
    begun = staff.roster.groupby("person")["valid_from"].min()
    people = {slot: person for person, slot in present.items()}
    rows: list[Row] = []
    for person, (team, position) in sorted(present.items()):
        mentor = people.get((team, position ^ 1))
        if mentor is None or not timedelta(0) <= first + timedelta(91) - begun[person] <= timedelta(240) or begun[person] == min(begun):
            continue
        before = int(rng.integers(18_000, 40_000))
        gained = round(before * rng.normal(UPLIFT["mentee_sales_uplift"], 0.05))
        rows.append((period, mentor, "mentee_sales_uplift", gained, before, None, None, staff.people["person_id"][person], None))
    return rows

