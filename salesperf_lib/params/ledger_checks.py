"""What speaks against a record of the ledger: its own parts, the indicators, and the records before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from salesperf_lib.errors import PeriodError, Problem
from salesperf_lib.params.ledger_records import ChangeRow, Record, held, place_of
from salesperf_lib.periods import Period, month_of

Kpis = Mapping[str, Mapping[str, Any]]


def problems_of_record(
    record: Record, earlier: Sequence[Record], kpis: Kpis, path: Path
) -> Iterator[Problem]:
    """Find what is wrong with a record.

    Parameters
    ----------
    record
        The record, of the right shape.
    earlier
        Everything recorded before it, in both registers.
    kpis
        Entries of ``params/kpis.yaml`` by indicator.
    path
        Its file, there or to be.
    """
    yield from _kind_problems(record, path)
    named = [record.shock.kpi] if record.shock else []
    for kpi in dict.fromkeys([*named, *(row.kpi for row in record.changes)]):
        if kpi not in kpis:
            yield Problem(place_of(path), f"the indicator {kpi!r}", ", ".join(kpis), "correct the name")
    for place, row in enumerate(record.changes):
        where = place_of(path, f"changes.{place}")
        yield from _amount_problems(row, kpis.get(row.kpi, {}), where)
        yield from _period_problems(row, record, where)
    yield from _conflicts(record, earlier, place_of(path))
    if record.kind == "withdrawal":
        yield from _withdrawal_problems(record, earlier, place_of(path, "withdraws"))


def closed_problem(record: Record, closed_through: date | None, path: Path) -> Iterator[Problem]:
    """Find out whether a record would move a month that is closed."""
    if closed_through is not None and record.valid_from <= closed_through:
        first = month_of(closed_through + timedelta(days=1))
        found = f"{record.valid_from:%Y-%m}, a closed month"
        remedy = "closed months never change: let it hold from an open one"
        yield Problem(place_of(path, "valid_from"), found, f"{first.label} or later", remedy)


def order_problem(record: Record, own: Sequence[Record], path: Path) -> Iterator[Problem]:
    """Find out whether a record claims to be older than the last of its register."""
    if own and record.recorded_on < own[-1].recorded_on:
        found, last = record.recorded_on.isoformat(), own[-1]
        allowed = f"{last.recorded_on} or later: record {last.id} is of that day"
        yield Problem(place_of(path, "recorded_on"), found, allowed, "the ledger is written in order")


def _kind_problems(record: Record, path: Path) -> Iterator[Problem]:
    """Find what a kind of record lacks or has too much of."""
    kept = record.rule is not None and record.rule.alternative == "keep"
    needed = {
        "calibration": ("shock", "rule", "attendees", *(() if kept else ("changes",))),
        "edit": ("changes",),
        "withdrawal": ("withdraws",),
    }[record.kind]
    barred = {
        "calibration": ("withdraws",),
        "edit": ("withdraws", "shock", "rule", "unfunded_gap"),
        "withdrawal": ("changes", "shock", "rule", "unfunded_gap"),
    }[record.kind]
    for name in needed:
        if not getattr(record, name):
            yield Problem(
                place_of(path, name), "nothing", f"{name}: a {record.kind} needs it", f"add {name}:"
            )
    for name in barred:
        if getattr(record, name):
            yield Problem(place_of(path, name), name, f"no {name} in a record of kind {record.kind}")
    if record.shock is not None and record.shock.size == 0:
        allowed = "a change above −1 (−100 %) that is not 0"
        yield Problem(
            place_of(path, "shock.size"), "0", allowed, "without a shock nothing is to be calibrated"
        )
    cells = Counter((*row.unit, row.period) for row in record.changes)
    for cell in (cell for cell, times in cells.items() if times > 1):
        yield Problem(place_of(path, "changes"), f"{_text(cell)} more than once", "each target once")


def _amount_problems(row: ChangeRow, kpi: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if kpi.get("kind") == "volume" and not (row.before.is_integer() and row.after.is_integer()):
        yield Problem(where, f"{row.before:g} to {row.after:g}", "whole units (money: minor units)")
    if kpi.get("unit") == "share" and row.after > 1:
        yield Problem(f"{where}.after", f"{row.after:g}", "a share from 0 to 1")


def _period_problems(row: ChangeRow, record: Record, where: str) -> Iterator[Problem]:
    meeting = record.kind == "calibration"
    if meeting and row.level == "person":
        remedy = "these records name no person; a person's target is moved by an edit of the target book"
        yield Problem(f"{where}.level", "person", "company, group, team or channel", remedy)
    kinds = ("month",) if meeting else ("month", "quarter", "year")
    try:
        period = Period.parse(row.period)
    except PeriodError as error:
        yield Problem(f"{where}.period", repr(row.period), error.problems[0].allowed)
        return
    if period.kind not in kinds:
        yield Problem(f"{where}.period", row.period, f"a {' or '.join(kinds)}")
    elif period.first < record.valid_from and (period.kind == "month" or period.last < record.valid_from):
        allowed = f"{record.valid_from:%Y-%m} (valid_from) or later"
        yield Problem(f"{where}.period", row.period, allowed, "months before it stay as they are")


def _conflicts(record: Record, earlier: Sequence[Record], where: str) -> Iterator[Problem]:
    """Find records that count and decided the same: from the same month, or from a later one."""
    units = {row.unit for row in record.changes}
    cells = {(*row.unit, row.period) for row in record.changes}
    number, month = record.id or "this record", f"{record.valid_from:%Y-%m}"
    for other, rows in held(earlier, record.recorded_on):
        remedy = f"withdraw {other.id} first, or decide from another month on"
        same = sorted({row.unit for row in rows} & units)
        if same and other.valid_from == record.valid_from:
            found = f"{other.id} and {number}, both for {_text(same[0])} from {month}"
            yield Problem(where, found, "one record per month, indicator and unit", remedy)
        later = sorted({(*row.unit, row.period) for row in rows} & cells)
        if later and other.valid_from > record.valid_from:
            found = f"{number} from {month}, yet {other.id} moves {_text(later[0])} from a later month"
            yield Problem(where, found, "no earlier month than records that move the same target", remedy)


def _withdrawal_problems(record: Record, earlier: Sequence[Record], where: str) -> Iterator[Problem]:
    found = next((one for one in earlier if one.id == record.withdraws), None)
    if found is None or found.kind == "withdrawal":
        ids = ", ".join(one.id for one in earlier if one.kind != "withdrawal") or "none: the ledger is empty"
        what = "a withdrawal" if found else "no such record"
        yield Problem(where, f"{record.withdraws}: {what}", ids, "withdraw a record that moved targets")
        return
    for one in earlier:
        if one.kind == "withdrawal" and one.withdraws == found.id:
            yield Problem(where, f"{found.id}, which {one.id} withdrew already", "a record still in force")
    whole = [row.period for row in found.changes if Period.parse(row.period).kind != "month"]
    if whole and record.valid_from > found.valid_from:
        remedy = "record another edit that decides the open months"
        allowed = f"valid_from {found.valid_from}: {whole[0]} cannot be taken back in part"
        yield Problem(where, f"{found.id} from {record.valid_from:%Y-%m}", allowed, remedy)


def _text(parts: Sequence[str]) -> str:
    """Name a target: ``net_sales of company company in 2026-07``."""
    level, unit_id, team_id, kpi, *period = parts
    team = f" ({team_id})" if team_id and team_id != unit_id else ""
    return f"{kpi} of {level} {unit_id}{team}" + (f" in {period[0]}" if period else "")
