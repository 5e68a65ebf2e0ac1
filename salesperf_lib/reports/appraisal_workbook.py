"""Write an appraisal as a workbook for HR: values and texts only, nothing that can run (§2.4).

Every text is written as text, whatever it begins with; there are no formulas and no links.
"""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesperf_lib import facts as conformed
from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.kpis import KPIS
from salesperf_lib.language import LANGUAGES, Locale, entries
from salesperf_lib.params import DIMENSIONS, Policy
from salesperf_lib.reports.explanation import AMOUNTS
from salesperf_lib.reports.target_workbook.styles import A4, Styles
from salesperf_lib.reports.target_workbook.writing import OPTIONS

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from salesperf_lib.appraisal import Appraisal
    from salesperf_lib.facts import Facts

WHO = ("period", "person_id", "person_name", "team_id", "team_name", "role", "role_name")
SHEETS: Mapping[str, tuple[str, ...]] = {
    "scores": (*WHO, "score", *DIMENSIONS, "status", "status_text"),
    "explain": (
        *WHO,
        *("scored_in", "layer", "layer_text", "kpi", "kpi_name", "dimension", "dimension_name"),
        *("scored_at", "scored_at_text"),
        *("value_period", "numerator", "numerator_unit", "denominator", "denominator_unit", "n"),
        *("value_raw", "value", "target", "baseline", "unit", "adjustment", "adjustment_text", "duty"),
        *("attainment", "points", "gated", "share", "weight_base", "weight", "contribution"),
        *("status", "status_text", "reason", "reason_text"),
    ),
    "grades": (
        *WHO,
        *("cohort", "cohort_text", "score", "rank", "team_rank", "grade", "p_a", "p_b", "p_c", "p_d"),
        *("contested", "vetoed", "reason", "reason_text"),
    ),
    "definitions": (
        *("kpi", "name", "dimension", "dimension_name", "unit", "direction", "direction_text"),
        *("description", "formula", "reading", "min_n", "section"),
    ),
}
"""What each sheet holds, in order; columns that the frames do not have are left out."""

WORDS = {
    "status": "status",
    "reason": "status",
    "adjustment": "adjustment",
    "layer": "layer",
    "scored_at": "report.level",
    "cohort": "cohort",
}
"""Columns of codes that stand beside their words, and where the words are."""
VALUES = ("value_raw", "value", "target", "baseline")
PERCENTAGES = ("attainment", "duty", "share", "weight_base", "weight", "p_a", "p_b", "p_c", "p_d")
POINTS = ("score", "points", "contribution", *DIMENSIONS)
FORMS = {"share": "0.00%", "count": "#,##0", "points": "0.00", "ratio": "0.00"}
WIDE = {"description": 60, "formula": 60, "kpi_name": 26, "name": 26, "reason_text": 30, "status_text": 30}
WIDEST = 30


