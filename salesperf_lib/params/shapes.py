"""What values in params/ are made of: shares, months, texts, and values dated by month (DESIGN §3)."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from math import inf
from typing import Annotated, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from salesperf_lib.params.policy import Unit

V = TypeVar("V")


def refuse(found: str, allowed: str, remedy: str = "") -> PydanticCustomError:
    """Make an error that says what a `Problem` says."""
    return PydanticCustomError("rule", "{allowed}", {"found": found, "allowed": allowed, "remedy": remedy})


def read_share(value: object) -> Fraction:
    """Read 0.55 or ``17/30`` as an exact fraction between 0 and 1."""
    allowed = "a share from 0 to 1, as a decimal (0.55) or a fraction (17/30)"
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Fraction)):
        raise refuse(repr(value), allowed)
    if isinstance(value, str) and not re.fullmatch(r"\d+/[1-9]\d*", value):
        raise refuse(repr(value), allowed)
    try:
        share = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise refuse(repr(value), allowed) from None
    if not 0 <= share <= 1:
        remedy = (
            f"write {value / 100:g} for {value} %" if isinstance(value, (int, float)) and value <= 100 else ""
        )
        raise refuse(str(value), allowed, remedy if value != 0 else "")
    return share


def _first_of_month(day: date) -> date:
    if day.day != 1:
        raise refuse(day.isoformat(), "the first day of a month", f"write {day.replace(day=1)}")
    return day


def known_zone(name: str) -> str:
    """Take the name of a time zone that exists."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse(repr(name), "an IANA time zone such as Asia/Shanghai") from None
    return name


def _low_high(pair: object) -> object:
    numbers = [float(x) for x in pair if type(x) in (int, float)] if isinstance(pair, list) else []
    if len(numbers) != 2 or not -inf < numbers[0] <= numbers[1] < inf:
        raise refuse(repr(pair), "[low, high] with low not above high")
    return tuple(numbers)


SHARE_SCHEMA = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": r"^\d+/[1-9]\d*$"},
    ]
}
PAIR_SCHEMA = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}

Share = Annotated[Fraction, PlainValidator(read_share), WithJsonSchema(SHARE_SCHEMA)]
Month = Annotated[date, AfterValidator(_first_of_month)]
Pair = Annotated[tuple[float, float], BeforeValidator(_low_high), WithJsonSchema(PAIR_SCHEMA)]
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Strict(BaseModel):
    """Take exactly what is declared: no other key, no silent conversion."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Text(Strict):
    """A text in both languages."""

    zh: Sentence
    en: Sentence


class Dated(Strict, Generic[V]):
    """A value, and why it is in force."""

    value: V
    decided: Sentence
    note: str = ""
    recorded: date | None = None
    waiver: Sentence | None = None


class Headed(Strict, Generic[V]):
    """What it is, and its values by the first month in which each is in force."""

    name: Text
    description: Text
    unit: Unit
    source: Sentence
    review_by: date | None = None
    values: Annotated[dict[Month, Dated[V]], Field(min_length=1)]


class Entry(Headed[V], Generic[V]):
    """A parameter, with the bounds its numbers keep unless a value has a waiver."""

    cadence: Literal["month", "quarter", "year"] | None = None
    bounds: Pair | dict[str, Pair] | None = None
