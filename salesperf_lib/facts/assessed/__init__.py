"""Ratings and assessments that come in as workbooks: checked row by row, kept in a register, merged at load.

`check_workbook` reads a filled-in template, `append` adds its rows to the register, and `merge` puts
the register's rows beside those of the source's own export.
"""

from __future__ import annotations

from salesperf_lib.facts.assessed.checking import Checked, check_workbook, closed_periods
from salesperf_lib.facts.assessed.known import in_data
from salesperf_lib.facts.assessed.merging import merge
from salesperf_lib.facts.assessed.register import FOLDER, Record, append, folder_of, read_register

__all__ = [
    "FOLDER",
    "Checked",
    "Record",
    "append",
    "check_workbook",
    "closed_periods",
    "folder_of",
    "in_data",
    "merge",
    "read_register",
]
