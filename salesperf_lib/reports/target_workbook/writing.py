"""Write a target book: the file, its sheets of targets, and the hidden sheet that names it."""

from __future__ import annotations

import json
import math
import os
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.language import LANGUAGES
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.periods import last_closed_month
from salesperf_lib.reports.target_workbook.content import Content
from salesperf_lib.reports.target_workbook.cover import write_cover
from salesperf_lib.reports.target_workbook.styles import FILLS, Styles, set_paper
from salesperf_lib.targets.edits.layout import (
    FIRST,
    FIRST_ROW,
    FORMAT,
    HEADER_ROW,
    ID,
    KEY,
    KEYS_SHEET,
    NAME,
    NOTE,
    PERIOD_ROW,
    RATES,
    Line,
    Page,
    band_key,
    cells_of,
    version_of,
)

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from salesperf_lib.facts import Facts

OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}
FORMS = {"share": "0.00%", "ratio": "0.00", "points": "0.00"}
NARROWEST, WIDEST = 11, 40


def write_book(
    book: pd.DataFrame,
    policy: Policy,
    facts: Facts,
    path: Path,
    lang: str,
    teams: Sequence[str] | None = None,
    closed_through: date | None = None,
) -> None:
    """Write a year's targets as a workbook to hand round and to edit.

    Parameters
    ----------
    book
        The target frame of one year (DATA §6).
    policy
        The rules it was made under.
    facts
        Names of teams and people.
    path
        The file, ``….xlsx``; replaced as a whole or not at all.
    lang
        ``zh`` or ``en``.
    teams
        Ids of the teams it is for. It then holds company and groups for information, and no other
        team's targets or people. Everything if not given.
    closed_through
        Last day of the last closed month; if not given, that of the month closed on the policy's
        day of knowledge, else on the last day that the facts cover.

    Raises
    ------
    DataError
        If the frame does not hold one year, a team is unknown, or the file is no ``.xlsx``.

    Notes
    -----
    The same book, rules and facts give the same bytes: the file is dated by the facts.
    """
    import xlsxwriter

    fail_if_any(_unusable(book, path, lang, teams), DataError)
    today = policy.as_of or facts.last_day
    closed = closed_through or last_closed_month(today, policy.company.close_day).last
    content = Content(book, policy, facts, lang, teams, closed)
    _ = content.targets  # refuse a frame without a year before a file is begun
    aside = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        with xlsxwriter.Workbook(str(aside), OPTIONS) as file:
            file.set_properties({"created": datetime.combine(facts.recorded_on, time.min)})
            _write(file, content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _unusable(book: pd.DataFrame, path: Path, lang: str, teams: Sequence[str] | None) -> list[Problem]:
    problems: list[Problem] = []
    if path.suffix.lower() != ".xlsx":
        problems.append(Problem("target book", repr(str(path)), "a file name that ends in .xlsx"))
    if lang not in LANGUAGES:
        problems.append(Problem("target book: lang", repr(lang), f"one of {', '.join(LANGUAGES)}"))
    if teams is not None and not teams:
        problems.append(
            Problem("target book: teams", "none", "one team or more, or no choice of teams at all")
        )
    known = sorted(book.loc[book["level"] == "team", "team_id"].unique())
    return problems + [
        Problem("target book: team", repr(team), f"a team that has targets: {', '.join(known)}")
        for team in teams or ()
        if team not in known
    ]


def _write(file: Workbook, content: Content) -> None:
    styles = Styles(file)
    write_cover(file.add_worksheet(content.sheets["cover"]), content, styles)
    for page in content.pages:
        _write_page(file.add_worksheet(content.sheets[page.key]), page, content, styles)
    hidden = file.add_worksheet(KEYS_SHEET)
    for row, (name, value) in enumerate(_keys(content).items()):
        hidden.write_string(row, 0, name)
        hidden.write_string(row, 1, json.dumps(value))
    hidden.protect()
    hidden.very_hidden()


def _keys(content: Content) -> Mapping[str, object]:
    """Say what the file is, for the reader of its edits."""
    company = content.policy.company
    return {
        "format": FORMAT,
        "source": content.policy.source,
        "year": content.year.label,
        "version": version_of(content.frame),
        "lang": content.lang,
        "currency": company.currency,
        "money_scale": company.money_scale,
        "kpis": list(dict.fromkeys(line.kpi for page in content.pages for line in page.lines)),
        "teams": None if content.teams is None else list(content.teams),
        "groups": content.groups,
        "sheets": content.sheets,
    }


def _write_page(sheet: Worksheet, page: Page, content: Content, styles: Styles) -> None:
    """Write one sheet of targets; several indicators on one sheet each stand under a row of their own."""
    cover = content.sheets["cover"]
    _set_columns(sheet, page, content)
    sheet.write_string(0, ID, content.title(page), styles(bold=True, font_size=14))
    sheet.write_string(1, ID, content.locale.text("workbook.page.note", cover=cover), styles(italic=True))
    _write_headings(sheet, page, content, styles)
    row, first = FIRST_ROW, FIRST_ROW
    for place, line in enumerate(page.lines):
        kpi = content.policy.kpis[line.kpi]
        if place == 0 or line.kpi != page.lines[place - 1].kpi:
            if not page.key.startswith("volume:"):
                _write_band(sheet, row, kpi, content, styles)
                row += 1
            first = row
        _write_line(sheet, row, line, page, content, styles)
        row += 1
        if place + 1 == len(page.lines) or line.kpi != page.lines[place + 1].kpi:
            _guard(sheet, first, row - 1, kpi, content)
    sheet.freeze_panes(FIRST_ROW, FIRST)
    set_paper(sheet, content, landscape=True)
    sheet.repeat_rows(HEADER_ROW)
    sheet.protect(options={"format_columns": True, "format_rows": True})


def _set_columns(sheet: Worksheet, page: Page, content: Content) -> None:
    """Make each column as wide as its widest text or amount."""
    texts = [(line.unit_id, content.name(line, page), content.note(line, page)) for line in page.lines]
    heads = _heads(page, content)
    sheet.set_column(KEY, KEY, None, None, {"hidden": True})
    for column, head, told in zip((ID, NAME, NOTE), heads, zip(*texts, strict=True), strict=True):
        sheet.set_column(column, column, min(WIDEST, 2 + max(map(_width, (head, *told)))))
    amounts = [
        _width(f"{target / _scale(kpi, content.policy):,.0f}") + (1 + _decimals(kpi, line, content))
        for line in page.lines
        for kpi in [content.policy.kpis[line.kpi]]
        for target in content.targets.of(line).tolist()
        if not math.isnan(target)
    ]
    width = max(NARROWEST, 2 + max(amounts, default=0))
    sheet.set_column(FIRST, FIRST + len(content.targets.periods) - 1, width)


def _heads(page: Page, content: Content) -> tuple[str, str, str]:
    kind = page.key.partition(":")[0]
    note = {"volume": "level", "team": "role", RATES: "level_or_role"}[kind]
    first, second, third = (content.locale.text(f"workbook.{key}") for key in ("id", "name", note))
    return first, second, third


def _write_headings(sheet: Worksheet, page: Page, content: Content, styles: Styles) -> None:
    """Write the hidden row of periods and the headings; those of closed periods say so."""
    sheet.set_row(PERIOD_ROW, None, None, {"hidden": True})
    look = {"bold": True, "text_wrap": True, "border": 1, "align": "center"}
    for j, period in enumerate(content.targets.periods):
        sheet.write_string(PERIOD_ROW, FIRST + j, period.label)
    sheet.set_row(HEADER_ROW, 48)
    for column, head in zip((ID, NAME, NOTE), _heads(page, content), strict=True):
        sheet.write_string(HEADER_ROW, column, head, styles(**look))
    for j, period in enumerate(content.targets.periods):
        head = content.locale.period(period.label)
        closed = period.last <= content.closed_through
        if closed:
            head = content.locale.text("workbook.closed_mark", period=head)
        fill = {"bg_color": FILLS["closed"]} if closed else {}
        sheet.write_string(HEADER_ROW, FIRST + j, head, styles(**look, **fill))


def _write_band(sheet: Worksheet, row: int, kpi: Kpi, content: Content, styles: Styles) -> None:
    """Write the row that heads an indicator's lines."""
    look = styles(bold=True, bg_color="#44546A", font_color="#FFFFFF")
    sheet.write_string(row, KEY, band_key(kpi.id))
    sheet.write_string(row, ID, content.titled(kpi), look)
    for column in range(NAME, FIRST + len(content.targets.periods)):
        sheet.write_blank(row, column, None, look)


def _write_line(sheet: Worksheet, row: int, line: Line, page: Page, content: Content, styles: Styles) -> None:
    kpi, periods = content.policy.kpis[line.kpi], content.targets.periods
    total = {"bold": True, "bg_color": FILLS["locked"]} if line.locked else {}
    sheet.write_string(row, KEY, line.key)
    for column, told in (
        (ID, line.unit_id),
        (NAME, content.name(line, page)),
        (NOTE, content.note(line, page)),
    ):
        sheet.write_string(
            row, column, told, styles(num_format="@", border=1, border_color="#BFBFBF", **total)
        )
    form = _form(kpi, line, content)
    cells = cells_of(line, content.targets.of(line), periods, kpi, content.closed_through)
    for j, (cell, period) in enumerate(zip(cells, periods, strict=True)):
        look = styles.cell(cell, period, form)
        if cell.shown:
            sheet.write_number(row, FIRST + j, cell.target / _scale(kpi, content.policy), look)
        else:
            sheet.write_blank(row, FIRST + j, None, look)


def _guard(sheet: Worksheet, first: int, last: int, kpi: Kpi, content: Content) -> None:
    """Let the sheet itself refuse what no target can be; the import checks again."""
    count = kpi.kind == "volume" and kpi.unit != "money"
    rule = {"validate": "decimal", "criteria": ">=", "value": 0}
    if kpi.unit == "share":
        rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    elif count:
        rule = {"validate": "integer", "criteria": ">=", "value": 0}
    said = "count" if count else kpi.unit if kpi.unit in ("money", "share") else "other"
    rule["error_title"] = content.locale.text("workbook.refused")
    rule["error_message"] = content.locale.text(f"workbook.refused.{said}")
    sheet.data_validation(first, FIRST, last, FIRST + len(content.targets.periods) - 1, rule)


def _scale(kpi: Kpi, policy: Policy) -> int:
    return policy.company.money_scale if kpi.unit == "money" else 1


def _decimals(kpi: Kpi, line: Line, content: Content) -> int:
    """Give the decimals of a line's cells: none for amounts of money that are whole major units."""
    if kpi.unit == "money":
        scale = content.policy.company.money_scale
        whole = kpi.kind == "volume" and not (content.targets.of(line) % scale > 0).any()
        return 0 if whole else len(str(scale)) - 1
    if kpi.kind == "volume":
        return 0
    return 2 if kpi.unit in FORMS else 1


def _form(kpi: Kpi, line: Line, content: Content) -> str:
    digits = _decimals(kpi, line, content)
    return FORMS.get(kpi.unit, "#,##0" + ("." + "0" * digits if digits else ""))


def _width(text: str) -> int:
    """Count the columns of a text; wide characters fill two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
