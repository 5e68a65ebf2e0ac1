"""Who stands where: the own team by name, everybody else without one (§2.4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.language import ABSENT, signed
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs

SCORED = "scored"


def roll(report: Report) -> pd.DataFrame:
    """List the team's people with their scores.

    Returns
    -------
    pandas.DataFrame
        One row per person of the team, the best first, people without a score last: person_id, label,
        role, status, score, grade, certainty (chance of the grade), contested, vetoed, rank, count (people
        ranked), and one column per dimension with what it contributes.
    """
    whole = report.appraisal
    own = whole.composites[whole.composites["team_id"] == report.team]
    names = whole.people.drop_duplicates("person_id").set_index("person_id")["name"]
    lines = whole.scores[whole.scores["person_id"].isin(own["person_id"])]
    parts = lines.pivot_table(
        index="person_id", columns="dimension", values="contribution", aggfunc="sum", min_count=1
    )
    parts = parts.reindex(columns=list(DIMENSIONS)).reset_index()
    rows = own.merge(parts, on="person_id", how="left").merge(_grades(report), how="left")
    rows["label"] = rows["person_id"].map(names).fillna(rows["person_id"])
    kept = ["person_id", "label", "role", "status", "score", "grade", "certainty", "contested", "vetoed"]
    kept += ["rank", "count"]
    ordered = rows.reindex(columns=[*kept, *DIMENSIONS]).sort_values(
        ["score", "person_id"], ascending=[False, True], na_position="last"
    )
    return ordered.reset_index(drop=True)


def standing(report: Report) -> pd.DataFrame:
    """Give every score of the company, with names for the own team only.

    Returns
    -------
    pandas.DataFrame
        One row per scored person: label (empty for other teams), role as people read it, score,
        own. The own team comes first, best first; others follow by score, without any id.
    """
    scored = report.appraisal.composites.dropna(subset=["score"])
    others = scored[scored["team_id"] != report.team].sort_values("score", ascending=False)
    own = roll(report).dropna(subset=["score"])
    both = pd.concat(
        [
            own[["label", "role", "score"]].assign(own=True),
            others[["role", "score"]].assign(label="", own=False),
        ]
    )
    return both.assign(role=[role_name(report, role) for role in both["role"]]).reset_index(drop=True)


def bounds(report: Report) -> tuple[tuple[str, float], ...]:
    """Give each grade and its lowest score; none for a provisional report."""
    return () if report.provisional else report.policy.grades.thresholds


def contributions(report: Report) -> pd.DataFrame:
    """Give what each dimension contributes to each score: label and one column per dimension."""
    return roll(report).dropna(subset=["score"])[["label", *DIMENSIONS]]


def dimension_names(report: Report) -> list[str]:
    """Name the dimensions, in the order of `contributions`."""
    return [report.locale.text(f"report.dimension.{name}") for name in DIMENSIONS]


def people(report: Report) -> Markup:
    """Show the team's people: what they scored, what it is made of, and where they rank."""
    text = report.locale.text
    parts: list[Content | Table] = [element("h2", text("report.people.heading"))]
    rows = roll(report)
    if rows.empty:
        return block(*parts, element("p", text("report.people.none")))
    written = pd.DataFrame([_written(report, row) for _, row in rows.iterrows()])
    heads = [text(f"report.people.{name}") for name in ("name", "role")] + dimension_names(report)
    heads += [text(f"report.people.{name}") for name in ("score", "grade", "certainty", "rank", "state")]
    written.columns = heads
    shown = Table(text("report.people.caption"), written, words=(0, 1, len(heads) - 1))
    return block(*parts, paragraphs([say_people(report), say_dimensions(report)]), shown, _note(report))


def say_people(report: Report) -> str:
    """Say how many are scored, how they compare, and which grades they hold."""
    rows, text = roll(report), report.locale.text
    scores, company = rows["score"].dropna(), report.appraisal.composites["score"].dropna()
    if rows.empty:
        return text("report.people.none")
    said = []
    if len(scores):
        key = "report.people.scored_one" if len(scores) == 1 else "report.people.scored"
        figures = {
            "mean": report.locale.number(scores.mean(), 1),
            "company": report.locale.number(company.mean(), 1),
        }
        said.append(text(key, count=len(scores), all=len(company), **figures))
    counted = [
        text("report.people.grade_count", grade=grade, count=count) for grade, count in grade_counts(report)
    ]
    if counted:
        said.append(text("report.people.grades", grades=report.locale.listing(counted)))
    if len(scores) and report.running:
        said.append(text("report.people.running"))
    if missing := int(rows["score"].isna().sum()):
        said.append(text("report.people.unscored", count=missing))
    return sentence_break(report).join(said)


