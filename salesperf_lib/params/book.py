"""All parameters of a project as one book: read, overlaid, held to their models, and opened at a day."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.params.faults import Keys, Placed, place, shape_problem
from salesperf_lib.params.read import Raw, read_yaml
from salesperf_lib.params.schema import SUBJECTS, KpiEntry, KpiRule, Layer, Scenario
from salesperf_lib.params.shapes import Dated


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that has passed its model.

    Parameters
    ----------
    id
        File and name: ``weights.dimension_weights_month``.
    entry
        The model.
    placed
        Where it stands.
    """

    id: str
    entry: Any
    placed: Placed

    @property
    def optional(self) -> bool:
        """Say whether it may be absent before its first date: one of an open list, such as a role."""
        subject, name = self.id.split(".", 1)
        return name not in SUBJECTS[subject].fixed

    def problem(self, keys: Sequence[str | int], found: str, allowed: str, remedy: str = "") -> Problem:
        """Make a problem that names the file, line and path of a part of the entry."""
        return Problem(place(*self.placed.locate(keys)), found, allowed, remedy)


@dataclass(frozen=True, slots=True)
class Rule:
    """A parameter's value in force on a day; `since` is its first month, None where nothing is dated."""

    parameter: Parameter
    since: date | None
    dated: Dated[Any]

    @property
    def value(self) -> Any:
        """Give the value itself."""
        return self.dated.value

    def problem(self, keys: Sequence[str | int], found: str, allowed: str, remedy: str = "") -> Problem:
        """Make a problem about a part of the value."""
        inside = ("values", str(self.since), *keys) if self.since else ()
        return self.parameter.problem(inside, found, allowed, remedy)


Book = Mapping[str, Parameter]
Rules = Mapping[str, Rule]


def read_base(root: Path) -> tuple[dict[str, Placed], list[Problem]]:
    """Read the files of params/ itself.

    Returns
    -------
    dict, list
        Parameters by id, and what is wrong with the files.
    """
    placed: dict[str, Placed] = {}
    problems: list[Problem] = []
    for subject in SUBJECTS:
        path = root / "params" / f"{subject}.yaml"
        try:
            raw = read_yaml(path)
        except ParamError as error:
            problems.extend(error.problems)
            continue
        for name, entry in raw.items():
            placed[f"{subject}.{name}"] = Placed(entry, (((), path, (name,)),))
        problems += [
            Problem(place(path, ()), f"no {name}", "this parameter is required", f"add {name}:")
            for name in SUBJECTS[subject].fixed
            if name not in raw
        ]
    return placed, problems


def read_layer(path: Path, scenario: bool) -> tuple[Layer, Keys, list[Problem]]:
    """Read a scenario, or the ``policy:`` of a source.

    Returns
    -------
    Layer, keys, list
        The layer (empty if it is wrong), the keys in the file under which it stands, what is wrong.
    """
    model, inside = (Scenario, ()) if scenario else (Layer, ("policy",))
    raw: Any = {}
    try:
        raw = read_yaml(path)
        if not scenario:
            raw = raw.get("policy") or {}
        return model.model_validate(raw), inside, []
    except ParamError as error:
        return Layer(), inside, list(error.problems)
    except ValidationError as error:
        found = Placed(raw, (((), path, inside),))
        return Layer(), inside, [shape_problem(found, model, detail) for detail in error.errors()]


def overlay(
    base: Mapping[str, Placed], layer: Layer, path: Path, inside: Keys
) -> tuple[dict[str, Placed], list[Problem]]:
    """Lay a scenario's or a source's changes over the rules.

    Returns
    -------
    dict, list
        The parameters afterwards, and the changes that cannot be made.
    """
    founding = min((_dates(one.raw)[0] for one in base.values() if _dates(one.raw)), default=date.min)
    placed = {key: _start_earlier(one, founding, layer.first_date) for key, one in base.items()}
    founding = min(founding, layer.first_date or founding)
    problems: list[Problem] = []
    for key, change in layer.changes.items():
        here = (*inside, "changes", key)
        if "name" in change:
            placed[key] = Placed(change, (((), path, here),))
        elif key not in placed:
            problems.append(_unknown(path, here, key, placed))
        elif not _can_be_changed(placed[key].raw):
            continue  # the parameter itself is no mapping with values: validate says so
        elif "values" in change:
            placed[key] = _merged(placed[key], change, path, here)
        else:
            placed[key] = _replaced(placed[key], change, path, here, founding)
    return placed, problems


def _can_be_changed(raw: object) -> bool:
    return isinstance(raw, dict) and isinstance(raw.get("values", {}), dict)


def _dates(raw: object) -> list[date]:
    values = raw.get("values") if isinstance(raw, dict) else None
    # A moment (datetime) is a date to isinstance, and cannot be compared with one.
    return sorted(day for day in values if type(day) is date) if isinstance(values, dict) else []


def _start_earlier(one: Placed, founding: date, first: date | None) -> Placed:
    """Let a founding rule count from an earlier day: the rules of today for data of the past."""
    dates = _dates(one.raw)
    if first is None or first >= founding or founding not in dates:
        return one
    values = {first if day == dates[0] else day: dated for day, dated in one.raw["values"].items()}
    path, target = one.locate(("values", str(dates[0])))
    return Placed({**one.raw, "values": values}, (*one.places, (("values", str(first)), path, target)))


