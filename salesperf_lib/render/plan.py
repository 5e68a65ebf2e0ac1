"""Decide what to render, and refuse what cannot be rendered before any kernel starts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from salesperf_lib.errors import PeriodError, Problem, RenderError
from salesperf_lib.language import LANGUAGES, text
from salesperf_lib.params import load_policy
from salesperf_lib.params.policy import Policy
from salesperf_lib.periods import Period, closing_day, is_closed, last_closed_month, month_of
from salesperf_lib.render.manifest import Report, safe_name
from salesperf_lib.render.notebooks import Parameter, check_values, read_parameters, typed

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

ALL = "all"
LAST_CLOSED = "last-closed"


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
    problems += _language_problems(request.langs)
    opened = facts.open(request.source, as_of=request.as_of, root=request.root)
    policy = _policy(request, opened)
    teams, unknown = _teams(request, opened, declared)
    late = _period_problems(request, policy, opened)
    if problems + unknown:
        raise RenderError(*problems, *unknown, *late)
    if late:
        raise PeriodError(*late)
    digests = {"notebook": _digest(request.notebook), "policy": policy.digest, "data": opened.digest}
    reports = [
        _report(request, policy, declared, extra, team, name, lang, digests)
        for team, name in teams.items()
        for lang in request.langs
    ]
    wrong = check_values(declared, reports[0].parameters, request.notebook.name)
    if wrong:
        raise RenderError(*wrong)
    return reports


def _extra(request: Request, declared: Mapping[str, Parameter]) -> tuple[dict[str, object], list[Problem]]:
    """Read the further parameters, texts as their declared type."""
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for name, value in request.extra.items():
        try:
            values[name] = (
                typed(value, declared[name]) if isinstance(value, str) and name in declared else value
            )
        except RenderError as error:
            problems += error.problems
    own = [
        name
        for name in values
        if name in ("team", "period", "lang", "scenario", "source", "as_of", "provisional")
    ]
    problems += [
        Problem(f"parameter {name}", "given twice", f"the option --{name.replace('_', '-')}") for name in own
    ]
    return values, problems + check_values(declared, values, request.notebook.name)


def _language_problems(langs: Sequence[str]) -> list[Problem]:
    wrong = [lang for lang in langs if lang not in LANGUAGES]
    problems = [Problem("language", repr(lang), ", ".join(LANGUAGES)) for lang in wrong]
    return problems if langs else [Problem("language", "none", ", ".join(LANGUAGES))]


def _policy(request: Request, opened: Facts) -> Policy:
    """Load the rules of the period asked for, looking for the last closed month if that is asked."""
    if request.period != LAST_CLOSED:
        return load_policy(request.period, request.source, request.scenario, request.as_of, request.root)
    known = request.as_of or opened.last_day
    latest = load_policy(
        month_of(opened.last_day), request.source, request.scenario, request.as_of, request.root
    )
    month = last_closed_month(known, latest.company.close_day)
    while opened.last_day < month.last:
        month = month.shift(-1)
    return latest.at(month)


def _period_problems(request: Request, policy: Policy, opened: Facts) -> list[Problem]:
    period, where = policy.period, f"period {policy.period.label}"
    covered = f"{opened.first_day} to {opened.last_day}, which the data of source {request.source} cover"
    if period.last < opened.first_day or period.first > opened.last_day:
        return [Problem(where, "no data", covered)]
    known = request.as_of or opened.last_day
    closed = is_closed(period, known, policy.company.close_day) and opened.last_day >= period.last
    if closed or request.provisional:
        return []
    day = closing_day(period, policy.company.close_day)
    return [
        Problem(
            where,
            f"still open: its figures are final from {day}, the data reach to {min(known, opened.last_day)}",
            "a closed period",
            f"take --period {LAST_CLOSED}, or --provisional to see it as it stands",
        )
    ]


def _teams(
    request: Request, opened: Facts, declared: Mapping[str, Parameter]
) -> tuple[dict[str, str], list[Problem]]:
    """Give id and name of each team asked for; a notebook without ``team`` reports on the company."""
    if "team" not in declared:
        wrong = (
            []
            if request.teams == ALL
            else [Problem("teams", repr(request.teams), "none: the notebook has no team")]
        )
        return {"": ""}, wrong
    known = _known_teams(opened)
    if not known:
        return {}, [Problem(f"source {request.source}", "no team in any table", "data with teams")]
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


def _report(
    request: Request,
    policy: Policy,
    declared: Mapping[str, Parameter],
    extra: Mapping[str, object],
    team: str,
    name: str,
    lang: str,
    digests: Mapping[str, str],
) -> Report:
    standard: dict[str, object] = {
        "team": team,
        "period": policy.period.label,
        "lang": lang,
        "scenario": request.scenario,
        "source": request.source,
        "as_of": request.as_of.isoformat() if request.as_of else "",
        "provisional": request.provisional,
    }
    given = {key: value for key, value in standard.items() if key in declared}
    label = policy.period.label
    company = safe_name(request.source) + (
        "" if request.scenario == "base" else f"@{safe_name(request.scenario)}"
    )
    parts = [company, safe_name(label), safe_name(request.notebook.stem), lang, safe_name(team or "company")]
    return Report(
        notebook=request.notebook.stem,
        source=request.source,
        scenario=request.scenario,
        period=label,
        team=team,
        lang=lang,
        team_name=name or team or text("render.company", lang),
        parameters=given | dict(extra),
        folder="/".join(parts),
        digests=digests,
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
