"""The tables of the index: an overview of headlines, and what became of each report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from salesperf_lib.language import LANGUAGES, text
from salesperf_lib.render.manifest import Row

WORST_FIRST = ("failed", "interrupted", "gone", "done", "up_to_date")
SCALES = (1e4, 1e8, 1e3, 1e6, 1e9)
"""What the signs of ``render.index.scales`` stand for, in every language one after the other."""


def overview(rows: list[Row]) -> str:
    """Write the headlines of one notebook side by side, the company first and a line per team.

    Nothing for reports on people, whose figures are theirs, and where no headline was shown.
    """
    about_teams = [row for row in rows if row.good and row.headline and not row.report.person]
    lang = next((each for each in LANGUAGES if any(row.report.lang == each for row in about_teams)), None)
    shown = sorted((row for row in about_teams if row.report.lang == lang), key=_company_first)
    if not shown:
        return ""
    labels = list(dict.fromkeys(label for row in shown for label, _ in row.headline))
    numeric = {label: any(_number(dict(row.headline).get(label, "")) for row in shown) for label in labels}
    head = "".join(f"<th scope=col{_class(numeric[label])}>{escape(label)}</th>" for label in labels)
    lines = "".join(_overview_line(row, labels, numeric) for row in shown)
    title = escape(f"{both('render.index.overview', raw=True)} · {shown[0].report.notebook}")
    first = f"<th scope=col>{both('render.index.team')}</th>"
    return f"<h3>{title}</h3>\n{_table(first + head, lines)}"


def report_table(rows: list[Row], first: str) -> str:
    """Write a table: a line per team or person, a column per language, then what is known of the runs."""
    langs = [lang for lang in LANGUAGES if any(row.report.lang == lang for row in rows)]
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in sorted(rows, key=lambda row: (row.report.team, row.report.person)):
        found.setdefault((row.report.team, row.report.person), {})[row.report.lang] = row
    reports = "".join(f"<th scope=col>{both(f'render.index.lang.{lang}')}</th>" for lang in langs)
    measures = "".join(
        f"<th scope=col class=number>{both(f'render.index.{name}')}</th>"
        for name in ("seconds", "size", "findings")
    )
    head = (
        f"<th scope=col>{both(first)}</th>{reports}<th scope=col>{both('render.index.status')}</th>{measures}"
        f"<th scope=col>{both('render.index.made')}</th>"
    )
    return _table(head, "".join(_line(each, langs) for each in found.values()))


def name_of(name: str, identity: str) -> str:
    """Write what people call a team or a person, and their id."""
    return escape(name) + (f" <span class=small>{escape(identity)}</span>" if identity else "")


def both(key: str, *, raw: bool = False, **values: object) -> str:
    """Write a text in every language, for a page that serves readers of each."""
    told = " · ".join(text(key, lang, **values) for lang in LANGUAGES)
    return told if raw else escape(told)


def _table(head: str, lines: str) -> str:
    rows = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}</tbody>"
    return f"<div class=scroll><table>\n{rows}\n</table></div>\n"


def _company_first(row: Row) -> tuple[bool, str]:
    return row.report.team not in ("", "company"), row.report.team


def _overview_line(row: Row, labels: Iterable[str], numeric: dict[str, bool]) -> str:
    values = dict(row.headline)
    cells = "".join(_value(values.get(label, ""), is_number=numeric[label]) for label in labels)
    return f"<tr><th scope=row>{_link(row.page, row.report.team_name)}</th>{cells}</tr>\n"


def _value(value: str, *, is_number: bool) -> str:
    number = _number(value) if is_number else None
    sorted_by = "" if number is None else f' data-value="{number:g}"'
    return f"<td{_class(is_number)}{sorted_by}>{escape(value)}</td>"


def _number(value: str) -> float | None:
    """Read a written number for sorting; None if the text does not begin with one."""
    scales = dict(zip("".join(text("render.index.scales", lang) for lang in LANGUAGES), SCALES, strict=True))
    pattern = rf"([-−]?)(?:[A-Z]{{0,3}}[¥$€£])?(\d[\d,]*\.?\d*)\s*([{''.join(scales)}]?)"
    found = re.match(pattern, value)
    if found is None:
        return None
    sign, digits, scale = found.groups()
    return (-1 if sign else 1) * float(digits.replace(",", "")) * scales.get(scale, 1)


def _line(found: dict[str, Row], langs: Iterable[str]) -> str:
    rows = list(found.values())
    report = rows[0].report
    cells = "".join(f"<td>{_cell(found[lang], lang) if lang in found else ''}</td>" for lang in langs)
    name = (
        name_of(report.person_name, report.person)
        if report.person
        else name_of(report.team_name, report.team)
    )
    return f"<tr><th scope=row>{name}</th>{cells}{_status(rows)}{_measures(rows)}</tr>\n"


def _status(rows: list[Row]) -> str:
    """Write the worst of a line's statuses, and whether a second attempt was needed."""
    status = min((row.status for row in rows), key=WORST_FIRST.index)
    failed = "" if all(row.good for row in rows) else " class=failed"
    again = (
        f"<div class=small>{both('render.index.attempts')}</div>" if any(r.attempts > 1 for r in rows) else ""
    )
    place = WORST_FIRST.index(status)
    return f"<td{failed} data-value={place}>{both(f'render.status.{status}')}{again}</td>"


def _measures(rows: list[Row]) -> str:
    seconds, size = sum(row.seconds for row in rows), sum(row.page_bytes for row in rows)
    notes = list(dict.fromkeys(note for row in rows for note in row.warnings))
    told = f' title="{escape(chr(10).join(notes), quote=True)}"' if notes else ""
    made = max(row.started for row in rows)[:16].replace("T", " ")
    return (
        f"<td class=number data-value={seconds:.2f}>{seconds:.1f} s</td>"
        f"<td class=number data-value={size}>{f'{size / 1000:,.0f} kB' if size else ''}</td>"
        f"<td class=number data-value={len(notes)}{told}>{len(notes) or ''}</td>"
        f"<td class=small>{escape(made)}</td>"
    )


def _cell(row: Row, lang: str) -> str:
    if row.good:
        files = "".join(f" {_link(path, path.rpartition('/')[2])}" for path in row.attachments)
        record = _link(row.record, text("render.index.record", lang))
        link = _link(row.page, text("render.index.report", lang))
        return f"{link}{files} <span class=small>{record}</span>"
    return f'<div class="failed">{_failure(row, lang)}</div>{_kept(row, lang)}'


def _failure(row: Row, lang: str) -> str:
    status = text(f"render.status.{row.status}", lang)
    reason = text(f"render.reason.{row.reason}", lang) if row.reason else ""
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


def _class(is_number: bool) -> str:
    return " class=number" if is_number else ""
