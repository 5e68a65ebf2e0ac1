"""The typical weights for which somebody with a contested grade gets it, or another one (§4)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from salesperf_lib.params import DIMENSIONS
from salesperf_lib.reports.markup import Markup, Table, block, element, paragraphs
from salesperf_lib.reports.weights.answer import agenda, name_prior
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights.noise import confidence_factors
from salesperf_lib.weights.simulation import EFFECTIVE

LISTED = 50
"""People in the table: the least certain ones. Everybody else has to be graded again for each of them."""

COLUMNS = ["person_id", "now", "grade", "draws", *DIMENSIONS, "inside", "confidence"]


def central(study: Study) -> Markup:
    """Show the central weights of every contested grade, and how sure the grade is under them."""
    text = study.locale.text
    heading = element("h2", text("weights.central.heading"))
    if agenda(study).empty:
        return block(heading, element("p", text("weights.central.nobody")))
    rows = central_rows(study)
    said = [text("weights.central.meaning"), say_example(study), say_outside(study)]
    shown = [] if rows.empty else [_table(study, rows)]
    note = [text("weights.central.note", least=EFFECTIVE), name_prior(study)]
    if len(agenda(study)) > LISTED:
        note.append(text("weights.central.listed", listed=LISTED, count=len(agenda(study))))
    return block(heading, paragraphs(said), *shown, element("p", study.gap.join(note), class_="note"))


@lru_cache(maxsize=2)
def central_rows(study: Study) -> pd.DataFrame:
    """List the central weights of those with a contested grade, by the grade they would get.

    Returns
    -------
    pandas.DataFrame
        One row per person, the first `LISTED` of `answer.agenda`, and grade with at least `EFFECTIVE`
        draws, best first: person_id, `now` (the grade in force), grade, `draws`, the weights of the
        dimensions, `inside` (whether these weights, sub-weights as decided, give the grade), and
        `confidence`, the share of the noise draws with the grade under them.
    """
    held, found = study.exploration, study.simulation
    people = agenda(study).head(LISTED).reset_index(names="turn")[["turn", "person_id", "grade"]]
    people = people.rename(columns={"grade": "now"})
    own = held.panel.people["person_id"].isin(people["person_id"]).to_numpy(bool)
    asked = replace(found, counts=np.where(own[:, None], found.counts, 0))
    rows: list[pd.DataFrame] = []
    for code, grade in enumerate(study.grades):
        codes = np.full(len(held.panel), code)
        factors = confidence_factors(held, asked, study.noise, codes)
        rows.append(people.merge(factors, on="person_id").assign(grade=grade, code=code))
    whole = pd.concat(rows, ignore_index=True)
    told = whole[whole["draws"] >= EFFECTIVE].sort_values(["turn", "code"], ignore_index=True)
    return told[COLUMNS].astype({"inside": bool})


def say_example(study: Study) -> str:
    """Read one row of the table: of another grade than the present one, the most contested person's."""
    rows, locale = central_rows(study), study.locale
    other = rows[rows["grade"] != rows["now"]]
    if other.empty:
        return ""
    row = other.iloc[int(other["inside"].to_numpy(bool).argmax())]
    return locale.text(
        "weights.central.example",
        name=study.labels[str(row["person_id"])],
        now=row["now"],
        grade=row["grade"],
        draws=locale.number(row["draws"]),
        all=locale.number(study.simulation.draws),
        weights=study.write_weights(row[list(DIMENSIONS)]),
        decided=study.write_weights(study.exploration.space.centre),
        confidence=locale.percent(row["confidence"], 0),
    )


def say_outside(study: Study) -> str:
    """Say for how many the central weights do not give the grade themselves, and why that can be."""
    out = int((~central_rows(study)["inside"]).sum())
    if not out:
        return ""
    held = study.exploration
    # Under thresholds the dimension weights that give a grade have no gap: scores are linear in them.
    linear = held.rules.distribution.kind == "thresholds" and held.panel.whole
    why = "gap" if held.space.fixed else "inside" if linear else "either"
    return study.locale.text(f"weights.central.outside.{why}", count=out)


def _table(study: Study, rows: pd.DataFrame) -> Table:
    text, locale = study.locale.text, study.locale
    written = [
        [
            study.labels[str(row["person_id"])],
            str(row["now"]),
            str(row["grade"]),
            locale.number(row["draws"]),
            *(locale.percent(row[name]) for name in DIMENSIONS),
            text("weights.central.yes" if row["inside"] else "weights.central.no"),
            locale.percent(row["confidence"], 0),
        ]
        for _, row in rows.iterrows()
    ]
    heads = [text(f"weights.central.table.{name}") for name in ("name", "now", "grade", "draws")]
    heads += [study.dimension_name(name) for name in DIMENSIONS]
    heads += [text(f"weights.central.table.{name}") for name in ("inside", "confidence")]
    return Table(text("weights.central.caption"), pd.DataFrame(written, columns=heads), words=(0, 1, 2, 7))
