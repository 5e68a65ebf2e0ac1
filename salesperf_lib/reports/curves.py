"""How attainment becomes points: the curves in force, in words and as lines to draw (§2.2)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from salesperf_lib import scores
from salesperf_lib.params import Curve
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Content, Markup, definitions, folded

Numbers = Mapping[str, float]
RATES = ("floor", "cap")


def curves(report: Report) -> Markup:
    """List the curves that score the team's people, what each does and for which indicators."""
    text = report.locale.text
    pairs: list[tuple[Content, Content]] = []
    for curve, kpis in used(report):
        names = report.locale.listing([report.name_of(kpi) for kpi in kpis])
        told = text("report.explanation.used_by", curve=curve.name.of(report.lang), kpis=names)
        pairs.append((told, say_curve(report, curve)))
    return folded(text("report.explanation.curves"), definitions(pairs, "curves"))


def used(report: Report) -> list[tuple[Curve, list[str]]]:
    """List the curves that score the team's people, each with its indicators."""
    scored = set(own_lines(report)["kpi"])
    found: dict[str, tuple[Curve, list[str]]] = {}
    for kpi in report.policy.kpis:
        if kpi in scored and kpi in report.policy.curves:
            curve = report.policy.curves[kpi]
            found.setdefault(curve.id, (curve, []))[1].append(kpi)
    return list(found.values())


def own_lines(report: Report) -> pd.DataFrame:
    """Give the lines of the team's own people, in whichever team they were scored."""
    whole = report.appraisal
    own = whole.composites.loc[whole.composites["team_id"] == report.team, "person_id"]
    return whole.scores[whole.scores["person_id"].isin(own)]


def curve_lines(report: Report) -> pd.DataFrame:
    """Give the curves as lines to draw.

    Returns
    -------
    pandas.DataFrame
        One row per bend of each curve: curve (its name), axis, kind (attainment, value), x, points.
    """
    frames: list[pd.DataFrame] = []
    for curve, kpis in used(report):
        lower = report.policy.kpis[kpis[0]].direction == "lower"
        x, points = scores.trace(curve, lower_is_better=lower)
        kind = scores.measured_by(curve)
        axis = report.locale.text(f"report.curve.axis.{kind}")
        frames.append(
            pd.DataFrame(
                {"curve": curve.name.of(report.lang), "axis": axis, "kind": kind, "x": x, "points": points}
            )
        )
    columns = ["curve", "axis", "kind", "x", "points"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def on_curves(report: Report) -> pd.DataFrame:
    """Place the team's own people on the curves: curve, x, points, label; before any gate."""
    rows = own_lines(report).dropna(subset=["points"])
    names = report.appraisal.people.drop_duplicates("person_id").set_index("person_id")["name"]
    found = {kpi: curve for curve, kpis in used(report) for kpi in kpis}
    rows = rows[(rows["layer"] == layer_of(report)) & ~rows["gated"]]
    curve = rows["kpi"].map({kpi: one.name.of(report.lang) for kpi, one in found.items()})
    by_value = rows["kpi"].map({kpi: scores.measured_by(one) == "value" for kpi, one in found.items()})
    x = rows["attainment"].where(~by_value.astype(bool), rows["value"])
    label = rows["person_id"].map(names).fillna(rows["person_id"])
    return pd.DataFrame({"curve": curve, "x": x, "points": rows["points"], "label": label}).dropna()


def layer_of(report: Report) -> str:
    """Give the layer of the report's own indicators."""
    kind = report.period.kind
    return kind if kind in ("quarter", "year") else "month"


def say_curves(report: Report) -> str:
    """Say what the drawn curves show."""
    return report.locale.text("report.curve.drawn")


def say_curve(report: Report, curve: Curve) -> str:
    """Say how a curve turns attainment into points, with the numbers in force."""
    text = report.locale.text
    if curve.kind in _TABLES:
        said = _TABLES[curve.kind](report, curve)
    else:
        said = text(f"report.curve.{_key(curve)}", **_written(report, curve))
    return said + text(f"report.curve.missing.{curve.missing}")


def _key(curve: Curve) -> str:
    return "quotient" if curve.parameters.get("form") == "quotient" else curve.kind


def _written(report: Report, curve: Curve) -> dict[str, str]:
    """Write a curve's numbers: bounds of a ratio as points, steps and limits as rates."""
    number, percent = report.locale.number, report.locale.percent
    given = {name: value for name, value in curve.parameters.items() if isinstance(value, (int, float))}
    if curve.kind in {"ratio", "lower"}:  # their bounds are rates of attainment
        given["cap"] *= 100
    if curve.kind == "lower":
        given["floor"] *= 100
    said = {name: number(value, 0 if value == int(value) else 1) for name, value in given.items()}
    rates = {"ratio": ("floor",), "cost_budget": ("step", "limit"), "steps": ("step",)}.get(curve.kind, ())
    return said | {name: percent(given[name], 0) for name in rates}


def _piecewise(report: Report, curve: Curve) -> str:
    knots = _rows(curve, "points_at")
    percent = report.locale.percent
    ends = {"first": percent(knots[0][0], 0), "last": percent(knots[-1][0], 0)}
    return report.locale.text("report.curve.piecewise", knots=_listed(report, knots, rates=True), **ends)


def _levels(report: Report, curve: Curve) -> str:
    rates = curve.parameters["of"] == "attainment"
    key = "report.curve.levels" if rates else "report.curve.levels_of_value"
    return report.locale.text(key, knots=_listed(report, _rows(curve, "rows"), rates=rates))


def _steps(report: Report, curve: Curve) -> str:
    written = _written(report, curve)
    whole = report.locale.text("report.curve.steps", **written)
    rows = [
        report.locale.text(
            "report.curve.ambition", short=report.locale.percent(short, 0), steps=report.locale.number(most)
        )
        for short, most in _rows(curve, "ambition")
    ]
    if not rows:
        return whole
    return whole + report.locale.text("report.curve.ambitions", rows=report.locale.listing(rows))


def _listed(report: Report, knots: tuple[tuple[float, float], ...], *, rates: bool) -> str:
    number, percent, text = report.locale.number, report.locale.percent, report.locale.text
    told = [
        text("report.curve.knot", rate=percent(at, 0) if rates else number(at, 2), points=number(points))
        for at, points in knots
    ]
    return report.locale.listing(told)


def _rows(curve: Curve, name: str) -> tuple[tuple[float, float], ...]:
    found = curve.parameters.get(name, ())
    return found if isinstance(found, tuple) else ()


_TABLES = {"piecewise": _piecewise, "levels": _levels, "steps": _steps}
