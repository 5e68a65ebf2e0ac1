"""Read params/, check it, overlay a source and a scenario, and freeze it for one period.

Order of precedence: base < source < scenario. Values carry the first day of the month from which
they are in force; a period uses the value in force on its first day (DESIGN §3).
"""

from __future__ import annotations

from salesperf_lib.params.knobs import Knob, knobs
from salesperf_lib.params.load import check_params, load_policy
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
from salesperf_lib.params.write import append_value, write_schema

__all__ = [
    "DIMENSIONS",
    "Assessable",
    "Company",
    "Curve",
    "Decision",
    "Grades",
    "Knob",
    "Kpi",
    "Name",
    "Policy",
    "Role",
    "RoleKpi",
    "TargetRules",
    "append_value",
    "check_params",
    "knobs",
    "list_scenarios",
    "list_sources",
    "load_policy",
    "project_root",
    "read_yaml",
    "scenario_file",
    "source_file",
    "write_schema",
]
