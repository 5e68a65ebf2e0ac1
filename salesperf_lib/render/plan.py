"""Decide what to render, and refuse what cannot be rendered before any kernel starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from salesperf_lib import audit
from salesperf_lib.errors import PeriodError, Problem, RenderError
from salesperf_lib.language import LANGUAGES, text
from salesperf_lib.params.policy import Policy
from salesperf_lib.periods import Period
from salesperf_lib.render.coverage import open_problems, policy_of
from salesperf_lib.render.digests import file_digest, library_digest, packages_digest
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
    notebooks
        Source files.
    periods
        Written forms, or ``last-closed``.
    teams
        Ids, or ``all``.
    langs
        Languages.
    scenarios
        Names in params/.
    source
        Name in params/.
    as_of
        Day of knowledge; None = the last day that the data cover.
    provisional
        Whether an open period may be rendered.
    extra
        Further parameters of the notebooks; a text is read as the declared type.
    root
        Project.
    people
        Ids, or ``all``, for a notebook that reports on people.
    """

    notebooks: Sequence[Path]
    periods: Sequence[str]
    teams: str | Sequence[str]
    langs: Sequence[str]
    scenarios: Sequence[str]
    source: str
    as_of: date | None
    provisional: bool
    extra: Mapping[str, object]
    root: Path
    people: str | Sequence[str] = ALL


@dataclass(frozen=True, slots=True)
class _Part:
    """One notebook, period and scenario of a request."""

    request: Request
    notebook: Path
    declared: Mapping[str, Parameter]
    extra: Mapping[str, object]
    period: str
    scenario: str
    opened: Facts
    digests: Mapping[str, str]


def plan(request: Request) -> list[Report]:
    """List the reports that a request means.

    Returns
    -------
    list
        Notebook by notebook, scenario by scenario, period by period: one report per team and language, or
        per person and language where the notebook declares ``person``; teams and people in order of their
        ids. A report that is meant twice (``last-closed`` and its own name) is there once.

    Raises
    ------
    RenderError
        With every problem of notebooks, teams, people, languages and parameters.
    PeriodError
        If a period cannot be read, holds no data, or is open.
    """
    from salesperf_lib import facts

    declared = {path: read_parameters(path) for path in request.notebooks}
    problems = _choice_problems(request)
    extras: dict[Path, Mapping[str, object]] = {}
    for path, parameters in declared.items():
        extras[path], wrong = _extra(request, parameters, path.name)
        problems += wrong + _missing(parameters, path.name)
    opened = facts.open(request.source, as_of=request.as_of, root=request.root)
    digests = _shared_digests(request, opened)
    reports: dict[tuple[str, ...], Report] = {}
    late: list[Problem] = []
    for path, scenario, period in product(request.notebooks, request.scenarios, request.periods):
        own = digests | {"notebook": file_digest(path)}
        part = _Part(request, path, declared[path], extras[path], period, scenario, opened, own)
        found, wrong, not_yet = _reports(part)
        reports |= {report.key: report for report in found}
        problems, late = problems + wrong, late + not_yet
    if problems or late:
        raise (RenderError if problems else PeriodError)(*dict.fromkeys(problems + late))
    return list(reports.values())


def _choice_problems(request: Request) -> list[Problem]:
    """Refuse empty choices, unknown languages, and notebooks that would overwrite one another."""
    names = [path.stem for path in request.notebooks]
    empty = {"notebook": names, "period": request.periods, "scenario": request.scenarios}
    problems = [
        Problem(what, "none", "one or several, by comma") for what, found in empty.items() if not found
    ]
    doubles = sorted({name for name in names if names.count(name) > 1})
    problems += [Problem("notebook", f"two called {name}", "names that differ") for name in doubles]
    return problems + _language_problems(request.langs)


def _shared_digests(request: Request, opened: Facts) -> dict[str, str]:
    return {
        "data": opened.digest,
        "cases": audit.cases_stamp(request.root, request.source, request.as_of),
        "library": library_digest(),
        "packages": packages_digest(),
    }


