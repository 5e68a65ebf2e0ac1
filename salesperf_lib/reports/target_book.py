"""The target book of the company or of one team: its numbers, its parts, its calendar (§1.2, §1.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from salesperf_lib import facts, targets
from salesperf_lib.errors import PeriodError, Problem
from salesperf_lib.language import ABSENT, entries
from salesperf_lib.periods import Period
from salesperf_lib.reports.context import Report, open_report
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.masthead import command, provenance, source_name
from salesperf_lib.reports.masthead import masthead as title_block
from salesperf_lib.reports.people import sentence_break
from salesperf_lib.targets.difficulty import expected_share_reaching

COMPANY = "company"
SALES = "net_sales"
UNASSIGNED = "unassigned"


@dataclass(frozen=True, eq=False)
class TargetBook:
    """What the sections of a target book read.

    Parameters
    ----------
    report
        Facts, rules and appraisal, and how all is written; its team is ``company`` for the whole.
    month
        The month that is explained in detail.
    """

    report: Report
    month: Period

    @cached_property
    def made(self) -> targets.YearPlan:
        """Give the plan of the year: its volumes, with every step that made them."""
        held, policy = self.report.facts, self.report.policy
        return targets.plan_year(
            held, policy, self.report.period, self.report.appraisal.kpis, policy.targets.distributed_kpis
        )

    @property
    def year(self) -> Period:
        """Give the year."""
        return self.made.year

    @property
    def now(self) -> Period:
        """Give the last month of the report's period."""
        return self.report.period.months()[-1]

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """Give the periods that tables show: both months, the quarter of the chosen one, the year."""
        quarter = self.quarter_of(self.month)
        return tuple(dict.fromkeys([self.now.label, self.month.label, quarter.label, self.year.label]))

    def quarter_of(self, month: Period) -> Period:
        """Give the quarter that a month lies in."""
        return next(one for one in self.year.children("quarter") if one.first <= month.first <= one.last)

    @property
    def level(self) -> str:
        """Give the level of the unit."""
        return COMPANY if self.report.team == COMPANY else "team"

    @cached_property
    def main(self) -> str:
        """Give the volume that the book is about: net sales, or the first with goals; empty without any."""
        volumes = self.made.volumes
        return SALES if SALES in volumes else next(iter(volumes), "")

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Give the targets of the year; of people only the team's own."""
        given = self.report.appraisal.targets
        periods = {
            self.year.label,
            *(one.label for kind in ("quarter", "month") for one in self.year.children(kind)),
        }
        inside = given[given["period"].isin(periods)]
        return inside[inside["level"].ne("person") | inside["team_id"].eq(self.report.team)]

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Give the unit's own targets by KPI and period."""
        own = self.rows[(self.rows["level"] == self.level) & (self.rows["unit_id"] == self.report.team)]
        return own.set_index(["kpi", "period"])

    def target(self, kpi: str, period: str, column: str = "target") -> float:
        """Give one cell of the unit's own targets; NaN where there is none."""
        key = (kpi, period)
        return float(self.cells[column].to_dict()[key]) if key in self.cells.index else float("nan")

    @cached_property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Give level and id of what the unit is made of: groups and teams, or the team's people."""
        if not self.main:
            return ()
        tree = self.made.volumes[self.main].split.tree
        if self.level == "team":
            found = [
                unit for unit in tree.units if unit.level == "person" and unit.team_id == self.report.team
            ]
        else:
            found = _below(tree.units[0], self.made.volumes[self.main].plan.children)
        known = set(zip(self.rows["level"], self.rows["unit_id"], strict=True))
        return tuple((unit.level, unit.unit_id) for unit in found if (unit.level, unit.unit_id) in known)

    @cached_property
    def amounts(self) -> dict[tuple[str, str, str], float]:
        """Give the main volume of the unit and its parts: level, unit and period to target."""
        own = {(self.level, self.report.team), *self.parts}
        rows = self.rows[self.rows["kpi"] == self.main]
        found: dict[tuple[str, str, str], float] = {}
        cells = zip(rows["level"], rows["unit_id"], rows["period"], rows["target"].astype(float), strict=True)
        for level, unit, period, target in cells:
            if (level, unit) in own:  # of a person in two teams only the part in this one is here
                found[level, unit, period] = found.get((level, unit, period), 0.0) + target
        return found

    def amount(self, part: tuple[str, str], period: str) -> float:
        """Give the main volume's target of a part in a period; NaN where there is none."""
        return self.amounts.get((*part, period), float("nan"))

    @cached_property
    def names(self) -> dict[tuple[str, str], str]:
        """Give what people call the unit and its parts."""
        teams = facts.team_table(self.report.facts).set_index("team_id")["name"].dropna()
        found = {(level, str(team)): str(name) for team, name in teams.items() for level in ("group", "team")}
        if self.level == "team" and self.report.facts.has("roster", "name"):
            people = facts.roster_days(self.report.facts).select("person_id", "name").execute().dropna()
            found |= {
                ("person", str(row.person_id)): str(row.name)
                for row in people.itertuples(index=False, name="Row")
            }
        return found | {(self.level, self.report.team): self.report.team_name}

    def name_of(self, part: tuple[str, str]) -> str:
        """Give what people call a unit; its id where the data have no name."""
        if part[1].startswith(UNASSIGNED):
            return self.report.locale.text("target_book.unassigned")
        return self.names.get(part, part[1])

    def basis(self, code: str) -> str:
        """Say where a target comes from."""
        for key in (f"basis.{code}", f"target_book.basis.{code}"):
            if key in entries():
                return self.report.locale.text(key)
        return code


