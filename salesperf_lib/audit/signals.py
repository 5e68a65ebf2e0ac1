"""Collect every signal of a period into one findings frame (DATA §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.facts import FINDING_COLUMNS
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy

RULES = (
    "missing_in_system",
    "only_in_system",
    "doubled_in_system",
    "amount_differs",
    "late_copy",
    "copy_without_id",
    "clicks_without_dwell",
    "repeated_orders",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is worth a look.

    Parameters
    ----------
    amount_tolerance
        Minor units by which copies of one order may differ.
    lag_days
        Days that may lie between the copies of one order.
    min_clicks
        Clicks of a channel and month below which their quality is not judged.
    least_share_of_usual
        Arrival and dwell below this share of what is usual are a signal.
    min_history_months
        Months of a channel's own history that make it its own measure; else the other channels are.
    min_repeats
        Orders of one address and one amount in a month that are a pattern.
    """

    amount_tolerance: int = 0
    lag_days: int = 3
    min_clicks: int = 500
    least_share_of_usual: float = 0.75
    min_history_months: int = 3
    min_repeats: int = 3


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing to look at.

    Parameters
    ----------
    rule
        One of `RULES`.
    subject
        What tells it from other signals of the rule and unit: a system, a channel; may be empty.
    team
        Team concerned; empty if no single one is.
    observed, expected
        What was found, and what should be.
    n_rows
        Orders, or rows, concerned.
    examples
        Ids of the first orders, or days: never persons.
    evidence
        Table and column that show it.
    severity
        ``warning`` or ``info``.
    """

    rule: str
    subject: str
    team: str
    observed: str
    expected: str
    n_rows: int
    examples: tuple[str, ...]
    evidence: str
    severity: str = "warning"


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
    from salesperf_lib.audit.clicks import clicks_without_dwell
    from salesperf_lib.audit.reconciliation import reconcile
    from salesperf_lib.audit.repeats import repeated_orders

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