def _reports(part: _Part) -> tuple[list[Report], list[Problem], list[Problem]]:
    """List the reports of one part; or its problems, those of its period apart from the others."""
    policy, late = _period(part)
    subjects, problems = _subjects(part, policy)
    if policy is None or problems or late or not part.request.langs:
        return [], problems, late
    blank = _blank(part, policy, {**_given(part, policy), **part.extra})
    reports = [
        _report(blank, subject, lang, part.declared) for subject in subjects for lang in part.request.langs
    ]
    return reports, check_values(part.declared, reports[0].parameters, part.notebook.name), []


def _extra(
    request: Request, declared: Mapping[str, Parameter], notebook: str
) -> tuple[dict[str, object], list[Problem]]:
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
    return values, problems + check_values(declared, values, notebook)


def _missing(declared: Mapping[str, Parameter], notebook: str) -> list[Problem]:
    """Refuse a notebook that cannot be told its period or its language."""
    absent = [name for name in ("period", "lang") if name not in declared]
    where = f"{notebook}, parameters cell"
    return [Problem(where, f"no {name}", f'a line `{name}: str = "..."`') for name in absent]


def _language_problems(langs: Sequence[str]) -> list[Problem]:
    wrong = [lang for lang in langs if lang not in LANGUAGES]
    problems = [Problem("language", repr(lang), ", ".join(LANGUAGES)) for lang in wrong]
    return problems if langs else [Problem("language", "none", ", ".join(LANGUAGES))]


def _period(part: _Part) -> tuple[Policy | None, list[Problem]]:
    """Load the rules of the period, or tell why it cannot be rendered.

    The last closed period is of the kind that the notebook has by default: of a quarterly report a quarter.
    """
    request, kind = part.request, _kind(part.declared)
    try:
        policy = policy_of(part.period, part.opened, part.scenario, request.as_of, request.root, kind)
    except PeriodError as error:
        return None, list(error.problems)
    return policy, [] if request.provisional else open_problems(policy, part.opened, request.as_of)


def _kind(declared: Mapping[str, Parameter]) -> str:
    """Give the kind of period that a notebook is about: that of its own default."""
    usual = declared["period"].default if "period" in declared else ""
    try:
        return Period.parse(str(usual)).kind
    except PeriodError:
        return "month"


def _subjects(part: _Part, policy: Policy | None) -> tuple[list[Subject], list[Problem]]:
    """List whom the reports are about: people, teams or the company, as the notebook declares."""
    request, opened, declared = part.request, part.opened, part.declared
    if PERSON in declared:
        return people_of(opened, policy.period, request.teams, request.people) if policy else ([], [])
    problems = _refused("people", request.people, f"none: {part.notebook.name} has no parameter `person`")
    if "team" not in declared:
        no_teams = _refused("teams", request.teams, "none: the notebook reports on the whole company")
        return [Subject()], problems + no_teams
    found, unknown = teams_of(opened, request.teams, with_company=declared["team"].default == COMPANY)
    return found, problems + unknown


def _refused(what: str, asked: str | Sequence[str], allowed: str) -> list[Problem]:
    """Refuse a choice among what the notebook does not tell apart."""
    return [] if asked == ALL else [Problem(what, repr(asked), allowed)]


def _given(part: _Part, policy: Policy) -> dict[str, object]:
    """Give the standard parameters that the notebook declares and that all its reports share."""
    request = part.request
    standard: dict[str, object] = {
        "period": policy.period.label,
        "scenario": part.scenario,
        "source": request.source,
        "as_of": request.as_of.isoformat() if request.as_of else "",
        "provisional": request.provisional,
        LIVE: False,
    }
    return {name: value for name, value in standard.items() if name in part.declared}


def _blank(part: _Part, policy: Policy, parameters: Mapping[str, object]) -> Report:
    """Describe what all reports of a part share; team and language are filled in later."""
    name, label = part.notebook.stem, policy.period.label
    rules = "" if part.scenario == "base" else f"@{safe_name(part.scenario)}"
    return Report(
        notebook=name,
        source=part.request.source,
        scenario=part.scenario,
        period=label,
        team="",
        lang="",
        team_name="",
        parameters=parameters,
        folder=f"{safe_name(part.request.source)}{rules}/{safe_name(label)}/{safe_name(name)}",
        digests={**part.digests, "policy": policy.digest},
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
