"""Run notebooks as reports: validated, isolated, truthful about failures, with a manifest and an index."""

from salesperf_lib.render.coverage import LAST_CLOSED, policy_of
from salesperf_lib.render.freshness import Decision
from salesperf_lib.render.manifest import MANIFEST, Report, Row, latest_rows
from salesperf_lib.render.notebooks import Parameter, find_notebook, read_parameters
from salesperf_lib.render.prepared import prepared
from salesperf_lib.render.runner import render

__all__ = [
    "LAST_CLOSED",
    "MANIFEST",
    "Decision",
    "Parameter",
    "Report",
    "Row",
    "find_notebook",
    "latest_rows",
    "policy_of",
    "prepared",
    "read_parameters",
    "render",
]
