"""Look for what is wrong with the data, and keep what people made of it (§3.2).

Every finding is a request to look, never a verdict: it names a team, counts and orders, and no person.
`findings` merges what the load found with three signals: order copies that differ between systems, clicks
that nobody is behind, and orders that repeat one address and one amount. `read_cases` and its siblings
keep the register of cases: only a confirmed one vetoes.
"""

from __future__ import annotations

from salesperf_lib.audit.case_records import CaseEvent
from salesperf_lib.audit.cases import (
    case_events,
    cases_stamp,
    check_cases,
    read_cases,
    read_corrections,
    record_case,
    vetoed,
)
from salesperf_lib.audit.collection import findings
from salesperf_lib.audit.signals import RULES, Limits

__all__ = [
    "RULES",
    "CaseEvent",
    "Limits",
    "case_events",
    "cases_stamp",
    "check_cases",
    "findings",
    "read_cases",
    "read_corrections",
    "record_case",
    "vetoed",
]
