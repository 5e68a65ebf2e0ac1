"""How a longer period is scored: by its own KPIs, beside its months, and a year in layers (§2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from salesperf_lib.language import ABSENT, signed
from salesperf_lib.params import Policy
from salesperf_lib.params.policy import Layer
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.explanation import adding_up, earlier_layers, lines
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.people import role_name, roll, sentence_break
from salesperf_lib.reports.steps import appraised, steps, whole_steps

LAYERS: tuple[Layer, ...] = ("month", "quarter", "year")


# -- the period's own set of KPIs


def own_set(report: Report) -> pd.DataFrame:
    """Compare what the team's roles are scored on with the next shorter period.

    Returns
    -------
    pandas.DataFrame
        One row per role and KPI whose weight in the composite differs: role, kpi, before, now (NaN where
        it is not in the set), in the order of the roles' sets.
    """
    parts = steps(report)
    then = report.policy.at(parts[-1]) if parts[-1] != report.period else report.policy
    rows: list[dict[str, object]] = []
    for role in _roles(report):
        now, before = _weights(report.policy, role), _weights(then, role)
        for kpi in [*now, *(kpi for kpi in before if kpi not in now)]:
            pair = (before.get(kpi), now.get(kpi))
            if pair[0] != pair[1]:
                rows.append({"role": role, "kpi": kpi, "before": pair[0], "now": pair[1]})
    frame = pd.DataFrame(rows, columns=["role", "kpi", "before", "now"])
    return frame.astype({"before": float, "now": float})


def _roles(report: Report) -> list[str]:
    held = list(dict.fromkeys(roll(report)["role"]))
    return [role for role in report.policy.roles if role in held]


def _weights(policy: Policy, role: str) -> Mapping[str, float]:
    """Give what each KPI of a role weighs in the composite: dimension × share inside it."""
    if role not in policy.roles:
        return {}
    of = policy.weights_of(role)
    return {
        row.kpi: float(of[row.dimension] * row.weight)
        for row in policy.roles[role].kpis
        if row.dimension in of
    }


def own_kpis(report: Report) -> Markup:
    """Show on what the period's own set lays weight that the shorter one's does not."""
    text = report.locale.text
    heading = element("h2", text("report.own_set.heading"))
    if not _roles(report):
        return block(heading, element("p", text("report.people.none")))
    frame = own_set(report)
    why = [text(f"report.own_set.{report.period.kind}")] if report.period.kind in ("quarter", "year") else []
    said = paragraphs([*why, *say_own_set(report)])
    if frame.empty:
        return block(heading, said)
    phases = report.period.kind == "quarter"  # a month's weights move with its phase
    note = element("p", text("report.own_set.note") if phases else "", class_="note")
    return block(heading, said, _own_table(report, frame), note)


def say_own_set(report: Report) -> list[str]:
    """Say for each role which KPIs come in and which go out; one sentence each."""
    frame, locale = own_set(report), report.locale
    said: list[str] = []
    same = [role for role in _roles(report) if role not in set(frame["role"])]
    for role in _roles(report):
        rows = frame[frame["role"] == role]
        parts: list[str] = []
        for code, kept in (
            ("comes", rows[rows["before"].isna()]),
            ("goes", rows[rows["now"].isna()]),
            ("more", rows[rows["now"] > rows["before"]]),
        ):
            names = [report.name_of(kpi) for kpi in kept["kpi"]]
            if names:
                parts.append(locale.text(f"report.own_set.{code}", kpis=locale.listing(names)))
        if parts:
            joined = locale.text("report.own_set.join").join(parts)
            said.append(locale.text("report.own_set.role", role=role_name(report, role), parts=joined))
    if same:
        names = locale.listing([role_name(report, role) for role in same])
        said.append(locale.text("report.own_set.same", roles=names))
    return said


def _own_table(report: Report, frame: pd.DataFrame) -> Table:
    locale, text = report.locale, report.locale.text
    rows: list[list[Content]] = []
    headed: list[int] = []
    for role, own in frame.groupby("role", sort=False):
        headed.append(len(rows))
        rows.append([role_name(report, str(role)), "", "", ""])
        for _, row in own.iterrows():
            gap = np.nan_to_num(row["now"]) - np.nan_to_num(row["before"])
            cells = [locale.percent(row["before"]), locale.percent(row["now"]), locale.points(gap)]
            rows.append([report.name_of(str(row["kpi"])), *cells])
    shorter = "quarter" if report.period.kind == "year" else "month"
    heads = [text("report.funnel.indicator"), text(f"report.own_set.weight.{shorter}")]
    heads += [text("report.own_set.weight.now"), text("report.step.change")]
    caption = text("report.own_set.caption")
    return Table(caption, pd.DataFrame(rows, columns=heads), headed=tuple(headed))


# -- the scores of the months beside the whole


def beside(report: Report) -> pd.DataFrame:
    """Put each person's scores of the parts beside that of the whole period.

    Returns
    -------
    pandas.DataFrame
        One row per person of the team, in the order of the roll: label, one column per part that is over
        (by its period), mean (of the parts scored), score, gap (score − mean).
    """
    rows = roll(report)
    frame = rows[["label"]].copy()
    parts = [part.label for part in whole_steps(report) if part != report.period]
    for part in whole_steps(report):
        if part.label in parts:
            scores = appraised(report, part).composites.set_index("person_id")["score"]
            frame[part.label] = rows["person_id"].map(scores).astype(float)
    frame["mean"] = frame[parts].mean(axis=1) if parts else float("nan")
    frame["score"] = rows["score"].astype(float)
    return frame.assign(gap=frame["score"] - frame["mean"])


def months(report: Report) -> Markup:
    """Show whether the whole period confirms its parts."""
    text = report.locale.text
    heading = element("h2", text("report.beside.heading"))
    frame = beside(report)
    if frame.empty or frame["gap"].isna().all():
        return block(heading, element("p", text("report.beside.none")))
    return block(heading, paragraphs([say_months(report)]), _beside_table(report, frame))


def say_months(report: Report) -> str:
    """Say how the whole differs from the mean of its parts, and for whom most."""
    locale, frame = report.locale, beside(report).dropna(subset=["gap"])
    if frame.empty:
        return locale.text("report.beside.none")
    number = locale.number
    names = {"parts": _parts(report), "period": locale.period(report.period.label)}
    means = {"whole": number(frame["score"].mean(), 1), "mean": number(frame["mean"].mean(), 1)}
    said = [locale.text("report.beside.means", count=len(frame), **means, **names)]
    ordered = frame.sort_values("gap", kind="stable")
    for code, row in (("gained", ordered.iloc[-1]), ("lost", ordered.iloc[0])):
        if abs(row["gap"]) >= 0.05 and (row["gap"] > 0) == (code == "gained"):
            figures = {"name": row["label"], "gap": number(abs(row["gap"]), 1)}
            said.append(locale.text(f"report.beside.{code}", parts=_parts(report), **figures))
    said.append(locale.text("report.beside.why", **names))
    return sentence_break(report).join(said)


def _parts(report: Report) -> str:
    """Name the parts of the period: the months, or the quarters."""
    return report.locale.text(f"report.parts.{'quarter' if report.period.kind == 'year' else 'month'}")


def _beside_table(report: Report, frame: pd.DataFrame) -> Table:
    locale, text = report.locale, report.locale.text
    parts = [name for name in frame.columns if name not in ("label", "mean", "score", "gap")]
    rows: list[list[Content]] = [
        [
            row["label"], *(locale.number(row[name], 1) for name in (*parts, "mean", "score")),
            signed(locale.number(row["gap"], 1)),
        ]
        for _, row in frame.iterrows()
    ]  # fmt: skip
    heads = [text("report.people.name"), *(locale.period(part) for part in parts)]
    heads += [
        text("report.beside.mean", parts=_parts(report)),
        locale.period(report.period.label),
        text("report.beside.gap"),
    ]
    return Table(text("report.beside.caption"), pd.DataFrame(rows, columns=heads))


# -- the layers of a year


def layer_parts(report: Report) -> pd.DataFrame:
    """Give what months, quarters and the year's own set contribute to each composite.

    Returns
    -------
    pandas.DataFrame
        One row per scored person, the best first: label, month, quarter, year: rounded to two digits so
        that they add up to the rounded composite.
    """
    rows: list[list[object]] = []
    row: Any
    for row in roll(report).dropna(subset=["score"]).itertuples():
        held = _layers_of(report, str(row.person_id))
        rows.append([row.label, *adding_up([held[name][1] for name in LAYERS], 2)])
    return pd.DataFrame(rows, columns=["label", *LAYERS])


def layer_names(report: Report) -> list[str]:
    """Name the layers, in the order of `layer_parts`."""
    return [report.locale.text(f"report.layers.{name}") for name in LAYERS]


def layers(report: Report) -> Markup:
    """Show what each layer contributes to the year's composites; the parts add up."""
    text = report.locale.text
    heading = element("h2", text("report.layers.heading"))
    if report.period.kind != "year":
        return block(heading, element("p", text("report.layers.only_year")))
    frame = layer_parts(report)
    if frame.empty:
        return block(heading, element("p", text("report.people.none")))
    return block(heading, paragraphs([say_layers(report)]), _layer_table(report))


