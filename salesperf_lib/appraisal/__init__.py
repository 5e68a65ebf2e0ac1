"""Run the flow once for a period and a policy: the table of contents of the library (§2).

facts → KPI values → targets and findings → scores → grades.
"""

from __future__ import annotations

from salesperf_lib.appraisal.flow import Appraisal, appraise
from salesperf_lib.appraisal.readings import read_cases, read_people
from salesperf_lib.appraisal.store import load

__all__ = ["Appraisal", "appraise", "load", "read_cases", "read_people"]
