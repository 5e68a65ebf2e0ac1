"""All parameters of a project as one book: read, overlaid, held to their models, and opened at a day."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.params.read import Raw, line_of, read_yaml
from salesperf_lib.params.schema import SUBJECTS, Dated, KpiEntry, KpiRule, Layer, Scenario

Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A parameter as written, and where its parts stand.

    Parameters
    ----------
    raw
        The merged entry.
    places
        Prefix inside the entry, file, and the keys in the file that the prefix stands for; the last
        that matches counts.
    """

    raw: Raw
    places: tuple[tuple[Keys, Path, Keys], ...]

    def locate(self, keys: Sequence[str | int]) -> tuple[Path, Keys]:
        """Give the file, and the keys inside it, of a part of the entry."""
        wanted = tuple(str(key) for key in keys)
        for prefix, path, target in reversed(self.places):
            if wanted[: len(prefix)] == tuple(str(key) for key in prefix):
                return path, (*target, *tuple(keys)[len(prefix) :])
        raise KeyError(keys)


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
        """Say whether it may be absent before its first date: one of an open list, as a role or a promotion year."""
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
    def value(self) -> Any:  # noqa: ANN401
        """Give the value itself."""
        return self.dated.value

    def problem(self, keys: Sequence[str | int], found: str, allowed: str, remedy: str = "") -> Problem:
        """Make a problem about a part of the value."""
        inside = ("values", str(self.since), *keys) if self.since else ()
        return self.parameter.problem(inside, found, allowed, remedy)


Book = Mapping[str, Parameter]
Rules = Mapping[str, Rule]


def place(path: Path, keys: Sequence[str | int]) -> str:
    """Write a place as ``params/weights.yaml:12 dimension_weights_month.values.2026-07-01``."""
    line = line_of(path, keys)
    shown = path.relative_to(path.parents[next(i for i, up in enumerate(path.parents) if up.name == "params") + 1]) \
        if any(up.name == "params" for up in path.parents) else path
    dotted = ".".join(str(key) for key in keys)
    return f"{shown}{f':{line}' if line else ''} {dotted}".rstrip()


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
        for name in SUBJECTS[subject].fixed:
            if name not in raw:
                problems.append(Problem(place(path, ()), f"no {name}", "this parameter is required", f"add {name}:"))
    return placed, problems


def read_layer(path: Path, scenario: bool) -> tuple[Layer, Keys, list[Problem]]:
    """Read a scenario, or the ``policy:`` of a source.

    Returns
    -------
    Layer, keys, list
        The layer (empty if it is wrong), the keys in the file under which it stands, what is wrong.
    """
    model, inside = (Scenario, ()) if scenario else (Layer, ("policy",))
    try:
        raw: Any = read_yaml(path)
        if not scenario:
            raw = raw.get("policy") or {}
        return model.model_validate(raw), inside, []
    except ParamError as error:
        return Layer(), inside, list(error.problems)
    except ValidationError as error:
        found = Placed({}, (((), path, inside),))
        return Layer(), inside, [shape_problem(found, model, detail) for detail in error.errors()]


def overlay(base: Mapping[str, Placed], layer: Layer, path: Path, inside: Keys) -> tuple[dict[str, Placed], list[Problem]]:
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
        elif "values" in change:
            placed[key] = _merged(placed[key], change, path, here)
        else:
            placed[key] = _replaced(placed[key], change, path, here, founding)
    return placed, problems


def _dates(raw: object) -> list[date]:
    values = raw.get("values") if isinstance(raw, dict) else None
    return sorted(day for day in values if isinstance(day, date)) if isinstance(values, dict) else []


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
    raw = {**one.raw, **extra, "values": {**(one.raw.get("values") or {}), **new}}
    places: list[tuple[Keys, Path, Keys]] = [(("values", str(day)), path, (*here, "values", str(day))) for day in new]
    return Placed(raw, (*one.places, *places, *(((key,), path, (*here, key)) for key in extra)))


def _replaced(one: Placed, change: Raw, path: Path, here: Keys, founding: date) -> Placed:
    first = next(iter(_dates(one.raw)), founding)
    return Placed({**one.raw, "values": {first: change}}, (*one.places, (("values", str(first)), path, here)))


def _unknown(path: Path, here: Keys, key: str, placed: Iterable[str]) -> Problem:
    near = difflib.get_close_matches(key, list(placed), n=3)
    allowed = f"a parameter of params/ as file.name{', such as ' + ', '.join(near) if near else ''}"
    return Problem(place(path, here), f"an unknown parameter {key}", allowed, "correct the name, or give a whole parameter")


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
    allowed = ", ".join(SUBJECTS) if known is None else ", ".join(known.fixed) or f"a name like {known.pattern}"
    if known is not None and known.open is not None and known.fixed:
        allowed += f", or a name like {known.pattern}"
    found = f"an unknown file {subject}" if known is None else f"an unknown parameter {name}"
    return Problem(place(*one.locate(())), found, allowed, "correct the name or remove it")


