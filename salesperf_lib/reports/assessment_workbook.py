"""Write the template in which ratings and assessments come in: who is to rate whom, nothing that can run.

`facts.assessed` reads the filled-in file back; both use the layout of `facts.assessed.layout`.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib import facts as conformed
from salesperf_lib.errors import DataError, PeriodError, Problem, fail_if_any
from salesperf_lib.facts.assessed import in_data
from salesperf_lib.facts.assessed.layout import (
    ASSESSMENTS,
    COLUMNS,
    FIRST_ROW,
    FORMAT,
    HEAD_ROW,
    HOW,
    KEY_ROW,
    KEYS_SHEET,
    PERIOD_KINDS,
    RATINGS,
    items,
    sheet_name,
)
from salesperf_lib.language import LANGUAGES, Locale
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period
from salesperf_lib.reports.target_workbook.styles import A4, FILLS, Styles
from salesperf_lib.reports.target_workbook.writing import OPTIONS

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from salesperf_lib.facts import Facts

Cells = dict[str, str | float]

SPARE = 40  # blank rows at the end of each sheet
SCALE = 100.0  # of an item that nobody has rated yet
STEPS = 9
OPEN = ("rater_id", "rater_name", "rating", "numerator", "denominator", "subject_id", "adopted_on", "remark")
NUMBERS = ("rating", "scale_max", "numerator", "denominator")
WIDTHS = {"item_name": 24, "rating": 16, "numerator": 16, "denominator": 16, "subject_id": 24, "remark": 36}


@dataclass(frozen=True, slots=True)
class Template:
    """What a template asks for: rows of ratings, and of what is counted."""

    ratings: tuple[Cells, ...]
    assessments: tuple[Cells, ...]


def write_template(facts: Facts, policy: Policy, path: Path, lang: str, team: str = "") -> Template:
    """Write the template of a period.

    Parameters
    ----------
    facts
        The data: who is on the roster, and who rated whom before.
    policy
        The rules of the period: a month, quarter or year.
    path
        The file, ``….xlsx``; replaced as a whole or not at all.
    lang
        ``zh`` or ``en``.
    team
        Whose people it is for: those who spend most of the period in it. Everybody if empty.

    Returns
    -------
    Template
        The rows that were written.

    Raises
    ------
    DataError
        If the file is no ``.xlsx``, the language or the team is unknown, or there is no roster.
    PeriodError
        If the period is none that is assessed.

    Notes
    -----
    The same data and rules give the same bytes: the file is dated by the data.
    """
    import xlsxwriter

    fail_if_any(_unusable(facts, path, lang, team), DataError)
    if policy.period.kind not in PERIOD_KINDS:
        found, allowed = f"a {policy.period.kind}", "a month, quarter or year"
        raise PeriodError(Problem(f"period {policy.period.label}", found, allowed))
    asked = plan(facts, policy, lang, team)
    aside = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        with xlsxwriter.Workbook(str(aside), OPTIONS) as file:
            file.set_properties({"created": datetime.combine(facts.recorded_on, time.min)})
            _write(file, asked, facts, policy, lang, team)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return asked


def _unusable(facts: Facts, path: Path, lang: str, team: str) -> list[Problem]:
    problems: list[Problem] = []
    if path.suffix.lower() != ".xlsx":
        problems.append(Problem("template", repr(str(path)), "a file name that ends in .xlsx"))
    if lang not in LANGUAGES:
        problems.append(Problem("template: lang", repr(lang), f"one of {', '.join(LANGUAGES)}"))
    if not facts.has("roster"):
        allowed, remedy = "a source with a roster", "map the roster, which says who can be assessed"
        problems.append(Problem(f"source {facts.source}", "no roster", allowed, remedy))
        return problems
    teams = list(conformed.team_table(facts)["team_id"])
    if team and team not in teams:
        problems.append(Problem("template: team", repr(team), ", ".join(teams)))
    return problems


def plan(facts: Facts, policy: Policy, lang: str, team: str = "") -> Template:
    """Say who is to be assessed on what, and by whom.

    A person is rated on the indicators of their role that raters give, and on what they were rated on
    before; by those who rated them last, in this period or an earlier one of its kind, as far as
    these are still there; where nobody is known, the rater is left to be filled in. What is counted
    is asked for by the cadence in which it was assessed before.
    """
    listed = conformed.people(facts, policy.period)
    names = dict(zip(listed["person_id"], listed["name"], strict=True))
    main = listed[listed["main"].astype(bool)].sort_values(["team_id", "person_id"])
    chosen = main[main["team_id"] == team] if team else main
    before = _before(in_data(facts), policy.period, policy.company.fiscal_start_month)
    other = set(before["item"].unique()) - set(before.loc[before["alike"], "item"].unique())
    scales = before.dropna(subset=["scale_max"]).groupby("item")["scale_max"].last().to_dict()
    ratings: list[Cells] = []
    counted: list[Cells] = []
    for person, role in zip(chosen["person_id"], chosen["role"], strict=True):
        base: Cells = {"period": policy.period.label, "person_id": person, "person_name": names[person]}
        own = before[before["person_id"] == person]
        for item in _asked(RATINGS, role, own, other, policy):
            named = {"item": item, "item_name": policy.kpis[item].name.of(lang)}
            ratings += [
                {**base, **named, **rater, "scale_max": float(scales.get(item, SCALE))}
                for rater in _raters(person, item, own, names)
            ]
        counted += [
            {**base, "item": item, "item_name": policy.kpis[item].name.of(lang)}
            for item in _asked(ASSESSMENTS, role, own, other, policy)
        ]
    return Template(tuple(ratings), tuple(counted))


def _before(rows: pd.DataFrame, period: Period, fiscal_start: int) -> pd.DataFrame:
    """Take what was assessed up to a period, the earliest first, and tell what is of its kind."""
    parsed = {label: Period.parse(label, fiscal_start) for label in rows["period"].unique()}
    held = rows.assign(
        first=[parsed[label].first for label in rows["period"]],
        alike=np.array([parsed[label].kind == period.kind for label in rows["period"]], bool),
    )
    begun = np.array([first <= period.last for first in held["first"]], bool)
    return held[begun].sort_values(["first", "person_id"])


def _asked(sheet: str, role: str, own: pd.DataFrame, other: Collection[str], policy: Policy) -> list[str]:
    """List what a person of a role is asked for, but for items that belong to `other` kinds of period."""
    rules = policy.roles.get(role)
    scored = {line.kpi for line in rules.kpis} if rules else set[str]()
    assessed = set(own.loc[own["alike"], "item"].unique())
    return [
        item for item in items(sheet, policy) if item in assessed or (item in scored and item not in other)
    ]


def _raters(person: str, item: str, own: pd.DataFrame, names: Mapping[str, str]) -> list[Cells]:
    """List who rated a person on an item last; one who is to be filled in where nobody is known."""
    rated = own[own["alike"] & (own["item"] == item) & own["rater_id"].notna()]
    last = rated[rated["first"] == rated["first"].max()] if len(rated) else rated
    known = [rater for rater in sorted(set(last["rater_id"])) if rater in names and rater != person]
    return [{"rater_id": rater, "rater_name": names[rater]} for rater in known] or [{}]


def _write(file: Workbook, asked: Template, facts: Facts, policy: Policy, lang: str, team: str) -> None:
    styles, locale = Styles(file), Locale(lang)
    names = {sheet: sheet_name(sheet, lang) for sheet in (HOW, RATINGS, ASSESSMENTS)}
    _write_how(file.add_worksheet(names[HOW]), asked, (facts, policy, team), locale, styles)
    for sheet, rows in ((RATINGS, asked.ratings), (ASSESSMENTS, asked.assessments)):
        _write_rows(file.add_worksheet(names[sheet]), sheet, rows, policy, locale, styles)
    hidden = file.add_worksheet(KEYS_SHEET)
    told = {"format": FORMAT, "source": facts.source, "period": policy.period.label, "team": team}
    for row, (name, value) in enumerate(told.items()):
        hidden.write_string(row, 0, name)
        hidden.write_string(row, 1, value)
    hidden.protect()
    hidden.very_hidden()


def _write_how(
    sheet: Worksheet, asked: Template, made_of: tuple[Facts, Policy, str], locale: Locale, styles: Styles
) -> None:
    """Write how the file is filled in, and what it was made of."""
    _, policy, _ = made_of
    text = locale.text
    title = {"company": policy.company.name.of(locale.lang), "period": locale.period(policy.period.label)}
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 105)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, text("assessments.title", **title), styles(bold=True, font_size=16))
    sheet.write_string(1, 0, text("assessments.private"), styles(italic=True))
    told = _how(asked, made_of, locale)
    for row, (label, what) in enumerate(told, start=3):
        if label:
            sheet.write_string(row, 0, label, styles(valign="top", num_format="@"))
            sheet.write_string(row, 1, what, styles(valign="top", text_wrap=True, num_format="@"))
        elif what:
            sheet.write_string(row, 0, what, styles(bold=True, font_size=12))
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.protect(options={"format_columns": True, "format_rows": True})


def _how(asked: Template, made_of: tuple[Facts, Policy, str], locale: Locale) -> list[tuple[str, str]]:
    """List the steps and what the file was made of: label and text; a text without a label is a heading."""
    facts, policy, team = made_of
    text = locale.text
    names = {sheet: sheet_name(sheet, locale.lang) for sheet in (RATINGS, ASSESSMENTS)}
    told = [("", text("assessments.how"))]
    told += [(str(i), text(f"assessments.how.{i}", **names)) for i in range(1, STEPS + 1)]
    about = {
        "period": locale.period(policy.period.label),
        "team": team or text("assessments.every_team"),
        "source": facts.source,
        "data": locale.date(facts.last_day),
        "ratings": locale.number(len(asked.ratings)),
        "assessments": locale.number(len(asked.assessments)),
    }
    told += [("", ""), ("", text("assessments.about"))]
    told += [(text(f"assessments.about.{name}"), value) for name, value in about.items()]
    return told


def _write_rows(
    sheet: Worksheet, key: str, rows: Sequence[Cells], policy: Policy, locale: Locale, styles: Styles
) -> None:
    """Write one sheet: keys, headings, the rows asked for, and blank ones."""
    columns = COLUMNS[key]
    _write_headings(sheet, columns, rows, locale, styles)
    last = FIRST_ROW + len(rows) + SPARE - 1
    blank: Cells = {"period": policy.period.label}
    for place, row in enumerate([*rows, *[blank] * SPARE], start=FIRST_ROW):
        _write_row(sheet, place, columns, row, styles, spare="person_id" not in row)
    _guard(sheet, key, FIRST_ROW + len(rows), last, policy, locale)
    sheet.freeze_panes(FIRST_ROW, columns.index("item"))
    sheet.autofilter(HEAD_ROW, 0, last, len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.protect(options={"format_columns": True, "format_rows": True, "autofilter": True})


def _write_headings(
    sheet: Worksheet, columns: Sequence[str], rows: Sequence[Cells], locale: Locale, styles: Styles
) -> None:
    """Write the hidden row of keys, and above each column what it means."""
    sheet.set_row(KEY_ROW, None, None, {"hidden": True})
    for place, name in enumerate(columns):  # a row is done with before the next is begun: constant memory
        sheet.write_string(KEY_ROW, place, name)
    sheet.set_row(HEAD_ROW, 48)
    for place, name in enumerate(columns):
        head = locale.text(f"assessments.column.{name}")
        fill = FILLS["open"] if name in OPEN else FILLS["closed"]
        look = styles(bold=True, text_wrap=True, border=1, align="center", bg_color=fill)
        hidden = {"hidden": True} if name == "item" else {}
        sheet.set_column(place, place, WIDTHS.get(name, _width(name, head, rows)), None, hidden)
        sheet.write_string(HEAD_ROW, place, head, look)


def _write_row(
    sheet: Worksheet, place: int, columns: Sequence[str], row: Cells, styles: Styles, *, spare: bool
) -> None:
    for column, name in enumerate(columns):
        is_open = spare or name in OPEN
        form = "General" if name in NUMBERS else "@"
        fill = FILLS["open"] if is_open else FILLS["absent"]
        look = styles(num_format=form, border=1, border_color="#BFBFBF", bg_color=fill, locked=not is_open)
        value = row.get(name)
        if isinstance(value, str):
            sheet.write_string(place, column, value, look)
        elif value is not None:
            sheet.write_number(place, column, value, look)
        else:
            sheet.write_blank(place, column, None, look)


def _guard(sheet: Worksheet, key: str, spare: int, last: int, policy: Policy, locale: Locale) -> None:
    """Let the sheet itself refuse what is not admissible; the check on the way back decides."""
    at = COLUMNS[key].index
    scale = f"=${chr(65 + at('scale_max'))}{FIRST_ROW + 1}" if key == RATINGS else ""
    rules: dict[str, tuple[str, dict[str, object]]] = {
        "rating": ("rating", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": scale}),
        "numerator": ("number", {"validate": "decimal", "criteria": ">=", "value": -1e12}),
        "denominator": ("whole", {"validate": "decimal", "criteria": ">", "value": 0}),
    }
    names = [policy.kpis[item].name.of(locale.lang) for item in items(key, policy)]
    for name, (said, rule) in rules.items():
        if name in COLUMNS[key]:
            _refuse(sheet, (FIRST_ROW, last), at(name), rule, said, locale)
    _refuse(sheet, (spare, last), at("item_name"), {"validate": "list", "source": names}, "item", locale)


def _refuse(
    sheet: Worksheet, rows: tuple[int, int], column: int, rule: dict[str, object], said: str, locale: Locale
) -> None:
    told = {
        "error_title": locale.text("assessments.refused"),
        "error_message": locale.text(f"assessments.refused.{said}"),
    }
    sheet.data_validation(rows[0], column, rows[1], column, rule | told)


def _width(name: str, head: str, rows: Sequence[Cells]) -> int:
    """Make a column as wide as its widest text; wide characters fill two."""
    texts = [*head.split("\n"), *(str(row.get(name, "")) for row in rows)]
    return min(
        40, 2 + max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in t) for t in texts)
    )
