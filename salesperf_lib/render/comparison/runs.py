"""Compare two runs by their manifests: which reports, what became of each, what they were made of."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

from salesperf_lib.render.comparison.alignment import pair_up
from salesperf_lib.render.comparison.found import Difference
from salesperf_lib.render.comparison.numbers import changes_between
from salesperf_lib.render.comparison.origin import origin_differences, origin_of_row
from salesperf_lib.render.manifest import Row

Pair = tuple[Row, Row]


def paired_rows(left: list[Row], right: list[Row]) -> list[tuple[Row | None, Row | None]]:
    """Pair the reports of two runs: the same report, else the same under another scenario, then period."""
    keys: list[Callable[[Row], Hashable]] = [
        lambda row: row.report.key,
        lambda row: _without(row, 1),
        lambda row: _without(row, 2),
    ]
    return pair_up(left, right, keys)


def run_differences(pairs: list[tuple[Row | None, Row | None]], lang: str) -> list[Difference]:
    """List reports only in one run, and what the manifests tell differently of the others."""
    return [found for pair in pairs for found in _pair(*pair, lang)]


def page_of_row(row: Row, out: Path) -> Path | None:
    """Find the page of a report that is done, or its record where there is no page."""
    places = [out / place for place in (row.page, row.record) if place]
    return next((path for path in places if path.is_file()), None) if row.status == "done" else None


def name_of(row: Row) -> str:
    """Name a report in one line."""
    report = row.report
    scenario = "" if report.scenario == "base" else f"@{report.scenario}"
    unit = report.person or report.team or "company"
    return f"{report.source}{scenario} {report.period} {report.notebook} {unit} {report.lang}"


def _without(row: Row, place: int) -> Hashable:
    key = row.report.key
    return (place, *key[:place], *key[place + 1 :])


def _pair(left: Row | None, right: Row | None, lang: str) -> Iterator[Difference]:
    if left is None or right is None:
        first, second = (None if row is None else row.status for row in (left, right))
        yield Difference("report", (name_of(left or right),) if left or right else (), first, second)  # type: ignore[arg-type]
        return
    where = (name_of(left),)
    if (left.status, left.reason) != (right.status, right.reason):
        yield Difference("status", where, _ending(left), _ending(right))
    for found in origin_differences(origin_of_row(left), origin_of_row(right)):
        yield Difference("origin", (*where, *found.where), found.left, found.right)
    yield from _headlines(left, right, where, lang)


def _ending(row: Row) -> str:
    return " · ".join(part for part in (row.status, row.reason, row.error) if part)


def _headlines(left: Row, right: Row, where: tuple[str, ...], lang: str) -> Iterator[Difference]:
    if "done" not in (left.status, right.status) or left.status != right.status:
        return  # a failure has no headline: its status says so
    first, second = dict(left.headline), dict(right.headline)
    for label in dict.fromkeys([*first, *second]):
        one, other = first.get(label), second.get(label)
        if one != other:
            changes = changes_between(one, other, lang) if one is not None and other is not None else ()
            yield Difference("headline", (*where, label), one, other, changes)
