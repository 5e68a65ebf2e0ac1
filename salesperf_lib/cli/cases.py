"""``salesperf cases …``: the register of suspected violations and appeals; only what is confirmed vetoes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from salesperf_lib.errors import DataError, Problem

if TYPE_CHECKING:
    from salesperf_lib.audit.cases import CaseEvent

cases = typer.Typer(
    name="cases",
    help="The case register: suspected, confirmed, dismissed, appealed. Only a confirmed case vetoes.",
    no_args_is_help=True,
)

DAY = ["%Y-%m-%d"]
LISTED = (
    "case_id", "person_id", "period", "kind", "status", "vetoes", "opened_on", "decided_on", "appealed_on",
    "evidence",
)  # fmt: skip
MOVES = {
    "confirm": "Confirm a suspected case, on evidence, by another role than opened it: the veto applies.",
    "dismiss": "Dismiss a suspected case, by another role than opened it: no result changes.",
    "appeal": "Appeal against a confirmed case; a second time only with new evidence.",
    "reject": "Reject an appeal: what was decided stands, unless new evidence turns up.",
}

Case = Annotated[str, typer.Argument(help="The case: C0001.")]
Source = Annotated[str, typer.Option("--source", "-s", help="Whose register: a file of params/sources/.")]
AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=DAY, help="See only what was recorded by this day.")
]
Lang = Annotated[str, typer.Option("--lang", help="zh or en.")]
Actor = Annotated[
    str,
    typer.Option(
        "--actor", help="Role: data_analyst, hr_manager, sales_director, appeals_committee, employee."
    ),
]
On = Annotated[datetime, typer.Option("--on", formats=DAY, help="Day of the decision.")]
RecordedOn = Annotated[
    datetime | None,
    typer.Option("--recorded-on", formats=DAY, help="Day of recording it.", show_default="the day of --on"),
]
Evidence = Annotated[
    list[str] | None,
    typer.Option("--evidence", "-e", help="Id of a finding, an order, a document; once for each."),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence, without names.")]
ReasonZh = Annotated[str, typer.Option("--reason-zh", help="Why, in Chinese; with --reason-en.")]
ReasonEn = Annotated[str, typer.Option("--reason-en", help="Why, in English; with --reason-zh.")]


@cases.command(name="list")
def list_(
    *,
    person: Annotated[str, typer.Option("--person", help="Id of a person.")] = "",
    status: Annotated[str, typer.Option("--status", help="suspected, confirmed, dismissed ...")] = "",
    source: Source = "sample",
    as_of: AsOf = None,
    lang: Annotated[
        str, typer.Option("--lang", help="Words in zh or en.", show_default="codes as stored")
    ] = "",
) -> None:
    """List the cases: number, person's id, period, kind, status, whether it vetoes, days, evidence."""
    from salesperf_lib.audit import cases as register

    frame = register.read_cases(_root(source), source, _day(as_of))
    for name, asked in (("person_id", person), ("status", status)):
        frame = frame[frame[name] == asked] if asked else frame
    if frame.empty:
        typer.echo(_text("none", lang or "en"), err=True)
        return
    typer.echo("\t".join(_text(f"column.{name}", lang) if lang else name for name in LISTED))
    for row in frame.to_dict("records"):
        typer.echo("\t".join(_cells(row, lang)))


@cases.command()
def show(case: Case, *, source: Source = "sample", as_of: AsOf = None, lang: Lang = "en") -> None:
    """Print the history of one case: who moved it when, why, and on what evidence."""
    from salesperf_lib.audit import cases as register

    events = register.case_events(_root(source), source, case, _day(as_of))
    _say_head(case, source, _day(as_of), lang)
    for event in events:
        for line in _event_lines(event, lang):
            typer.echo(line)


