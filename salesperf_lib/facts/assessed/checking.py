"""Check a filled-in workbook as a whole: every row, and rows against each other and against the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.errors import Problem
from salesperf_lib.facts.assessed.known import COLUMNS, KEY, Key, Known, Value, know
from salesperf_lib.facts.assessed.layout import RATINGS
from salesperf_lib.facts.assessed.register import Record
from salesperf_lib.facts.assessed.rules import Fault, Judged, is_given, judge
from salesperf_lib.facts.assessed.workbook import Row, read_workbook
from salesperf_lib.params import Policy

if TYPE_CHECKING:
    from salesperf_lib.facts.snapshot import Facts

SHOWN = 10
"""Rows of one kind of fault that are listed; the others are counted."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a workbook holds.

    Parameters
    ----------
    path, sha256
        The file.
    rows
        What is new: the columns of the table `assessments`, and `remark`.
    problems
        Everything wrong; of each kind of fault the first rows, and how many more there are.
    faults
        By kind, how many cells are wrong.
    not_given
        Rows whose value was left blank: absent, not zero.
    known
        Rows that say what is known already, or what another row of the file says.
    """

    path: Path
    sha256: str
    rows: pd.DataFrame
    problems: tuple[Problem, ...]
    faults: Mapping[str, int]
    not_given: int
    known: int


def check_workbook(path: Path, facts: Facts, policy: Policy, taken: Sequence[Record]) -> Checked:
    """Check a filled-in template.

    Parameters
    ----------
    path
        The file.
    facts
        The data: roster, and what has been assessed.
    policy
        The rules: what is rated, and the fiscal year.
    taken
        The register as it stands.

    Returns
    -------
    Checked
        The new rows, and every problem.

    Raises
    ------
    DataError
        If the file is no workbook, or the source has no roster.
    """
    book = read_workbook(path, facts.source)
    known = know(facts, policy, [record.rows for record in taken])
    given = [row for row in book.rows if is_given(row)]
    blank = sum(1 for row in book.rows if not is_given(row) and row.text("person_id"))
    judged = _on_one_scale([judge(row, known) for row in given])
    faults = [fault for one in judged for fault in one.faults]
    fresh, repeated, conflicts = _against_known([one for one in judged if not one.faults], known)
    faults += conflicts
    counts = Counter(fault.kind for fault in faults)
    return Checked(
        path,
        book.sha256,
        _frame(fresh),
        (*book.problems, *_capped(path, faults, counts)),
        dict(counts),
        blank,
        repeated,
    )


def _on_one_scale(judged: Iterable[Judged]) -> list[Judged]:
    """Find ratings on another scale than the first of their item in the file."""
    first: dict[str, tuple[float, Row]] = {}
    found: list[Judged] = []
    for one in judged:
        scale, item = one.value.scale_max, one.key[2]
        if one.row.sheet != RATINGS or scale is None:
            found.append(one)
            continue
        usual, row = first.setdefault(item, (scale, one.row))
        if scale != usual:
            allowed = f"{usual:.15g}, as in row {row.number}"
            remedy = "rate on the same scale: means of two scales say nothing"
            problem = Problem(one.row.where("scale_max"), f"{scale:.15g}", allowed, remedy)
            found.append(replace(one, faults=(*one.faults, Fault("scale", problem))))
        else:
            found.append(one)
    return found


def _against_known(judged: Iterable[Judged], known: Known) -> tuple[list[Judged], int, list[Fault]]:
    """Part what is new from what is known already and from what contradicts it."""
    fresh: list[Judged] = []
    repeated, conflicts = 0, list[Fault]()
    seen: dict[Key, tuple[Value, str]] = {key: (value, "known") for key, value in known.told.items()}
    for one in judged:
        before = seen.get(one.key)
        if before is None:
            seen[one.key] = (one.value, f"in row {one.row.number}")
            fresh.append(one)
        elif before[0].same(one.value):
            repeated += 1
        else:
            conflicts.append(_conflict(one, *before))
    return fresh, repeated, conflicts


def _conflict(one: Judged, value: Value, place: str) -> Fault:
    column = "rating" if one.row.sheet == RATINGS else "numerator"
    said = " ".join(part for part in one.key if part)
    found = f"{one.value} for {said}, again"
    allowed = f"once: {value} is {place}" if place == "known" else f"once: {value} stands {place}"
    remedy = "keep one of the rows" if place != "known" else "clear it: what was taken in is not overwritten"
    return Fault("duplicate", Problem(one.row.where(column), found, allowed, remedy))


def _capped(path: Path, faults: Sequence[Fault], counts: Mapping[str, int]) -> Iterator[Problem]:
    """List the first faults of each kind, and count the others."""
    listed: Counter[str] = Counter()
    for fault in faults:
        listed[fault.kind] += 1
        if listed[fault.kind] <= SHOWN:
            yield fault.problem
        if listed[fault.kind] == SHOWN + 1:
            more = counts[fault.kind] - SHOWN
            found = f"{more:,} more {'cell' if more == 1 else 'cells'} wrong in the same way ({fault.kind})"
            allowed, remedy = "as above", "mend them too: the next check lists those that are left"
            yield Problem(str(path), found, allowed, remedy)


def _frame(judged: Sequence[Judged]) -> pd.DataFrame:
    """Write rows as the table has them, in the order of its key."""
    rows = [
        {
            **dict(zip(KEY, (part or None for part in one.key), strict=True)),
            "numerator": one.value.numerator,
            "denominator": one.value.denominator,
            "scale_max": one.value.scale_max,
            "adopted_on": one.value.adopted_on,
            "remark": one.remark or None,
        }
        for one in sorted(judged, key=lambda one: one.key)
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS, "remark"], dtype=object)


def closed_periods(rows: pd.DataFrame, policy: Policy, day: date) -> list[str]:
    """List the periods of rows that were closed on a day: what is taken in moves their appraisals."""
    from salesperf_lib.periods import Period, is_closed

    company = policy.company
    parsed = [Period.parse(label, company.fiscal_start_month) for label in sorted(set(rows["period"]))]
    return [period.label for period in parsed if is_closed(period, day, company.close_day)]
