"""Which moves a case allows, who may make them, and what speaks against an event (§2.6, §3.2).

::

    a violation          open → suspected ─ confirm → confirmed ─ appeal → appealed ─ uphold → dismissed
                                          └ dismiss → dismissed          ↑        └ reject → confirmed
                                                                         └─ new evidence only ─┘
    an appeal against    open → appealed ─ uphold → upheld
    a grade                              └ reject → rejected ─ appeal, new evidence only → appealed

A dismissed case and an upheld appeal are closed: what comes to light later is a new case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from salesperf_lib.audit.case_fields import GRADE_APPEAL, KINDS
from salesperf_lib.audit.case_records import CaseEvent, place_of
from salesperf_lib.errors import PeriodError, Problem
from salesperf_lib.periods import Period

CASE_MOVES: Mapping[str, Mapping[str, str]] = {
    "": {"open": "suspected"},
    "suspected": {"confirm": "confirmed", "dismiss": "dismissed"},
    "confirmed": {"appeal": "appealed"},
    "appealed": {"uphold": "dismissed", "reject": "confirmed"},
    "dismissed": {},
}
"""Status, and the status to which each move leads, of a suspected violation."""
APPEAL_MOVES: Mapping[str, Mapping[str, str]] = {
    "": {"open": "appealed"},
    "appealed": {"uphold": "upheld", "reject": "rejected"},
    "rejected": {"appeal": "appealed"},
    "upheld": {},
}
"""The same of an appeal against a grade."""

# Whoever may decide an appeal has no part in what comes before it; an employee may report and appeal.
ACTORS: Mapping[str, tuple[str, ...]] = {
    "open": ("data_analyst", "hr_manager", "sales_director", "employee"),
    "confirm": ("hr_manager", "sales_director"),
    "dismiss": ("hr_manager", "sales_director"),
    "appeal": ("employee", "hr_manager"),
    "uphold": ("appeals_committee",),
    "reject": ("appeals_committee",),
}
"""Roles that may make each move; an appeal against a grade is opened as an appeal is."""
DECISIONS = ("confirm", "dismiss", "uphold", "reject")


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands after its events so far.

    Parameters
    ----------
    case_id, person_id, period, kind
        As opened.
    status
        One of `STATUSES`.
    evidence
        Every reference given so far, in order.
    opened_by
        Role that opened it.
    opened_on, decided_on, appealed_on, moved_on
        Days of the opening, of the last decision, of the last appeal and of the last event.
    """

    case_id: str
    person_id: str
    period: str
    kind: str
    status: str
    evidence: tuple[str, ...]
    opened_by: str
    opened_on: date
    decided_on: date | None = None
    appealed_on: date | None = None
    moved_on: date = date.min


@dataclass(frozen=True, slots=True)
class Known:
    """What an event is held against, besides the events before it.

    Parameters
    ----------
    kpis
        Ids of indicators that a correction may name.
    people
        Ids of people of whom a case may be; None = anybody.
    """

    kpis: Collection[str] = ()
    people: Collection[str] | None = None


def moves_of(kind: str) -> Mapping[str, Mapping[str, str]]:
    """Give the moves that cases of a kind allow, by status."""
    return APPEAL_MOVES if kind == GRADE_APPEAL else CASE_MOVES


def states_of(events: Sequence[CaseEvent]) -> dict[str, CaseState]:
    """Follow legal events to where each case stands, in the order in which the cases were opened."""
    states: dict[str, CaseState] = {}
    for event in events:
        if (state := after(event, states.get(event.case))) is not None:
            states[event.case] = state
    return states


def after(event: CaseEvent, state: CaseState | None) -> CaseState | None:
    """Give a case's state after an event; None, or the state as it was, if the move is not allowed."""
    kind = state.kind if state else event.kind
    status = moves_of(kind).get(state.status if state else "", {}).get(event.move)
    if status is None:
        return state
    if state is None:
        appealed = event.on if status == "appealed" else None
        return CaseState(
            event.case, event.person_id, event.period, kind, status, event.evidence, event.actor_role,
            opened_on=event.on, appealed_on=appealed, moved_on=event.on,
        )  # fmt: skip
    return replace(
        state,
        status=status,
        evidence=tuple(dict.fromkeys((*state.evidence, *event.evidence))),
        decided_on=event.on if event.move in DECISIONS else state.decided_on,
        appealed_on=event.on if event.move == "appeal" else state.appealed_on,
        moved_on=event.on,
    )