@cases.command(name="open")
def open_(
    *,
    person: Annotated[str, typer.Option("--person", help="Id of the person, as in the roster.")],
    period: Annotated[str, typer.Option("--period", help="2026-06, 2026-Q2, 2026-05-18..2026-06-30 ...")],
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            help="brushing, edited_amounts, fake_clicks, made_up_records, false_report, other; "
            "grade_appeal for an appeal against a grade.",
        ),
    ],
    actor: Actor,
    on: On,
    evidence: Evidence = None,
    reason: Reason = "",
    reason_zh: ReasonZh = "",
    reason_en: ReasonEn = "",
    recorded_on: RecordedOn = None,
    source: Source = "sample",
    lang: Lang = "en",
) -> None:
    """Open a case on evidence: it is suspected, and no result changes. Grades are appealed so, too."""
    why = _reason(reason, reason_zh, reason_en)
    event = _event("open", actor, on, recorded_on, why, evidence)
    event |= {"person_id": person, "period": period, "kind": kind}
    _record(event, source, lang, _people(source))


def move(
    ctx: typer.Context,
    case: Case,
    *,
    actor: Actor,
    on: On,
    evidence: Evidence = None,
    reason: Reason = "",
    reason_zh: ReasonZh = "",
    reason_en: ReasonEn = "",
    recorded_on: RecordedOn = None,
    source: Source = "sample",
    lang: Lang = "en",
) -> None:
    """Make the move after which the command is named."""
    why = _reason(reason, reason_zh, reason_en)
    event = _event(ctx.info_name or "", actor, on, recorded_on, why, evidence)
    _record(event | {"case": case}, source, lang)


for name, told in MOVES.items():
    cases.command(name=name, help=told)(move)


@cases.command()
def uphold(
    case: Case,
    *,
    actor: Actor,
    on: On,
    correct: Annotated[
        list[str] | None,
        typer.Option(
            "--correct", help="Of an appeal against a grade: kpi=numerator, or kpi=numerator/denominator."
        ),
    ] = None,
    evidence: Evidence = None,
    reason: Reason = "",
    reason_zh: ReasonZh = "",
    reason_en: ReasonEn = "",
    recorded_on: RecordedOn = None,
    source: Source = "sample",
    lang: Lang = "en",
) -> None:
    """Uphold an appeal: the veto goes and earlier results are back, or a grade is computed again."""
    why = _reason(reason, reason_zh, reason_en)
    event = _event("uphold", actor, on, recorded_on, why, evidence) | {"case": case}
    _record(event | {"corrections": [_correction(text) for text in correct or []]}, source, lang)


def _event(
    move: str,
    actor: str,
    on: datetime,
    recorded_on: datetime | None,
    reason: object,
    evidence: list[str] | None,
) -> dict[str, Any]:
    days = {"on": on.date(), "recorded_on": (recorded_on or on).date()}
    return {"move": move, "actor_role": actor, "reason": reason, "evidence": evidence or [], **days}


def _reason(one: str, zh: str, en: str) -> str | dict[str, str]:
    """Take one sentence, or one in each language."""
    given = tuple(bool(part.strip()) for part in (one, zh, en))
    if given == (True, False, False):
        return one
    if given == (False, True, True):
        return {"zh": zh, "en": en}
    told = zip(("--reason", "--reason-zh", "--reason-en"), given, strict=True)
    found = " and ".join(name for name, is_given in told if is_given) or "nothing"
    raise DataError(Problem("--reason", found, "--reason, or --reason-zh and --reason-en", "say why, once"))


def _correction(text: str) -> dict[str, object]:
    """Read ``csat=441/450``, or ``net_sales=1250000``."""
    kpi, _, value = text.partition("=")
    above, slash, below = value.partition("/")
    try:
        parts = {"numerator": float(above)} | ({"denominator": float(below)} if slash else {})
    except ValueError:
        allowed = "kpi=numerator, or kpi=numerator/denominator, as salesperf table kpis --raw shows them"
        raise DataError(Problem("--correct", repr(text), allowed)) from None
    return {"kpi": kpi.strip(), **parts}