def say_layers(report: Report) -> str:
    """Say what the layers weigh, in which the team does best, and whose weights moved."""
    locale = report.locale
    if report.period.kind != "year":
        return locale.text("report.layers.only_year")
    given = report.policy.layer_weights

    def text(code: str) -> str:
        return locale.text(f"report.layers.word.{code}")

    weights = [
        locale.text("report.layers.weight", layer=text(code), weight=locale.percent(float(given[code]), 0))
        for code in LAYERS
    ]
    said = [locale.text("report.layers.weights", weights=locale.listing(weights))]
    people = [
        _layers_of(report, str(person)) for person in roll(report).dropna(subset=["score"])["person_id"]
    ]
    means = [_points(people, code) for code in LAYERS]
    known = [
        locale.text("report.layers.points", layer=text(code), points=locale.number(mean, 1))
        for code, mean in zip(LAYERS, means, strict=True)
        if not pd.isna(mean)
    ]
    if known:
        said.append(locale.text("report.layers.means", parts=locale.listing(known)))
    moved = sum(any(_moved(report, held[code][2], code) for code in LAYERS) for held in people)
    if moved:
        said.append(locale.text("report.layers.moved", count=moved))
    return sentence_break(report).join(said)


def _points(people: list[dict[str, tuple[int, float, float]]], layer: str) -> float:
    """Give the mean over people of a layer's own score: contribution ÷ weight."""
    found = [part / weight for _, part, weight in (held[layer] for held in people) if weight > 0]
    return float(np.mean(found)) if found else float("nan")


