"""Freeze the rules in force into a `Policy`, and give the frozen values their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from salesperf_lib.params.book import Rule, Rules, opened_only
from salesperf_lib.params.policy import (
    DIMENSIONS,
    Assessable,
    CalibrationRules,
    Certainty,
    Company,
    Curve,
    Decision,
    Distribution,
    ExplorationRules,
    FeedbackRules,
    Grades,
    Kpi,
    LeniencyRules,
    Limit,
    Name,
    NextStep,
    Padding,
    PhaseProfile,
    RecalibrationRules,
    Role,
    RoleKpi,
    SeasonRules,
    TargetRules,
    Veto,
)
from salesperf_lib.params.schema import KpiSet, LimitRow, RoleRule
from salesperf_lib.params.shapes import Text
from salesperf_lib.periods import Period, Promotion
from salesperf_lib.region import parse_constraint

Cadence = Literal["month", "quarter", "year"]

LAYERS = ("month", "quarter", "year")
NO_CURVES = ("kpi_curves", "leniency")
"""What params/scoring.yaml holds beside the curves."""

PHASES = ("reserve", "sprint", "regular")
TEXTS = ("zh", "en", "section")
"""Fields that only tell a reader something."""


def cadence_of(period: Period) -> Cadence:
    """Give the layer of appraisal of a period (§2.5): its own for quarter and year, else the month's."""
    if period.kind == "quarter":
        return "quarter"
    return "year" if period.kind == "year" else "month"


def freeze(rules: Rules, cadence: Cadence) -> dict[str, Any]:
    """Build the parts of a `Policy` that come from the rules.

    Returns
    -------
    dict
        Field name to frozen value.
    """
    company = _company(rules)
    weights = rules[f"weights.dimension_weights_{cadence}"]
    bounds: Mapping[str, tuple[float, float]] = weights.parameter.entry.bounds
    layers = rules["weights.layer_weights"].value
    return {
        "company": company,
        "kpis": _frozen({key: _kpi(key, rule) for key, rule in opened_only(rules, "kpis").items()}),
        "roles": _frozen(
            {key: _role(key, rule, cadence) for key, rule in opened_only(rules, "roles").items()}
        ),
        "dimension_weights": _frozen({name: getattr(weights.value, name) for name in DIMENSIONS}),
        "dimension_bounds": _frozen({name: bounds[name] for name in DIMENSIONS}),
        "constraints": tuple(parse_constraint(text) for text in rules["weights.constraints"].value),
        "exploration": ExplorationRules(**rules["weights.exploration"].value.model_dump()),
        "curves": _frozen(_curves(rules)),
        "grades": _grades(rules),
        "layer_weights": _frozen({name: getattr(layers, name) for name in LAYERS}),
        "leniency": LeniencyRules(**rules["scoring.leniency"].value.model_dump()),
        "feedback": _feedback(rules),
        "assessable": _assessable(rules, cadence),
        "targets": _targets(rules, company),
        "promotions": promotions(rules),
        "decisions": _frozen({key: _decision(rule) for key, rule in rules.items() if rule.since is not None}),
    }