def _below(unit: targets.Unit, children: object) -> list[targets.Unit]:
    """List groups and teams below a unit, each group before its teams."""
    kids = [kid for kid in children.get(unit, ()) if kid.level != "person"]  # type: ignore[attr-defined]
    return [each for kid in kids for each in (kid, *_below(kid, children))]


def open_target_book(
    team: str,
    period: str,
    lang: str,
    month: str = "",
    scenario: str = "base",
    source: str = "sample",
    as_of: str = "",
    provisional: bool = False,
) -> TargetBook:
    """Check a book's parameters, appraise the period and plan its year.

    Parameters
    ----------
    team
        A team's id, or ``company``.
    month
        The month that is explained in detail; empty is the first month of the year's last quarter.
    period, lang, scenario, source, as_of, provisional
        As in `open_report`; targets are those of the period's year.

    Raises
    ------
    ParamError, DataError
        As in `open_report`.
    PeriodError
        If the period cannot be reported, or `month` is no month of its year.
    """
    told = (str(period), lang, scenario, source, as_of, provisional)
    if team == COMPANY:
        first = str(facts.team_table(facts.open(source))["team_id"].iloc[0])
        report = open_report(first, *told)
        report = replace(report, team=COMPANY, team_name=report.policy.company.name.of(lang))
    else:
        report = open_report(team, *told)
    start = report.policy.company.fiscal_start_month
    whole = report.period if report.period.kind == "year" else report.period.parent("year", start)
    chosen = _chosen(str(month), whole)
    return TargetBook(report, chosen)


def _chosen(month: str, year: Period) -> Period:
    months = year.months()
    if not month:
        return months[9]
    found = [each for each in months if each.label == month]
    if not found:
        allowed = f"a month from {months[0].label} to {months[-1].label}, or empty: {months[9].label}"
        raise PeriodError(Problem("parameter month", repr(month), allowed))
    return found[0]


def masthead(book: TargetBook) -> Markup:
    """Show the title, what was asked for, and what the numbers were made of."""
    return title_block(book.report, "targets")


