"""How far the team's grades can be trusted: how likely each is, who cannot be told apart (§2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import pandas as pd

from salesperf_lib import grades
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, folded, paragraphs
from salesperf_lib.reports.people import grade_mark, roll, sentence_break

FIRM = 0.9
"""From this probability on a grade is called one that can be relied on."""

LEAST = 10
"""People from whom on the spread of scores says how much of it is noise."""

TOLD = 2
"""Pairs that a sentence of their own is about."""


@lru_cache(maxsize=2)
def measured(report: Report) -> grades.Uncertainty:
    """Redraw the company's scores from their measurement noise, once for the whole report."""
    whole = report.appraisal
    out = set(whole.grades.loc[whole.grades["vetoed"].astype(bool), "person_id"])
    own = whole.composites.loc[whole.composites["team_id"] == report.team, "person_id"]
    return grades.uncertainty(whole.scores, report.policy, out, set(own))


def certainty(report: Report) -> Markup | None:
    """Show how certain each grade of the team is, between which ranks everybody lies, and who is alike.

    Returns
    -------
    Markup or None
        None while the period is open: there are no grades then.
    """
    if report.provisional:
        return None
    rows = _rows(report)
    said = [
        say_grading(report),
        _together(report, say_firm(report), _say_other(report)),
        say_base_rate(report),
        _say_pairs(report),
        _say_contested(report),
        _say_veto(report),
    ]
    heading = element("h2", report.locale.text("report.certainty.heading"))
    if rows.empty:
        return block(heading, paragraphs(said))
    return block(heading, paragraphs(said), _table(report, rows), _method(report), *_pairs(report))


def certainty_in_short(report: Report) -> Markup | None:
    """Say in a few sentences how far the team's grades can be trusted; None while the period is open."""
    if report.provisional:
        return None
    said = [
        _together(report, say_firm(report), _say_other(report)),
        say_base_rate(report),
        _say_contested(report),
        _say_veto(report),
    ]
    heading = element("h2", report.locale.text("report.certainty.heading"))
    note = [] if _rows(report).empty else [_method(report)]
    return block(heading, paragraphs(said), *note)


def chances(report: Report) -> pd.DataFrame:
    """Give how likely each grade is, for a figure.

    Returns
    -------
    pandas.DataFrame
        One row per person of the team whose grade follows from the score, the best first: label, grade
        (the one given), then one column per grade, best first, named as it is: whole percents, as rates,
        that add up to 1; that of the given grade is rounded as everywhere. Empty while the period is open.
    """
    names, rows = _grade_names(report), _rows(report)
    exact = rows[_columns(names)].to_numpy(float)
    whole = [
        _percents(row, names.index(grade))
        for row, grade in zip(exact, rows["grade"].astype(str), strict=True)
    ]
    rates = pd.DataFrame(np.reshape(whole, (-1, len(names))), columns=names, index=rows.index) / 100
    return pd.concat([rows[["label", "grade"]], rates], axis=1)


def say_certainty(report: Report) -> str:
    """Say what the figure of chances shows."""
    rows = _rows(report)
    return report.locale.text("report.certainty.alt", count=len(rows), firm=say_firm(report))


def say_grading(report: Report) -> str:
    """Say how grades were given: thresholds, or fixed shares, of whom, and what happens to ties."""
    text, locale, rule = report.locale.text, report.locale, report.policy.grades.distribution
    marks = [
        text("report.definitions.grade", grade=grade, lowest=locale.number(lowest))
        for grade, lowest in report.policy.grades.thresholds
    ]
    if rule.kind == "thresholds":
        return text("report.certainty.thresholds", grades=locale.listing(marks))
    shares = [
        text("report.certainty.quota", grade=grade, share=locale.percent(float(share), 0))
        for grade, share in rule.quotas
    ]
    named = rule.tie in report.policy.kpis
    return text(
        "report.certainty.forced",
        cohort=text(f"report.certainty.cohort.{rule.cohort}"),
        quotas=locale.listing(shares),
        least=max(rule.min_cohort, 2),
        grades=locale.listing(marks),
        tie=text("report.certainty.tie.kpi", kpi=report.name_of(rule.tie))
        if named
        else text("report.certainty.tie.promote"),
        scale=text("report.certainty.scale") if rule.cohort == "team" and rule.team_scale else "",
    )


def say_firm(report: Report) -> str:
    """Say how many grades can be relied on, and whose."""
    text, locale, rows = report.locale.text, report.locale, _rows(report)
    if rows.empty:
        return text("report.certainty.nobody")
    firm = rows.loc[rows["certainty"] >= FIRM, "label"]
    said = {"all": len(rows), "least": locale.percent(FIRM, 0)}
    if firm.empty:
        return text("report.certainty.none_firm", **said)
    if len(firm) == len(rows):
        return text("report.certainty.all_firm", **said)
    return text("report.certainty.firm", count=len(firm), names=locale.listing(list(firm)), **said)


