"""Write a scenario as a file, and give what a change of weights has to say of a role (§4, DESIGN §3)."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml.comments import CommentedMap

from salesperf_lib.errors import ParamError, Problem, fail_if_any
from salesperf_lib.params.names import Name
from salesperf_lib.params.policy import DIMENSIONS, Layer
from salesperf_lib.params.read import read_yaml, scenario_file
from salesperf_lib.params.write import create_file, new_problems, round_trip, written

if TYPE_CHECKING:
    from salesperf_lib.params.book import Rule
    from salesperf_lib.params.schema import KpiSet, RoleKpiRule

CADENCES: tuple[Layer, ...] = ("month", "quarter", "year")
KEY = r"[a-z0-9][a-z0-9_]*"
HEADER = "# yaml-language-server: $schema=../schema/scenario.json\n"


@dataclass(frozen=True, slots=True)
class Addition:
    """A dated value that a parameter gets.

    Parameters
    ----------
    file, name
        ``weights``, ``dimension_weights_month``.
    value
        The whole value; fractions may be `Fraction`.
    waiver
        The reason to leave the bounds or a dimension, where there is one.
    """

    file: str
    name: str
    value: Any
    waiver: str = ""


def create_scenario(
    key: str, name: Name, purpose: Name, span: tuple[date, date], additions: Sequence[Addition], root: Path
) -> Path:
    """Write params/scenarios/<key>.yaml, whole or not at all.

    Parameters
    ----------
    key
        Small letters, digits, underscores.
    name, purpose
        What people call it and which question it answers, in both languages.
    span
        First and last day of the period that it is for: in force from the first month on, and again
        wherever the rules have a value of their own within it.
    additions
        The changes.
    root
        The project.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ParamError
        If the key is no name or taken, a text is missing, or a value breaks a rule.
    """
    path = root / "params" / "scenarios" / f"{key}.yaml"
    fail_if_any(_head_problems(key, {"name": name, "purpose": purpose}), ParamError)
    if path.exists():
        raise _taken(key)
    text = _text(name, purpose, [(each, _dates(each, span, root)) for each in additions])
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root / "params", Path(folder) / "params")
        (Path(folder) / "params" / "scenarios").mkdir(exist_ok=True)
        (Path(folder) / "params" / "scenarios" / path.name).write_text(text, encoding="utf-8")
        fail_if_any(new_problems(root, Path(folder)), ParamError)
    try:
        create_file(path, text)
    except FileExistsError:
        raise _taken(key) from None
    return path


def scenario_changes(name: str, root: Path) -> tuple[str, ...]:
    """List the parameters that a scenario changes, as file.name."""
    changes = read_yaml(scenario_file(name, root)).get("changes") or {}
    return tuple(changes) if isinstance(changes, Mapping) else ()


def role_addition(
    rules: Mapping[str, Rule], role: str, cadence: Layer, inside: Mapping[str, Mapping[str, Fraction]]
) -> Addition:
    """Give the whole value of a role with other weights inside its dimensions.

    Parameters
    ----------
    rules
        The rules in force where the change begins (`load.rules_at`, `load.rules_of`).
    role, cadence
        Whose indicators, and which set of them.
    inside
        By dimension, the weight of every indicator of it; dimensions not named stay.

    Returns
    -------
    Addition
        A cadence that had no set of its own gets one, and so do longer ones that followed it: they stay as
        they are.
    """
    from salesperf_lib.params.freeze import kpi_set

    rule = rules[f"roles.{role}"]
    sets = {name: getattr(rule.value, name) for name in CADENCES if getattr(rule.value, name) is not None}
    value: dict[str, Any] = {name: _set(each, {}) for name, each in sets.items()}
    value[cadence] = _set(kpi_set(rule.value, cadence)[1], inside)
    for longer in CADENCES[CADENCES.index(cadence) + 1 :]:
        value.setdefault(longer, _set(kpi_set(rule.value, longer)[1], {}))
    if rule.value.without:
        value["without"] = list(rule.value.without)
    return Addition("roles", role, value, rule.dated.waiver or "")


def _set(chosen: KpiSet, inside: Mapping[str, Mapping[str, Fraction]]) -> dict[str, Any]:
    """Write a set of indicators as by hand, with other weights where some are given."""
    return {
        dimension: {
            kpi: _item(item, inside.get(dimension, {}).get(kpi, item.weight)) for kpi, item in own.items()
        }
        for dimension in DIMENSIONS
        if (own := getattr(chosen, dimension))
    }


def _item(item: RoleKpiRule, weight: Fraction) -> dict[str, Any]:
    at: dict[str, Any] = {} if item.scored_at == "person" else {"scored_at": item.scored_at}
    return {"weight": weight} | at | ({} if item.gate is None else {"gate": item.gate})


def _dates(addition: Addition, span: tuple[date, date], root: Path) -> list[date]:
    """Give the dates at which a change must stand, so that no later value of the rules undoes it."""
    first, last = span
    raw = read_yaml(root / "params" / f"{addition.file}.yaml").get(addition.name) or {}
    later = [day for day in raw.get("values") or {} if type(day) is date and first < day <= last]
    return [first, *sorted(later)]


def _text(name: Name, purpose: Name, additions: Sequence[tuple[Addition, list[date]]]) -> str:
    changes = CommentedMap()
    for each, dates in additions:
        entry = CommentedMap({"value": written(each.value), "decided": "scenario", "note": purpose.en})
        if each.waiver:
            entry["waiver"] = each.waiver
        changes[f"{each.file}.{each.name}"] = {"values": {day: deepcopy(entry) for day in dates}}
    names = {"name": {"zh": name.zh, "en": name.en}, "purpose": {"zh": purpose.zh, "en": purpose.en}}
    out = StringIO()
    round_trip().dump(CommentedMap({**names, "baseline": "base", "changes": changes}), out)
    return HEADER + out.getvalue()


def _head_problems(key: str, texts: Mapping[str, Name]) -> Collection[Problem]:
    found = [
        Problem(f"{what}.{language}", "nothing", "a text", "say it in both languages")
        for what, text in texts.items()
        for language, part in (("zh", text.zh), ("en", text.en))
        if not part.strip()
    ]
    if not re.fullmatch(KEY, key) or key == "base":
        found.append(Problem("key", repr(key), "small letters, digits and underscores, but not base"))
    return found


def _taken(key: str) -> ParamError:
    return ParamError(
        Problem(f"params/scenarios/{key}.yaml", "a scenario already", "a name that is free", "choose another")
    )
