"""Write the cover of a target book: how it is changed, what the colours mean, and what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesperf_lib.reports.target_workbook.content import Content
from salesperf_lib.reports.target_workbook.styles import FILLS, Styles, set_paper
from salesperf_lib.targets.edits.layout import RATES, Page, version_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

STEPS = 9  # sentences on how to change targets


def write_cover(sheet: Worksheet, content: Content, styles: Styles) -> None:
    """Write the cover."""
    text = content.locale.text
    company = content.policy.company.name.of(content.lang)
    title = text("workbook.title", company=company, year=content.locale.period(content.year.label))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 105)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, title, styles(bold=True, font_size=16))
    sheet.write_string(1, 0, text("workbook.private"), styles(italic=True))
    steps = [(f"{i}", text(f"workbook.how.{i}", **_units(content))) for i in range(1, STEPS + 1)]
    row = _write_rows(sheet, 3, text("workbook.how"), steps, styles)
    row = _write_legend(sheet, row, content, styles)
    row = _write_rows(sheet, row, text("workbook.about"), _about(content), styles)
    listed = [(content.sheets[page.key], _holds(page, content)) for page in content.pages]
    _write_rows(sheet, row, text("workbook.sheets"), listed, styles)
    set_paper(sheet, content, landscape=False)
    sheet.protect(options={"format_columns": True, "format_rows": True})


def _write_rows(sheet: Worksheet, row: int, head: str, rows: list[tuple[str, str]], styles: Styles) -> int:
    """Write a heading and rows of label and text; give the row after them and a gap."""
    sheet.write_string(row, 0, head, styles(bold=True, font_size=12))
    for place, (label, told) in enumerate(rows, row + 1):
        sheet.write_string(place, 0, label, styles(valign="top", num_format="@"))
        sheet.write_string(place, 1, told, styles(valign="top", text_wrap=True, num_format="@"))
    return row + len(rows) + 2


def _write_legend(sheet: Worksheet, row: int, content: Content, styles: Styles) -> int:
    sheet.write_string(row, 0, content.locale.text("workbook.legend"), styles(bold=True, font_size=12))
    for place, (name, fill) in enumerate(FILLS.items(), row + 1):
        sheet.write_blank(place, 0, None, styles(bg_color=fill, border=1, border_color="#BFBFBF"))
        sheet.write_string(place, 1, content.locale.text(f"workbook.legend.{name}"), styles())
    return row + len(FILLS) + 2


def _units(content: Content) -> dict[str, object]:
    scale, unit = content.locale.money_unit(0)
    return {"money": unit, "digits": len(str(scale)) - 1}


def _about(content: Content) -> list[tuple[str, str]]:
    """Say what the book was made of."""
    locale, policy, facts = content.locale, content.policy, content.facts
    text = locale.text
    any_closed = content.closed_through >= content.targets.periods[0].last
    closed = locale.date(min(content.closed_through, content.year.last))
    teams = [f"{content.names.get(('team', team), team)} {team}" for team in content.teams or ()]
    told = {
        "company": policy.company.name.of(content.lang),
        "year": locale.period(content.year.label),
        "teams": locale.listing(teams) if teams else text("workbook.every_team"),
        "closed": closed if any_closed else text("workbook.nothing_closed"),
        "as_of": locale.date(policy.as_of or facts.last_day),
        "source": policy.source,
        "version": version_of(content.frame),
        "rules": policy.digest,
        "data": text(
            "workbook.recorded",
            digest=facts.digest or text("workbook.none"),
            day=locale.date(facts.recorded_on),
        ),
    }
    return [(text(f"workbook.{name}"), value) for name, value in told.items()]


def _holds(page: Page, content: Content) -> str:
    """Say what a sheet holds."""
    kind, _, unit = page.key.partition(":")
    if kind == "volume":
        kpi = content.policy.kpis[unit]
        return content.locale.text("workbook.sheet.volume", description=kpi.description.of(content.lang))
    return content.locale.text("workbook.sheet.rates" if kind == RATES else "workbook.sheet.team")
