"""Which weightings the policy admits, of the dimensions and inside them (§4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from math import lcm

import numpy as np
import pandas as pd

from salesperf_lib.params import DIMENSIONS
from salesperf_lib.region import TOLERANCE, Constraint, centre_of
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, folded, paragraphs
from salesperf_lib.reports.weights.places import admissible
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights.sampling import ranges_in
from salesperf_lib.weights.scheme import exact_weights

_TENTHS = 1000
_NAME = re.compile(r"[a-zA-Z_]\w*")
_SIGNS = {">=": "≥", "<=": "≤", "*": "×"}


def region(study: Study) -> Markup:
    """Show which weights of the dimensions and inside them are admissible, and which are in force."""
    text = study.locale.text
    parts: list[Content | Table] = [element("h2", text("weights.region.heading"))]
    said = [_say_shape(study), _say_constraints(study), _say_midpoints(study), _say_in_force(study)]
    parts += [paragraphs(said), _dimension_table(study), _notes(study)]
    if study.exploration.space.fixed:
        return block(*parts, element("p", text("weights.reach_none.whole")))
    caption = text("weights.region.inside.caption")
    return block(*parts, element("p", _say_reach(study)), folded(caption, _inside_table(study, caption)))


def _say_shape(study: Study) -> str:
    corners = study.exploration.space.corners
    listed = [study.locale.text("weights.region.corner", weights=study.write_weights(one)) for one in corners]
    shape = {1: "point", 2: "segment"}.get(len(corners), "polygon")
    told = study.locale.text("weights.region.corner.join").join(listed)
    return study.locale.text(f"weights.region.{shape}", count=len(corners), corners=told)


def _say_constraints(study: Study) -> str:
    given = study.policy.constraints
    if not given:
        return study.locale.text("weights.region.unconstrained")
    listed = study.locale.text("weights.region.corner.join").join(_readable(study, each) for each in given)
    return study.locale.text("weights.region.constrained", constraints=listed)


def _readable(study: Study, constraint: Constraint) -> str:
    """Write a constraint with the names that people know."""

    def name(found: re.Match[str]) -> str:
        word = found.group()
        if word in DIMENSIONS:
            return study.dimension_name(word)
        return study.kpi_name(word) if word in study.policy.kpis else word

    told = _NAME.sub(name, constraint.text)
    for sign, shown in _SIGNS.items():
        told = told.replace(sign, shown)
    return told


def _say_midpoints(study: Study) -> str:
    """Say that the mid-points of the ranges are no scheme; empty where they sum to 1."""
    middles = [(low + high) / 2 for low, high in (study.policy.dimension_bounds[name] for name in DIMENSIONS)]
    total = sum(middles)
    if abs(total - 1) <= TOLERANCE:
        return ""
    told = {"weights": study.write_weights(middles), "total": study.locale.percent(total)}
    return study.locale.text("weights.region.midpoints", **told)


def _say_in_force(study: Study) -> str:
    """Say where the scheme in force lies: at the centre of the region, how far from it, or outside."""
    corners, now = study.exploration.space.corners, study.exploration.space.centre
    if not admissible(corners, now):
        return study.locale.text("weights.region.outside", weights=study.write_weights(now))
    if len(corners) == 1:
        return ""
    moved = float(np.abs(now - centre_of(corners)).sum() / 2)
    if moved <= TOLERANCE:
        return study.locale.text("weights.region.is_centre")
    written = study.locale.number(max(100 * moved, 0.1), 1)
    return study.locale.text("weights.region.off_centre", moved=written)


# -- the dimensions


def _dimension_table(study: Study) -> Table:
    policy, corners = study.policy, study.exploration.space.corners
    centre = exact_weights(centre_of(corners))
    least, most = corners.min(axis=0), corners.max(axis=0)
    rows = [
        [
            study.dimension_name(name),
            _range(study, *policy.dimension_bounds[name]),
            _range(study, least[place], most[place]),
            *(_exact(study, scheme)[place] for scheme in (policy.dimension_weights, centre)),
        ]
        for place, name in enumerate(DIMENSIONS)
    ]
    columns = ("dimension", "written", "reachable", "in_force", "centre")
    heads = [study.locale.text(f"weights.region.{name}") for name in columns]
    return Table(study.locale.text("weights.region.caption"), pd.DataFrame(rows, columns=heads))


def _exact(study: Study, scheme: Mapping[str, Fraction]) -> list[str]:
    """Write weights to a tenth of a percent, with the fractions that they are where that rounds them."""
    shares = [scheme[name] for name in DIMENSIONS]
    whole = [study.locale.percent(float(share)) for share in shares]
    unit = lcm(*(share.denominator for share in shares))
    if all((share * _TENTHS).denominator == 1 for share in shares) or unit >= _TENTHS:
        return whole
    parts = [f"{share.numerator * (unit // share.denominator)}/{unit}" for share in shares]
    return [
        study.locale.text("weights.region.exact", share=share, part=part)
        for share, part in zip(whole, parts, strict=True)
    ]


def _notes(study: Study) -> Markup:
    """Say which part of a range nothing reaches, and what rounding leaves."""
    text, percent = study.locale.text, study.locale.percent
    bounds, corners = study.policy.dimension_bounds, study.exploration.space.corners
    low, high = corners.min(axis=0), corners.max(axis=0)
    cut = [
        study.dimension_name(name)
        for place, name in enumerate(DIMENSIONS)
        if low[place] > bounds[name][0] + TOLERANCE or high[place] < bounds[name][1] - TOLERANCE
    ]
    tight = text("weights.region.tight", names=study.locale.listing(cut)) if cut else ""
    shown = sum(Fraction(percent(float(study.policy.dimension_weights[name]))[:-1]) for name in DIMENSIONS)
    total = percent(float(shown / 100))
    rounded = text("weights.region.rounded", total=total) if shown != 100 else ""
    return paragraphs([tight, rounded], "note")


def _range(study: Study, low: float, high: float) -> str:
    ends = {"low": study.locale.percent(low), "high": study.locale.percent(high)}
    same = ends["low"] == ends["high"]
    return ends["low"] if same else study.locale.text("weights.region.range", **ends)


# -- weights inside the dimensions


def _say_reach(study: Study) -> str:
    """Say how far sub-weights move, with the first that does as an example, and by which prior they do."""
    text, rules, space = study.locale.text, study.policy.exploration, study.exploration.space
    share = study.locale.percent(rules.sub_weights, 0)
    item, place, (low, high) = next(
        (item, place, ends)
        for item, own, cuts in zip(space.sets, space.limits, space.cuts, strict=True)
        for place, ends in enumerate(ranges_in(own, cuts))
        if ends[0] < ends[1]
    )
    told = {"base": item.base[place], "low": low, "high": high}
    shares = {name: study.locale.percent(value) for name, value in told.items()}
    kpi, role = study.kpi_name(item.kpis[place]), study.role_name(item.role)
    reach = text("weights.region.reach", share=share, kpi=kpi, role=role, **shares)
    prior = text(f"weights.prior.{rules.prior}", concentration=study.locale.number(rules.concentration))
    return study.gap.join([reach, prior])


def _inside_table(study: Study, caption: str) -> Table:
    text, percent, space = study.locale.text, study.locale.percent, study.exploration.space
    rows = [
        [
            study.role_name(item.role),
            text(f"weights.region.layer.{item.layer}"),
            study.dimension_name(item.dimension),
            study.kpi_name(kpi),
            *(percent(share) for share in (item.base[place], *ranges[place])),
        ]
        for item, own, cuts in zip(space.sets, space.limits, space.cuts, strict=True)
        for ranges in [ranges_in(own, cuts)]
        for place, kpi in enumerate(item.kpis)
    ]
    columns = ("role", "layer", "dimension", "kpi", "in_force", "least", "most")
    heads = [text(f"weights.region.{name}") for name in columns]
    frame = pd.DataFrame(rows, columns=heads)
    if len({item.layer for item in space.sets}) == 1:
        return Table(caption, frame.drop(columns=heads[1]), words=(0, 1, 2))
    return Table(caption, frame, words=(0, 1, 2, 3))
