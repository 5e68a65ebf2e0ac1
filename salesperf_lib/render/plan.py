"""Decide what to render, and refuse what cannot be rendered before any kernel starts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from salesperf_lib import audit
from salesperf_lib.errors import PeriodError, Problem, RenderError, fail_if_any
from salesperf_lib.language import LANGUAGES, text
from salesperf_lib.params.policy import Policy
from salesperf_lib.periods import Period
from salesperf_lib.render.coverage import open_problems, policy_of
from salesperf_lib.render.manifest import Report, safe_name
from salesperf_lib.render.notebooks import Parameter, check_values, read_parameters, typed
from salesperf_lib.render.subjects import ALL, COMPANY, PERSON, Subject, people_of, teams_of

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

LIVE = "live"
"""The parameter by which a notebook shows sliders; nobody moves them in an unattended run."""

OPTIONS = {"team": "teams", PERSON: "people", "as_of": "as-of"}
"""How the command line calls standard parameters that it calls otherwise than notebooks do."""
STANDARD = ("team", PERSON, "period", "lang", "scenario", "source", "as_of", "provisional")


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller asked for, before anything is known to exist.

    Parameters
    ----------
    notebook
        Source file.
    period
        A written form, or ``last-closed``.
    teams
        Ids, or ``all``.
    people
        Ids, or ``all``, for a notebook that reports on people.
    langs
        Languages.
    scenario, source
        Names in params/.
    as_of
        Day of knowledge; None = the last day that the data cover.
    provisional
        Whether an open period may be rendered.
    extra
        Further parameters of the notebook; a text is read as the declared type.
    root
        Project.
    """

    notebook: Path
    period: str
    teams: str | Sequence[str]
    langs: Sequence[str]
    scenario: str
    source: str
    as_of: date | None
    provisional: bool
    extra: Mapping[str, object]
    root: Path
    people: str | Sequence[str] = ALL


def plan(request: Request) -> list[Report]:
    """List the reports that a request means.

    Returns
    -------
    list
        One report per team and language, or per person and language where the notebook declares
        ``person``; teams and people in order of their ids.

    Raises
    ------
    RenderError
        With every problem of notebook, teams, people, languages and parameters.
    PeriodError
        If the period cannot be read, holds no data, or is open.
    """
    from salesperf_lib import facts

    declared = read_parameters(request.notebook)
    extra, problems = _extra(request, declared)
    problems += _missing(declared, request.notebook.name) + _language_problems(request.langs)
    opened = facts.open(request.source, as_of=request.as_of, root=request.root)
    policy, late = _period(request, opened, declared)
    subjects, unknown = _subjects(request, opened, policy, declared)
    if policy is None or problems + unknown + late:
        raise (RenderError if problems + unknown else PeriodError)(*problems, *unknown, *late)
    blank = _blank(request, policy, opened, _given(request, policy, declared) | extra)
    reports = [_report(blank, subject, lang, declared) for subject in subjects for lang in request.langs]
    fail_if_any(check_values(declared, reports[0].parameters, request.notebook.name), RenderError)
    return reports


def _extra(request: Request, declared: Mapping[str, Parameter]) -> tuple[dict[str, object], list[Problem]]:
    """Read the further parameters, texts as their declared type."""
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for name, value in request.extra.items():
        try:
            values[name] = value
            if isinstance(value, str) and name in declared:
                values[name] = typed(value, declared[name])
        except RenderError as error:
            problems += error.problems
    problems += [
        Problem(f"parameter {name}", "a value given by name", f"the option --{OPTIONS.get(name, name)}")
        for name in STANDARD
        if name in values
    ]
    return values, problems + check_values(declared, values, request.notebook.name)


def _missing(declared: Mapping[str, Parameter], notebook: str) -> list[Problem]:
    """Refuse a notebook that cannot be told its period or its language."""
    absent = [name for name in ("period", "lang") if name not in declared]
    where = f"{notebook}, parameters cell"
    return [Problem(where, f"no {name}", f'a line `{name}: str = "..."`') for name in absent]