def problems_of_event(
    event: CaseEvent, last: CaseEvent | None, states: Mapping[str, CaseState], known: Known, path: Path
) -> Iterator[Problem]:
    """Find what speaks against an event.

    Parameters
    ----------
    event
        The event, of the right shape.
    last, states
        The event recorded before it, and where all of those left each case.
    known
        What its ids may be.
    path
        Its file, there or to be.
    """
    yield from _day_problems(event, last, path)
    if event.move == "open":
        yield from _opening_problems(event, states, known, path)
    elif (state := states.get(event.case)) is None:
        found, cases = event.case or "nothing", ", ".join(states) or "none: the register is empty"
        yield Problem(place_of(path, "case"), found, cases, "name a case of the register, or open one")
        return
    else:
        yield from _move_problems(event, state, path)
        yield from _actor_problems(event, state, path)
        yield from _repeated_appeal(event, state, path)
    yield from _evidence_problems(event, path)
    yield from _correction_problems(event, states.get(event.case), known, path)


def _day_problems(event: CaseEvent, last: CaseEvent | None, path: Path) -> Iterator[Problem]:
    """Find days that go back."""
    where, found = place_of(path, "recorded_on"), event.recorded_on.isoformat()
    if last is not None and event.recorded_on < last.recorded_on:
        allowed = f"{last.recorded_on} or later: event {last.id} was recorded on that day"
        yield Problem(where, found, allowed, "the register is written in order: give the day of recording")
    if event.recorded_on < event.on:
        yield Problem(where, found, f"{event.on} or later", "nothing is recorded before it is decided")


def _opening_problems(
    event: CaseEvent, states: Mapping[str, CaseState], known: Known, path: Path
) -> Iterator[Problem]:
    number = f"C{len(states) + 1:04d}"
    if event.case != number:
        yield Problem(place_of(path, "case"), event.case, f"{number}, the next case", "leave it out")
    for name in ("person_id", "period", "kind"):
        if not getattr(event, name):
            allowed = ", ".join(KINDS) if name == "kind" else f"{name}: a case is opened with it"
            yield Problem(place_of(path, name), "nothing", allowed, f"give {name}")
    if event.person_id and known.people is not None and event.person_id not in known.people:
        allowed = "the id of a person in the roster" if known.people else "none: the source has no roster"
        yield Problem(
            place_of(path, "person_id"), repr(event.person_id), allowed, "give the id, not the name"
        )
    if event.period:
        yield from _period_problems(event, path)
    allowed = ACTORS["appeal"] if event.kind == GRADE_APPEAL else ACTORS["open"]
    yield from _role_problems(event, allowed, path)
    yield from _repeated_case(event, states, path)


def _period_problems(event: CaseEvent, path: Path) -> Iterator[Problem]:
    where = place_of(path, "period")
    try:
        # A fiscal year may begin as early as the February before the year it is named by.
        first = Period.parse(event.period, 2).first
    except PeriodError as error:
        yield Problem(where, repr(event.period), error.problems[0].allowed, "correct the period")
        return
    if first > event.on:
        allowed = f"a period that had begun by {event.on}"
        yield Problem(where, event.period, allowed, "correct the period, or the day")


def _repeated_case(event: CaseEvent, states: Mapping[str, CaseState], path: Path) -> Iterator[Problem]:
    """Find cases of the same that named all of the evidence before: nobody is tried twice on it."""
    same = (event.person_id, event.period, event.kind)
    others = [one for one in states.values() if (one.person_id, one.period, one.kind) == same]
    seen = {reference for one in others for reference in one.evidence}
    if event.evidence and set(event.evidence) <= seen:
        last = others[-1]
        found = (
            f"nothing that {last.case_id} ({last.status}), of the same person, period and kind, did not name"
        )
        allowed = "at least one reference that no such case has named"
        yield Problem(
            place_of(path, "evidence"), found, allowed, f"continue {last.case_id}, or add the new one"
        )


