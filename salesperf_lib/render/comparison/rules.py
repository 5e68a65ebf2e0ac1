"""Say which rules differ between two frozen policies, value by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from salesperf_lib.errors import SalesPerfError
from salesperf_lib.params import Decision, Policy, load_policy
from salesperf_lib.render.comparison.found import Difference, Note
from salesperf_lib.render.comparison.origin import Origin

ASKED = frozenset(
    {"period", "source", "scenario", "as_of", "scenario_name", "digest", "root", "allow_expired", "decisions"}
)
"""Fields of a policy that say what it was loaded for, and the reasons, which are listed on their own."""
KEYS = ("id", "kpi", "name", "label")
"""Fields by which a row of a rule is told from the others."""
LEVEL = 6  # digits of a number that people wrote
Leaves = dict[str, str]


def rule_differences(left: Origin, right: Origin, root: Path) -> tuple[list[Difference], list[Note]]:
    """Compare the rules behind two reports, where their digests differ.

    Parameters
    ----------
    left, right
        What the reports were made of.
    root
        Project whose params/ are read.

    Returns
    -------
    tuple
        The rules and the decisions that differ, and a note for each side whose rules are no longer those of
        params/: what they were cannot be told then.
    """
    if not (left.get("policy") and right.get("policy")) or left.get("policy") == right.get("policy"):
        return [], []
    policies = [_policy_of(side, root) for side in (left, right)]
    lost = [
        Note("rules_lost", {"digest": side.get("policy"), "period": side.get("period")})
        for side, policy in zip((left, right), policies, strict=True)
        if policy is None
    ]
    first, second = policies
    return (policy_differences(first, second), []) if first and second else ([], lost)


def policy_differences(left: Policy, right: Policy) -> list[Difference]:
    """List every frozen value that differs, then every decision that does."""
    values = [
        each
        for field in fields(Policy)
        if field.name not in ASKED
        for each in _between("rule", _leaves(getattr(left, field.name), field.name),
                             _leaves(getattr(right, field.name), field.name))
    ]  # fmt: skip
    reasons = _between("decision", _reasons(left.decisions), _reasons(right.decisions))
    return [*values, *reasons]


def _policy_of(origin: Origin, root: Path) -> Policy | None:
    """Load the rules that a report was made by; None unless their digest is the report's."""
    period = origin.get("period")
    days = {_day(origin.get("as_of")), None}
    for label in (period, period[:4]):  # a meeting's report is made by the rules of its year
        for day in sorted(days, key=lambda day: day is None):
            try:
                policy = load_policy(
                    label, origin.get("source"), origin.get("scenario"), day, root, allow_expired=True
                )
            except SalesPerfError:
                continue
            if policy.digest == origin.get("policy"):
                return policy
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _between(kind: Any, left: Leaves, right: Leaves) -> Iterator[Difference]:
    for path in dict.fromkeys([*left, *right]):
        if left.get(path) != right.get(path):
            yield Difference(kind, (path,), left.get(path), right.get(path))


def _reasons(decisions: Mapping[str, Decision]) -> Leaves:
    """Write why a value is in force, in one line."""
    return {
        name: " · ".join(filter(None, (made.since.isoformat(), made.decided, made.note, made.waiver)))
        for name, made in decisions.items()
    }


def _leaves(value: Any, path: str) -> Leaves:
    """Write every value inside a rule under its dotted path."""
    if is_dataclass(value) and not isinstance(value, type):
        inside = {field.name: getattr(value, field.name) for field in fields(value)}
    elif isinstance(value, Mapping):
        inside = {_written(key): part for key, part in cast("Mapping[Any, Any]", value).items()}
    elif isinstance(value, (tuple, list)) and _has_parts(cast("Sequence[Any]", value)):
        inside = _by_key(cast("Sequence[Any]", value))
    else:
        return {path: _written(value)}
    return {
        name: said for key, part in inside.items() for name, said in _leaves(part, f"{path}.{key}").items()
    }


def _has_parts(rows: Sequence[Any]) -> bool:
    return any(is_dataclass(row) for row in rows)


def _by_key(rows: Sequence[Any]) -> dict[str, Any]:
    """Name rows by what tells them apart; by their number where nothing does."""
    for key in KEYS:
        names = [_written(getattr(row, key, "")) for row in rows]
        if all(names) and len(set(names)) == len(names):
            return dict(zip(names, rows, strict=True))
    return {str(place): row for place, row in enumerate(rows, 1)}


def _written(value: Any) -> str:
    if isinstance(value, Fraction):
        return (
            f"{float(value):.{LEVEL}g}"
            if value.denominator in (1, 2, 4, 5, 10, 20, 25, 50, 100)
            else str(value)
        )
    if isinstance(value, (tuple, list)):
        return ", ".join(_written(part) for part in cast("Sequence[Any]", value))
    return str(value)
