"""What a row of ratings or assessments must satisfy; everything that is wrong with it at once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from salesperf_lib.errors import PeriodError, Problem
from salesperf_lib.facts.assessed.known import Key, Known, Value
from salesperf_lib.facts.assessed.layout import (
    ASSESSMENTS,
    BOUNDED,
    GIVEN,
    MENTEES,
    PERIOD_KINDS,
    RATINGS,
    items,
)
from salesperf_lib.facts.assessed.workbook import Row
from salesperf_lib.language import LANGUAGES
from salesperf_lib.periods import Period
from salesperf_lib.sources.sheets import as_text

NUMERAL = re.compile(r"[-+]?\d+(\.\d+)?", re.ASCII)
SUBJECT = re.compile(r"[\w][\w.-]{0,63}")
LEAVE_OUT = "correct it, or clear the row's value if nothing was assessed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one cell: its kind, for counting, and how it is told."""

    kind: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Judged:
    """A row as it was read.

    Parameters
    ----------
    row
        Where it stands.
    key, value, remark
        What it says; meaningful only without faults.
    faults
        Everything wrong with it.
    """

    row: Row
    key: Key
    value: Value
    remark: str
    faults: tuple[Fault, ...]


def is_given(row: Row) -> bool:
    """Say whether a row was filled in; one whose value is blank was not, and is absent, not zero."""
    return any(row.text(column) for column in GIVEN[row.sheet])


def judge(row: Row, known: Known) -> Judged:
    """Read a row that was filled in.

    Parameters
    ----------
    row
        The row.
    known
        The roster, the rules and what has been assessed.

    Returns
    -------
    Judged
        What it says, with every fault.
    """
    reader = _Reader(row, known)
    period = reader.period()
    person = reader.person(period)
    item = reader.item()
    if row.sheet == RATINGS:
        rater, subject, value = reader.rater(person, period), "", reader.rating(item)
    else:
        rater, subject, value = "", reader.subject(person, item), reader.counted(item, period)
    label = period.label if period else ""
    return Judged(row, (label, person, item, rater, subject), value, row.text("remark"), tuple(reader.faults))


