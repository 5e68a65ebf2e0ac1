"""The answer of a study of weights: how many grades depend on them, whose, and what to discuss (§4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights.noise import noise_shares
from salesperf_lib.weights.sensitivity import Flips, flip_rates

TOLD = 5
"""People whom a sentence names; the table has all."""


def answer(study: Study) -> Markup:
    """Say how many grades depend on the weights, whose, and what the committee should discuss."""
    text = study.locale.text
    said = [say_guaranteed(study), say_contested(study), say_noise(study)]
    parts: list[Content | Table] = [element("h2", text("weights.answer.heading")), paragraphs(said, "lead")]
    rows = agenda(study)
    if len(rows):
        parts += [element("p", text("weights.answer.discuss")), _table(study, rows)]
    elif len(study.acceptance):
        parts.append(element("p", say_nothing(study)))
    prior = [say_prior(study)] if len(study.acceptance) else []
    return _with_headline(study, block(*parts, paragraphs(prior, "note")))


def say_guaranteed(study: Study) -> str:
    """Say how many grades no admissible weighting can change, and how many one could."""
    text, table = study.locale.text, study.acceptance
    fixed, count = int(table["guaranteed"].sum()), len(table)
    if not count:
        return text("weights.answer.nobody")
    if fixed == count:
        return text("weights.answer.all_fixed", count=count, reach=_reach(study))
    return text("weights.answer.fixed", fixed=fixed, count=count, open=count - fixed, reach=_reach(study))


def say_contested(study: Study) -> str:
    """Say whose grades hang on the weights, and how much."""
    text, locale, rows = study.locale.text, study.locale, agenda(study)
    if rows.empty:
        return ""
    limit = locale.percent(study.policy.grades.certainty.contested_below, 0)
    named = [
        text(
            "weights.answer.one",
            name=study.labels[str(row.person_id)],
            grade=row.grade,
            other=row.other,
            share=locale.percent(float(row.other_share), 0),  # pyright: ignore[reportArgumentType]
        )
        for row in rows.head(TOLD).itertuples()
    ]
    more = len(rows) - len(named)
    rest = text("weights.answer.more", count=more) if more else ""
    said = text("weights.answer.contested", count=len(rows), limit=limit, names=locale.listing(named))
    return study.gap.join(part for part in (said, rest) if part)


def say_nothing(study: Study) -> str:
    """Say that no grade is contested, and how many could change all the same."""
    text, open_ = study.locale.text, int((~study.acceptance["guaranteed"]).sum())
    limit = study.locale.percent(study.policy.grades.certainty.contested_below, 0)
    said = text("weights.answer.nothing", limit=limit)
    return study.gap.join([said, text("weights.answer.nothing_open", count=open_)]) if open_ else said


def say_noise(study: Study) -> str:
    """Say how the weights compare with the noise of measurement."""
    found, locale = flips(study), study.locale
    if not found.people:
        return ""
    key = "weights.answer.noise" if found.noise > found.weights else "weights.answer.noise_less"
    return locale.text(key, weights=locale.percent(found.weights, 1), noise=locale.percent(found.noise, 1))


def say_prior(study: Study) -> str:
    """Name the prior: what "share of the weightings" means, and how many were drawn."""
    locale = study.locale
    error = locale.percent(max(study.simulation.error, 1e-4), 2)
    drawn = locale.text("weights.answer.draws", draws=locale.number(study.simulation.draws), error=error)
    return study.gap.join([name_prior(study), drawn])


def name_prior(study: Study) -> str:
    """Name the prior, and how far sub-weights move, without saying how many weightings were drawn."""
    rules, locale = study.policy.exploration, study.locale
    said = locale.text(f"weights.prior.{rules.prior}", concentration=locale.number(rules.concentration))
    return study.gap.join([said, _reach(study, whole=True)])


def flips(study: Study) -> Flips:
    """Compare the share of grades that other weights give with the share that noise gives."""
    by_noise = noise_shares(study.exploration, study.noise)
    return flip_rates(study.simulation.shares, by_noise, np.array(study.codes, np.int64))


def agenda(study: Study) -> pd.DataFrame:
    """List what the committee should discuss: contested grades, the most contested first.

    Returns
    -------
    pandas.DataFrame
        Rows of `Study.acceptance` with a share of the grade in force below `contested_below`, plus `other`,
        the likeliest other grade, and `other_share`.
    """
    table = study.acceptance
    limit = study.policy.grades.certainty.contested_below
    rows = table[table["share"] < limit]
    names = study.grades
    others = rows[names].mask(rows[names].apply(lambda column: rows["grade"] == column.name))
    best = others.fillna(-1.0)
    return rows.assign(
        other=best.idxmax(axis=1) if len(rows) else pd.Series(dtype=str),
        other_share=best.max(axis=1) if len(rows) else pd.Series(dtype=float),
    ).sort_values(["share", "person_id"], ignore_index=True)


def _table(study: Study, rows: pd.DataFrame) -> Table:
    text, locale = study.locale.text, study.locale
    heads = [text(f"weights.table.{name}") for name in ("name", "team", "role", "score", "grade")]
    heads += [text("weights.table.share_of", grade=grade) for grade in study.grades]
    scores = study.exploration.panel.people.set_index("person_id")["score"]
    written = [
        [
            study.labels[str(row["person_id"])],
            study.team_names.get(str(row["team_id"]), str(row["team_id"])),
            study.role_name(str(row["role"])),
            locale.number(float(scores[row["person_id"]]), 2),
            str(row["grade"]),
            *(share(study, float(row[grade])) for grade in study.grades),
        ]
        for _, row in rows.iterrows()
    ]
    frame = pd.DataFrame(written, columns=heads)
    return Table(text("weights.answer.caption"), frame, words=(0, 1, 2, 4))


def share(study: Study, rate: float) -> str:
    """Write a share of weightings; what is none or all is told apart from what is nearly so."""
    if 0 < rate < 0.001:
        return study.locale.text("weights.share.little", least=study.locale.percent(0.001))
    if 0.999 < rate < 1:
        return study.locale.text("weights.share.nearly", most=study.locale.percent(0.999))
    return study.locale.percent(rate, 1) if 0 < rate < 1 else study.locale.percent(rate, 0)


def _reach(study: Study, *, whole: bool = False) -> str:
    """Say how far sub-weights move."""
    by, text = study.policy.exploration.sub_weights, study.locale.text
    if study.exploration.space.fixed:
        return text("weights.reach_none.whole") if whole else ""
    key = "weights.reach.whole" if whole else "weights.reach"
    return text(key, share=study.locale.percent(by, 0))


def _with_headline(study: Study, markup: Markup) -> Markup:
    text, table = study.locale.text, study.acceptance
    pairs = (
        (text("weights.headline.fixed"), f"{int(table['guaranteed'].sum())}/{len(table)}"),
        (text("weights.headline.contested"), str(len(agenda(study)))),
    )
    return Markup(markup.html, pairs)
