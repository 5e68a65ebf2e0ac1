"""One page that links every report of an output folder and says what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

from salesperf_lib.language import LANGUAGES, period_text, text
from salesperf_lib.render.fonts import with_glyphs
from salesperf_lib.render.manifest import Row, latest_rows

INDEX = "index.html"

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 20px; color: #26323a; background: #f4f6f7;
  font: 15px/1.6 "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Segoe UI", Arial, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 16px; margin: 28px 0 6px; }
p { margin: 0 0 8px; color: #54636d; }
.scroll { overflow-x: auto; background: #fff; border: 1px solid #e3e7e9; border-radius: 8px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 8px 12px; border-top: 1px solid #e3e7e9; }
tbody th { white-space: nowrap; }
thead th { border-top: 0; color: #54636d; font-weight: 500; }
a { color: #0b5cad; }
.failed { color: #a12b12; }
.failed strong, .failed a { color: #a12b12; }
.small { font-size: 13px; color: #54636d; }
details { background: #fff; border: 1px solid #e3e7e9; border-radius: 8px; margin: 0 0 6px; }
details .scroll { border: 0; border-top: 1px solid #e3e7e9; border-radius: 0 0 8px 8px; }
details td, details tbody th { padding: 4px 12px; }
details td > div:not(.failed, .small) { display: inline-block; margin-right: 12px; }
summary { cursor: pointer; padding: 6px 12px; }
summary.failed { color: #26323a; }
summary.failed .small { color: #a12b12; }
code { font-size: 12.5px; overflow-wrap: anywhere; }
"""


def write_index(out: Path) -> Path:
    """Write the index of an output folder from its manifest: the latest row of each report.

    Returns
    -------
    Path
        The page, replaced in one rename.
    """
    page = out / INDEX
    aside = out / f".{INDEX}"
    aside.write_text(with_glyphs(index_page(latest_rows(out))), encoding="utf-8")
    aside.replace(page)
    return page


def index_page(rows: list[Row]) -> str:
    """Write the index as HTML: newest run first, one table per source, period and notebook."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        report = row.report
        groups.setdefault((report.source, report.scenario, report.period, report.notebook), []).append(row)
    newest = sorted(groups.values(), key=lambda group: max(row.started for row in group), reverse=True)
    title = _both("render.index.title")
    body = "".join(_section(group) for group in newest)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    )


def _section(rows: list[Row]) -> str:
    """Write what came of one run, below its name and its counts."""
    report = rows[0].report
    scenario = "" if report.scenario == "base" else f" · {report.scenario}"
    period = " ".join(dict.fromkeys(period_text(report.period, lang) for lang in LANGUAGES))
    warn = f" · {_both('render.index.provisional')}" if report.parameters.get("provisional") else ""
    about_people = any(row.report.person for row in rows)
    body = _teams_of_people(rows) if about_people else _table(rows, "render.index.team")
    return (
        f"<h2>{escape(period)} · {escape(report.notebook)}</h2>\n"
        f"<p>{escape(report.source + scenario)} · {_counts(rows)}{warn}</p>\n{body}"
    )


def _teams_of_people(rows: list[Row]) -> str:
    """Write a table of people per team: folded, unless there is one team or something failed in it."""
    teams: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.report.team):
        teams.setdefault(row.report.team, []).append(row)
    return "".join(_team_of_people(found, alone=len(teams) == 1) for found in teams.values())


def _team_of_people(rows: list[Row], *, alone: bool) -> str:
    failed = any(row.status != "done" for row in rows)
    count = _both("render.index.people", count=len({row.report.person for row in rows}))
    return (
        f"<details{' open' if alone or failed else ''}>"
        f"<summary{' class=failed' if failed else ''}>{_name(rows[0].report.team_name, rows[0].report.team)} "
        f"<span class=small>· {count} · {_counts(rows)}</span></summary>\n"
        f"{_table(rows, 'render.index.person')}</details>\n"
    )


def _counts(rows: list[Row]) -> str:
    done = sum(row.status == "done" for row in rows)
    return _both("render.index.counts", done=done, failed=len(rows) - done)


def _table(rows: list[Row], first: str) -> str:
    """Write a table: a line per team or person, a column per language."""
    langs = [lang for lang in LANGUAGES if any(row.report.lang == lang for row in rows)]
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in sorted(rows, key=lambda row: (row.report.team, row.report.person)):
        found.setdefault((row.report.team, row.report.person), {})[row.report.lang] = row
    head = "".join(f"<th scope=col>{_both(f'render.index.lang.{lang}')}</th>" for lang in langs)
    lines = "".join(_line(each, langs) for each in found.values())
    return (
        f"<div class=scroll><table>\n"
        f"<thead><tr><th scope=col>{_both(first)}</th>{head}</tr></thead>\n"
        f"<tbody>\n{lines}</tbody>\n</table></div>\n"
    )


def _line(found: dict[str, Row], langs: Iterable[str]) -> str:
    report = next(iter(found.values())).report
    cells = "".join(f"<td>{_cell(found[lang], lang) if lang in found else ''}</td>" for lang in langs)
    name = _name(report.person_name, report.person) if report.person else _name(report.team_name, report.team)
    return f"<tr><th scope=row>{name}</th>{cells}</tr>\n"


def _name(name: str, identity: str) -> str:
    return escape(name) + (f" <span class=small>{escape(identity)}</span>" if identity else "")


def _cell(row: Row, lang: str) -> str:
    if row.status == "done":
        link = _link(row.page, text("render.index.report", lang))
        headline = "".join(
            f"<div>{escape(label)} <strong>{escape(value)}</strong></div>" for label, value in row.headline
        )
        files = "".join(f" {_link(path, path.rpartition('/')[2])}" for path in row.attachments)
        record = _link(row.record, text("render.index.record", lang))
        return f"{headline}{link}{files} <span class=small>{record}</span>"
    return f'<div class="failed">{_failure(row, lang)}</div>{_kept(row, lang)}'


def _failure(row: Row, lang: str) -> str:
    status = text(f"render.status.{row.status}", lang)
    reason = text(f"render.reason.{row.reason}", lang)
    parts = [f"<strong>{escape(status)}</strong> {escape(reason)}"]
    if row.cell is not None:
        parts.append(f"In [{row.cell}] <code>{escape(row.line)}</code>")
    if row.error:
        parts.append(f"<code>{escape(row.error)}</code>")
    if row.page:
        whole = row.reason == "not_attached"
        parts.append(_link(row.page, text(f"render.index.{'report' if whole else 'incomplete'}", lang)))
    return "".join(f"<div>{part}</div>" for part in parts)


def _kept(row: Row, lang: str) -> str:
    return f"<div class=small>{_link(row.kept, text('render.index.kept', lang))}</div>" if row.kept else ""


def _link(path: str, label: str) -> str:
    return f'<a href="{escape(quote(path), quote=True)}">{escape(label)}</a>' if path else ""


def _both(key: str, **values: object) -> str:
    """Write a text in every language, for a page that serves readers of each."""
    return escape(" · ".join(text(key, lang, **values) for lang in LANGUAGES))
