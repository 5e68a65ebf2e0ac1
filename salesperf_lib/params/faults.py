"""Where a part of a parameter stands in which file, and how pydantic's findings become problems there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from salesperf_lib.errors import Problem
from salesperf_lib.params.read import line_of

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

    raw: Any
    places: tuple[tuple[Keys, Path, Keys], ...]

    def locate(self, keys: Sequence[str | int]) -> tuple[Path, Keys]:
        """Give the file, and the keys inside it, of a part of the entry."""
        wanted = tuple(str(key) for key in keys)
        for prefix, path, target in reversed(self.places):
            if wanted[: len(prefix)] == tuple(str(key) for key in prefix):
                return path, (*target, *tuple(keys)[len(prefix) :])
        raise KeyError(keys)


def place(path: Path, keys: Sequence[str | int]) -> str:
    """Write a place as ``params/weights.yaml:12 dimension_weights_month.values.2026-07-01``."""
    line = line_of(path, keys)
    root = next((folder.parent for folder in path.parents if folder.name == "params"), path.parent)
    dotted = ".".join(str(key) for key in keys)
    return f"{path.relative_to(root)}{f':{line}' if line else ''} {dotted}".rstrip()


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
    allowed = context.get("expected") or detail["msg"].removeprefix("Input should be ")
    return Problem(where, repr(detail["input"]), str(allowed))


def _written_keys(raw: object, loc: Sequence[str | int]) -> Keys:
    """Keep of a location only what stands in the file: not the tags of unions, not pydantic's ``[key]``."""
    keys: list[str | int] = []
    for index, part in enumerate(loc):
        if isinstance(raw, dict):
            # pydantic writes a date among the keys as datetime.date(2024, 1, 1)
            match = next((key for key in raw if part in (key, str(key), repr(key))), None)
            if match is None and (part == "[key]" or index < len(loc) - 1):
                continue
            raw = None if match is None else raw[match]
            keys.append(part if match is None else str(match))
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
            keys.append(part)
    return tuple(keys)


def _fields_at(model: type[BaseModel], loc: Sequence[str | int]) -> tuple[str, ...]:
    """List the keys that a model takes at a place inside it."""
    shapes: list[object] = [model]
    for part in loc:
        shapes = [inner for shape in shapes for inner in _inside(shape, part)]
    fields = [name for shape in shapes if _is_model(shape) for name in shape.model_fields]
    return tuple(dict.fromkeys(fields))


def _inside(shape: object, part: str | int) -> list[object]:
    """Step from an annotation into one of its parts; the tag of a union is a step to one of its arms."""
    if get_origin(shape) in (dict, list):
        return _open_up(get_args(shape)[-1])
    if not _is_model(shape):
        return []
    if part in shape.model_fields:
        return _open_up(shape.model_fields[str(part)].annotation)
    kind = shape.model_fields.get("kind")
    return [shape] if kind is not None and part in get_args(kind.annotation) else []


def _is_model(shape: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(shape, type) and issubclass(shape, BaseModel)


def _open_up(shape: object) -> list[object]:
    """Take the wrappers off an annotation: Annotated, optional, unions."""
    if get_origin(shape) in (Union, UnionType):
        return [inner for arm in get_args(shape) for inner in _open_up(arm)]
    if hasattr(shape, "__metadata__"):
        return _open_up(get_args(shape)[0])
    return [shape]