def coverage(book: TargetBook) -> Markup:
    """Say on which data the targets stand, and which version they are."""
    locale, made = book.report.locale, book.made
    window = made.basis.window
    said = {
        "source": source_name(book.report),
        "first": locale.date(book.report.facts.first_day),
        "last": locale.date(book.report.facts.last_day),
    }
    lines = [locale.text("target_book.data.covers", **said)]
    if window:
        ends = {"since": locale.period(window[0].label), "until": locale.period(window[-1].label)}
        lines.append(locale.text("target_book.data.window", **ends))
    if len(book.rows):
        row = book.rows.iloc[0]
        told = {
            "version": row["version"],
            "day": locale.date(row["recorded_on"].date()),
            "goals": len(made.goals),
        }
        lines.append(locale.text("target_book.data.version", **told))
    return block(element("p", sentence_break(book.report).join(lines), class_="note"), kind="bare")


def number(book: TargetBook) -> Markup:
    """Answer the first question: what is my number, this month, in the chosen one, this quarter and year."""
    locale = book.report.locale
    heading = element("h2", locale.text("target_book.number.heading"))
    if not book.main:
        return block(
            heading, paragraphs([locale.text("target_book.none", year=locale.period(book.year.label))])
        )
    tiles = [_tile(book, label) for label in book.shown]
    shown = block(
        heading,
        paragraphs([say_number(book)], "lead"),
        element("div", *tiles, _milestone_tile(book), _people_tile(book), class_="tiles"),
        _volumes(book),
        _milestones(book),
    )
    figures = [(locale.period(label), _written(book, label)) for label in (book.month.label, book.year.label)]
    return replace(shown, headline=tuple(pair for pair in figures if pair[1] != ABSENT))


def say_number(book: TargetBook) -> str:
    """Say the chosen month's number, its phase, its part of the year and its chance."""
    locale, month = book.report.locale, book.month.label
    whole, part = book.target(book.main, book.year.label), book.target(book.main, month)
    said = {
        "kpi": book.report.name_of(book.main),
        "period": locale.period(month),
        "target": _written(book, month),
        "phase": phase_name(book, month),
        "share": locale.percent(part / whole) if whole > 0 else ABSENT,
        "year": _written(book, book.year.label),
    }
    first = locale.text("target_book.number.said", **said)
    chance = book.target(book.main, month, "p_hit")
    if pd.isna(chance):
        return first
    return (
        first
        + sentence_break(book.report)
        + locale.text("target_book.number.chance", p=locale.percent(chance, 0))
    )


def _written(book: TargetBook, period: str) -> str:
    return book.report.write(book.target(book.main, period), book.main)


def phase_name(book: TargetBook, period: str) -> str:
    """Name the phase of a period of the year."""
    return book.report.locale.text(f"report.phase.{book.made.phases[period]}")


def _tile(book: TargetBook, label: str) -> Markup:
    locale = book.report.locale
    chance = book.target(book.main, label, "p_hit")
    notes = [phase_name(book, label)] if label in (book.now.label, book.month.label) else []
    if not pd.isna(chance):
        notes.append(locale.text("target_book.tile.chance", p=locale.percent(chance, 0)))
    return _box(locale.period(label), _written(book, label), *notes)


def _milestone_tile(book: TargetBook) -> Markup:
    locale = book.report.locale
    rows = milestones(book)
    row = rows[rows["actual"].isna()].head(1).iloc[0] if rows["actual"].isna().any() else rows.iloc[-1]
    title = locale.text("target_book.tile.milestone", quarter=locale.period(str(row["quarter"])))
    gate = locale.text("target_book.tile.gate", gate=book.report.write(row["gate"], book.main))
    return _box(title, book.report.write(row["cumulative"], book.main), gate)


def _people_tile(book: TargetBook) -> Markup:
    """Say which share of people is expected to reach the chosen month's target."""
    locale, share = book.report.locale, expected(book)
    title = locale.text("target_book.tile.people", period=locale.period(book.month.label))
    return _box(title, locale.percent(share, 0), locale.text("target_book.tile.expected"))


def expected(book: TargetBook) -> float:
    """Give the share of people expected to reach the chosen month's target, as one figure."""
    rows = book.report.appraisal.targets if book.level == COMPANY else book.rows
    return expected_share_reaching(rows, book.main, book.month.label)


