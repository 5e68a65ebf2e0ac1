"""The one-to-one feedback sheet (§2.6): sandwich order, from the person's own evidence.

`open_feedback` checks the parameters and appraises once; `sheet` writes every sentence; the functions of
`page` show it part by part, and `write_word` writes the same as a Word file to edit and to sign.
"""

from salesperf_lib.reports.feedback.assembly import sheet
from salesperf_lib.reports.feedback.content import Section, Sheet, TrendPoint
from salesperf_lib.reports.feedback.evidence import Evidence
from salesperf_lib.reports.feedback.opening import FeedbackSheet, open_feedback
from salesperf_lib.reports.feedback.page import (
    command,
    explanation,
    heading,
    path,
    reproduce,
    sandwich,
    small_print,
    standing,
    trend,
    words,
)
from salesperf_lib.reports.feedback.typed import EMPLOYEE, MANAGER, Run, read_words
from salesperf_lib.reports.feedback.word import write_word, write_word_for

__all__ = [
    "EMPLOYEE",
    "MANAGER",
    "Evidence",
    "FeedbackSheet",
    "Run",
    "Section",
    "Sheet",
    "TrendPoint",
    "command",
    "explanation",
    "heading",
    "open_feedback",
    "path",
    "read_words",
    "reproduce",
    "sandwich",
    "sheet",
    "small_print",
    "standing",
    "trend",
    "words",
    "write_word",
    "write_word_for",
]
