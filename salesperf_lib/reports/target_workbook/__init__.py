"""Write the target book that HR hands round as an Excel file: values only, nothing that can run (§1.2).

`write_book` writes it in the layout of ``targets.edits``, which reads the edited file back;
`unit_names` gives what people call the units.
"""

from __future__ import annotations

from salesperf_lib.reports.target_workbook.content import unit_names
from salesperf_lib.reports.target_workbook.writing import write_book

__all__ = ["unit_names", "write_book"]