def number_of(raw: Any) -> float | None:
    """Read a cell as a number; None if it holds none.

    Text counts where it is a plain decimal numeral; truth values, dates, NaN and infinity never do.
    """
    if isinstance(raw, str) and NUMERAL.fullmatch(raw.strip()):
        return float(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    return float(raw) if math.isfinite(raw) else None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the cells of one row and gathers what is wrong with them."""

    row: Row
    known: Known
    faults: list[Fault] = field(default_factory=list[Fault])

    def fault(self, kind: str, column: str, found: str, allowed: str, remedy: str = LEAVE_OUT) -> None:
        self.faults.append(Fault(kind, Problem(self.row.where(column), found, allowed, remedy)))

    def shown(self, column: str) -> str:
        text = self.row.text(column)
        return repr(text[:60]) if text else "nothing"

    def period(self) -> Period | None:
        kinds = "a month, quarter or year as text: 2026-06, 2026-Q2, 2026"
        if isinstance(self.row.cells["period"], datetime | date):
            found = f"a date, {self.shown('period')}"
            self.fault("period", "period", found, kinds, "format the cell as text and write the period again")
            return None
        try:
            start = self.known.policy.company.fiscal_start_month
            period = Period.parse(self.row.text("period"), start)
        except PeriodError:
            period = None
        if period is None or period.kind not in PERIOD_KINDS:
            self.fault("period", "period", self.shown("period"), kinds, "write the period in this form")
            return None
        if period.first > self.known.last_day:
            allowed = f"one that begins by {self.known.last_day}, the last day of the data"
            self.fault("future_period", "period", f"{period.label}, which has not begun", allowed)
            return None
        return period

    def person(self, period: Period | None) -> str:
        person = self.row.text("person_id")
        if not self.is_known("person_id", "unknown_person"):
            return person
        self.named("person_id", "person_name")
        if period is not None and not self.known.works_in(person, period):
            found = f"{person}, who is not on the roster in {period.label}"
            self.fault("off_roster", "person_id", found, "people on the roster in the period")
        return person

    def rater(self, person: str, period: Period | None) -> str:
        rater = self.row.text("rater_id")
        if not self.is_known("rater_id", "unknown_rater"):
            return rater
        self.named("rater_id", "rater_name")
        if rater == person:
            allowed, remedy = "a rating by somebody else", "clear the rating, or correct the rater"
            self.fault("self_rating", "rater_id", f"{rater}, rated by themselves", allowed, remedy)
        elif period is not None and (joined := self.known.joined(rater)) > period.last:
            found = f"{rater}, who joined on {joined}, after {period.label}"
            self.fault("unknown_rater", "rater_id", found, "people on the roster by the period's end")
        return rater

    def is_known(self, column: str, kind: str) -> bool:
        unit = self.row.text(column)
        if unit in self.known.spans:
            return True
        padded = self.known.padded(unit)
        remedy = f"write {padded}, as text: its leading zeros are lost" if padded else LEAVE_OUT
        self.fault(kind, column, self.shown(column), "an id of the roster", remedy)
        return False

    def named(self, column: str, name_column: str) -> None:
        """Compare an id with the name beside it: a row that was sorted apart tells of another person."""
        name, unit = self.row.text(name_column), self.row.text(column)
        names = self.known.names[unit]
        if name and name not in names:
            found = f"{name[:60]!r} beside {unit}"
            allowed = f"{' or '.join(sorted(names))}, whom the roster calls {unit}"
            self.fault(
                "name", name_column, found, allowed, "put id and name back together, or clear the name"
            )

    def item(self) -> str:
        allowed, kpis = items(self.row.sheet, self.known.policy), self.known.policy.kpis
        item, label = self.row.text("item"), self.row.text("item_name")
        by_label = {kpis[name].name.of(lang): name for name in kpis for lang in LANGUAGES}
        read = item or by_label.get(label, label)
        listed = ", ".join(allowed)
        if read not in allowed:
            other = items(ASSESSMENTS if self.row.sheet == RATINGS else RATINGS, self.known.policy)
            column = "item" if item else "item_name"
            what = "an item of the other sheet" if read in other else "an item that this sheet does not know"
            found = f"{self.shown(column)}, {what}" if read else "nothing"
            self.fault(
                "item", column, found, listed, "move the row to the sheet it belongs to, or correct it"
            )
        elif item and label and by_label.get(label, item) != item:
            found = f"{label!r} beside {item}"
            self.fault("item", "item_name", found, kpis[item].name.of("en"), "put the item's name back")
        return read

    def number(self, column: str) -> float | None:
        raw = self.row.cells[column]
        value = number_of(raw)
        if value is None:
            kind = "" if isinstance(raw, str) or raw is None else f"{type(raw).__name__} "
            text = as_text(raw)
            found = f"{kind}{text[:60]!r}" if text else "nothing"
            self.fault("not_a_number", column, found, "a number, such as 85 or 4.5")
        return value

    def rating(self, item: str) -> Value:
        rating, scale = self.number("rating"), self.number("scale_max")
        if scale is not None:
            scale = self.scale(item, scale)
        if rating is not None and scale is not None and not 0 <= rating <= scale:
            allowed = f"0 to {scale:.15g}, the scale of {item or 'the item'}"
            self.fault("off_scale", "rating", f"{rating:.15g}", allowed)
        return Value(math.nan if rating is None else rating, 1.0, scale)

    def scale(self, item: str, scale: float) -> float | None:
        usual = self.known.scales.get(item)
        if scale <= 0:
            self.fault(
                "scale", "scale_max", f"{scale:.15g}", "the highest mark, above 0", "correct the scale"
            )
        elif usual is not None and scale != usual:
            allowed = f"{usual:.15g}, on which {item} has been rated"
            remedy = "rate on the same scale: means of two scales say nothing"
            self.fault("scale", "scale_max", f"{scale:.15g}", allowed, remedy)
        else:
            return scale
        return None

    def subject(self, person: str, item: str) -> str:
        subject = self.row.text("subject_id")
        if not subject:
            return ""
        if SUBJECT.fullmatch(subject) is None:
            allowed = "letters, digits, '_', '-' and '.', '.' not first"
            self.fault("subject", "subject_id", self.shown("subject_id"), allowed, "correct the id")
        elif item == MENTEES and self.is_known("subject_id", "subject") and subject == person:
            found, allowed = f"{subject}, who would be their own mentee", "the id of somebody else"
            self.fault("subject", "subject_id", found, allowed)
        return subject

    def counted(self, item: str, period: Period | None) -> Value:
        part, whole = self.number("numerator"), self.number("denominator")
        if whole is not None and whole <= 0:
            found = f"{whole:.15g}"
            self.fault("denominator", "denominator", found, "a number above 0")
        elif part is not None and whole is not None and item in BOUNDED and not 0 <= part <= whole:
            allowed = f"0 to {whole:.15g}, the whole of which it is a part"
            self.fault("off_scale", "numerator", f"{part:.15g}", allowed)
        return Value(math.nan if part is None else part, whole, None, self.adopted(period))

    def adopted(self, period: Period | None) -> date | None:
        raw, text = self.row.cells["adopted_on"], self.row.text("adopted_on")
        day = raw.date() if isinstance(raw, datetime) else raw if isinstance(raw, date) else None
        if day is None and text:
            try:
                day = date.fromisoformat(text)
            except ValueError:
                self.fault("day", "adopted_on", self.shown("adopted_on"), "a day such as 2026-06-18")
        if day is not None and period is not None and day > period.last:
            found, allowed = f"{day}, after {period.label}", f"a day by {period.last}"
            self.fault("day", "adopted_on", found, allowed)
        return day
