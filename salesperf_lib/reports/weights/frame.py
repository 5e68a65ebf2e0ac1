"""What frames a study of weights: title and parameters, coverage, limits, how to reproduce it (§4)."""

from __future__ import annotations

import shlex

import numpy as np
import pandas as pd

from salesperf_lib import __version__
from salesperf_lib.params import read_yaml, source_file
from salesperf_lib.params.freeze import cadence_of
from salesperf_lib.reports.markup import Content, Markup, block, definitions, element, join, paragraphs
from salesperf_lib.reports.masthead import style
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights.linear import dimension_points_at_base

NOTEBOOK = "40_weight_explorer"

NAMED = 12
"""People of one kind whom a sentence names."""


def masthead(study: Study) -> Markup:
    """Show what the study asks, and what it was asked for."""
    text, locale, policy = study.locale.text, study.locale, study.policy
    written = locale.period(policy.period.label)
    head = [element("h1", text("weights.title")), element("p", written, class_="period")]
    question = element("p", text("weights.question"), class_="question")
    pairs: list[tuple[Content, Content]] = [
        (text("report.parameter.period"), written),
        (text("report.parameter.scenario"), policy.scenario_name.of(study.lang)),
        (text("report.parameter.source"), _source(study)),
        (text("report.parameter.today"), locale.date(min(study.today, study.facts.last_day))),
    ]
    note = element("p", provenance(study), class_="note")
    title = element("div", *head, class_="title")
    return join([style(), block(title, question, definitions(pairs, "parameters"), note, kind="masthead")])


def coverage(study: Study) -> Markup:
    """Say what the data cover, whose grade the study is about, whose it is not, and why."""
    text, locale, held = study.locale.text, study.locale, study.facts
    ends = {"first": locale.date(held.first_day), "last": locale.date(held.last_day)}
    graded = len(study.exploration.panel)
    said = [
        text("weights.frame.covers", source=_source(study), **ends),
        text("weights.frame.graded", count=graded) if graded else text("weights.answer.nobody"),
        _say_vetoed(study),
        _say_ungraded(study),
    ]
    line = study.gap.join(part for part in said if part)
    heading = element("h2", text("report.data.heading"))
    return block(heading, element("p", line, class_="note"), kind="bare")


def limits(study: Study) -> Markup:
    """Say what the figures do not say: only what applies to this study."""
    text, locale = study.locale.text, study.locale
    exploration, rule = study.exploration, study.policy.grades.distribution
    bent = int(np.isnan(dimension_points_at_base(exploration.panel)).any(axis=1).sum())
    error = locale.number(100 * max(study.simulation.error, 1e-4), 2)
    applies = {
        "share": True,
        "measured": True,
        "reach": not exploration.space.fixed,
        "apart": not exploration.space.fixed,
        "year": cadence_of(study.policy.period) == "year",
        "bent": bent > 0,
        "cautious": _cautious(study),
        "scale": rule.cohort == "team" and bool(rule.team_scale),
        "draws": True,
    }
    reach = locale.percent(study.policy.exploration.sub_weights, 0)
    told = {"share": reach, "count": bent, "draws": locale.number(study.simulation.draws), "error": error}
    said = [text(f"weights.frame.limit.{name}", **told) for name, holds in applies.items() if holds]
    return block(element("h2", text("report.limits.heading")), paragraphs(said))


def reproduce(study: Study) -> Markup:
    """Give the command that yields the same study, and what it rests on."""
    text = study.locale.text
    shown = element("pre", element("code", command(study)))
    note = element("p", provenance(study), class_="note")
    lead = element("p", text("report.reproduce.text"))
    return block(element("h2", text("report.reproduce.heading")), lead, shown, note)


def command(study: Study) -> str:
    """Give the command line that renders the study again as it was known on its day."""
    policy = study.policy
    asked = {
        "--period": policy.period.label,
        "--lang": study.lang,
        "--source": policy.source,
        "--scenario": policy.scenario,
        "--as-of": study.facts.recorded_on.isoformat(),
    }
    words = [word for pair in asked.items() for word in pair]
    return shlex.join(["salesperf", "render", NOTEBOOK, *words])


def provenance(study: Study) -> str:
    """Say in one line what the numbers were made of."""
    held, policy, date = study.facts, study.policy, study.locale.date
    days = {"recorded": date(held.recorded_on), "last": date(held.last_day)}
    made = {"scenario": policy.scenario, "policy": policy.digest, "data": held.digest[:16]}
    label = policy.period.label
    return study.locale.text("report.provenance", period=label, version=__version__, **made, **days)


def _cautious(study: Study) -> bool:
    """Say whether grades that are called possible need not be: the bounds are not sharp."""
    panel, space = study.exploration.panel, study.exploration.space
    parts = len(panel.owner) > len(panel)
    return (
        study.policy.grades.distribution.kind != "thresholds"
        or parts
        or any(cut is not None for cut in space.cuts)
    )


def _source(study: Study) -> str:
    """Give what people call the source, and its key."""
    policy = study.policy
    names = read_yaml(source_file(policy.source, policy.root)).get("name", {})
    name = names.get(study.lang, policy.source)
    return study.locale.text("report.parameter.named", name=name, id=policy.source)


def _say_vetoed(study: Study) -> str:
    """Name those whose grade a case sets; empty if there are none."""
    roster = study.exploration.roster
    names = [study.labels[str(one)] for one in roster.loc[roster["vetoed"], "person_id"]]
    grade = study.policy.grades.veto.grade
    return study.locale.text("weights.frame.vetoed", names=_named(study, names), grade=grade) if names else ""


def _say_ungraded(study: Study) -> str:
    """Name those who have no grade, by reason; empty if there are none."""
    rows = ungraded(study)
    if rows.empty:
        return ""
    parts = [
        study.locale.text(
            "weights.frame.because",
            names=_named(study, own["label"].tolist()),
            reason=study.locale.text(f"status.{status}"),
        )
        for status, own in rows.groupby("status", sort=True)
    ]
    count, people = len(rows), study.locale.listing(parts)
    return study.locale.text("weights.frame.ungraded", count=count, people=people)


def ungraded(study: Study) -> pd.DataFrame:
    """List who works in the period without a grade.

    Returns
    -------
    pandas.DataFrame
        One row per person who is neither graded nor vetoed, by person_id: person_id, status, label (the
        name; with the id where two of them share it).
    """
    whole = study.exploration.appraisal
    rows = whole.composites[["person_id", "status"]].astype({"person_id": str})
    rows = rows[~rows["person_id"].isin(study.exploration.roster["person_id"])]
    rows = rows.drop_duplicates("person_id").sort_values("person_id", ignore_index=True)
    named = (
        whole.people.drop_duplicates("person_id").astype({"person_id": str}).set_index("person_id")["name"]
    )
    label = rows["person_id"].map(named).fillna(rows["person_id"])
    known = label.isin(study.labels.values()) | label.duplicated(keep=False)
    return rows.assign(label=label.where(~known, label + " " + rows["person_id"]))


def _named(study: Study, names: list[str]) -> str:
    """List names; of many the first, and how many more."""
    if len(names) <= NAMED:
        return study.locale.listing(names)
    rest = study.locale.text("weights.frame.others", count=len(names) - NAMED)
    return study.locale.listing([*names[:NAMED], rest])
