"""What HR keeps: assessments by raters, reports, training, ideas, mentees, and labour cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from salesperf_lib.sample.company import PAGE_A, ROLES, SERVICE_A, SERVICE_B, Slot, Staff
from salesperf_lib.sample.plan import Plan
from salesperf_lib.sample.season import Floats

RATED = ("report_quality", "collaboration_score")
SCALE = 100
RATERS = 3
# Uplift → prefix of its subject, how many a quarter, whose, usual size of what it is measured against, mean.
IDEAS = {
    "idea_traffic_uplift": ("IDEA", 6, ("operations", "media_buyer"), 9000, 0.10),
    "path_conversion_uplift": ("PATH", 5, ("operations", "service", "host"), 420, 0.08),
}
MENTEE_UPLIFT = 0.12
NEWCOMER_DAYS = 240
SERVICE_SALARY = 9_200_00
BUSY_MONTHS = {6: 1.15, 11: 1.15}


@dataclass(frozen=True, slots=True)
class Assessment:
    """One row of the assessments; `person` and `rater` by number, −1 where there is no rater."""

    period: str
    person: int
    item: str
    numerator: int
    denominator: int
    scale_max: int | None = None
    rater: int = -1
    subject_id: str | None = None
    adopted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A closed month or quarter and who was there for it: person → team and position."""

    number: int
    label: str
    first: date
    present: Mapping[int, Slot]


def assess_people(plan: Plan, staff: Staff) -> pd.DataFrame:
    """Collect all assessments: one row per period × person × item × rater."""
    monthly, quarterly = plan.rng("assessments"), plan.rng("potential")
    rows: list[Assessment] = []
    for month in _terms(plan, staff, "M"):
        rows += _reports(plan, staff, month, monthly)
        rows += _ratings(plan, staff, month, monthly)
    for quarter in _terms(plan, staff, "Q"):
        rows += _trainings(quarter, quarterly)
        rows += _ideas(quarter, quarterly)
        rows += _mentees(plan, staff, quarter, quarterly)
    return pd.DataFrame(rows)


def true_scores(plan: Plan, people: int) -> Floats:
    """Draw each person's true rating, person × rated item, in points of 100."""
    return plan.rng("true scores").normal(75, 5.5, (people, len(RATED)))


def service_costs(plan: Plan, staff: Staff) -> pd.DataFrame:
    """Add up service labour cost in fen: one row per month × team."""
    rng = plan.rng("costs")
    rows: list[tuple[date, int, int]] = []
    for month in _terms(plan, staff, "M"):
        inside = plan.months == month.number
        for team in range(plan.teams):
            heads = _mean_fte(plan, staff, team, inside)
            cost = SERVICE_SALARY * heads * BUSY_MONTHS.get(month.first.month, 1.0) * rng.normal(1, 0.02)
            rows.append((month.first, team, round(cost / 100) * 100))
    return pd.DataFrame(rows, columns=["month", "team", "cost"])


def _terms(plan: Plan, staff: Staff, freq: str) -> Iterator[Term]:
    """List the months or quarters that the data cover to their end."""
    started, final = staff.started(), staff.spells
    for number, period in enumerate(pd.period_range(plan.first, plan.last, freq=freq)):
        first, last = period.start_time.date(), period.end_time.date()
        if last > plan.last:
            return
        there = [
            spell for spell in final if spell.first <= last and (spell.last is None or spell.last >= last)
        ]
        long_enough = {
            spell.person: (spell.team, spell.position)
            for spell in there
            if started[spell.person] <= last - timedelta(10)
        }
        label = f"{first:%Y-%m}" if freq == "M" else f"{first.year}-Q{period.quarter}"
        yield Term(number, label, first, dict(sorted(long_enough.items())))


def _mean_fte(plan: Plan, staff: Staff, team: int, inside: np.ndarray) -> float:
    service = [
        spell for spell in staff.spells if spell.team == team and spell.position in (SERVICE_A, SERVICE_B)
    ]
    return sum(spell.fte * plan.span(spell.first, spell.last)[inside].mean() for spell in service)


def _reports(plan: Plan, staff: Staff, term: Term, rng: np.random.Generator) -> Iterator[Assessment]:
    """Count daily and weekly reports: handed in on time, of those due."""
    punctual = plan.rng("punctual").beta(22, 2.0, len(staff.ids))
    for person in term.present:
        due = int(rng.integers(22, 27))
        on_time = int(rng.binomial(due, punctual[person]))
        yield Assessment(term.label, person, "report_timeliness_rate", on_time, due)


def _ratings(plan: Plan, staff: Staff, term: Term, rng: np.random.Generator) -> Iterator[Assessment]:
    """Let three team leads rate everybody: the true score, the rater's planted offset, noise."""
    truth, scores = plan.truths.rater_leniency, true_scores(plan, len(staff.ids))
    leads = {team: person for person, (team, position) in term.present.items() if position == PAGE_A}
    for person, (own, _) in term.present.items():
        turn = [own, *((own + term.number + person + step) % plan.teams for step in range(plan.teams))]
        raters = [team for team in dict.fromkeys(turn) if leads.get(team, person) != person][:RATERS]
        for index, item in enumerate(RATED):
            for team in raters:
                leniency = truth.offsets[team % len(truth.offsets)]
                rating = round(scores[person, index] + leniency + rng.normal(0, truth.noise_sd))
                yield Assessment(term.label, person, item, min(max(rating, 0), SCALE), 1, SCALE, leads[team])


def _trainings(term: Term, rng: np.random.Generator) -> Iterator[Assessment]:
    for person in term.present:
        taken = int(rng.integers(6, 13))
        yield Assessment(term.label, person, "training_pass_rate", int(rng.binomial(taken, 0.87)), taken)


def _ideas(term: Term, rng: np.random.Generator) -> Iterator[Assessment]:
    """Record adopted ideas and improved paths: visits or orders gained, of those before."""
    for item, (prefix, count, roles, size, mean) in IDEAS.items():
        pool = [person for person, (_, position) in term.present.items() if ROLES[position] in roles]
        for number, person in enumerate(sorted(rng.choice(pool, count, replace=False).tolist())):
            before = int(rng.integers(size // 2, 2 * size))
            gained = round(before * max(0.01, rng.normal(mean, 0.03)))
            subject, adopted = (
                f"{prefix}-{term.label}-{number + 1:02d}",
                term.first + timedelta(int(rng.integers(5, 60))),
            )
            yield Assessment(term.label, person, item, gained, before, subject_id=subject, adopted_on=adopted)


def _mentees(plan: Plan, staff: Staff, term: Term, rng: np.random.Generator) -> Iterator[Assessment]:
    """Record newcomers, mentored by the colleague beside them: sales gained of sales before, in yuan."""
    started = staff.started()
    holders = {slot: person for person, slot in term.present.items()}
    for person, (team, position) in term.present.items():
        mentor = holders.get((team, position ^ 1))
        days = (term.first + timedelta(91) - started[person]).days
        if mentor is not None and started[person] > plan.first and days <= NEWCOMER_DAYS:
            before = int(rng.integers(18_000, 40_000))
            gained = round(before * max(0.01, rng.normal(MENTEE_UPLIFT, 0.04)))
            yield Assessment(
                term.label, mentor, "mentee_sales_uplift", gained, before, subject_id=staff.ids[person]
            )
