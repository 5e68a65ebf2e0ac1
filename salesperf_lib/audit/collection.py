"""Collect every signal of a period into one findings frame (DATA §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.audit.clicks import clicks_without_dwell
from salesperf_lib.audit.reconciliation import reconcile
from salesperf_lib.audit.repeats import repeated_orders
from salesperf_lib.audit.signals import RULES, Limits, Signal
from salesperf_lib.facts import FINDING_COLUMNS
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy


def findings(
    facts: Facts, policy: Policy, period: str | Period | None = None, limits: Limits | None = None
) -> pd.DataFrame:
    """List what is worth a look in a period.

    Parameters
    ----------
    facts
        Facts; a signal whose table or columns they lack is not given.
    policy
        Rules of the period: the scale of money.
    period
        The policy's own period if not given.
    limits
        From where on something is a signal.

    Returns
    -------
    pandas.DataFrame
        Findings (DATA §6): one row per rule, unit, and system or channel; those of the load first, then the
        signals by rule and unit. Units are teams or the company; examples are order ids or days.

    Notes
    -----
    §3.2. A signal that an honest cause explains stays a signal: the case, not the finding, is judged.
    """
    span = Period.parse(period if period is not None else policy.period, policy.company.fiscal_start_month)
    bounds = limits or Limits()
    found = [
        *reconcile(facts, span, bounds, policy.company.money_scale),
        *clicks_without_dwell(facts, span, bounds),
        *repeated_orders(facts, span, bounds),
    ]
    own = _frame(found, facts.source, span)
    loaded = facts.findings[facts.findings["period"].isin(["", span.label])]
    kept = [frame for frame in (loaded, own) if len(frame)] or [own]
    return pd.concat(kept, ignore_index=True)


def _frame(found: Sequence[Signal], source: str, span: Period) -> pd.DataFrame:
    ordered = sorted(found, key=lambda signal: (RULES.index(signal.rule), signal.team, signal.subject))
    rows = [
        {
            "finding_id": ":".join(
                filter(None, (signal.rule, span.label, signal.team or "company", signal.subject))
            ),
            "period": span.label,
            "rule": signal.rule,
            "level": "team" if signal.team else "company",
            "unit_id": signal.team or "company",
            "severity": signal.severity,
            "observed": signal.observed,
            "expected": signal.expected,
            "source": source,
            "file": "",
            "n_rows": signal.n_rows,
            "examples": "; ".join(signal.examples[:3]),
            "evidence": signal.evidence,
        }
        for signal in ordered
    ]
    frame = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    return frame.astype({name: "int64" if name == "n_rows" else "str" for name in FINDING_COLUMNS})
