"""The score frame: an explained line per part of a person and KPI, and the composites of them (§2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib.params import DIMENSIONS, Policy
from salesperf_lib.scores.assessable import ASSESSED, person_status, reasons
from salesperf_lib.scores.inputs import Inputs
from salesperf_lib.scores.layers import add_layers, layer_of
from salesperf_lib.scores.lines import base_lines, carry, measure, phase_of_targets
from salesperf_lib.scores.weighting import gate, redistribute

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

KEY = ["period", "person_id", "team_id", "role", "scored_in", "kpi"]
COLUMNS = [
    *KEY, "layer", "scored_at", "value_period", "numerator", "denominator", "n", "value_raw", "value",
    "adjustment", "target", "baseline", "duty", "attainment", "points", "gated", "dimension", "share",
    "weight_base", "weight", "contribution", "status", "reason",
]  # fmt: skip
COMPOSITE = ["period", "person_id", "team_id", "role", "score", "status"]
LINE_STATUS = ("scored", "redistributed", "carried", "low_n", "no_data", "no_target")
ADJUSTMENTS = ("", "shrunk", "corrected", "uncalibrated")


def score(
    given: Inputs, people: pd.DataFrame, policy: Policy, earlier: Sequence[pd.DataFrame] = ()
) -> pd.DataFrame:
    """Score everybody on every KPI of their roles.

    Parameters
    ----------
    given
        KPI values, targets, values of parts, and the correction of ratings. The phase of a month's
        targets decides which KPIs are emphasised in it.
    people
        `facts.people` of the period. A person is scored in every part (team and role) held in it,
        weighted by time.
    policy
        The rules.
    earlier
        For a year, the score frames of its months and quarters: their lines count with the weights of
        their layers (§2.5).

    Returns
    -------
    DataFrame
        One row per part of a person × KPI of the role, and for a year also × month and quarter
        (`scored_in`): the score frame of DATA §6. `status`: ``scored``; ``redistributed`` (scored, with
        weight taken over from lines that could not be); ``carried`` (the dimension's last assessed
        quarter, named in `value_period`); and without points ``low_n``, ``no_data``, ``no_target``.
        `reason` repeats on all lines of a person: ``scored``, or why the person is not assessed
        (``left``, ``probation``, ``few_days``, ``no_dimension``, ``no_required``); then nothing counts:
        weight and contribution are NaN.

    Raises
    ------
    ParamError
        If a KPI of a role has no curve.
    """
    lines = base_lines(people, policy, phase_of_targets(given.targets, policy))
    if lines.empty:
        return pd.DataFrame(columns=COLUMNS)
    lines = measure(lines, given, policy, policy.period.label)
    lines = redistribute(gate(carry(lines, given, policy), policy))
    moved = (lines["status"] == "scored") & (lines["weight"] != lines["weight_base"]) & (lines["weight"] > 0)
    lines["status"] = lines["status"].mask(moved, "redistributed")
    lines["reason"] = reasons(lines, person_status(people, policy), policy)
    lines = lines.assign(layer=layer_of(policy), scored_in=policy.period.label)
    lines = add_layers(lines, earlier, policy) if earlier else lines
    assessed = lines["reason"] == ASSESSED
    lines[["weight", "contribution"]] = lines[["weight", "contribution"]].where(assessed, np.nan)
    return schema().validate(lines[COLUMNS].reset_index(drop=True))


def composites(score_frame: pd.DataFrame, people: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add the lines up: a person's score is the sum of the contributions, exactly.

    Parameters
    ----------
    score_frame
        What `score` returns.
    people
        `facts.people`: adds those whose role has no rules, so that nobody is forgotten.

    Returns
    -------
    DataFrame
        One row per person: period, person_id, team_id and role of the main part, score, status. The score
        is NaN for people who are not assessed, and `status` says why (``no_rules``: the role is not in
        params/roles.yaml).
    """
    main = score_frame.drop_duplicates(["period", "person_id"])[["person_id", "team_id", "role"]]
    if people is not None:
        held = people[people["main"].astype(bool)]
        main = held[["person_id", "team_id", "role"]]
    found = score_frame.groupby(["period", "person_id"], sort=True).agg(
        score=("contribution", lambda parts: parts.sum(min_count=1)), status=("reason", "first")
    )
    label = found.index[0][0] if len(found) else ""
    whole = main.merge(found.reset_index(), on="person_id", how="left")
    whole = whole.assign(
        period=whole["period"].fillna(label).astype(str), status=whole["status"].fillna("no_rules")
    )
    return whole.astype({"score": float})[COMPOSITE].sort_values("person_id", ignore_index=True)


def schema() -> DataFrameSchema:
    """Give the pandera schema of the score frame."""
    import pandera.pandas as pa

    number = pa.Column(float, nullable=True)
    share = pa.Column(float, pa.Check.in_range(0, 1))
    texts = (*KEY, "scored_at", "value_period", "reason")
    numbers = ("numerator", "denominator", "value_raw", "value", "target", "baseline", "attainment")
    return pa.DataFrameSchema(
        {
            **dict.fromkeys(texts, pa.Column(str)),
            **dict.fromkeys(numbers, number),
            "layer": pa.Column(str, pa.Check.isin(["month", "quarter", "year"])),
            "n": pa.Column("Int64", nullable=True),
            "adjustment": pa.Column(str, pa.Check.isin(ADJUSTMENTS)),
            "points": pa.Column(float, pa.Check.ge(0), nullable=True),
            "gated": pa.Column(bool),
            "dimension": pa.Column(str, pa.Check.isin(DIMENSIONS)),
            **dict.fromkeys(("duty", "share", "weight_base"), share),
            "weight": pa.Column(float, pa.Check.in_range(0, 1 + 1e-9), nullable=True),
            "contribution": pa.Column(float, nullable=True),
            "status": pa.Column(str, pa.Check.isin(LINE_STATUS)),
        },
        strict=True,
        unique=KEY,
    )
