"""What decides who gets the best grade, and whether weights matter more than noise (§4)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from salesperf_lib import params
from salesperf_lib.params import Grades
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.weights.answer import flips, name_prior
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights.decides import RULE, best_grade_indices
from salesperf_lib.weights.noise import noise_shares
from salesperf_lib.weights.sensitivity import UNCERTAIN

OTHER_RULE = "forced_distribution"
"""Scenario whose rule of grades is weighed against thresholds."""

SOURCES = ("weights", "noise")


def sensitivity(study: Study) -> Markup:
    """Show what decides who gets the best grade, and how often weights and noise change a grade."""
    text, top = study.locale.text, study.grades[0]
    rows = drivers(study)
    parts: list[Content | Table] = [element("h2", text("weights.sensitivity.heading", top=top))]
    parts.append(paragraphs([say_drivers(study)], "lead"))
    if rows["total"].notna().any():
        parts += [_table(study, rows), element("p", _say_method(study, rows), class_="note")]
    prior = [name_prior(study)] if len(study.exploration.panel) else []
    return block(*parts, paragraphs([say_flips(study)]), paragraphs(prior, "note"))


@lru_cache(maxsize=2)
def drivers(study: Study) -> pd.DataFrame:
    """Split who gets the best grade among what could be otherwise: what `charts.sensitivity_bars` draws.

    Returns
    -------
    pandas.DataFrame
        One row per driver, the weightiest first: driver, label, `first` and `total`, shares of the
        variance, estimated (kept within 0 and 1); NaN where nobody's best grade varies. Empty without
        people.
    """
    if not len(study.exploration.panel):
        return pd.DataFrame(columns=["driver", "label", "first", "total"])
    found = best_grade_indices(study.exploration, study.noise, others=other_rules(study))
    frame = pd.DataFrame({
        "driver": found.names,
        "label": [_titled(_name_of(study, name)) for name in found.names],
        "first": np.clip(found.first_share, 0, 1),
        "total": np.clip(found.total_share, 0, 1),
    })  # fmt: skip
    return frame.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def other_rules(study: Study) -> list[Grades]:
    """Give the other rule of grades that is thought of: fixed shares, where thresholds are in force.

    Raises
    ------
    ParamError
        If the scenario is there but cannot be read.
    """
    policy, rules = study.policy, study.exploration.rules
    if rules.distribution.kind != "thresholds" or OTHER_RULE not in params.list_scenarios(policy.root):
        return []
    other = params.load_policy(
        policy.period,
        policy.source,
        OTHER_RULE,
        policy.as_of,
        policy.root,
        allow_expired=policy.allow_expired,
    )
    rule = other.grades.distribution
    return [] if rule.kind == "thresholds" else [replace(rules, distribution=rule)]


def flip_frame(study: Study) -> pd.DataFrame:
    """Give how often a grade changes, by source: what `charts.flip_rates` draws.

    Returns
    -------
    pandas.DataFrame
        One row per source, weights and noise: source, label, `rate` (mean over people; NaN without
        people), and `uncertain`, people whose grade is another one in more than `UNCERTAIN` of the draws.
    """
    found, text = flips(study), study.locale.text
    return pd.DataFrame({
        "source": SOURCES,
        "label": [text(f"weights.sensitivity.source.{name}") for name in SOURCES],
        "rate": [found.weights, found.noise],
        "uncertain": [found.uncertain_weights, found.uncertain_noise],
    })  # fmt: skip


def say_drivers(study: Study) -> str:
    """Say what decides most who gets the best grade, and what part dimension weights have in it."""
    text, rows, top = study.locale.text, drivers(study), study.grades[0]
    if rows.empty:
        return text("weights.sensitivity.nobody")
    if rows["total"].isna().all():
        return text("weights.sensitivity.fixed", top=top)
    first, rest = rows.iloc[0], rows.iloc[1:]
    said = text(
        "weights.sensitivity.most", top=top, driver=_name_of(study, first["driver"]), **_written(study, first)
    )
    told = [
        text("weights.sensitivity.also", driver=_name_of(study, row["driver"]), **_written(study, row))
        for _, row in rest.iterrows()
    ]
    so = text(f"weights.sensitivity.so.{first['driver']}", top=top)
    return study.gap.join([so, said, text("weights.sensitivity.rest", drivers=study.locale.listing(told))])


def say_flips(study: Study) -> str:
    """Say how many people's grades are uncertain by the weights, by noise, and by either."""
    frame, locale = flip_frame(study), study.locale
    count = len(study.exploration.panel)
    if not count:
        return ""
    most = locale.percent(UNCERTAIN, 0)
    told = dict(zip(SOURCES, frame["uncertain"].astype(int), strict=True))
    way = told["noise"] - told["weights"]
    key = "weights.sensitivity.flips_noise" if way > 0 else "weights.sensitivity.flips_weights"
    key = key if way else "weights.sensitivity.flips_same"
    return locale.text(key, count=count, most=most, either=_either(study), **told)


def _either(study: Study) -> int:
    """Count the people whose grade is another one too often by the weights or by noise."""
    rows, codes = np.arange(len(study.codes)), np.array(study.codes, np.int64)
    by_noise = noise_shares(study.exploration, study.noise)
    kept = np.minimum(study.simulation.shares[rows, codes], by_noise[rows, codes])
    return int((1 - kept > UNCERTAIN + 1e-12).sum())


def _name_of(study: Study, driver: str) -> str:
    return study.locale.text(f"weights.sensitivity.driver.{driver}")


def _titled(words: str) -> str:
    """Begin with a capital, where the language has them."""
    return words[:1].upper() + words[1:]


def _written(study: Study, row: pd.Series) -> dict[str, str]:
    return {name: study.locale.percent(row[name], 0) for name in ("first", "total")}


def _say_method(study: Study, rows: pd.DataFrame) -> str:
    text = study.locale.text
    rule = text("weights.sensitivity.rule") if RULE in set(rows["driver"]) else ""
    return study.gap.join(
        part for part in (text("weights.sensitivity.method", top=study.grades[0]), rule) if part
    )


def _table(study: Study, rows: pd.DataFrame) -> Table:
    text, locale = study.locale.text, study.locale
    written = [
        [row["label"], *(locale.percent(row[name], 0) for name in ("first", "total"))]
        for _, row in rows.iterrows()
    ]
    heads = [text(f"weights.sensitivity.table.{name}") for name in ("driver", "first", "total")]
    caption = text("weights.sensitivity.caption", top=study.grades[0])
    return Table(caption, pd.DataFrame(written, columns=heads))