def _record(event: dict[str, Any], source: str, lang: str, people: tuple[str, ...] | None = None) -> None:
    """Write an event, and say what follows from it."""
    from salesperf_lib.audit import cases as register

    _text("none", lang)  # an unknown language is refused before anything is written
    root = _root(source)
    path = register.record_case(event, root, source, people)
    rows = register.read_cases(root, source).to_dict("records")
    row = next(one for one in reversed(rows) if one["case_id"] == event.get("case", one["case_id"]))
    grade = row["status"] == "appealed" and row["kind"] == "grade_appeal"
    effect = "effect.grade_appealed" if grade else f"effect.{row['status']}"
    status, period = _text(f"status.{row['status']}", lang), _period(row["period"], lang)
    told = {"case": row["case_id"], "person": row["person_id"], "period": period, "status": status}
    typer.echo(_text(effect, lang, **told))
    typer.echo(f"recorded: {path}")


def _say_head(case: str, source: str, as_of: date | None, lang: str) -> None:
    from salesperf_lib.audit import cases as register

    rows = register.read_cases(_root(source), source, as_of).to_dict("records")
    row = next(one for one in rows if one["case_id"] == case)
    words = {name: _text(f"{name}.{row[name]}", lang) for name in ("kind", "status")}
    period = _period(row["period"], lang)
    typer.echo(_text("line.head", lang, case=case, person=row["person_id"], period=period, **words))


def _event_lines(event: CaseEvent, lang: str) -> Iterator[str]:
    from salesperf_lib.language import date_text

    role, move = _text(f"role.{event.actor_role}", lang), _text(f"move.{event.move}", lang)
    if event.kind == "grade_appeal":
        move = _text("move.appeal", lang)
    day = date_text(event.on, lang)
    yield _text("line.event", lang, day=day, role=role, move=move, reason=event.reason.of(lang))
    if event.evidence:
        yield "    " + _text("line.evidence", lang, evidence=", ".join(event.evidence))
    for one in event.corrections:
        value = f"{one.numerator:.15g}" + (f"/{one.denominator:.15g}" if one.denominator is not None else "")
        yield "    " + _text("line.correction", lang, kpi=one.kpi, value=value)
    if event.recorded_on != event.on:
        yield "    " + _text("line.recorded", lang, day=date_text(event.recorded_on, lang))


def _cells(row: dict[Any, Any], lang: str) -> Iterator[str]:
    """Write a case's row: codes as stored, or words."""
    from salesperf_lib.language import ABSENT

    for name in LISTED:
        value = row[name]
        if name == "vetoes":
            yield _veto(row, lang)
        elif name.endswith("_on"):
            yield (ABSENT if lang else "") if value != value else f"{value:%Y-%m-%d}"  # noqa: PLR0124 (NaT)
        elif lang and name in ("kind", "status"):
            yield _text(f"{name}.{value}", lang)
        else:
            yield str(value)


def _veto(row: dict[Any, Any], lang: str) -> str:
    open_appeal = row["status"] == "appealed" and row["kind"] != "grade_appeal"
    code = "by_rules" if open_appeal else "yes" if row["vetoes"] else "no"
    return _text(f"veto.{code}", lang) if lang else code


def _people(source: str) -> tuple[str, ...]:
    """Give the ids of everybody that a source's roster knows."""
    from salesperf_lib import facts

    held = facts.open(source, root=_root(source))
    if not held.has("roster", "person_id"):
        return ()
    found: Any = held.table("roster").select("person_id").distinct().execute()
    return tuple(sorted(found["person_id"].dropna()))


def _root(source: str) -> Path:
    """Give the project, in which the source must be known."""
    from salesperf_lib import params

    params.source_file(source)
    return params.project_root()


def _text(key: str, lang: str, **values: object) -> str:
    from salesperf_lib.language import LANGUAGES, text

    if lang not in LANGUAGES:
        raise DataError(Problem("--lang", repr(lang), " or ".join(LANGUAGES)))
    return text(f"case.{key}", lang, **values)


def _period(label: str, lang: str) -> str:
    from salesperf_lib.language import period_text

    return period_text(label, lang)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
