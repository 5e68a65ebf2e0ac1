"""One page that links every report of an output folder and says what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TypeVar

from salesperf_lib.language import LANGUAGES, period_text
from salesperf_lib.render.fonts import with_glyphs
from salesperf_lib.render.freshness import stands
from salesperf_lib.render.index_style import SCRIPT, STYLE
from salesperf_lib.render.index_tables import both, name_of, overview, report_table
from salesperf_lib.render.manifest import Row, latest_rows, safe_name

INDEX = "index.html"

Key = TypeVar("Key", bound=Hashable)


def write_index(out: Path, up_to_date: Collection[tuple[str, ...]] = ()) -> Path:
    """Write the index of an output folder from its manifest: the latest row of each report.

    Parameters
    ----------
    out
        Output folder.
    up_to_date
        Keys of reports that the latest run left as they were.

    Returns
    -------
    Path
        The page, replaced in one rename; left alone where it says the same already.
    """
    page = out / INDEX
    aside = out / f".{INDEX}"
    written = index_page([_as_it_is(row, out, up_to_date) for row in latest_rows(out)])
    mark = f"<!-- {hashlib.sha256(written.encode()).hexdigest()} -->\n"
    if not (page.is_file() and page.read_text(encoding="utf-8").endswith(mark)):
        aside.write_text(with_glyphs(written) + mark, encoding="utf-8")
        aside.replace(page)
    return page


def index_page(rows: list[Row]) -> str:
    """Write the index as HTML: a section per source, scenario and period, newest run first.

    Each section has an overview of the headlines of all teams and a table per notebook.
    """
    periods = _grouped(rows, lambda row: (row.report.source, row.report.scenario, row.report.period))
    newest = sorted(periods, key=lambda group: max(row.started for row in group), reverse=True)
    title = both("render.index.title")
    links = " ".join(f'<a href="#{_anchor(group)}">{_title(group)}</a>' for group in newest)
    contents = f"<nav>{links}</nav>\n" if len(newest) > 1 else ""
    body = contents + "".join(_section(group) for group in newest)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}"
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _as_it_is(row: Row, out: Path, up_to_date: Collection[tuple[str, ...]]) -> Row:
    """Say of a row what has come of its files since."""
    if not stands(row, out):
        return replace(row, status="gone" if row.status == "done" else row.status, page="", record="")
    return replace(row, status="up_to_date") if row.report.key in up_to_date else row


def _section(rows: list[Row]) -> str:
    """Write all reports of a period."""
    notebooks = _grouped(rows, lambda row: row.report.notebook)
    return (
        f'<h2 id="{_anchor(rows)}">{_title(rows)}</h2>\n<p>{escape(rows[0].report.source)}</p>\n'
        + "".join(overview(group) for group in notebooks)
        + "".join(_notebook(group) for group in notebooks)
    )


def _notebook(rows: list[Row]) -> str:
    """Write what came of one notebook's reports, below its name and its counts."""
    provisional = any(row.report.parameters.get("provisional") for row in rows)
    warn = f" · {both('render.index.provisional')}" if provisional else ""
    about_people = any(row.report.person for row in rows)
    body = _teams_of_people(rows) if about_people else report_table(rows, "render.index.team")
    return f"<h3>{escape(rows[0].report.notebook)}</h3>\n<p>{_counts(rows)}{warn}</p>\n{body}"


def _teams_of_people(rows: list[Row]) -> str:
    """Write a table of people per team: folded, unless there is one team or something failed in it."""
    teams = _grouped(sorted(rows, key=lambda row: row.report.team), lambda row: row.report.team)
    return "".join(_team_of_people(found, alone=len(teams) == 1) for found in teams)


def _team_of_people(rows: list[Row], *, alone: bool) -> str:
    report, failed = rows[0].report, not all(row.good for row in rows)
    count = both("render.index.people", count=len({row.report.person for row in rows}))
    return (
        f"<details{' open' if alone or failed else ''}>"
        f"<summary{' class=failed' if failed else ''}>{name_of(report.team_name, report.team)} "
        f"<span class=small>· {count} · {_counts(rows)}</span></summary>\n"
        f"{report_table(rows, 'render.index.person')}</details>\n"
    )


def _counts(rows: list[Row]) -> str:
    good = sum(row.good for row in rows)
    told = both("render.index.counts", done=good, failed=len(rows) - good)
    kept = sum(row.status == "up_to_date" for row in rows)
    return f"{told} · {both('render.index.not_made_again', count=kept)}" if kept else told


def _title(rows: list[Row]) -> str:
    report = rows[0].report
    period = " ".join(dict.fromkeys(period_text(report.period, lang) for lang in LANGUAGES))
    return escape(period if report.scenario == "base" else f"{period} · {report.scenario}")


def _anchor(rows: list[Row]) -> str:
    report = rows[0].report
    return "_".join(safe_name(part) for part in (report.source, report.scenario, report.period))


def _grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> list[list[Row]]:
    """Put rows with equal keys together, in the order in which the keys come first."""
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return list(groups.values())
