"""What a signal is, and from where on there is one."""

from __future__ import annotations

from dataclasses import dataclass

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
    min_repeats: int = 4


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
