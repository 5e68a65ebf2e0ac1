"""The list of everything that can be turned: each number, name or choice in force, with its limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from salesperf_lib.params.read import project_root


@dataclass(frozen=True, slots=True)
class Knob:
    """One thing that can be turned.

    Parameters
    ----------
    parameter
        File and name, as a scenario names it: ``weights.dimension_weights_month``.
    path
        Keys inside the value; empty where the value is one thing.
    since
        First month in which the value is in force.
    value
        As written.
    whole
        The parameter's whole value as written: what a scenario has to give to turn this knob.
    """

    parameter: str
    path: tuple[str | int, ...]
    since: date
    value: Any
    whole: Any

    def turned(self, value: object) -> Any:
        """Give the parameter's whole value with this knob turned."""
        return _put(self.whole, self.path, value)


def knobs(root: Path | None = None) -> tuple[Knob, ...]:
    """List every knob of the base rules, with its latest value.

    Returns
    -------
    tuple of Knob
        In the order of the files; names and descriptions are no knobs.
    """
    from salesperf_lib.params.book import read_base

    placed, _ = read_base(root or project_root())
    found: list[Knob] = []
    for parameter, one in placed.items():
        values = one.raw.get("values") or {}
        for since in sorted(values)[-1:]:
            whole = values[since]["value"]
            found += [Knob(parameter, path, since, value, whole) for path, value in _leaves(whole, ())]
    return tuple(found)


def _leaves(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], object]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, (*path, key))
    elif isinstance(value, list) and any(isinstance(part, (dict, list)) for part in value):
        for index, part in enumerate(value):
            yield from _leaves(part, (*path, index))
    else:
        yield path, value


def _put(whole: Any, path: tuple[str | int, ...], value: object) -> Any:
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(whole, list):
        return [_put(part, rest, value) if index == head else part for index, part in enumerate(whole)]
    return {key: _put(part, rest, value) if key == head else part for key, part in whole.items()}