def _merged(one: Placed, change: Raw, path: Path, here: Keys) -> Placed:
    new = change["values"] if isinstance(change["values"], dict) else {}
    extra = {key: part for key, part in change.items() if key != "values"}
    raw = {**one.raw, **extra, "values": {**one.raw.get("values", {}), **new}}
    places: list[tuple[Keys, Path, Keys]] = [
        (("values", str(day)), path, (*here, "values", str(day))) for day in new
    ]
    return Placed(raw, (*one.places, *places, *(((key,), path, (*here, key)) for key in extra)))


def _replaced(one: Placed, change: Raw, path: Path, here: Keys, founding: date) -> Placed:
    first = next(iter(_dates(one.raw)), founding)
    return Placed({**one.raw, "values": {first: change}}, (*one.places, (("values", str(first)), path, here)))


def _unknown(path: Path, here: Keys, key: str, placed: Iterable[str]) -> Problem:
    near = difflib.get_close_matches(key, list(placed), n=3)
    allowed = f"a parameter of params/ as file.name{', such as ' + ', '.join(near) if near else ''}"
    return Problem(
        place(path, here),
        f"an unknown parameter {key}",
        allowed,
        "correct the name, or give a whole parameter",
    )


def validate(placed: Mapping[str, Placed]) -> tuple[dict[str, Parameter], list[Problem]]:
    """Hold every parameter to its model.

    Returns
    -------
    dict, list
        Those that pass, and everything that is wrong with the others.
    """
    book: dict[str, Parameter] = {}
    problems: list[Problem] = []
    for key, one in placed.items():
        subject, _, name = key.partition(".")
        model = SUBJECTS[subject].shape_of(name) if subject in SUBJECTS else None
        if model is None:
            problems.append(_misplaced(one, subject, name))
            continue
        try:
            book[key] = Parameter(key, model.model_validate(one.raw), one)
        except ValidationError as error:
            problems.extend(shape_problem(one, model, detail) for detail in error.errors())
    return book, problems


def _misplaced(one: Placed, subject: str, name: str) -> Problem:
    known = SUBJECTS.get(subject)
    allowed = (
        ", ".join(SUBJECTS) if known is None else ", ".join(known.fixed) or f"a name like {known.pattern}"
    )
    if known is not None and known.open is not None and known.fixed:
        allowed += f", or a name like {known.pattern}"
    found = f"an unknown file {subject}" if known is None else f"an unknown parameter {name}"
    return Problem(place(*one.locate(())), found, allowed, "correct the name or remove it")


def open_at(book: Book, day: date, as_of: date | None = None) -> tuple[dict[str, Rule], list[Problem]]:
    """Open the book at a day.

    Parameters
    ----------
    book
        Parameters by id.
    day
        First day of the period.
    as_of
        Values recorded later are not seen; None = all are.

    Returns
    -------
    dict, list
        The values in force by parameter, and the parameters that have none.
    """
    rules: dict[str, Rule] = {}
    problems: list[Problem] = []
    for key, parameter in book.items():
        found = _in_force(parameter, day, as_of)
        if found is not None:
            rules[key] = found
        elif not parameter.optional:
            problems.append(_not_in_force(parameter, day, as_of))
    return rules, problems


def _in_force(parameter: Parameter, day: date, as_of: date | None) -> Rule | None:
    values: Mapping[date, Dated[Any]] = parameter.entry.values
    if not values and isinstance(parameter.entry, KpiEntry):
        return Rule(parameter, None, Dated[Any](value=KpiRule(), decided="definition"))
    known = (since for since, dated in values.items() if since <= day and _is_known(since, dated, as_of))
    since = max(known, default=None)
    return None if since is None else Rule(parameter, since, values[since])


def _is_known(since: date, dated: Dated[Any], as_of: date | None) -> bool:
    return as_of is None or (dated.recorded or since) <= as_of


def _not_in_force(parameter: Parameter, day: date, as_of: date | None) -> Problem:
    values: Mapping[date, Dated[Any]] = parameter.entry.values
    known = [since for since, dated in values.items() if _is_known(since, dated, as_of)]
    if not known:
        allowed = f"a day from {min(dated.recorded or since for since, dated in values.items())} on"
        return parameter.problem(
            ("values",), f"no value known on {as_of}", allowed, "take a later day of knowledge"
        )
    found, allowed = f"no value in force on {day}", f"periods from {min(known)} on"
    return parameter.problem(("values",), found, allowed, "take a later period, or date a value earlier")


def overdue(rules: Rules, day: date) -> Iterator[Problem]:
    """Find the values that should have been looked at again before a day."""
    for rule in rules.values():
        limit = rule.parameter.entry.review_by
        if limit is not None and day > limit:
            yield rule.parameter.problem(
                ("review_by",),
                f"a value to be reviewed by {limit}",
                f"periods that begin by {limit}",
                "review the value and move review_by, or allow expired values",
            )


def opened_only(rules: Rules, subject: str) -> dict[str, Rule]:
    """Give the rules of one file by their name in it."""
    return {key.split(".", 1)[1]: rule for key, rule in rules.items() if key.startswith(f"{subject}.")}