def _box(title: str, value: str, *notes: str) -> Markup:
    small = [element("div", note, class_="sub") for note in notes]
    return element(
        "div",
        element("div", title, class_="label"),
        element("div", value, class_="big"),
        *small,
        class_="tile",
    )


def _volumes(book: TargetBook) -> Table:
    """List every volume of the unit in the shown periods."""
    report = book.report
    rows = [
        [report.name_of(kpi), *(report.write(book.target(kpi, label), kpi) for label in book.shown)]
        for kpi in sorted(book.made.volumes, key=lambda kpi: (kpi != book.main, kpi))
    ]
    heads = [report.locale.text("target_book.kpi"), *(report.locale.period(label) for label in book.shown)]
    return Table(report.locale.text("target_book.number.caption"), pd.DataFrame(rows, columns=heads))


def milestones(book: TargetBook) -> pd.DataFrame:
    """Give the quarterly milestones of the main volume.

    Returns
    -------
    DataFrame
        quarter, target, cumulative (from the year's start), gate (the part of it that passes), actual
        (sold by the quarter's end; NaN while it runs or where months are unknown).
    """
    rows: list[dict[str, object]] = []
    total = sold = 0.0
    for quarter in book.year.children("quarter"):
        total += book.target(book.main, quarter.label)
        sold += _sold(book, quarter)
        gate = total * book.report.policy.targets.milestone_gate
        told = {"quarter": quarter.label, "target": book.target(book.main, quarter.label)}
        rows.append({**told, "cumulative": total, "gate": gate, "actual": sold})
    return pd.DataFrame(rows)


def _sold(book: TargetBook, quarter: Period) -> float:
    """Add a quarter's months up; NaN while it runs, or after the report's period."""
    if quarter.last > min(book.report.last_day, book.report.period.last):
        return float("nan")
    history, team = book.report.history, book.report.team
    return sum(history.get((month.label, team, "all", book.main), float("nan")) for month in quarter.months())


def _milestones(book: TargetBook) -> Table:
    report, text = book.report, book.report.locale.text
    amounts = ("target", "cumulative", "gate", "actual")
    frame = milestones(book)
    rows: list[list[Content]] = []
    for quarter, *values in zip(
        frame["quarter"], *(frame[name].astype(float) for name in amounts), strict=True
    ):
        told = [report.write(value, book.main) for value in values]
        rows.append([report.locale.period(quarter), *told, _state(values[3], values[1], values[2], report)])
    gate = report.locale.percent(report.policy.targets.milestone_gate, 0)
    caption = text("target_book.milestone.caption", gate=gate)
    heads = [text(f"target_book.milestone.{name}") for name in ("quarter", *amounts, "state")]
    return Table(caption, pd.DataFrame(rows, columns=pd.Index(heads)), words=(0, 5))


def _state(actual: float, cumulative: float, gate: float, report: Report) -> Content:
    if pd.isna(actual) or not cumulative > 0:
        return report.locale.text("target_book.milestone.open")
    code = "passed" if actual >= gate else "missed"
    rate = report.locale.percent(actual / cumulative)
    return element("span", report.locale.text(f"target_book.milestone.{code}", rate=rate),
                   class_="good" if code == "passed" else "bad")  # fmt: skip


def limits(book: TargetBook) -> Markup:
    """Say what the targets do not say."""
    text = book.report.locale.text
    said = [text(f"target_book.limits.{name}") for name in ("chances", "steps", "what_if")]
    return block(element("h2", text("report.limits.heading")), paragraphs(said))


def reproduce(book: TargetBook) -> Markup:
    """Give the command that yields the same book, and what it rests on."""
    report, text = book.report, book.report.locale.text
    words = f"{command(report, 'targets')} -p month={book.month.label}"
    return block(
        element("h2", text("report.reproduce.heading")),
        element("p", text("report.reproduce.text")),
        element("pre", element("code", words)),
        element("p", provenance(report), class_="note"),
    )
