"""Conform raw tables into fact tables of declared grain, check them, keep them as snapshots (DATA §3).

`load` reads a source and records what it found as a new immutable snapshot; `open` gives the
latest one recorded by a day. `roster_days`, `team_table` and `people` read the roster.
"""

from __future__ import annotations

from salesperf_lib.facts.findings import COLUMNS as FINDING_COLUMNS
from salesperf_lib.facts.findings import Finding
from salesperf_lib.facts.findings import schema as findings_schema
from salesperf_lib.facts.roster import people, roster_days, spells, team_table
from salesperf_lib.facts.snapshot import Facts, from_frames, from_parquet
from salesperf_lib.facts.store import check_source, load, survey_source
from salesperf_lib.facts.store import open_source as open
from salesperf_lib.facts.tables import TABLES, Column, Table

__all__ = [
    "FINDING_COLUMNS",
    "TABLES",
    "Column",
    "Facts",
    "Finding",
    "Table",
    "check_source",
    "findings_schema",
    "from_frames",
    "from_parquet",
    "load",
    "open",
    "people",
    "roster_days",
    "spells",
    "survey_source",
    "team_table",
]