def _frozen(mapping: dict[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(mapping)


def _name(text: Text) -> Name:
    return Name(text.zh, text.en)


def _decision(rule: Rule) -> Decision:
    since = rule.since or date.min
    return Decision(since, rule.dated.decided, rule.dated.note, rule.dated.waiver or "")


def _company(rules: Rules) -> Company:
    value = {key: rule.value for key, rule in opened_only(rules, "company").items()}
    lookback = value["new_customer_lookback"]
    return Company(
        name=_name(value["name"]),
        currency=value["currency"],
        money_scale=value["money_scale"],
        money_digits=value["money_digits"],
        fiscal_start_month=value["fiscal_start_month"],
        close_day=value["close_day"],
        sales_basis=value["sales_basis"],
        new_customer_lookback_days=None if lookback == "ever" else lookback,
        history_burn_in_months=value["history_burn_in"],
        timezone=value["timezone"],
    )


def _kpi(key: str, rule: Rule) -> Kpi:
    entry = rule.parameter.entry
    return Kpi(
        id=key,
        name=_name(entry.name),
        description=_name(entry.description),
        formula=_name(entry.formula),
        unit=entry.unit,
        direction=entry.direction,
        kind=entry.kind,
        dimension=entry.dimension,
        levels=tuple(entry.levels),
        section=entry.source[entry.source.index("§") :],
        reading=rule.value.reading,
        min_n=rule.value.min_n,
        horizon_days=rule.value.horizon_days,
        subjective=entry.subjective,
        shrink=rule.value.shrink,
    )


def kpi_set(value: RoleRule, cadence: Cadence) -> tuple[str, KpiSet]:
    """Give the indicators of a role for a cadence, and the key they stand under.

    A cadence without a set of its own follows the next shorter one.
    """
    if cadence == "year" and value.year is not None:
        return "year", value.year
    if cadence != "month" and value.quarter is not None:
        return "quarter", value.quarter
    return "month", value.month


def _role(key: str, rule: Rule, cadence: Cadence) -> Role:
    entry = rule.parameter.entry
    chosen = kpi_set(rule.value, cadence)[1]
    rows = [
        RoleKpi(kpi, dimension, item.weight, item.scored_at, item.gate)
        for dimension in DIMENSIONS
        for kpi, item in getattr(chosen, dimension).items()
    ]
    return Role(key, _name(entry.name), _name(entry.description), tuple(rows), tuple(rule.value.without))


def _curves(rules: Rules) -> dict[str, Curve]:
    named = {
        key: _curve(key, rule) for key, rule in opened_only(rules, "scoring").items() if key not in NO_CURVES
    }
    return {kpi: named[curve] for kpi, curve in rules["scoring.kpi_curves"].value.items()}


def _curve(key: str, rule: Rule) -> Curve:
    dumped = rule.value.model_dump(exclude={"kind", "missing"})
    parameters = {name: _knots(value) if isinstance(value, list) else value for name, value in dumped.items()}
    name = _name(rule.parameter.entry.name)
    return Curve(key, rule.value.kind, name, _frozen(parameters), rule.value.missing)


def _knots(rows: list[list[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(at), float(worth)) for at, worth in rows)


def _grades(rules: Rules) -> Grades:
    given = rules["grades.distribution"].value
    return Grades(
        thresholds=tuple(rules["grades.thresholds"].value.items()),
        distribution=Distribution(
            kind=given.kind,
            cohort=given.cohort,
            quotas=tuple(given.quotas.items()),
            min_cohort=given.min_cohort,
            tie=given.tie,
            team_scale=_knots(given.team_scale),
        ),
        certainty=Certainty(**rules["grades.certainty"].value.model_dump()),
        veto=Veto(**rules["grades.veto"].value.model_dump()),
    )


def _feedback(rules: Rules) -> FeedbackRules:
    rows = rules["feedback.next_steps"].value
    return FeedbackRules(
        sign_days=rules["feedback.sign_days"].value,
        appeal_days=rules["feedback.appeal_days"].value,
        trend_periods=rules["feedback.trend_periods"].value,
        steps=tuple(
            NextStep(row.kpi, row.role or "", _name(row.step), _name(row.deliverable), row.days)
            for row in rows
        ),
    )


def _assessable(rules: Rules, cadence: Cadence) -> Assessable:
    value = rules["grades.assessable"].value
    return Assessable(
        min_days_on_duty=getattr(value.min_days_on_duty, cadence),
        probation_assessed=value.probation_assessed,
        excluded_absence=tuple(value.excluded_absence),
        leavers_assessed=value.leavers_assessed,
    )


def _targets(rules: Rules, company: Company) -> TargetRules:
    value = {key: rule.value for key, rule in opened_only(rules, "targets").items()}
    defaults: dict[str, float] = dict(value["rate_defaults"])
    money = value["money_defaults"]
    if (
        money.currency == company.currency
    ):  # a target of 120 yuan says nothing about a company that counts in dollars
        defaults |= {kpi: float(round(amount * company.money_scale)) for kpi, amount in money.targets.items()}
    calibration = value["calibration"].model_dump()
    calibration |= {"volumes": tuple(calibration["volumes"]), "rates": tuple(calibration["rates"])}
    profile, emphasis = value["phase_profile"], value["emphasis"]
    factors = {phase: getattr(profile, phase) for phase in PHASES}
    return TargetRules(
        history_months=value["history_months"],
        distributed_kpis=tuple(value["distributed"]),
        bases=_frozen({kpi: _blend(basis) for kpi, basis in value["distributed"].items()}),
        explicit_shares=_frozen({kpi: _frozen(dict(row)) for kpi, row in value["explicit_shares"].items()}),
        ramp=tuple(value["ramp"]),
        limits=tuple(_limit(row, rules, company) for row in value["limits"]),
        rounding=value["rounding"] * company.money_scale,
        season=SeasonRules(**value["season"].model_dump()),
        phase_profile=PhaseProfile(tuple(profile.kpis), _frozen(factors)),
        emphasis=_frozen({phase: _frozen(dict(getattr(emphasis, phase))) for phase in PHASES}),
        hard_below=value["difficulty"].hard,
        easy_above=value["difficulty"].easy,
        padding=Padding(**value["padding"].model_dump()),
        milestone_gate=value["milestone_gate"],
        calibration=CalibrationRules(**calibration),
        recalibration=RecalibrationRules(**value["recalibration"].model_dump()),
        defaults=_frozen(defaults),
        base_factor=value["stretch"].base,
        stretch_factor=value["stretch"].stretch,
        pace=value["pace"],
    )


def _blend(basis: str | Mapping[str, Fraction]) -> Mapping[str, Fraction]:
    """Give the bases of a split with their weights: one basis alone has the whole weight."""
    return _frozen({basis: Fraction(1)} if isinstance(basis, str) else dict(basis))


def _limit(row: LimitRow, rules: Rules, company: Company) -> Limit:
    """Turn a limit in major units into the volume's own whole units."""
    kpi = rules.get(f"kpis.{row.kpi}")
    scale = company.money_scale if kpi is not None and kpi.parameter.entry.unit == "money" else 1
    floor, cap = (None if part is None else float(round(part * scale)) for part in (row.floor, row.cap))
    return Limit(row.kpi, row.level, row.unit_id, row.period, floor, cap)


def promotions(rules: Rules) -> tuple[Promotion, ...]:
    """List the promotion windows of every calendar in force, by first day."""
    campaigns = rules["calendar.campaigns"].value
    rows = [
        Promotion(row.id, row.phase, row.first, row.last, named.major, named.zh, named.en)
        for key, rule in opened_only(rules, "calendar").items()
        if key != "campaigns"
        for row in rule.value
        if (named := campaigns.get(row.id)) is not None
    ]
    return tuple(sorted(rows, key=lambda row: (row.first, row.id)))


def digest_of(parts: Mapping[str, Any]) -> str:
    """Give 16 hexadecimal digits of everything that can move a result.

    Texts, reasons and the order of keys do not count; nor do values that are not in force.
    """
    counted = {key: part for key, part in parts.items() if key != "decisions"}
    text = json.dumps(counted, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> object:
    """Turn into what JSON can write whatever it cannot; names and the like count for nothing."""
    if isinstance(value, (Fraction, date)):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Name):
        return None
    return {field.name: getattr(value, field.name) for field in fields(value) if field.name not in TEXTS}
