"""The closed lists of the case register, and what each field of an event may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from salesperf_lib.params import Name

MOVES = ("open", "confirm", "dismiss", "appeal", "uphold", "reject")
ROLES = ("data_analyst", "hr_manager", "sales_director", "appeals_committee", "employee")
GRADE_APPEAL = "grade_appeal"
KINDS = (
    "brushing",
    "edited_amounts",
    "fake_clicks",
    "made_up_records",
    "false_report",
    "other",
    GRADE_APPEAL,
)
STATUSES = ("suspected", "confirmed", "dismissed", "appealed", "upheld", "rejected")
"""The last two are of appeals against a grade only: no violation is in question there."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a measured value should have been.

    Parameters
    ----------
    kpi
        Id of the indicator, of the case's person and period.
    numerator, denominator
        In the units of the KPI frame; a volume has no denominator.
    """

    kpi: str
    numerator: float
    denominator: float | None = None

    def said(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        written = {"kpi": self.kpi, "numerator": self.numerator, "denominator": self.denominator}
        return {name: part for name, part in written.items() if part is not None}


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def _text_or_nothing(value: object) -> str:
    return "" if value == "" else _text(value)


def _case_id(value: object) -> str:
    text = _text_or_nothing(value)
    if text and not re.fullmatch(r"C\d{4,}", text, re.ASCII):
        raise ValueError
    return text


def _number_of_file(value: object) -> str:
    text = _text_or_nothing(value)
    if text and not re.fullmatch(r"\d{4,}", text, re.ASCII):
        raise ValueError
    return text


def _one_of(options: Sequence[str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in options:
            raise ValueError
        return str(value)

    return read


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    day = date.fromisoformat(_text(value))
    if day.isoformat() != value:
        raise ValueError
    return day


def _reason(value: object) -> Name:
    if isinstance(value, Name):
        return Name(_text(value.zh), _text(value.en))
    if isinstance(value, Mapping):
        return Name(**{name: _text(part) for name, part in value.items()})
    return Name(_text(value), _text(value))


def _references(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise TypeError
    found = tuple(_text(one) for one in value)
    if len(set(found)) < len(found):
        raise ValueError
    return found


def _corrections(value: object) -> tuple[Correction, ...]:
    if not isinstance(value, (list, tuple)):
        raise TypeError
    found = tuple(one if isinstance(one, Correction) else _correction(one) for one in value)
    if len({one.kpi for one in found}) < len(found):
        raise ValueError
    return found


def _correction(raw: object) -> Correction:
    if not isinstance(raw, Mapping) or not set(raw) <= {"kpi", "numerator", "denominator"}:
        raise ValueError
    below = raw.get("denominator")
    if below is not None and _number(below) <= 0:
        raise ValueError
    return Correction(
        _text(raw.get("kpi")), _number(raw.get("numerator")), None if below is None else _number(below)
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise ValueError
    return float(value)


_IDS = "a text that is not blank"
_DAYS = "a day such as 2026-07-08"
_VALUES = (
    "a list of {kpi, numerator, denominator}: each indicator once, numbers, a denominator above 0 or none"
)

FIELDS: Mapping[str, tuple[Callable[[object], Any], str]] = {
    "id": (_number_of_file, "a number such as 0001"),
    "case": (_case_id, "a case such as C0001"),
    "move": (_one_of(MOVES), ", ".join(MOVES)),
    "person_id": (_text_or_nothing, _IDS),
    "period": (_text_or_nothing, _IDS),
    "kind": (_one_of(("", *KINDS)), ", ".join(KINDS)),
    "actor_role": (_one_of(ROLES), f"{', '.join(ROLES)}: a role, never a name"),
    "on": (_day, _DAYS),
    "recorded_on": (_day, _DAYS),
    "reason": (_reason, "a sentence, or one each as {zh, en}"),
    "evidence": (_references, "a list of references, none blank and none twice"),
    "corrections": (_corrections, _VALUES),
    "previous": (_text_or_nothing, _IDS),
    "digest": (_text_or_nothing, _IDS),
}
"""How each field is read, and what it may hold; a reader raises ValueError, TypeError or OverflowError."""
REQUIRED = frozenset(("move", "actor_role", "on", "recorded_on", "reason"))
