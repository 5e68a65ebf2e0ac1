"""Schemes side by side: what each would change, and who moves under the one that changes most (§4)."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from salesperf_lib import weights
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.reports.weights.tenths import written_in_words
from salesperf_lib.weights.scheme import IN_FORCE, Scheme

MOVED = ["label", "score", "score_new", "rank", "rank_new", "grade", "grade_new"]
NAMED = 6
"""People whom a row of the table names."""


def schemes(study: Study) -> Markup:
    """Show what the presets and every saved scheme would change."""
    text, rows = study.locale.text, compared(study)
    parts: list[Content | Table] = [element("h2", text("weights.schemes.heading"))]
    parts.append(paragraphs([say_schemes(study)], "lead"))
    if rows.empty:
        return block(*parts)
    heads = [text(f"weights.schemes.{name}") for name in ("name", "weights", "up", "down", "ranks", "who")]
    told = [
        [
            row["name"],
            row["weights"],
            study.locale.number(int(row["up"])),
            study.locale.number(int(row["down"])),
            study.locale.number(int(row["ranks"])),
            row["who"],
        ]
        for _, row in rows.iterrows()
    ]
    frame = pd.DataFrame(told, columns=heads)
    return block(*parts, Table(text("weights.schemes.caption"), frame, words=(0, 1, 5)))


def compared(study: Study) -> pd.DataFrame:
    """Compare every scheme with the one in force.

    Returns
    -------
    pandas.DataFrame
        One row per scheme that is another one: key, name, weights in words, people whose grade goes `up`
        and `down`, `ranks` that change, `who`: the people whose grade changes, from which to which.
    """
    rows = [
        {
            "key": scheme.name,
            "name": name_of(study, scheme),
            "weights": written_in_words(study, scheme.dimensions) + _inner(study, scheme),
            "up": int((_places(study, frame["grade_new"]) < _places(study, frame["grade"])).sum()),
            "down": int((_places(study, frame["grade_new"]) > _places(study, frame["grade"])).sum()),
            "ranks": int((frame["up"].fillna(0) != 0).sum()),
            "who": _who(study, frame),
        }
        for scheme, frame in _frames(study)
    ]
    return pd.DataFrame(rows, columns=["key", "name", "weights", "up", "down", "ranks", "who"])


def say_schemes(study: Study) -> str:
    """Say which of the schemes changes most."""
    rows, text = compared(study), study.locale.text
    if rows.empty:
        return text("weights.schemes.none")
    changes = rows["up"] + rows["down"]
    most = rows.iloc[int(changes.argmax())]
    if not changes.max():
        return text("weights.schemes.nothing", count=len(rows))
    return text(
        "weights.schemes.most",
        name=most["name"],
        weights=most["weights"],
        count=int(changes.max()),
        people=len(study.acceptance),
    )


def furthest(study: Study) -> pd.DataFrame:
    """Give who moves under the scheme that changes most grades, then most ranks; for `charts.movements`.

    Returns
    -------
    pandas.DataFrame
        label, score, score_new, rank, rank_new, grade, grade_new, of those who are ranked.
    """
    rows = compared(study)
    if rows.empty:
        return pd.DataFrame(columns=MOVED)
    frame = {scheme.name: frame for scheme, frame in _frames(study)}[_furthest(rows)]
    ranked = frame[frame["rank"].notna()]
    labels = ranked["person_id"].map(study.labels)
    return ranked.assign(label=labels)[MOVED].sort_values("rank_new", ignore_index=True)


def say_furthest(study: Study) -> str:
    """Say what the picture of movements shows."""
    rows = compared(study)
    if rows.empty:
        return study.locale.text("weights.schemes.none")
    row = rows.set_index("key").loc[_furthest(rows)]
    return study.locale.text(
        "weights.schemes.alt", name=row["name"], weights=row["weights"], ranks=row["ranks"]
    )


def name_of(study: Study, scheme: Scheme) -> str:
    """Give what people call a scheme."""
    if scheme.title is not None:
        return scheme.title.of(study.lang)
    return study.locale.text(f"weights.schemes.kind.{scheme.kind}")


def _furthest(rows: pd.DataFrame) -> str:
    order = rows.assign(changes=rows["up"] + rows["down"])
    return str(order.sort_values(["changes", "ranks"], ascending=False, kind="stable")["key"].iloc[0])


@lru_cache(maxsize=2)
def _frames(study: Study) -> list[tuple[Scheme, pd.DataFrame]]:
    """Appraise everybody under every scheme that is another one."""
    exploration = study.exploration
    now = exploration.in_force
    return [
        (scheme, weights.compare(exploration, scheme))
        for scheme in weights.schemes(exploration)
        if scheme.kind != IN_FORCE and not _same(scheme, now)
    ]


def _places(study: Study, grades: pd.Series) -> pd.Series:
    """Give the places of grades, 0 = best."""
    return grades.map({grade: place for place, grade in enumerate(study.grades)})


def _same(scheme: Scheme, other: Scheme) -> bool:
    weights_alike = dict(scheme.dimension_weights) == dict(other.dimension_weights)
    return weights_alike and dict(scheme.sub_weights) == dict(other.sub_weights)


def _inner(study: Study, scheme: Scheme) -> str:
    """Name the roles whose weights inside a dimension a scheme changes."""
    roles = sorted({role for role, _ in scheme.sub_weights})
    if not roles:
        return ""
    named = study.locale.listing([study.role_name(role) for role in roles])
    return study.locale.text("weights.schemes.inner", roles=named)


def _who(study: Study, frame: pd.DataFrame) -> str:
    """Name those whose grade changes, from which to which."""
    rows = frame[frame["changed"]].sort_values(["rank_new", "person_id"])
    text, locale = study.locale.text, study.locale
    told = [
        text(
            "weights.schemes.one",
            name=study.labels[str(row.person_id)],
            before=row.grade,
            after=row.grade_new,
        )
        for row in rows.head(NAMED).itertuples()
    ]
    if len(rows) > NAMED:
        told.append(text("weights.schemes.more", count=len(rows) - NAMED))
    return locale.listing(told) if told else text("weights.schemes.nobody")