def say_base_rate(report: Report) -> str:
    """Say how many of those with the best grade truly belong to the top; empty where that is not known.

    Notes
    -----
    Reliability = 1 − mean noise variance / variance of the company's scores, at least 0; with it and the
    share q of people who hold the best grade, P(true top q | graded best) of METHODS §2.3.
    """
    given = report.appraisal.grades
    graded = given[given["score"].notna() & ~given["vetoed"].astype(bool)]
    best = _grade_names(report)[0]
    share = float((graded["grade"] == best).mean()) if len(graded) else 0.0
    spread = float(graded["score"].astype(float).var()) if len(graded) >= LEAST else 0.0
    if not (0 < share < 1 and spread > 0):
        return ""
    noise = measured(report).noise.reindex(graded["person_id"].to_numpy())
    real = max(0.0, 1 - float((noise**2).mean()) / spread)
    hits = grades.reliability(share, share, real)
    locale = report.locale
    return locale.text(
        "report.certainty.base_rate",
        people=len(graded),
        real=locale.percent(real, 0),
        share=locale.percent(share, 0),
        grade=best,
        hits=locale.number(100 * hits),
    )


def noise_of_change(report: Report) -> float:
    """Give how far two scores of one person may lie apart by measurement noise alone, in points.

    Notes
    -----
    z·√2·s with s the root mean square of the standard errors of the team's scores, z of the policy's
    interval; the earlier period is taken to be as uncertain as this one. NaN where nobody is scored.
    """
    rows = roll(report).dropna(subset=["score"])
    own = measured(report).noise.reindex(rows["person_id"].to_numpy()).dropna()
    z = NormalDist().inv_cdf((1 + report.policy.grades.certainty.interval) / 2)
    return z * float((2 * (own**2).mean()) ** 0.5)


def adding_to(parts: Sequence[float], total: int) -> list[int]:
    """Round parts to whole numbers that add up to a given whole number, by largest remainder.

    Parameters
    ----------
    parts
        Their exact sum lies less than 1 away from `total`.
    total
        What they add up to once rounded.

    Returns
    -------
    list of int
        Each less than 1 away from its part; parts that are zero stay zero.
    """
    exact = np.asarray(parts, float)
    whole = np.floor(exact)
    short = int(total - whole.sum())
    remainder = np.where(exact == 0, -1.0, exact - whole)
    whole[np.argsort(-remainder, kind="stable")[:short]] += 1
    return [int(part) for part in whole]


def _percents(rates: np.ndarray, given: int) -> list[int]:
    """Write rates as whole percents that add up to 100: that of the given grade is rounded first."""
    own = int((100 * Decimal(float(rates[given]))).quantize(Decimal(1), ROUND_HALF_UP))
    others = adding_to([100 * rate for place, rate in enumerate(rates) if place != given], 100 - own)
    return [*others[:given], own, *others[given:]]


@lru_cache(maxsize=2)
def _rows(report: Report) -> pd.DataFrame:
    """List the team's people whose grade follows from the score, the best first."""
    rows = roll(report)
    columns = _columns(_grade_names(report))
    given = report.appraisal.grades[["person_id", *columns]]
    rows = rows[rows["grade"].notna() & (rows["vetoed"] != 1) & rows["certainty"].notna()]
    return rows.merge(given, on="person_id", how="left")


def _grade_names(report: Report) -> list[str]:
    return [grade for grade, _ in report.policy.grades.thresholds]


def _columns(names: list[str]) -> list[str]:
    return [f"p_{name.lower()}" for name in names]


def _together(report: Report, *sentences: str) -> str:
    return sentence_break(report).join(sentence for sentence in sentences if sentence)


def _say_other(report: Report) -> str:
    """Name those for whom another grade is more likely than the one given."""
    names, percent = _grade_names(report), report.locale.percent
    told: list[str] = []
    for _, row in chances(report).iterrows():
        own, other = str(row["grade"]), max(names, key=lambda name: float(row[name]))
        if row[other] > row[own]:
            said = {"grade": own, "p": percent(row[own], 0), "other": other, "q": percent(row[other], 0)}
            told.append(report.locale.text("report.certainty.person", name=row["label"], **said))
    return report.locale.text("report.certainty.other", people=report.locale.listing(told)) if told else ""


