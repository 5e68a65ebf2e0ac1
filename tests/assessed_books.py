"""Workbooks of ratings for several test files: filled-in templates, and small ones written by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import xlsxwriter
from python_calamine import CalamineWorkbook

from salesperf_lib import facts

RATING = ["period", "person_id", "person_name", "item", "item_name", "rater_id", "rater_name", "rating", "scale_max", "remark"]  # fmt: skip
COUNT = ["period", "person_id", "person_name", "item", "item_name", "numerator", "denominator", "subject_id", "adopted_on", "remark"]  # fmt: skip
JULY = date(2026, 7, 10)


def company(assessments=(), **tables):
    """Give a company of four people in two teams; `0004` joined on 15 July 2026, `0005` left in May."""
    roster = pd.DataFrame(
        {
            "person_id": ["0001", "0002", "0003", "0004", "0005"],
            "name": ["=1+1", "Bo", "Cy", "Di", "Ed"],
            "team_id": ["t1", "t1", "t2", "t2", "t1"],
            "role": ["operations", "service", "host", "media_buyer", "host"],
            "valid_from": pd.to_datetime(
                ["2025-01-01", "2025-01-01", "2025-01-01", "2026-07-15", "2025-01-01"]
            ),
            "valid_to": pd.to_datetime([None, None, None, None, "2026-05-31"]),
        }
    )
    sales = pd.DataFrame({"date": pd.to_datetime(["2025-01-01", "2026-07-10"]), "gross_amount": [1, 1]})
    given = {"roster": roster, "daily_sales": sales, **tables}
    if len(assessments):
        given["assessments"] = assessed(*assessments)
    return facts.from_frames("hand", given, last_day=JULY)


def assessed(*rows):
    """Write rows of the table: period, person, item, numerator, denominator, scale, rater."""
    columns = ["period", "person_id", "item", "numerator", "denominator", "scale_max", "rater_id"]
    return pd.DataFrame(list(rows), columns=columns).astype({"rater_id": "object"})


def rating(
    period="2026-06", person="0001", item="report_quality", rater="0002", value=80, scale=100, **other
):
    """Give a row of ratings; other cells by name."""
    row = {
        "period": period,
        "person_id": person,
        "item": item,
        "rater_id": rater,
        "rating": value,
        "scale_max": scale,
    }
    return row | other


def count(period="2026-06", person="0001", item="report_timeliness_rate", part=20, whole=22, **other):
    """Give a row of what is counted."""
    row = {"period": period, "person_id": person, "item": item, "numerator": part, "denominator": whole}
    return row | other


def book(path, ratings=(), counts=(), *, names=("ratings", "assessments"), columns=None, extra=None):
    """Write a workbook by hand; `extra` may add to the file and its sheets by name."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as file:
        day = file.add_format({"num_format": "yyyy-mm-dd"})
        sheets = {}
        wanted = columns or {"ratings": RATING, "assessments": COUNT}
        for name, key, rows in zip(names, wanted, (ratings, counts), strict=False):
            sheet = sheets[name] = file.add_worksheet(name)
            for place, column in enumerate(wanted[key]):
                sheet.write_string(0, place, column)
                sheet.write_string(1, place, f"about {column}")
            for number, row in enumerate(rows, start=2):
                for place, column in enumerate(wanted[key]):
                    put(sheet, number, place, row.get(column), day)
        if extra:
            extra(file, sheets)
    return path


def put(sheet, row, place, cell, day=None):
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, place, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, cell, day)
    elif cell is not None:
        sheet.write_number(row, place, cell)


def cells(path):
    """Read every sheet of a workbook."""
    with CalamineWorkbook.from_path(str(path)) as file:
        return {
            name: file.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in file.sheet_names
        }


def filled(template, path, values):
    """Write a template again with values filled in: by sheet, number of the row from 1, and column."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as file:
        for name, rows in cells(template).items():
            sheet = file.add_worksheet(name)
            for number, row in enumerate(rows):
                given = values.get(name, {}).get(number + 1, {})
                for place, cell in enumerate(row):
                    key = rows[0][place]
                    put(sheet, number, place, given.get(key, cell if cell != "" else None))
    return path
