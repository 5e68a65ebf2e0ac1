"""What a report says: tables, sentences and definitions, written for one reader.

`open_report` checks the parameters and appraises once; every other function takes its `Report` and
gives markup that a notebook shows, a sentence, or a tidy frame for `charts`. A team's report holds
no other team's people: others appear as scores without names or ids.
"""

from salesperf_lib.reports import calibration, customer_sales, development, emphasis, layers
from salesperf_lib.reports.attainments import attainments, say_attainments
from salesperf_lib.reports.certainty import certainty, certainty_in_short, chances, say_certainty
from salesperf_lib.reports.changes import change_bars, change_names, change_title, changes, say_bars
from salesperf_lib.reports.channels import by_channel, channels, say_channels
from salesperf_lib.reports.context import Report, open_report
from salesperf_lib.reports.curves import curve_lines, on_curves, say_curves
from salesperf_lib.reports.explanation import explanation
from salesperf_lib.reports.fairness import fairness, raters, say_raters
from salesperf_lib.reports.markup import Markup, Table
from salesperf_lib.reports.masthead import coverage, glossary, limits, masthead, provenance, reproduce
from salesperf_lib.reports.meeting import Meeting, accept, open_meeting
from salesperf_lib.reports.movement import gap, movement, say_change, say_trend, trend
from salesperf_lib.reports.people import (
    bounds,
    contributions,
    dimension_names,
    people,
    say_people,
    standing,
)
from salesperf_lib.reports.position import position, say_position
from salesperf_lib.reports.quality import quality, say_quality
from salesperf_lib.reports.target_book import TargetBook, open_target_book

__all__ = [
    "Markup",
    "Meeting",
    "Report",
    "Table",
    "TargetBook",
    "accept",
    "attainments",
    "bounds",
    "by_channel",
    "calibration",
    "certainty",
    "certainty_in_short",
    "chances",
    "change_bars",
    "change_names",
    "change_title",
    "changes",
    "channels",
    "contributions",
    "coverage",
    "curve_lines",
    "customer_sales",
    "development",
    "dimension_names",
    "emphasis",
    "explanation",
    "fairness",
    "gap",
    "glossary",
    "layers",
    "limits",
    "masthead",
    "movement",
    "on_curves",
    "open_meeting",
    "open_report",
    "open_target_book",
    "people",
    "position",
    "provenance",
    "quality",
    "raters",
    "reproduce",
    "say_attainments",
    "say_bars",
    "say_certainty",
    "say_change",
    "say_channels",
    "say_curves",
    "say_people",
    "say_position",
    "say_quality",
    "say_raters",
    "say_trend",
    "standing",
    "trend",
]