def _moved(report: Report, weight: float, layer: Layer) -> bool:
    return abs(weight - float(report.policy.layer_weights[layer])) > 5e-4  # written as another percentage


def _layers_of(report: Report, person: str) -> dict[str, tuple[int, float, float]]:
    """Give by layer how many periods it has, what it contributes, and its weight."""
    held: dict[str, tuple[int, float, float]] = dict.fromkeys(LAYERS, (0, float("nan"), 0.0))
    row: Any
    for row in earlier_layers(report, person).itertuples():
        if row.weight > 0:
            held[str(row.layer)] = (int(row.periods), float(row.contribution), float(row.weight))
    own = lines(report, person).dropna(subset=["contribution"])
    if own["weight"].sum() > 0:
        held["year"] = (1, float(own["contribution"].sum()), float(own["weight"].sum()))
    return held


def _layer_table(report: Report) -> Table:
    locale, text = report.locale, report.locale.text
    rows: list[list[Content]] = []
    row: Any
    for row in roll(report).itertuples():
        held = _layers_of(report, str(row.person_id))
        if pd.isna(row.score):
            rows.append([row.label, *[ABSENT] * 4, text(f"status.{row.status}")])
            continue
        parts = [locale.number(part, 2) for part in adding_up([held[name][1] for name in LAYERS], 2)]
        rows.append([row.label, *parts, locale.number(row.score, 2), _remark(report, held)])
    heads = [text("report.people.name"), *layer_names(report), text("report.people.score")]
    heads.append(text("report.people.state"))
    caption = text("report.layers.caption")
    return Table(caption, pd.DataFrame(rows, columns=heads), words=(0, 5))