def _alike(report: Report) -> pd.DataFrame:
    """List the pairs that cannot be told apart: those with different grades first, then the closest."""
    rows = _rows(report)
    label, grade = (dict(zip(rows["person_id"], rows[name], strict=True)) for name in ("label", "grade"))
    pairs = measured(report).pairs
    pairs = pairs[pairs["person_id_a"].isin(list(label)) & pairs["person_id_b"].isin(list(label))]
    found = pairs.assign(
        **{f"{name}_{side}": pairs[f"person_id_{side}"].map(held)
           for name, held in (("label", label), ("grade", grade)) for side in ("a", "b")}
    )  # fmt: skip
    order = found.assign(same=found["grade_a"] == found["grade_b"])
    return order.sort_values(["same", "difference", "person_id_a", "person_id_b"], ignore_index=True)


def _say_pairs(report: Report) -> str:
    """Say how many pairs cannot be told apart, and of some of them how close they are."""
    people = len(_rows(report))
    if people < 2:
        return ""
    alike = _alike(report)
    if alike.empty:
        return report.locale.text("report.certainty.none_alike")
    every = people * (people - 1) // 2
    head = report.locale.text("report.certainty.pairs", all=every, count=len(alike))
    return _together(report, head, *(_pair(report, row) for _, row in alike.head(TOLD).iterrows()))


def _pair(report: Report, row: pd.Series) -> str:
    figures = {name: report.locale.number(row[name], 1) for name in ("difference", "low", "high")}
    told = {"first": row["label_a"], "second": row["label_b"], **figures}
    if row["same"]:
        return report.locale.text("report.certainty.alike", **told)
    both = {"grade_first": row["grade_a"], "grade_second": row["grade_b"]}
    return report.locale.text("report.certainty.alike_graded", **told, **both)


def _say_contested(report: Report) -> str:
    rows = _rows(report)
    names = list(rows.loc[rows["contested"] == 1, "label"])
    return (
        report.locale.text("report.certainty.contested", names=report.locale.listing(names)) if names else ""
    )


def _say_veto(report: Report) -> str:
    """Say of whom a case sets the grade, by the rule alone."""
    rows = roll(report)
    names = list(rows.loc[(rows["vetoed"] == 1) & rows["grade"].notna(), "label"])
    grade = report.policy.grades.veto.grade
    listed = report.locale.listing(names)
    return report.locale.text("report.certainty.veto", names=listed, grade=grade) if names else ""


def _method(report: Report) -> Markup:
    draws = report.locale.number(report.policy.grades.certainty.draws)
    return element("p", report.locale.text("report.certainty.method", draws=draws), class_="note")


def _table(report: Report, rows: pd.DataFrame) -> Table:
    text, percent, number = report.locale.text, report.locale.percent, report.locale.number
    names = _grade_names(report)
    ranks = measured(report).ranks.set_index("person_id")
    alike = _alike(report)
    count = pd.concat([alike["person_id_a"], alike["person_id_b"]]).value_counts()
    written: list[list[Content]] = []
    for (_, row), (_, shown) in zip(rows.iterrows(), chances(report).iterrows(), strict=True):
        place = ranks.loc[row["person_id"]]
        between = {name: number(place[name]) for name in ("best", "worst")}
        apart = text("report.certainty.of", count=int(count.get(row["person_id"], 0)), all=len(rows) - 1)
        cells = [percent(shown[name], 0) for name in names]
        rank = [number(row["rank"]), text("report.certainty.range", **between)]
        written.append([str(row["label"]), grade_mark(str(row["grade"])), *cells, *rank, apart])
    heads = [text(f"report.certainty.{name}") for name in ("name", "grade")] + names
    heads += [text(f"report.certainty.{name}") for name in ("rank", "ranks", "apart")]
    level = percent(report.policy.grades.certainty.interval, 0)
    return Table(text("report.certainty.caption", level=level), pd.DataFrame(written, columns=heads), (0, 1))


def _pairs(report: Report) -> list[Markup]:
    """Fold the list of all pairs that cannot be told apart, if there are any."""
    text, number, alike = report.locale.text, report.locale.number, _alike(report)
    if alike.empty:
        return []
    written = [
        [
            *(str(row[name]) for name in ("label_a", "label_b")),
            number(row["difference"], 1),
            text("report.certainty.between", low=number(row["low"], 1), high=number(row["high"], 1)),
        ]
        for _, row in alike.sort_values(["difference", "person_id_a", "person_id_b"]).iterrows()
    ]
    level = report.locale.percent(report.policy.grades.certainty.interval, 0)
    heads = [text(f"report.certainty.{name}") for name in ("first", "second", "difference")]
    heads.append(text("report.certainty.interval", level=level))
    title = text("report.certainty.all_pairs", count=len(alike))
    return [folded(title, Table(title, pd.DataFrame(written, columns=heads), words=(0, 1)))]
