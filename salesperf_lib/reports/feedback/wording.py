"""Say the evidence in words: affirm or kept up, gap, next step (§2.6). No praise without a number."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date

from salesperf_lib.language import share_digits, signed
from salesperf_lib.params.policy import NextStep
from salesperf_lib.reports.feedback.changes import NOISE
from salesperf_lib.reports.feedback.content import Section
from salesperf_lib.reports.feedback.evidence import OWN, Evidence
from salesperf_lib.reports.feedback.opening import FeedbackSheet

SIGN = "+−"
LISTED = 4
"""Further indicators that are named; the others are counted."""


def named(feedback: FeedbackSheet, found: Evidence) -> str:
    """Name the indicator, whose number it is where it is shared, and of which period where it is carried."""
    report, text = feedback.report, feedback.report.locale.text
    name: str = report.name_of(found.kpi)
    if found.scored_at != OWN:
        level = text(f"report.level.{found.scored_at}")
        name = text("report.explanation.scored_at", kpi=name, level=level)
    if found.value_period != report.period.label:
        name = text("feedback.named.period", kpi=name, period=report.locale.period(found.value_period))
    return name


def affirm(feedback: FeedbackSheet, found: Evidence, also: Sequence[str]) -> Section:
    """Say the strongest evidence with its number."""
    locale = feedback.report.locale
    said = [_adjusted(feedback, found), say_change(feedback, found)]
    said.append(
        _worth(feedback, found, "feedback.affirm.worth" if found.worth >= 0 else "feedback.affirm.below")
    )
    said.append(_also(feedback, also, "feedback.affirm.also"))
    heading = locale.text("feedback.affirm.heading")
    return Section("affirm", heading, say_value(feedback, found), _told(said))


def kept(feedback: FeedbackSheet, found: Evidence) -> Section:
    """Say what was kept up where there is nothing to affirm, in neutral words."""
    report, text = feedback.report, feedback.report.locale.text
    said = {"kpi": named(feedback, found), "value": report.write(found.value, found.kpi)}
    if math.isnan(found.attainment):
        lead = text(f"feedback.kept.{found.kind}_plain", **said)
    else:
        attained = report.locale.percent(found.attainment)
        lead = text(f"feedback.kept.{found.kind}", attainment=attained, **said)
    heading = text("feedback.kept.heading")
    said_too = [text("feedback.kept.none"), _adjusted(feedback, found), say_change(feedback, found)]
    return Section("kept", heading, lead, _told(said_too))


def gap(feedback: FeedbackSheet, found: Evidence, also: Sequence[str]) -> Section:
    """Say the largest shortfall with its number, or where there is least to spare."""
    text, lead = feedback.report.locale.text, say_value(feedback, found)
    if found.kind == "headroom":
        said = [text("feedback.headroom.none"), _adjusted(feedback, found), say_change(feedback, found)]
        return Section("headroom", text("feedback.headroom.heading"), lead, _told(said))
    said = [_adjusted(feedback, found), _worth(feedback, found, "feedback.gap.worth")]
    said.append(say_change(feedback, found))
    said.append(_also(feedback, also, "feedback.gap.also"))
    return Section("gap", text("feedback.gap.heading"), lead, _told(said))


def direction(feedback: FeedbackSheet, found: Evidence, step: NextStep | None, due: date) -> Section:
    """Say the next step with deliverable and date."""
    report, locale = feedback.report, feedback.report.locale
    text, lang = locale.text, feedback.report.lang
    heading, said = (
        text("feedback.direction.heading"),
        {"kpi": report.name_of(found.kpi), "due": locale.date(due)},
    )
    if step is None:
        return Section("direction", heading, text("feedback.direction.none", **said))
    sentences = [text("feedback.direction.deliverable", deliverable=step.deliverable.of(lang))]
    if math.isnan(found.target):
        sentences.append(text("feedback.direction.due_plain", **said))
    else:
        aim = report.write(found.target, found.kpi)
        sentences.append(text("feedback.direction.due", target=aim, **said))
    if found.kind == "headroom":
        sentences.append(text("feedback.direction.keep"))
    lead = text("feedback.direction.step", step=step.step.of(lang))
    return Section("direction", heading, lead, tuple(sentences))


def say_value(feedback: FeedbackSheet, found: Evidence) -> str:
    """Say an indicator's value against its target, or the points that the rules give for it."""
    report, text = feedback.report, feedback.report.locale.text
    said = {"kpi": named(feedback, found), "value": report.write(found.value, found.kpi)}
    if math.isnan(found.attainment):
        return text("feedback.said.plain", points=report.locale.number(found.points), **said)
    target = report.write(found.target, found.kpi)
    attained = report.locale.percent(found.attainment)
    return text("feedback.said.target", target=target, attainment=attained, **said)


def say_change(feedback: FeedbackSheet, found: Evidence) -> str:
    """Say how the value changed, and whether that is more than noise; empty without an earlier value."""
    locale = feedback.report.locale
    if not found.reference:
        return ""
    amount = _amount(feedback, found)
    said = {"reference": locale.period(found.reference)}
    if not amount:
        return locale.text("feedback.change.level", **said) if found.value_raw == found.before else ""
    size = "" if math.isnan(found.gain) else "real" if abs(found.gain) >= NOISE else "noise"
    told = locale.text(f"feedback.change.{size}") if size else ""
    key = "feedback.change.up" if found.value_raw > found.before else "feedback.change.down"
    return locale.text(key, amount=amount, size=told, **said)


def _adjusted(feedback: FeedbackSheet, found: Evidence) -> str:
    """Say what was measured where another value was scored and a reader can see the difference."""
    report = feedback.report
    raw, value = report.write(found.value_raw, found.kpi), report.write(found.value, found.kpi)
    return "" if raw == value else report.locale.text("feedback.said.adjusted", raw=raw, value=value)


def _amount(feedback: FeedbackSheet, found: Evidence) -> str:
    """Write the size of a change without its sign; empty where none can be seen."""
    locale, unit = feedback.report.locale, feedback.report.policy.kpis[found.kpi].unit
    if unit == "share":
        digits = share_digits(found.value_raw, found.before)
        written = locale.points(found.value_raw - found.before, digits)
    elif found.before > 0:
        written = signed(locale.percent(found.value_raw / found.before - 1))
    else:
        return ""
    return written.lstrip(SIGN) if re.search("[1-9]", written) else ""


def _worth(feedback: FeedbackSheet, found: Evidence, key: str) -> str:
    written = feedback.report.locale.number(abs(found.worth), 1)
    return feedback.report.locale.text(key, worth=written) if re.search("[1-9]", written) else ""


def _also(feedback: FeedbackSheet, kpis: Sequence[str], key: str) -> str:
    report = feedback.report
    names = [report.name_of(kpi) for kpi in kpis[:LISTED]]
    if len(kpis) > LISTED:
        names.append(report.locale.text("feedback.also_more", rest=len(kpis) - LISTED))
    return report.locale.text(key, kpis=report.locale.listing(names)) if names else ""


def _told(sentences: Sequence[str]) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)
