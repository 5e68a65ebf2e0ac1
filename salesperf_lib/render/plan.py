"""Decide what to render, and refuse what cannot be rendered before any kernel starts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from salesperf_lib.errors import PeriodError, Problem, RenderError, fail_if_any
from salesperf_lib.language import LANGUAGES, text
from salesperf_lib.params.policy import Policy
from salesperf_lib.render.coverage import open_problems, policy_of
from salesperf_lib.render.manifest import Report, safe_name
from salesperf_lib.render.notebooks import Parameter, check_values, read_parameters, typed

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

ALL = "all"
COMPANY = "company"
"""The whole company, as a team of notebooks whose own default it is."""
STANDARD = ("team", "period", "lang", "scenario", "source", "as_of", "provisional")


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


def plan(request: Request) -> list[Report]:
    """List the reports that a request means.

    Returns
    -------
    list
        One report per team and language, teams in order of their id.

    Raises
    ------
    RenderError
        With every problem of notebook, teams, languages and parameters.
    PeriodError
        If the period cannot be read, holds no data, or is open.
    """
    from salesperf_lib import facts

    declared = read_parameters(request.notebook)
    extra, problems = _extra(request, declared)
    problems += _missing(declared, request.notebook.name) + _language_problems(request.langs)
    opened = facts.open(request.source, as_of=request.as_of, root=request.root)
    teams, unknown = _teams(request, opened, declared)
    policy, late = _period(request, opened)
    if policy is None or problems + unknown + late:
        raise (RenderError if problems + unknown else PeriodError)(*problems, *unknown, *late)
    blank = _blank(request, policy, opened, _given(request, policy, declared) | extra)
    reports = [_report(blank, team, name, lang) for team, name in teams.items() for lang in request.langs]
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
        Problem(f"parameter {name}", "a value given by name", f"the option --{name.replace('_', '-')}")
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


def _period(request: Request, opened: Facts) -> tuple[Policy | None, list[Problem]]:
    """Load the rules of the period, or tell why it cannot be rendered."""
    try:
        policy = policy_of(request.period, opened, request.scenario, request.as_of, request.root)
    except PeriodError as error:
        return None, list(error.problems)
    return policy, [] if request.provisional else open_problems(policy, opened, request.as_of)


def _teams(
    request: Request, opened: Facts, declared: Mapping[str, Parameter]
) -> tuple[dict[str, str], list[Problem]]:
    """Give id and name of each team asked for; a notebook without ``team`` reports on the company."""
    if "team" not in declared:
        wrong = Problem("teams", repr(request.teams), "none: the notebook reports on the whole company")
        return {"": ""}, [] if request.teams == ALL else [wrong]
    known = _known_teams(opened)
    if not known:
        return {}, [Problem(f"source {request.source}", "no team in any table", "data with teams")]
    if declared["team"].default == COMPANY:
        known = {COMPANY: "", **known}
    asked = list(known) if request.teams == ALL else list(dict.fromkeys(request.teams))
    problems = [
        Problem(
            "team", repr(team), ", ".join(known), f"teams of source {request.source}; `all` takes every one"
        )
        for team in asked
        if team not in known
    ]
    if not asked:
        problems.append(Problem("teams", "none", ", ".join(known)))
    return {team: known[team] for team in asked if team in known}, problems


def _known_teams(opened: Facts) -> dict[str, str]:
    """Give the teams that stand above no other team: groups are not reported on."""
    from salesperf_lib import facts

    table = facts.team_table(opened)
    parents = set(table["parent_id"].dropna())
    leaves = table[~table["team_id"].isin(parents)]
    return {
        str(row.team_id): str(row.name)
        for row in leaves.fillna({"name": ""}).itertuples(index=False, name="Team")
    }


def _given(request: Request, policy: Policy, declared: Mapping[str, Parameter]) -> dict[str, object]:
    """Give the standard parameters that the notebook declares and that all its reports share."""
    standard: dict[str, object] = {
        "period": policy.period.label,
        "scenario": request.scenario,
        "source": request.source,
        "as_of": request.as_of.isoformat() if request.as_of else "",
        "provisional": request.provisional,
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
        digests={"notebook": _digest(request.notebook), "policy": policy.digest, "data": opened.digest},
    )


def _report(blank: Report, team: str, name: str, lang: str) -> Report:
    own: dict[str, object] = {"team": team, "lang": lang} if team else {"lang": lang}
    return replace(
        blank,
        team=team,
        lang=lang,
        team_name=name or text("render.company", lang),
        parameters={**blank.parameters, **own},
        folder=f"{blank.folder}/{lang}/{safe_name(team or 'company')}",
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
