"""The case register of the one-vote veto, and of appeals against grades (§2.6, §3.2).

A finding is a request to look; a case is what people made of it: suspected, confirmed or dismissed,
appealed. Only a confirmed case vetoes. The register of a source is a folder of numbered events that is
only ever added to; it names people by id and those who decide by role.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesperf_lib import params
from salesperf_lib.audit.case_fields import GRADE_APPEAL, KINDS, STATUSES
from salesperf_lib.audit.case_records import (
    REGISTER,
    CaseEvent,
    create,
    file_of,
    read_event,
    read_events,
    sealed,
)
from salesperf_lib.audit.case_rules import CaseState, Known, after, problems_of_event, states_of
from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

CASE_COLUMNS = (
    "case_id", "person_id", "period", "kind", "status", "evidence", "opened_on", "decided_on", "appealed_on",
    "vetoes",
)  # fmt: skip
CORRECTION_COLUMNS = ("case_id", "person_id", "period", "kpi", "numerator", "denominator", "decided_on")
DAYS = ("opened_on", "decided_on", "appealed_on")
DAY_TYPE = "datetime64[us]"
BETWEEN = "; "
"""What stands between the references of a case."""


def read_cases(
    root: Path, source: str, as_of: date | None = None, *, stands_while_appealed: bool = False
) -> pd.DataFrame:
    """List every case as it was known on a day.

    Parameters
    ----------
    root, source
        The project, and whose register.
    as_of
        Events recorded later are not seen; None = all are.
    stands_while_appealed
        Whether a confirmed case goes on vetoing while the appeal against it is open.

    Returns
    -------
    pandas.DataFrame
        One row per case, in the order in which they were opened: `CASE_COLUMNS`. Days are of the
        decisions, not of their recording; NaT = there was none. `period` is the written form.

    Raises
    ------
    DataError
        If an event cannot be read, was changed, is missing, or makes a move that is not allowed.

    Notes
    -----
    §3.2: vetoes ⇔ status is confirmed, or appealed after having been confirmed where the rules let the veto
    stand. An appeal against a grade (kind ``grade_appeal``) never vetoes.
    """
    states = states_of(_seen(root, source, as_of)).values()
    frame = pd.DataFrame([_row(state, stands_while_appealed) for state in states], columns=list(CASE_COLUMNS))
    types: dict[str, Any] = (
        dict.fromkeys(CASE_COLUMNS, "str") | dict.fromkeys(DAYS, DAY_TYPE) | {"vetoes": bool}
    )
    return case_schema().validate(frame.astype(types))


def vetoed(cases: pd.DataFrame, period: Period, fiscal_start: int = 1) -> frozenset[str]:
    """Tell whom a veto hits in an appraisal.

    Parameters
    ----------
    cases
        What `read_cases` gave.
    period
        The appraised period.
    fiscal_start
        Month in which the source's fiscal year begins.

    Returns
    -------
    frozenset of str
        Ids of the people with a vetoing case whose period shares at least one day with the appraised one.
    """
    rows = cases.loc[cases["vetoes"], ["person_id", "period"]].itertuples(index=False, name=None)
    spans = [(str(person), Period.parse(str(label), fiscal_start)) for person, label in rows]
    return frozenset(person for person, one in spans if one.first <= period.last and period.first <= one.last)


def read_corrections(root: Path, source: str, as_of: date | None = None) -> pd.DataFrame:
    """List what upheld appeals against grades hold to be right.

    Returns
    -------
    pandas.DataFrame
        One row per person, period and kpi, the last decision of each: `CORRECTION_COLUMNS`, in the units of
        the KPI frame; the denominator of a volume is NaN. Empty where no appeal corrected a value.

    Raises
    ------
    DataError
        As `read_cases`.

    Notes
    -----
    §2.6: an upheld appeal is a dated record; what depends on the corrected value is computed again.
    """
    events = _seen(root, source, as_of)
    states = states_of(events)
    rows = [
        (event.case, states[event.case].person_id, states[event.case].period, one.kpi, one.numerator,
         one.denominator, event.on)
        for event in events
        for one in event.corrections
    ]  # fmt: skip
    types: dict[str, Any] = dict.fromkeys(CORRECTION_COLUMNS, "str")
    types |= {"numerator": float, "denominator": float, "decided_on": DAY_TYPE}
    frame = pd.DataFrame(rows, columns=list(CORRECTION_COLUMNS)).astype(types)
    return frame.drop_duplicates(["person_id", "period", "kpi"], keep="last", ignore_index=True)


def case_events(root: Path, source: str, case_id: str, as_of: date | None = None) -> tuple[CaseEvent, ...]:
    """Give the history of one case, in the order in which it was recorded.

    Raises
    ------
    DataError
        If there is no such case, or the register is broken.
    """
    events = _seen(root, source, as_of)
    found = tuple(event for event in events if event.case == case_id)
    if not found:
        allowed = ", ".join(states_of(events)) or "none: the register is empty"
        raise DataError(Problem("case", repr(case_id), allowed, "name a case of the register"))
    return found


def cases_stamp(root: Path, source: str, as_of: date | None = None) -> str:
    """Give the digest of everything that the register said on a day; empty if it said nothing.

    Each event's digest covers that of the event before, so that the last one stands for all.

    Raises
    ------
    DataError
        As `read_cases`.
    """
    events = _seen(root, source, as_of)
    return events[-1].digest if events else ""


def record_case(
    event: CaseEvent | Mapping[str, Any], root: Path, source: str, people: Collection[str] | None = None
) -> Path:
    """Add an event to the register if nothing speaks against it; else leave the register as it is.

    Parameters
    ----------
    event
        A `CaseEvent` or its fields, without `id`, `previous` and `digest`. To open a case its number may be
        left out: it gets the next one.
    root, source
        The project, and whose register.
    people
        Ids of people of whom a case may be opened; None = anybody.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    ParamError
        If there is no such source.
    DataError
        If the move is not allowed, not this role's, without evidence or out of order, if another writer was
        faster, or if the register itself is broken. Nothing is written then.
    """
    params.source_file(source, root)
    before = _seen(root, source, None)
    path, states = file_of(root, source, len(before) + 1), states_of(before)
    draft = read_event(event.said() if isinstance(event, CaseEvent) else event, path)
    if draft.move == "open" and not draft.case:
        draft = replace(draft, case=f"C{len(states) + 1:04d}")
    known = Known(_kpis(root) if draft.corrections else (), people)
    fail_if_any(problems_of_event(draft, before[-1] if before else None, states, known, path), DataError)
    create(path, sealed(draft, before, path))
    return path


def check_cases(root: Path) -> list[Problem]:
    """Find every problem of every register: files, chains, moves, and folders of no source.

    Returns
    -------
    list of Problem
        By source, in the order of the events; empty if all is well.
    """
    sources = params.list_sources(root)
    return [*_strangers(root, sources), *(problem for one in sources for problem in _read(root, one)[1])]


def case_schema() -> DataFrameSchema:
    """Give the pandera schema of the frame of cases."""
    import pandera.pandas as pa

    texts = ("person_id", "period", "evidence")
    return pa.DataFrameSchema(
        {
            "case_id": pa.Column("str", pa.Check.str_matches(r"^C\d{4,}$"), unique=True),
            **{name: pa.Column("str", pa.Check.str_length(min_value=1)) for name in texts},
            "kind": pa.Column("str", pa.Check.isin(KINDS)),
            "status": pa.Column("str", pa.Check.isin(STATUSES)),
            **{name: pa.Column(DAY_TYPE, nullable=name != "opened_on") for name in DAYS},
            "vetoes": pa.Column(bool),
        },
        strict=True,
    )


def _row(state: CaseState, stands: bool) -> tuple[object, ...]:
    standing = ("confirmed", "appealed") if stands else ("confirmed",)
    vetoes = state.kind != GRADE_APPEAL and state.status in standing
    told = (state.case_id, state.person_id, state.period, state.kind, state.status)
    return (*told, BETWEEN.join(state.evidence), state.opened_on, state.decided_on, state.appealed_on, vetoes)


def _seen(root: Path, source: str, as_of: date | None) -> tuple[CaseEvent, ...]:
    """Give the events that a day knows of; none at all of a register in which anything is wrong."""
    events, problems = _read(root, source)
    fail_if_any(problems, DataError)
    return tuple(event for event in events if as_of is None or event.recorded_on <= as_of)


def _read(root: Path, source: str) -> tuple[tuple[CaseEvent, ...], list[Problem]]:
    """Read a register and hold every event against the rules, as if it were recorded now."""
    events, damaged = read_events(root, source)
    problems = list(damaged)
    known = Known(_kpis(root) if any(event.corrections for event in events) else ())
    states: dict[str, CaseState] = {}
    for place, event in enumerate(events):
        path = file_of(root, source, place + 1).with_stem(event.id or f"{place + 1:04d}")
        problems += problems_of_event(event, events[place - 1] if place else None, states, known, path)
        if (state := after(event, states.get(event.case))) is not None:
            states[event.case] = state
    return events, problems


def _kpis(root: Path) -> tuple[str, ...]:
    return tuple(params.read_yaml(root / "params" / "kpis.yaml"))


def _strangers(root: Path, sources: Collection[str]) -> list[Problem]:
    """Find what belongs to no source: a misspelt folder would veto nobody."""
    found = sorted(root.joinpath(*REGISTER).glob("[!.]*"))
    allowed = ", ".join(sources) or "none: params/sources is empty"
    return [
        Problem("/".join(one.parts[-3:]), f"a register of {one.name}", allowed, "correct the folder's name")
        for one in found
        if not (one.is_dir() and one.name in sources)
    ]