def _move_problems(event: CaseEvent, state: CaseState, path: Path) -> Iterator[Problem]:
    """Find moves that the status does not allow, days that go back, and what only an opening says."""
    moves = moves_of(state.kind)[state.status]
    if event.move not in moves:
        found = f"{event.move} of {state.case_id}, which is {state.status}"
        closed = f"none: a case that is {state.status} is closed"
        remedy = "make one of these moves" if moves else "open a new case, with new evidence"
        yield Problem(place_of(path, "move"), found, " or ".join(moves) or closed, remedy)
    if event.on < state.moved_on:
        allowed = f"{state.moved_on} or later: {state.case_id} moved on that day"
        yield Problem(place_of(path, "on"), event.on.isoformat(), allowed, "correct the day of the decision")
    for name in ("person_id", "period", "kind"):
        if getattr(event, name):
            remedy = f"leave it out: {state.case_id} says it since it was opened"
            yield Problem(place_of(path, name), getattr(event, name), f"no {name} in a later move", remedy)


def _actor_problems(event: CaseEvent, state: CaseState, path: Path) -> Iterator[Problem]:
    yield from _role_problems(event, ACTORS[event.move], path)
    judged = event.move in ("confirm", "dismiss") and event.actor_role in ACTORS[event.move]
    if judged and event.actor_role == state.opened_by:
        others = " or ".join(role for role in ACTORS[event.move] if role != state.opened_by)
        found = f"{event.actor_role}, who also opened {state.case_id}"
        yield Problem(place_of(path, "actor_role"), found, others, "let another role decide: four eyes")


def _role_problems(event: CaseEvent, allowed: Sequence[str], path: Path) -> Iterator[Problem]:
    if event.actor_role not in allowed:
        kind = f"{event.move} of a {event.kind}" if event.kind == GRADE_APPEAL else event.move
        found = f"{kind} by {event.actor_role}"
        yield Problem(
            place_of(path, "actor_role"), found, " or ".join(allowed), "let one of these roles do it"
        )


def _evidence_problems(event: CaseEvent, path: Path) -> Iterator[Problem]:
    if event.move in ("open", "confirm") and not event.evidence:
        case = f"a case without evidence ({event.move})"
        allowed = "at least one id of a finding, an order or a document"
        yield Problem(place_of(path, "evidence"), case, allowed, "name what shows it, or do not accuse")


def _repeated_appeal(event: CaseEvent, state: CaseState, path: Path) -> Iterator[Problem]:
    """Find appeals against what a committee has decided already, on the same evidence."""
    if event.move != "appeal" or state.appealed_on is None or set(event.evidence) - set(state.evidence):
        return
    found = f"a second appeal in {state.case_id} without new evidence"
    allowed = "at least one reference that the case has not named; else the decision is final"
    yield Problem(place_of(path, "evidence"), found, allowed, "add the new evidence")


def _correction_problems(
    event: CaseEvent, state: CaseState | None, known: Known, path: Path
) -> Iterator[Problem]:
    where = place_of(path, "corrections")
    upheld = state is not None and state.kind == GRADE_APPEAL and event.move == "uphold"
    if event.corrections and not upheld:
        found = f"corrections with the move {event.move}"
        yield Problem(where, found, "none: only an upheld appeal against a grade corrects", "leave them out")
    elif upheld and not (event.corrections or event.evidence):
        allowed = "the corrected values, or as evidence the snapshot or record in which they are corrected"
        yield Problem(where, "an upheld appeal that changes nothing", allowed, "say what is recomputed")
    for place, one in enumerate(event.corrections):
        if one.kpi not in known.kpis:
            yield Problem(f"{where}.{place}", repr(one.kpi), ", ".join(known.kpis), "correct the indicator")
