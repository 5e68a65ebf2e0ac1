"""Load a policy, and check everything that any policy could be made of."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesperf_lib.errors import ParamError, Problem, fail_if_any
from salesperf_lib.language import text
from salesperf_lib.params.policy import Name, Policy
from salesperf_lib.params.read import list_scenarios, list_sources, project_root, scenario_file, source_file
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from salesperf_lib.params.book import Parameter, Rule

BASE = Name(text("scenario.base", "zh"), text("scenario.base", "en"))


def load_policy(
    period: str | Period,
    source: str = "sample",
    scenario: str = "base",
    as_of: date | None = None,
    root: Path | None = None,
    *,
    allow_expired: bool = False,
) -> Policy:
    """Freeze the rules in force on a period's first day.

    Parameters
    ----------
    period
        The period; its kind chooses the cadence of weights and indicators (§2.5).
    source, scenario
        Whose ``policy:`` and which scenario are laid over the rules; ``base`` is no scenario.
    as_of
        Values recorded later are not seen; None = all are.
    root
        The project; found by `project_root` if not given.
    allow_expired
        Take values whose ``review_by`` has passed.

    Returns
    -------
    Policy
        Frozen, with the digest of its values.

    Raises
    ------
    ParamError
        With every problem found in the values in force.
    PeriodError
        If the period cannot be read.
    """
    from salesperf_lib.params.book import open_at, overdue
    from salesperf_lib.params.checks import problems_in
    from salesperf_lib.params.freeze import cadence_of, digest_of, freeze
    from salesperf_lib.params.ledger import in_force

    root = root or project_root()
    book, _, name, problems = _book(root, source, scenario)
    fail_if_any(problems, ParamError)
    period = Period.parse(period, _fiscal_start(book))
    rules, problems = open_at(book, period.first, as_of)
    fail_if_any(problems, ParamError)
    expired = () if allow_expired else overdue(rules, period.first)
    fail_if_any([*problems_in(rules), *expired], ParamError)
    parts = freeze(rules, cadence_of(period)) | {"amendments": in_force(root, source, period, as_of)}
    head = {"period": period, "source": source, "scenario": scenario, "as_of": as_of, "scenario_name": name}
    digest = (
        _year_digest(book, period, as_of, digest_of(parts)) if period.kind == "year" else digest_of(parts)
    )
    whole: dict[str, Any] = {**head, **parts, "digest": digest}
    return Policy(**whole, root=root, allow_expired=allow_expired)


def _year_digest(book: Mapping[str, Parameter], year: Period, as_of: date | None, own: str) -> str:
    """Fold the rules of its months and quarters into a year's digest: their scores are part of the year's."""
    from salesperf_lib.params.book import open_at
    from salesperf_lib.params.freeze import cadence_of, digest_of, freeze

    told = [own]
    for part in (*year.children("quarter"), *year.months()):
        rules, missing = open_at(book, part.first, as_of)
        told.append("" if missing else digest_of(freeze(rules, cadence_of(part))))
    return hashlib.sha256(" ".join(told).encode()).hexdigest()[:16]


def rules_at(day: date, root: Path) -> Mapping[str, Rule]:
    """Open the base rules of a project, without any source or scenario, at a day."""
    from salesperf_lib.params.book import open_at

    book, *_ = _book(root, None, "base")
    return open_at(book, day)[0]


def rules_of(policy: Policy) -> Mapping[str, Rule]:
    """Open the rules that a policy was frozen from: each with its model, its place, and why it holds."""
    from salesperf_lib.params.book import open_at

    book, *_ = _book(policy.root, policy.source, policy.scenario)
    return open_at(book, policy.period.first, policy.as_of)[0]


def check_params(root: Path | None = None) -> list[Problem]:
    """Find every problem in params/: all files, all dates, all scenarios, and the policy of all sources.

    Returns
    -------
    list of Problem
        Each once, in the order of the files; empty if all is well.
    """
    root = root or project_root()
    combinations: list[tuple[str | None, str]] = [(None, "base")]
    combinations += [(source, "base") for source in list_sources(root)]
    combinations += [(None, scenario) for scenario in list_scenarios(root)]
    found: dict[Problem, None] = {}
    for source, scenario in combinations:
        book, broken, _, problems = _book(root, source, scenario)
        found.update(dict.fromkeys(problems))
        found.update(dict.fromkeys(_problems_by_date(book, broken)))
    return list(found)


def _problems_by_date(book: Mapping[str, Parameter], broken: Collection[str]) -> Iterator[Problem]:
    """Look at every dated value, and at what is in force together after each change."""
    from salesperf_lib.params.book import Rule, open_at
    from salesperf_lib.params.checks import problems_in, problems_of

    for key, parameter in book.items():
        for since, dated in parameter.entry.values.items():
            yield from problems_of(key, Rule(parameter, since, dated))
    for day in sorted({since for parameter in book.values() for since in parameter.entry.values}):
        rules, missing = open_at(book, day)
        if not missing:  # before the founding of the rules nothing holds together yet
            yield from problems_in(rules, broken)


def _fiscal_start(book: Mapping[str, Parameter]) -> int:
    """Give the fiscal start with which to read the period's name: the latest, as no date is known yet."""
    values = book["company.fiscal_start_month"].entry.values
    return int(values[max(values)].value)


def _book(
    root: Path, source: str | None, scenario: str
) -> tuple[Mapping[str, Parameter], frozenset[str], Name, list[Problem]]:
    from salesperf_lib.params.schema import SUBJECTS

    layers = [(source_file(source, root), False)] if source is not None else []
    if scenario != "base":
        layers.append((scenario_file(scenario, root), True))
    files = [root / "params" / f"{subject}.yaml" for subject in SUBJECTS] + [path for path, _ in layers]
    return _read_book(root, tuple(layers), tuple(_texts(files)))


def _texts(files: Iterable[Path]) -> Iterator[bytes | None]:
    for path in files:
        yield path.read_bytes() if path.is_file() else None


@lru_cache(maxsize=32)
def _read_book(
    root: Path, layers: tuple[tuple[Path, bool], ...], _texts: tuple[bytes | None, ...]
) -> tuple[Mapping[str, Parameter], frozenset[str], Name, list[Problem]]:
    """Read, overlay and validate; once for files whose text has not changed."""
    from salesperf_lib.params.book import overlay, read_base, read_layer, validate
    from salesperf_lib.params.schema import Scenario

    placed, problems = read_base(root)
    name = BASE
    for path, is_scenario in layers:
        layer, inside, wrong = read_layer(path, is_scenario)
        placed, unknown = overlay(placed, layer, path, inside)
        problems += wrong + unknown
        if isinstance(layer, Scenario):
            name = Name(layer.name.zh, layer.name.en)
    book, wrong = validate(placed)
    return book, frozenset(placed) - frozenset(book), name, problems + wrong