def shape_problem(one: Placed, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    """Turn one finding of pydantic into a problem with its place."""
    keys = _written_keys(one.raw, detail["loc"])
    where, kind, context = place(*one.locate(keys)), detail["type"], detail.get("ctx", {})
    if kind == "rule":
        return Problem(where, context["found"], context["allowed"], context["remedy"])
    if kind == "extra_forbidden":
        allowed = ", ".join(_fields_at(model, detail["loc"][:-1])) or "nothing"
        return Problem(where, f"an unknown key {keys[-1]}", allowed, "correct the name or remove it")
    if kind == "missing":
        return Problem(where, "nothing", f"{keys[-1]} is required", f"add {keys[-1]}:")
    allowed = str(context["expected"]) if "expected" in context else detail["msg"].removeprefix("Input should be ")
    return Problem(where, repr(detail["input"]), allowed)


def _written_keys(raw: object, loc: Sequence[str | int]) -> Keys:
    """Keep of a location only what stands in the file: not the tags of unions, not pydantic's ``[key]``."""
    keys: list[str | int] = []
    for index, part in enumerate(loc):
        if isinstance(raw, dict):
            match = next((key for key in raw if str(key) == str(part)), None)
            if match is None and index < len(loc) - 1:
                continue
            raw = None if match is None else raw[match]
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            continue
        if part != "[key]":
            keys.append(part)
    return tuple(keys) if keys or not loc else (loc[-1],)


def _fields_at(model: object, loc: Sequence[str | int]) -> tuple[str, ...]:
    """List the keys that a model takes at a place inside it."""
    shapes = _open_up(model)
    for part in loc:
        inner: list[object] = []
        for shape in shapes:
            if isinstance(shape, type) and issubclass(shape, BaseModel):
                if part in shape.model_fields:
                    inner.extend(_open_up(shape.model_fields[str(part)].annotation))
                elif any(_tag(shape) == part for _ in (0,)):
                    inner.append(shape)
            elif get_origin(shape) in (dict, list):
                inner.extend(_open_up(get_args(shape)[-1]))
        shapes = inner
    fields = [name for shape in shapes if isinstance(shape, type) and issubclass(shape, BaseModel) for name in shape.model_fields]
    return tuple(dict.fromkeys(fields))


def _tag(shape: type[BaseModel]) -> object:
    kind = shape.model_fields.get("kind")
    return get_args(kind.annotation)[0] if kind is not None and get_args(kind.annotation) else None


def _open_up(shape: object) -> list[object]:
    """Take the wrappers off an annotation: Annotated, optional, unions, root models."""
    if isinstance(shape, type) and issubclass(shape, RootModel):
        return _open_up(shape.model_fields["root"].annotation)
    if get_origin(shape) in (Union, UnionType):
        return [inner for arm in get_args(shape) for inner in _open_up(arm)]
    if hasattr(shape, "__metadata__"):
        return _open_up(get_args(shape)[0])
    return [shape]


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
        if isinstance(found, Rule):
            rules[key] = found
        elif not parameter.optional:
            problems.append(found)
    return rules, problems


def _in_force(parameter: Parameter, day: date, as_of: date | None) -> Rule | Problem:
    values: Mapping[date, Dated[Any]] = parameter.entry.values
    if not values and isinstance(parameter.entry, KpiEntry):
        return Rule(parameter, None, Dated[Any](value=KpiRule(), decided="definition"))
    known = {since: dated for since, dated in values.items() if as_of is None or (dated.recorded or since) <= as_of}
    since = max((date_ for date_ in known if date_ <= day), default=None)
    if since is not None:
        return Rule(parameter, since, known[since])
    first = min(known, default=None)
    if first is None:
        recorded = min(dated.recorded or since_ for since_, dated in values.items())
        return parameter.problem(("values",), f"no value known on {as_of}", f"a day from {recorded} on", "take a later --as-of")
    return parameter.problem(
        ("values",), f"no value in force on {day}", f"periods from {first} on", "take a later period or date a value earlier"
    )


def overdue(rules: Rules, day: date) -> Iterator[Problem]:
    """Find the values that should have been looked at again before a day."""
    for rule in rules.values():
        limit = rule.parameter.entry.review_by
        if limit is not None and day > limit:
            yield rule.parameter.problem(
                ("review_by",), f"a value to be reviewed by {limit}", f"periods that begin by {limit}",
                "review the value and move review_by, or allow expired values",
            )


def opened_only(rules: Rules, subject: str) -> dict[str, Rule]:
    """Give the rules of one file by their name in it."""
    return {key.split(".", 1)[1]: rule for key, rule in rules.items() if key.startswith(f"{subject}.")}


def undated(rule: Rule) -> Rule:
    """Give a rule without its date, for comparison of values alone."""
    return replace(rule, since=None)