def _remark(report: Report, held: Mapping[str, tuple[int, float, float]]) -> str:
    """Say how many months and quarters count, and the weights where they are not the usual ones."""
    locale = report.locale
    counts = {name: locale.number(held[name][0]) for name in ("month", "quarter")}
    said = locale.text("report.layers.counts", **counts)
    if not any(_moved(report, held[name][2], name) for name in LAYERS):
        return said
    weights = " / ".join(locale.percent(held[name][2], 0) for name in LAYERS)
    return said + locale.text("report.layers.own_weights", weights=weights)


# -- the team's mean, month by month


def team_months(report: Report) -> pd.DataFrame:
    """Follow the mean composite of the team's people and of the company's, month by month.

    Returns
    -------
    pandas.DataFrame
        One row per month that is over: period, mean, company (NaN without scores), people (scored in the
        team).
    """
    rows: list[dict[str, object]] = []
    for month in whole_steps(report, "month"):
        held = appraised(report, month).composites.dropna(subset=["score"])
        own = held.loc[held["team_id"] == report.team, "score"]
        row: dict[str, object] = {"period": month.label, "mean": own.mean(), "company": held["score"].mean()}
        rows.append(row | {"people": len(own)})
    return pd.DataFrame(rows, columns=["period", "mean", "company", "people"])


def team_trend(report: Report) -> Markup:
    """Show how the team's mean score moved through the months."""
    text, locale = report.locale.text, report.locale
    heading = element("h2", text("report.team_trend.heading"))
    frame = team_months(report)
    if frame["mean"].isna().all():
        return block(heading, element("p", text("report.team_trend.none")))
    rows: list[list[Content]] = [
        [
            locale.period(row["period"]), locale.number(row["people"]), locale.number(row["mean"], 1),
            locale.number(row["company"], 1), signed(locale.number(row["mean"] - row["company"], 1)),
        ]
        for _, row in frame.iterrows()
    ]  # fmt: skip
    heads = [text("report.step.period")]
    heads += [text(f"report.team_trend.{name}") for name in ("people", "mean", "company", "gap")]
    shown = Table(text("report.team_trend.caption"), pd.DataFrame(rows, columns=heads))
    return block(heading, paragraphs([say_team_trend(report)]), shown)


def say_team_trend(report: Report) -> str:
    """Say the best and the weakest month, how often the team was above the company, and where it went."""
    locale, frame = report.locale, team_months(report).dropna(subset=["mean"])
    if frame.empty:
        return locale.text("report.team_trend.none")
    ordered = frame.sort_values("mean", kind="stable")
    worst, best = ordered.iloc[0], ordered.iloc[-1]
    above = int((frame["mean"] > frame["company"]).sum())
    figures = {"best": locale.period(best["period"]), "best_mean": locale.number(best["mean"], 1)}
    figures |= {"worst": locale.period(worst["period"]), "worst_mean": locale.number(worst["mean"], 1)}
    said = [locale.text("report.team_trend.range", months=len(frame), above=above, **figures)]
    if len(frame) >= 6:
        half = len(frame) // 2
        halves = {"first": frame["mean"].iloc[:half].mean(), "second": frame["mean"].iloc[-half:].mean()}
        said.append(
            locale.text("report.team_trend.halves", **{k: locale.number(v, 1) for k, v in halves.items()})
        )
    return sentence_break(report).join(said)
