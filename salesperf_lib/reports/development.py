"""How the team's people developed in a year: training, mentored newcomers, ideas and paths, grades (§2.5)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesperf_lib.language import ABSENT, signed
from salesperf_lib.periods import Period
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.people import grade_mark, role_name, roll, sentence_break
from salesperf_lib.reports.steps import appraised, whole_steps

TRAINING, IDEA, PATH, MENTEE = (
    "training_pass_rate", "idea_traffic_uplift", "path_conversion_uplift", "mentee_sales_uplift",
)  # fmt: skip
ITEMS = (TRAINING, IDEA, PATH, MENTEE)
COLUMNS = ["period", "person_id", "item", "numerator", "denominator", "subject_id", "adopted_on"]
NAN = float("nan")


def assessed(report: Report, *, everybody: bool = False) -> pd.DataFrame:
    """Read what was assessed of the growth of the team's people in the period.

    Parameters
    ----------
    report
        The report.
    everybody
        Whether to read the whole company's, for sums that name nobody.

    Returns
    -------
    pandas.DataFrame
        One row per assessment: period, person_id, item, numerator, denominator (1 where none is given),
        subject_id, adopted_on (missing where not given); by item, day, period and person.
    """
    if not report.facts.has("assessments"):
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.DataFrame(report.facts.table("assessments").execute())
    rows = rows[rows["item"].isin(ITEMS)].reindex(columns=COLUMNS)
    start = report.policy.company.fiscal_start_month
    inside = {text for text in rows["period"].unique() if report.period.contains(Period.parse(text, start))}
    rows = rows[rows["period"].isin(inside)]
    if not everybody:
        rows = rows[rows["person_id"].isin(roll(report)["person_id"])]
    rows = rows.assign(denominator=rows["denominator"].astype(float).fillna(1.0))
    rows["adopted_on"] = pd.to_datetime(rows["adopted_on"])
    return rows.sort_values(["item", "adopted_on", "period", "person_id"], ignore_index=True)


def rate_of(rows: pd.DataFrame) -> float:
    """Give the sum of numerators over that of denominators; NaN where there is nothing to divide by."""
    whole = float(rows["denominator"].sum())
    return float(rows["numerator"].sum()) / whole if whole > 0 else NAN


def uplifts(report: Report) -> pd.DataFrame:
    """Give what ideas, paths and mentoring brought, one by one.

    Returns
    -------
    pandas.DataFrame
        day (of adoption; the last of its period where it has none), dated, label (of the person), kind
        (item), name (of the item), subject (id of the idea or path, the newcomer's name), numerator,
        denominator, rate; by day.
    """
    rows = assessed(report)
    rows = rows[rows["item"] != TRAINING]
    names, start = _names(report), report.policy.company.fiscal_start_month
    ends = [pd.Timestamp(Period.parse(label, start).last) for label in rows["period"]]
    frame = pd.DataFrame(
        {
            "day": rows["adopted_on"].fillna(pd.Series(ends, index=rows.index, dtype="datetime64[ns]")),
            "dated": rows["adopted_on"].notna(),
            "label": [names.get(person, person) for person in rows["person_id"]],
            "kind": rows["item"],
            "name": [report.name_of(item) for item in rows["item"]],
            "subject": [
                _subject(report, item, subject)
                for item, subject in zip(rows["item"], rows["subject_id"], strict=True)
            ],
            "numerator": rows["numerator"].astype(float),
            "denominator": rows["denominator"],
        }
    )
    frame["rate"] = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    return frame.sort_values(["day", "kind", "label"], ignore_index=True)


def _names(report: Report) -> dict[str, str]:
    rows = roll(report)
    return dict(zip(rows["person_id"], rows["label"], strict=True))


def _subject(report: Report, item: str, subject: str | None) -> str:
    """Name an idea or path by its id, a newcomer by name only if it is one of the team's own people."""
    if item != MENTEE:
        return ABSENT if pd.isna(subject) else str(subject)
    own = _names(report).get(str(subject))
    return own or report.locale.text("report.development.other_newcomer")


def development(report: Report) -> Markup:
    """Show training, adopted ideas and improved paths with their dates, and mentored newcomers."""
    text = report.locale.text
    heading = element("h2", text("report.development.heading"))
    if assessed(report).empty:
        return block(heading, element("p", text("report.development.none")))
    tables = [_people_table(report)]
    brought = uplifts(report)
    adopted, mentored = brought[brought["kind"] != MENTEE], brought[brought["kind"] == MENTEE]
    if len(adopted):
        tables.append(_adopted_table(report, adopted))
    if len(mentored):
        tables.append(_mentoring_table(report))
    return block(heading, paragraphs(say_development(report)), *tables)


def say_development(report: Report) -> list[str]:
    """Say what came of training, of ideas and paths, and of mentoring: one sentence or two each."""
    rows = assessed(report)
    if rows.empty:
        return [report.locale.text("report.development.none")]
    return [_say_training(report, rows), *_say_adopted(report), _say_mentoring(report, rows)]


def say_growth(report: Report) -> str:
    """Say what came of the year's development in one text."""
    return sentence_break(report).join(say_development(report))


def _say_training(report: Report, rows: pd.DataFrame) -> str:
    locale, own = report.locale, rows[rows["item"] == TRAINING]
    if own.empty:
        return locale.text("report.development.no_training")
    number, everybody = locale.number, assessed(report, everybody=True)
    figures = {"taken": number(own["denominator"].sum()), "passed": number(own["numerator"].sum())}
    figures |= {"rate": locale.percent(rate_of(own))}
    figures |= {"company": locale.percent(rate_of(everybody[everybody["item"] == TRAINING]))}
    said = [locale.text("report.development.training", **figures)]
    lines = report.appraisal.scores
    mine = lines["person_id"].isin(roll(report)["person_id"]) & lines["kpi"].eq(TRAINING)
    aims = lines.loc[mine & lines["scored_in"].eq(report.period.label), "target"].dropna().unique()
    if len(aims) == 1:
        code = "training_met" if rate_of(own) >= aims[0] else "training_missed"
        said.append(locale.text(f"report.development.{code}", target=locale.percent(aims[0])))
    return sentence_break(report).join(said)


def _say_adopted(report: Report) -> list[str]:
    locale, brought = report.locale, uplifts(report)
    said: list[str] = []
    for kind, code in ((IDEA, "ideas"), (PATH, "paths")):
        rows = brought[brought["kind"] == kind].dropna(subset=["rate"])
        if rows.empty:
            said.append(locale.text(f"report.development.no_{code}"))
            continue
        best = rows.sort_values(["rate", "day"], ascending=[False, True]).iloc[0]
        figures = {"count": len(rows), "rate": signed(locale.percent(rate_of(rows)))}
        figures |= {"name": best["label"], "best": signed(locale.percent(best["rate"]))}
        figures |= {"subject": best["subject"], "day": _day(report, best)}
        said.append(locale.text(f"report.development.{code}", **figures))
    return said


def _say_mentoring(report: Report, rows: pd.DataFrame) -> str:
    locale, own = report.locale, rows[rows["item"] == MENTEE]
    if own.empty:
        return locale.text("report.development.no_mentoring")
    figures = {"mentors": own["person_id"].nunique(), "newcomers": own["subject_id"].nunique(dropna=False)}
    return locale.text("report.development.mentoring", rate=signed(locale.percent(rate_of(own))), **figures)


def _day(report: Report, row: pd.Series) -> str:
    return report.locale.date(row["day"].date()) if row["dated"] else ABSENT


def _people_table(report: Report) -> Table:
    locale, text = report.locale, report.locale.text
    rows: list[list[Content]] = []
    given = assessed(report)
    person: Any
    for person in roll(report).itertuples():
        own = given[given["person_id"] == person.person_id]
        taken = own[own["item"] == TRAINING]
        raw = f"{locale.number(taken['numerator'].sum())} ÷ {locale.number(taken['denominator'].sum())}"
        counts = [_count(report, own[own["item"] == item]) for item in (IDEA, PATH)]
        mentored = own.loc[own["item"] == MENTEE, "subject_id"].nunique(dropna=False)
        cells = [raw if len(taken) else ABSENT, locale.percent(rate_of(taken)), *counts]
        cells.append(locale.number(mentored) if mentored else ABSENT)
        rows.append([str(person.label), role_name(report, str(person.role)), *cells])
    heads = [text("report.people.name"), text("report.people.role"), text("report.development.passed")]
    heads += [report.name_of(TRAINING)]
    heads += [text(f"report.development.{name}_head") for name in ("ideas", "paths", "newcomers")]
    return Table(text("report.development.people"), pd.DataFrame(rows, columns=heads), words=(0, 1))


def _count(report: Report, rows: pd.DataFrame) -> str:
    return report.locale.number(len(rows)) if len(rows) else ABSENT


def _adopted_table(report: Report, brought: pd.DataFrame) -> Table:
    locale, text = report.locale, report.locale.text
    rows: list[list[Content]] = [
        [
            _day(report, row), row["label"], row["name"], row["subject"],
            f"{locale.number(row['numerator'])} ÷ {locale.number(row['denominator'])}",
            signed(locale.percent(row["rate"])),
        ]
        for _, row in brought.iterrows()
    ]  # fmt: skip
    names = ("adopted_on", "who", "what", "subject", "raw", "uplift")
    heads = [text(f"report.development.{name}") for name in names]
    caption = text("report.development.adopted")
    return Table(caption, pd.DataFrame(rows, columns=heads), words=(0, 1, 2, 3))


def _mentoring_table(report: Report) -> Table:
    locale, text, names = report.locale, report.locale.text, _names(report)
    given = assessed(report)
    given = given[given["item"] == MENTEE]
    rows: list[list[Content]] = []
    pair: Any
    for pair, own in given.groupby(["person_id", "subject_id"], sort=True, dropna=False):
        mentor, subject = pair
        spans = [locale.period(label) for label in sorted(own["period"].unique())]
        uplift = signed(locale.percent(rate_of(own)))
        rows.append([names[mentor], _subject(report, MENTEE, subject), locale.listing(spans), uplift])
    heads = [text(f"report.development.{name}") for name in ("mentor", "newcomer", "when", "sales_uplift")]
    caption = text("report.development.mentored")
    return Table(caption, pd.DataFrame(rows, columns=heads), words=(0, 1, 2))


# -- grades by quarter


def grades_frame(report: Report) -> pd.DataFrame:
    """Give the grades of the team's people, part by part of the period.

    Returns
    -------
    pandas.DataFrame
        One row per person of the team, in the order of the roll: label, one column per part that is over (its
        grade, or the code why there is none), grade (of the whole period; None while it is open).
    """
    rows = roll(report)
    frame = rows[["label"]].copy()
    for part in whole_steps(report):
        whole = appraised(report, part)
        grades = whole.grades.drop_duplicates("person_id").set_index("person_id")["grade"]
        why = whole.composites.set_index("person_id")["status"]
        held = rows["person_id"].map(grades)
        frame[part.label] = held.where(held.notna(), rows["person_id"].map(why))
    return frame.assign(grade=rows["grade"])


def grades(report: Report) -> Markup:
    """Show each person's grades through the period."""
    text, locale = report.locale.text, report.locale
    heading = element("h2", text("report.grades.heading"))
    frame = grades_frame(report)
    if report.provisional or frame.empty:
        code = "report.people.none" if frame.empty else "report.grades.open"
        return block(heading, element("p", text(code)))
    parts = [name for name in frame.columns if name not in ("label", "grade")]
    rows = [
        [row["label"], *(_grade_cell(report, row[name]) for name in parts), _grade_cell(report, row["grade"])]
        for _, row in frame.iterrows()
    ]
    heads = [text("report.people.name"), *(locale.period(part) for part in parts)]
    heads.append(text("report.grades.whole", period=locale.period(report.period.label)))
    words = tuple(range(len(heads)))
    shown = Table(text("report.grades.caption"), pd.DataFrame(rows, columns=heads), words=words)
    return block(heading, paragraphs([say_grades(report)]), shown)


def say_grades(report: Report) -> str:
    """Say how many people's grades rose and fell from the first part to the last."""
    locale, frame = report.locale, grades_frame(report)
    parts = [name for name in frame.columns if name not in ("label", "grade")]
    order = {grade: place for place, (grade, _) in enumerate(report.policy.grades.thresholds)}
    if len(parts) < 2:
        return locale.text("report.grades.too_few")
    first, last = (frame[name].map(order) for name in (parts[0], parts[-1]))
    known = first.notna() & last.notna()
    if not known.any():
        return locale.text("report.grades.too_few")
    moved = (first - last)[known]
    counts = {"up": int((moved > 0).sum()), "down": int((moved < 0).sum()), "same": int((moved == 0).sum())}
    spans = {"first": locale.period(parts[0]), "last": locale.period(parts[-1])}
    return locale.text("report.grades.moved", **spans, **counts)


def _grade_cell(report: Report, code: object) -> Content:
    """Write a grade with its mark, or why there is none."""
    if not isinstance(code, str):
        return ABSENT
    known = {grade for grade, _ in report.policy.grades.thresholds}
    return (
        grade_mark(code)
        if code in known
        else element("span", report.locale.text(f"status.{code}"), class_="note")
    )
