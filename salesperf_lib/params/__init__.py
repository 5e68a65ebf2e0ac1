"""Read params/, check it, overlay a source and a scenario, and freeze it for one period.

Order of precedence: base < source < scenario. Values carry the first day of the month from which
they are in force; a period uses the value in force on its first day (DESIGN §3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesperf_lib.params.knobs import Knob, knobs
from salesperf_lib.params.load import check_params, load_policy, rules_at, rules_of
from salesperf_lib.params.policy import (
    DIMENSIONS,
    Assessable,
    Company,
    Curve,
    Decision,
    Grades,
    Kpi,
    Name,
    Policy,
    Role,
    RoleKpi,
    TargetRules,
)
from salesperf_lib.params.read import (
    list_scenarios,
    list_sources,
    project_root,
    read_yaml,
    scenario_file,
    source_file,
)
from salesperf_lib.params.scenario_files import Addition, create_scenario, role_addition, scenario_changes
from salesperf_lib.params.write import append_value, append_values, write_schema

if TYPE_CHECKING:
    from salesperf_lib.params.ledger import Record, check_ledger, read_ledger

__all__ = [
    "DIMENSIONS",
    "Addition",
    "Assessable",
    "Company",
    "Curve",
    "Decision",
    "Grades",
    "Knob",
    "Kpi",
    "Name",
    "Policy",
    "Record",
    "Role",
    "RoleKpi",
    "TargetRules",
    "append_value",
    "append_values",
    "check_ledger",
    "check_params",
    "create_scenario",
    "knobs",
    "list_scenarios",
    "list_sources",
    "load_policy",
    "project_root",
    "read_ledger",
    "read_yaml",
    "role_addition",
    "rules_at",
    "rules_of",
    "scenario_changes",
    "scenario_file",
    "source_file",
    "write_schema",
]


def __getattr__(name: str) -> object:
    """Import the ledger only when it is asked for: its records need pydantic."""
    if name not in ("Record", "check_ledger", "read_ledger"):
        raise AttributeError(name)
    from salesperf_lib.params import ledger

    return getattr(ledger, name)
