"""Look for what is wrong with the data, beyond what a load can see (§3.2).

Every finding is a request to look, never a verdict: it names a team, counts and orders, and no person.
`findings` merges what the load found with three signals: order copies that differ between systems, clicks
that nobody is behind, and orders that repeat one address and one amount.
"""

from __future__ import annotations

from salesperf_lib.audit.collection import findings
from salesperf_lib.audit.signals import RULES, Limits

__all__ = ["RULES", "Limits", "findings"]
