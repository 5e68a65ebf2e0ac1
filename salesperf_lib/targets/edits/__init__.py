"""The target book that goes round as a workbook and comes back edited: its layout, and its edits.

``reports.target_workbook`` writes it; `read_edits` reads what was changed in it, or refuses it with
every problem found; `listed_edits` lists the changes for people.
"""

from __future__ import annotations

from salesperf_lib.targets.edits.listing import listed_edits
from salesperf_lib.targets.edits.reading import read_edits

__all__ = ["listed_edits", "read_edits"]