def _language_problems(langs: Sequence[str]) -> list[Problem]:
    wrong = [lang for lang in langs if lang not in LANGUAGES]
    problems = [Problem("language", repr(lang), ", ".join(LANGUAGES)) for lang in wrong]
    return problems if langs else [Problem("language", "none", ", ".join(LANGUAGES))]


def _period(
    request: Request, opened: Facts, declared: Mapping[str, Parameter]
) -> tuple[Policy | None, list[Problem]]:
    """Load the rules of the period, or tell why it cannot be rendered.

    The last closed period is of the kind that the notebook has by default: of a quarterly report a quarter.
    """
    kind = _kind(declared)
    try:
        policy = policy_of(request.period, opened, request.scenario, request.as_of, request.root, kind)
    except PeriodError as error:
        return None, list(error.problems)
    return policy, [] if request.provisional else open_problems(policy, opened, request.as_of)


def _kind(declared: Mapping[str, Parameter]) -> str:
    """Give the kind of period that a notebook is about: that of its own default."""
    usual = declared["period"].default if "period" in declared else ""
    try:
        return Period.parse(str(usual)).kind
    except PeriodError:
        return "month"


def _subjects(
    request: Request, opened: Facts, policy: Policy | None, declared: Mapping[str, Parameter]
) -> tuple[list[Subject], list[Problem]]:
    """List whom the reports are about: people, teams or the company, as the notebook declares."""
    if PERSON in declared:
        return people_of(opened, policy.period, request.teams, request.people) if policy else ([], [])
    problems = _refused("people", request.people, f"none: {request.notebook.name} has no parameter `person`")
    if "team" not in declared:
        no_teams = _refused("teams", request.teams, "none: the notebook reports on the whole company")
        return [Subject()], problems + no_teams
    found, unknown = teams_of(opened, request.teams, with_company=declared["team"].default == COMPANY)
    return found, problems + unknown


def _refused(what: str, asked: str | Sequence[str], allowed: str) -> list[Problem]:
    """Refuse a choice among what the notebook does not tell apart."""
    return [] if asked == ALL else [Problem(what, repr(asked), allowed)]


def _given(request: Request, policy: Policy, declared: Mapping[str, Parameter]) -> dict[str, object]:
    """Give the standard parameters that the notebook declares and that all its reports share."""
    standard: dict[str, object] = {
        "period": policy.period.label,
        "scenario": request.scenario,
        "source": request.source,
        "as_of": request.as_of.isoformat() if request.as_of else "",
        "provisional": request.provisional,
        LIVE: False,
    }
    return {name: value for name, value in standard.items() if name in declared}


def _blank(request: Request, policy: Policy, opened: Facts, parameters: Mapping[str, object]) -> Report:
    """Describe what all reports share; team and language are filled in later."""
    rules = "" if request.scenario == "base" else f"@{safe_name(request.scenario)}"
    label = policy.period.label
    return Report(
        notebook=request.notebook.stem,
        source=request.source,
        scenario=request.scenario,
        period=label,
        team="",
        lang="",
        team_name="",
        parameters=parameters,
        folder=f"{safe_name(request.source)}{rules}/{safe_name(label)}/{safe_name(request.notebook.stem)}",
        digests={
            "notebook": _digest(request.notebook),
            "policy": policy.digest,
            "data": opened.digest,
            "cases": audit.cases_stamp(request.root, request.source, request.as_of),
        },
    )


def _report(blank: Report, subject: Subject, lang: str, declared: Mapping[str, Parameter]) -> Report:
    own: dict[str, object] = {"team": subject.team, PERSON: subject.person, "lang": lang}
    folder = f"{blank.folder}/{lang}/{safe_name(subject.team or 'company')}"
    return replace(
        blank,
        team=subject.team,
        lang=lang,
        team_name=subject.team_name or text("render.company", lang),
        person=subject.person,
        person_name=subject.person_name,
        parameters={**blank.parameters, **{name: own[name] for name in own if name in declared}},
        folder=f"{folder}/{safe_name(subject.person)}" if subject.person else folder,
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
