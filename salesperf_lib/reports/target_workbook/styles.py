"""How a target book looks: fills that say what may be changed, and the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesperf_lib.periods import Period
from salesperf_lib.reports.target_workbook.content import Content
from salesperf_lib.targets.edits.layout import Cell, version_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FILLS = {"open": "#FFFBE0", "sum": "#FFEFA8", "closed": "#D4D4D4", "locked": "#DCE8F5", "absent": "#F2F2F2"}
A4 = 9


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, file: Workbook) -> None:
        self._file = file
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def __call__(self, **properties: object) -> Format:
        """Give the format with these properties of XlsxWriter."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._file.add_format({"valign": "vcenter", **properties})
        return self._made[key]

    def cell(self, cell: Cell, period: Period, form: str) -> Format:
        """Give the format of a target: filled by what may be done to it, unlocked where it is open."""
        is_sum = period.kind != "month"
        fill = FILLS["sum" if cell.state == "open" and is_sum else cell.state]
        return self(
            bg_color=fill,
            border=1,
            border_color="#BFBFBF",
            num_format=form,
            bold=is_sum,
            locked=cell.state != "open",
        )


def set_paper(sheet: Worksheet, content: Content, *, landscape: bool) -> None:
    """Fit a sheet to the width of A4, with the version of the targets on every page."""
    sheet.set_paper(A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    told = content.locale.text("workbook.footer", version=version_of(content.frame)).replace("&", "&&")
    sheet.set_footer(f"&L{told}&C&A&R&P / &N")