@dataclass(frozen=True, eq=False)
class Content:
    """What the sheets of one workbook are written from.

    Parameters
    ----------
    appraisal, facts, lang, team, provisional
        As in `write_appraisal`.
    """

    appraisal: Appraisal
    facts: Facts
    lang: str
    team: str
    provisional: bool

    @property
    def policy(self) -> Policy:
        """Give the rules."""
        return self.appraisal.policy

    @cached_property
    def locale(self) -> Locale:
        """Give how the workbook writes."""
        company = self.policy.company
        return Locale(self.lang, company.currency, company.money_scale, company.money_digits)

    @cached_property
    def people(self) -> pd.DataFrame:
        """Give one row per person, each in the team that counts as theirs; those of the team, or all."""
        rows = self.appraisal.composites
        return (rows[rows["team_id"] == self.team] if self.team else rows).reset_index(drop=True)

    @cached_property
    def money(self) -> str:
        """Name the major unit of money."""
        return self.locale.money_unit(0)[1]

    def sheets(self) -> list[str]:
        """List the sheets: without grades while the period is open."""
        return [name for name in SHEETS if not (self.provisional and name == "grades")]

    def frame(self, sheet: str) -> pd.DataFrame:
        """Give what a sheet shows: its columns, as they are written."""
        made: Mapping[str, Callable[[], pd.DataFrame]] = {
            "scores": self._scores,
            "explain": self._lines,
            "grades": self._grades,
            "definitions": self._definitions,
        }
        rows = made[sheet]()
        return rows[[name for name in SHEETS[sheet] if name in rows]].reset_index(drop=True)

    def _scores(self) -> pd.DataFrame:
        lines = self.appraisal.scores
        parts = lines.pivot_table(
            index="person_id", columns="dimension", values="contribution", aggfunc="sum"
        ).reindex(columns=list(DIMENSIONS))
        rows = self.people.merge(parts.reset_index(), on="person_id", how="left")
        rows[list(DIMENSIONS)] = rows[list(DIMENSIONS)].where(rows["score"].notna())
        return self._named(rows).sort_values(["team_id", "person_id"])

    def _lines(self) -> pd.DataFrame:
        """Give the lines of the people, also of parts of the period that they spent in another team."""
        lines = self.appraisal.scores
        rows = lines[lines["person_id"].isin(self.people["person_id"])].copy()
        kpis, scale = self.policy.kpis, self.policy.company.money_scale
        is_money = pd.Series([kpis[name].unit == "money" for name in rows["kpi"]], rows.index, bool)
        for name in [name for name in VALUES if name in rows]:
            rows[name] = rows[name].where(~is_money, rows[name] / scale)
        for part in ("numerator", "denominator"):
            amounts = [_is_amount(name, part) for name in rows["kpi"]]
            rows[part] = rows[part].where(~pd.Series(amounts, rows.index, bool), rows[part] / scale)
            rows[f"{part}_unit"] = [self.money if amount else "" for amount in amounts]
        rows["unit"] = [self._unit(name) for name in rows["kpi"]]
        rows["kpi_name"] = [kpis[name].name.of(self.lang) for name in rows["kpi"]]
        rows["dimension_name"] = [self._dimension(name) for name in rows["dimension"]]
        return self._named(rows)

    def _grades(self) -> pd.DataFrame:
        grades = self.appraisal.grades
        rows = grades[grades["person_id"].isin(self.people["person_id"])]
        return self._named(rows).sort_values(["rank", "person_id"], na_position="last")

    def _definitions(self) -> pd.DataFrame:
        text, lang = self.locale.text, self.lang
        rows = [
            {
                "kpi": kpi.id,
                "name": kpi.name.of(lang),
                "dimension": kpi.dimension,
                "dimension_name": self._dimension(kpi.dimension),
                "unit": self._unit(kpi.id),
                "direction": kpi.direction,
                "direction_text": text(f"appraisal_workbook.direction.{kpi.direction}"),
                "description": kpi.description.of(lang),
                "formula": kpi.formula.of(lang),
                "reading": kpi.reading,
                "min_n": kpi.min_n,
                "section": kpi.section,
            }
            for kpi in self.policy.kpis.values()
        ]
        return pd.DataFrame(rows)

    def _named(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Put names beside ids, and words beside codes."""
        people = self.appraisal.people.drop_duplicates("person_id")
        names = dict(zip(people["person_id"], people["name"], strict=True))
        teams = conformed.team_table(self.facts).set_index("team_id")["name"].to_dict()
        roles = {key: role.name.of(self.lang) for key, role in self.policy.roles.items()}
        named = rows.assign(
            person_name=[names.get(key, key) for key in rows["person_id"]],
            team_name=[teams.get(key, key) for key in rows["team_id"]],
            role_name=[roles.get(str(key), str(key)) for key in rows["role"]],
        )
        periods = rows["value_period"] if "value_period" in rows else rows["period"]
        for column, group in WORDS.items():
            if column in rows:
                known = {**roles, **teams} if column == "cohort" else {}
                named[f"{column}_text"] = [
                    known.get(code) or self._word(group, code, label)
                    for code, label in zip(rows[column], periods, strict=True)
                ]
        return named

    def _word(self, group: str, code: Any, label: str) -> str:
        """Put a code into words; a code without any stays as it is."""
        for key in (f"{group}.{code}", f"appraisal_workbook.{group}.{code}"):
            if key in entries():
                return self.locale.text(key, period=self.locale.period(label))
        return "" if code is None or pd.isna(code) else str(code)

    def _unit(self, kpi: str) -> str:
        unit = self.policy.kpis[kpi].unit
        return self.money if unit == "money" else self.locale.text(f"workbook.unit.{unit}")

    def _dimension(self, name: str) -> str:
        group = "report" if name in DIMENSIONS else "appraisal_workbook"
        return self.locale.text(f"{group}.dimension.{name}")

    def form(self, column: str, kpi: str) -> str:
        """Give the format of a number: that of its KPI's unit for values."""
        if column in PERCENTAGES:
            return FORMS["share"]
        if column in POINTS:
            return FORMS["points"]
        if column in VALUES:
            unit = self.policy.kpis[kpi].unit
            return self._money_form if unit == "money" else FORMS.get(unit, "#,##0.0#")
        return "#,##0.######" if column in ("numerator", "denominator") else "0"

    @cached_property
    def _money_form(self) -> str:
        digits = self.policy.company.money_digits
        return "#,##0" + ("." + "0" * digits if digits else "")


def write_appraisal(
    appraisal: Appraisal, facts: Facts, path: Path, lang: str, team: str = "", *, provisional: bool = False
) -> int:
    """Write an appraisal as a workbook: scores, their lines, grades, and what the indicators mean.

    Parameters
    ----------
    appraisal
        The appraisal of a period.
    facts
        Names of teams, and what the data were.
    path
        The file, ``….xlsx``; replaced as a whole or not at all.
    lang
        ``zh`` or ``en``.
    team
        Whose people it is for: those who count in it. Everybody, for HR, if empty.
    provisional
        Whether the period is still open: then there are no grades.

    Returns
    -------
    int
        How many people are in it.

    Raises
    ------
    DataError
        If the file is no ``.xlsx``, or the language or the team is unknown.

    Notes
    -----
    Money is in major units, rates are 0-1; contributions have every digit that a sheet keeps, so that
    a person's lines add up to the composite. The same appraisal gives the same bytes.
    """
    import xlsxwriter

    content = Content(appraisal, facts, lang, team, provisional)
    fail_if_any(_unusable(content, path), DataError)
    aside = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        with xlsxwriter.Workbook(str(aside), OPTIONS) as file:
            file.set_properties({"created": datetime.combine(facts.recorded_on, time.min)})
            styles = Styles(file)
            names = {name: content.locale.text(f"appraisal_workbook.sheet.{name}") for name in SHEETS}
            about = content.locale.text("appraisal_workbook.sheet.about")
            _write_about(file.add_worksheet(about), content, names, styles)
            for name in content.sheets():
                _write_frame(file.add_worksheet(names[name]), content.frame(name), content, styles)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return len(content.people)


def _unusable(content: Content, path: Path) -> list[Problem]:
    problems: list[Problem] = []
    if path.suffix.lower() != ".xlsx":
        problems.append(Problem("workbook", repr(str(path)), "a file name that ends in .xlsx"))
    if content.lang not in LANGUAGES:
        problems.append(Problem("workbook: lang", repr(content.lang), f"one of {', '.join(LANGUAGES)}"))
    teams = sorted(set(content.appraisal.composites["team_id"]))
    if content.team and content.team not in teams:
        found, allowed = repr(content.team), f"a team with people in the period: {', '.join(teams)}"
        problems.append(Problem("workbook: team", found, allowed))
    return problems


def _write_about(sheet: Worksheet, content: Content, names: Mapping[str, str], styles: Styles) -> None:
    """Write what the workbook is, what it was made of, and what its sheets hold."""
    text, locale, policy = content.locale.text, content.locale, content.policy
    title = {"company": policy.company.name.of(content.lang), "period": locale.period(policy.period.label)}
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 105)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, text("appraisal_workbook.title", **title), styles(bold=True, font_size=16))
    sheet.write_string(1, 0, text("appraisal_workbook.private"), styles(italic=True))
    look = styles(valign="top", text_wrap=True, num_format="@")
    for row, (label, value) in enumerate(_about(content, names), start=3):
        sheet.write_string(row, 0, label, look)
        sheet.write_string(row, 1, value, look)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _about(content: Content, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """List what the workbook was made of, and what its sheets hold: label and text."""
    text, locale, policy = content.locale.text, content.locale, content.policy
    recorded = text(
        "appraisal_workbook.about.recorded",
        digest=content.facts.digest or text("appraisal_workbook.about.none"),
        day=locale.date(content.facts.recorded_on),
    )
    told = {
        "period": locale.period(policy.period.label),
        "team": content.team or text("assessments.every_team"),
        "people": locale.number(len(content.people)),
        "source": policy.source,
        "scenario": policy.scenario_name.of(content.lang),
        "rules": policy.digest,
        "data": recorded,
    }
    rows = [(text(f"appraisal_workbook.about.{name}"), value) for name, value in told.items()]
    rows += [("", "")]
    rows += [(names[name], text(f"appraisal_workbook.holds.{name}")) for name in content.sheets()]
    notes = ["keys", "money", *(["open"] if content.provisional else [])]
    rows += [("", text(f"appraisal_workbook.{name}", **_of_note(name, content))) for name in notes]
    return rows


def _of_note(name: str, content: Content) -> dict[str, str]:
    return {"unit": content.money} if name == "money" else {}


def _write_frame(sheet: Worksheet, frame: pd.DataFrame, content: Content, styles: Styles) -> None:
    """Write a sheet: the fixed names of its columns, what they mean, and the rows."""
    columns = [str(name) for name in frame.columns]
    heads = [content.locale.text(f"appraisal_workbook.column.{name}") for name in columns]
    for place, (name, head) in enumerate(zip(columns, heads, strict=True)):
        sheet.set_column(place, place, WIDE.get(name, _width([name, head, *frame[name].head(200)])))
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name, styles(font_color="#7F7F7F", font_size=8))
    for place, head in enumerate(heads):
        sheet.write_string(1, place, head, styles(bold=True, text_wrap=True, border=1, bg_color="#DCE8F5"))
    kpis = frame["kpi"].tolist() if "kpi" in columns else [""] * len(frame)
    for row, (kpi, cells) in enumerate(zip(kpis, frame.itertuples(index=False), strict=True), start=2):
        for place, (name, cell) in enumerate(zip(columns, cells, strict=True)):
            _write_cell(sheet, (row, place), cell, content.form(name, kpi), content, styles)
    sheet.freeze_panes(2, columns.index("person_name") + 1 if "person_name" in columns else 2)
    sheet.autofilter(1, 0, max(len(frame) + 1, 2), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def _write_cell(
    sheet: Worksheet, place: tuple[int, int], cell: Any, form: str, content: Content, styles: Styles
) -> None:
    """Write one cell: text as text, truth values as words, numbers as numbers, what is absent as nothing."""
    if cell is None or pd.isna(cell):
        return
    if isinstance(cell, str):
        sheet.write_string(*place, cell, styles(num_format="@"))
    elif pd.api.types.is_bool(cell):
        said = content.locale.text(f"appraisal_workbook.{'yes' if cell else 'no'}")
        sheet.write_string(*place, said, styles(num_format="@"))
    elif math.isfinite(cell):
        sheet.write_number(*place, float(cell), styles(num_format=form))
    else:
        sheet.write_string(*place, str(cell), styles(num_format="@"))


def _is_amount(kpi: str, part: str) -> bool:
    """Tell whether a KPI's numerator or denominator is money; alternatives are of one kind."""
    measure: str = getattr(KPIS[kpi], part) if kpi in KPIS else ""
    return measure.partition("|")[0] in AMOUNTS


def _width(texts: Sequence[object]) -> int:
    """Make a column as wide as its widest text; wide characters fill two."""
    widths = [
        sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
        for text in texts
        if isinstance(text, str)
    ]
    return min(WIDEST, 2 + max(widths))
