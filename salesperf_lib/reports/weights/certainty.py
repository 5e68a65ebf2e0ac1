"""Which grades no weighting can change, and how much of the weightings gives which to the others (§4)."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from salesperf_lib.reports.certainty import grade_mark
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, folded, paragraphs
from salesperf_lib.reports.weights.answer import say_prior
from salesperf_lib.reports.weights.study import Study

SHOWN = 25
"""People in the figure, and in the table that stands open."""

_LEAST = 0.001
_RULE_OF_THREE = 3


def certainty(study: Study) -> Markup:
    """Show everybody whose grade is not guaranteed with the shares of each, and sum up who is safe."""
    text, rows = study.locale.text, uncertain(study)
    parts: list[Content | Table] = [element("h2", text("weights.certainty.heading"))]
    if study.acceptance.empty:
        return block(*parts, element("p", text("weights.answer.nobody")))
    parts.append(paragraphs([say_open(study), say_fixed(study), say_marks(study)]))
    if len(rows):
        parts += [_table(study, rows.head(SHOWN)), element("p", _say_reading(study), class_="note")]
    if len(rows) > SHOWN:
        title = text("weights.certainty.rest", count=len(rows) - SHOWN)
        parts.append(folded(title, _table(study, rows.iloc[SHOWN:], title)))
    return block(*parts, *_fixed_list(study))


@lru_cache(maxsize=4)
def uncertain(study: Study) -> pd.DataFrame:
    """List everybody whose grade is not guaranteed, the least certain first.

    Returns
    -------
    pandas.DataFrame
        Rows of `Study.acceptance`, plus label and score.
    """
    table = study.acceptance
    scores = study.exploration.panel.people["score"].to_numpy(float)
    known = table.assign(label=table["person_id"].map(study.labels), score=scores)
    return known[~known["guaranteed"]].sort_values(["share", "person_id"], ignore_index=True)


def bars(study: Study) -> pd.DataFrame:
    """Give the shares of each grade, for `charts.grade_chances`.

    Returns
    -------
    pandas.DataFrame
        One row per person whose grade is not guaranteed, at most `SHOWN`, the least certain first: label,
        grade in force, then one column of shares per grade, best first.
    """
    return uncertain(study).head(SHOWN)[["label", "grade", *study.grades]]


def bars_title(study: Study) -> str:
    """Give the title of the figure of shares."""
    return study.locale.text("weights.certainty.bars")


def say_bars(study: Study) -> str:
    """Say what the figure of shares shows."""
    rows = uncertain(study)
    if rows.empty:
        return say_open(study)
    first = rows.iloc[0]
    told = {"name": first["label"], "grade": first["grade"], "share": _share(study, first, first["grade"])}
    key = "weights.certainty.alt_some" if len(rows) > SHOWN else "weights.certainty.alt"
    return study.locale.text(key, shown=SHOWN, count=len(rows), **told)


def say_open(study: Study) -> str:
    """Say how many grades another weighting could change, and how many really hang on it."""
    text, rows, count = study.locale.text, uncertain(study), len(study.acceptance)
    if rows.empty:
        return text("weights.certainty.none_open", count=count) if count else text("weights.answer.nobody")
    limit = study.locale.percent(study.policy.grades.certainty.contested_below, 0)
    contested = int(rows["contested"].sum())
    key = "weights.certainty.open" if contested else "weights.certainty.open_none"
    return text(key, open=len(rows), count=count, contested=contested, limit=limit)


def say_fixed(study: Study) -> str:
    """Say how many grades of each kind no admissible weighting can change; empty if there are none."""
    fixed = study.acceptance.loc[study.acceptance["guaranteed"], "grade"].value_counts()
    counts = [(grade, int(fixed[grade])) for grade in study.grades if grade in fixed.index]
    if not counts:
        return ""
    listed = [study.locale.text("weights.certainty.of_grade", grade=grade, n=n) for grade, n in counts]
    total = sum(n for _, n in counts)
    return study.locale.text("weights.certainty.fixed", count=total, grades=study.locale.listing(listed))


def say_marks(study: Study) -> str:
    """Say how this differs from the mark of contested grades in the reports of the period."""
    given = study.exploration.appraisal.grades.astype({"person_id": str})
    graded = given[given["person_id"].isin(study.acceptance["person_id"])]
    limit = study.locale.percent(study.policy.grades.certainty.contested_below, 0)
    told = {"limit": limit, "monthly": int(graded["contested"].sum())}
    if study.exploration.space.fixed:
        return study.locale.text("weights.certainty.same", **told)
    here = int(uncertain(study)["contested"].sum())
    return study.locale.text("weights.certainty.differs", here=here, **told)


def _say_reading(study: Study) -> str:
    """Say how to read the table."""
    least = study.locale.percent(_smallest(study))
    return study.gap.join([study.locale.text("weights.certainty.reading", least=least), say_prior(study)])


def _smallest(study: Study) -> float:
    """Give the smallest share that so many draws tell from none: three over their number."""
    return max(_LEAST, _RULE_OF_THREE / study.simulation.draws)


def _share(study: Study, row: pd.Series, grade: str) -> str:
    """Write a share of weightings; what no draw gave but is possible is not nothing."""
    names, least, share = study.grades, _smallest(study), float(row[grade])
    text, percent = study.locale.text, study.locale.percent
    possible = names.index(row["best"]) <= names.index(grade) <= names.index(row["worst"])
    if not possible:
        return percent(0, 0)
    if share < least:
        return text("weights.share.little", least=percent(least))
    return text("weights.share.nearly", most=percent(1 - least)) if share > 1 - least else percent(share)


def _table(study: Study, rows: pd.DataFrame, caption: str = "") -> Table:
    text, locale, names = study.locale.text, study.locale, study.grades
    written: list[list[Content]] = [
        [
            str(row["label"]),
            study.team_names.get(str(row["team_id"]), str(row["team_id"])),
            study.role_name(str(row["role"])),
            locale.number(row["score"], 2),
            grade_mark(str(row["grade"])),
            *(_share(study, row, grade) for grade in names),
            text("weights.certainty.span", best=row["best"], worst=row["worst"]),
            text("weights.certainty.contested") if row["contested"] else "",
        ]
        for _, row in rows.iterrows()
    ]
    heads = [text(f"weights.table.{name}") for name in ("name", "team", "role", "score", "grade")]
    heads += [text("weights.table.share_of", grade=grade) for grade in names]
    heads += [text("weights.certainty.possible"), text("weights.certainty.mark")]
    end = len(heads)
    frame = pd.DataFrame(written, columns=heads)
    caption = caption or text("weights.certainty.caption")
    return Table(caption, frame, words=(0, 1, 2, 4, end - 2, end - 1))


def _fixed_list(study: Study) -> list[Markup]:
    """Fold the list of those whose grade is guaranteed, if there are any, by grade."""
    text, table = study.locale.text, study.acceptance
    fixed = table[table["guaranteed"]]
    if fixed.empty:
        return []
    rows: list[list[Content]] = []
    for grade in study.grades:
        own = [study.labels[str(one)] for one in fixed.loc[fixed["grade"] == grade, "person_id"]]
        if own:
            rows.append([grade_mark(grade), study.locale.number(len(own)), study.locale.listing(own)])
    heads = [text(f"weights.certainty.{name}") for name in ("grade", "people", "names")]
    title = text("weights.certainty.fixed_list", count=len(fixed))
    return [folded(title, Table(title, pd.DataFrame(rows, columns=heads), words=(0, 2)))]