def say_dimensions(report: Report) -> str:
    """Say in which dimension the team's people stand above or below the company's mean."""
    locale, lines = report.locale, report.appraisal.scores
    held = report.appraisal.composites.dropna(subset=["score"])[["person_id", "team_id"]]
    if held["team_id"].nunique() < 2 or not held["team_id"].eq(report.team).any():
        return ""
    earned = (
        lines.drop(columns="team_id")
        .merge(held, on="person_id")
        .pivot_table(
            index=["team_id", "person_id"], columns="dimension", values="contribution", aggfunc="sum"
        )
    )
    own = earned.xs(report.team, level="team_id").mean() - earned.mean()
    parts = [
        locale.text(
            "report.people.dimension",
            dimension=locale.text(f"report.dimension.{name}"),
            difference=signed(locale.number(own[name], 1)),
        )
        for name in DIMENSIONS
        if name in own and not pd.isna(own[name])
    ]
    return locale.text("report.people.dimensions", parts=locale.listing(parts))


def grade_counts(report: Report) -> list[tuple[str, int]]:
    """Count the team's grades, best first; nothing while the period is open."""
    counts = roll(report)["grade"].value_counts()
    order = [grade for grade, _ in report.policy.grades.thresholds]
    return [(grade, int(counts[grade])) for grade in order if grade in counts.index]


def role_name(report: Report, role: str) -> str:
    """Give what people call a role."""
    known = report.policy.roles.get(role)
    return known.name.of(report.lang) if known else role


def sentence_break(report: Report) -> str:
    """Give what stands between two sentences of the language."""
    return "" if report.lang == "zh" else " "


def grade_mark(grade: str) -> Content:
    """Mark a grade so that it is told by its letter first and by its colour second."""
    return element("span", grade, class_=f"grade grade-{grade.lower()}") if grade != ABSENT else grade


def state_of(report: Report, row: pd.Series) -> str:
    """Say what a reader must know of a person's result: why it is none, a veto, or a contested grade."""
    text = report.locale.text
    if row["status"] != SCORED:
        return text(f"status.{row['status']}")
    if row["vetoed"] is True or row["vetoed"] == 1:
        return text("status.veto")
    return text("status.contested") if row["contested"] == 1 else ""


def _grades(report: Report) -> pd.DataFrame:
    """Give grade, its chance and rank by person, empty while the period is open."""
    given = report.appraisal.grades
    names = [grade for grade, _ in report.policy.grades.thresholds]
    chances = given[[f"p_{name.lower()}" for name in names]].to_numpy(float)
    place = given["grade"].map({name: number for number, name in enumerate(names)})
    known = place.notna().to_numpy()
    chance = np.full(len(given), np.nan)
    chance[known] = chances[np.flatnonzero(known), place[known].astype(int)]
    counted = given.assign(count=given["rank"].notna().sum(), certainty=chance)
    columns = ["person_id", "grade", "certainty", "contested", "vetoed", "rank", "count"]
    kept = counted[columns].astype({"contested": object, "vetoed": object})
    return kept.iloc[:0] if report.provisional else kept


def _written(report: Report, row: pd.Series) -> list[Content]:
    number, text = report.locale.number, report.locale.text
    grade = ABSENT if pd.isna(row["grade"]) else str(row["grade"])
    ranked = not pd.isna(row["rank"])
    rank = text("report.people.rank_of", rank=int(row["rank"]), count=int(row["count"])) if ranked else ABSENT
    sure = (
        ABSENT
        if pd.isna(row["certainty"]) or row["vetoed"] == 1
        else report.locale.percent(row["certainty"], 0)
    )
    figures = [number(row[name], 1) for name in (*DIMENSIONS, "score")]
    head = [str(row["label"]), role_name(report, row["role"])]
    return [*head, *figures, grade_mark(grade), sure, rank, state_of(report, row)]


def _note(report: Report) -> Markup:
    return element("p", report.locale.text("report.people.anonymous"), class_="note")
