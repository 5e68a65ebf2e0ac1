"""Values that several appraisals of one process read: each period of a snapshot is computed once.

A snapshot never changes and rules are frozen. Its digest, the rules that values depend on, the levels and
indicators asked for and a period decide that period's values completely, whatever else is asked with it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.kpis.computation import compute
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy

LARGEST = 3_000_000
"""Rows that are kept at most; what was asked for longest ago goes first."""

Key = tuple[str, str, str, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Ask:
    """What values are wanted.

    Parameters
    ----------
    periods
        Periods of any kind, each once.
    levels, kpis
        As for `compute`.
    """

    periods: tuple[Period, ...]
    levels: tuple[str, ...]
    kpis: tuple[str, ...]


_HELD: OrderedDict[Key, dict[str, pd.DataFrame]] = OrderedDict()
_EXPECTED: dict[Key, dict[str, Period]] = {}


def answer(facts: Facts, policy: Policy, ask: Ask) -> pd.DataFrame:
    """Give the values asked for: those of periods that were asked before are not computed again.

    Parameters
    ----------
    facts
        What happened; tables made in memory, which have no digest, are computed each time.
    policy
        The rules.
    ask
        What is wanted.

    Returns
    -------
    pandas.DataFrame
        What `compute` gives, row by row.

    Raises
    ------
    ParamError
        As `compute` does.
    """
    if not facts.digest:
        return compute(facts, policy, ask.periods, ask.levels, ask.kpis)
    key = _key(facts, policy, ask)
    held = _HELD.pop(key, {})
    missing = {period.label: period for period in ask.periods if period.label not in held}
    if missing:
        expected = _EXPECTED.get(key, {})
        missing |= {label: period for label, period in expected.items() if label not in held}
        made = compute(facts, policy, list(missing.values()), ask.levels, ask.kpis)
        parts = {str(label): part for label, part in made.groupby("period", sort=False)}
        held = held | {label: parts.get(label, made.iloc[:0]) for label in missing}
    _keep(key, held)
    return pd.concat([held[period.label] for period in ask.periods], ignore_index=True)


@contextmanager
def together(facts: Facts, asks: Iterable[tuple[Policy, Ask]]) -> Generator[None]:
    """Say what will be asked for: the first answer that is not known yet computes the others' periods too.

    One computation of many periods takes little longer than that of one. Nothing is computed if
    everything turns out to be known.
    """
    for policy, ask in asks:
        due = _EXPECTED.setdefault(_key(facts, policy, ask), {})
        due |= {period.label: period for period in ask.periods}
    try:
        yield
    finally:
        _EXPECTED.clear()


def _key(facts: Facts, policy: Policy, ask: Ask) -> Key:
    """Name everything but the period that values depend on: of the policy, what this package reads."""
    rules = (policy.company, policy.kpis, policy.roles, policy.as_of)
    digest = hashlib.sha256(repr(rules).encode()).hexdigest()
    return str(facts.folder), facts.digest, digest, ask.levels, ask.kpis


def _keep(key: Key, held: dict[str, pd.DataFrame]) -> None:
    _HELD[key] = held
    while sum(len(part) for parts in _HELD.values() for part in parts.values()) > LARGEST:
        _HELD.popitem(last=False)
