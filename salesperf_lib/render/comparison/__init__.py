"""Compare two reports, or two runs, number by number, and say which rules or data differ."""

from salesperf_lib.render.comparison.found import Comparison, Difference, Note
from salesperf_lib.render.comparison.opening import compare
from salesperf_lib.render.comparison.saying import as_json, say

__all__ = ["Comparison", "Difference", "Note", "as_json", "compare", "say"]
