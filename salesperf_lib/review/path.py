"""The path to the next grade: the smallest feasible change that would reach it (§2.6)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from salesperf_lib import grades, scores
from salesperf_lib.params import Policy
from salesperf_lib.review.options import Floats, Ints, chances, options_of
from salesperf_lib.review.trials import Book, Trial, marks_of

COLUMNS = [
    "person_id", "grade_now", "grade_next", "needed_score", "gap", "kpi", "value_now", "value_needed",
    "attainment_now", "attainment_needed", "points_now", "points_needed", "effort", "likely", "single",
    "shared", "reachable", "team_id", "role",
]  # fmt: skip

NUMBERS = [
    "needed_score", "gap", "value_now", "value_needed", "attainment_now", "attainment_needed",
    "points_now", "points_needed", "effort", "likely",
]  # fmt: skip
_TINY = 1e-12
_SHOWN_STEP = 10.0**-grades.SCORE_DIGITS


def next_grade(
    lines: pd.DataFrame,
    composite: pd.DataFrame,
    policy: Policy,
    *,
    history: pd.DataFrame | None = None,
    needed: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Find, for each person, the smallest feasible change that would reach the next better grade.

    Parameters
    ----------
    lines
        Score frame.
    composite
        One row per person: person_id and score; where the grade frame is given, its grade is the one
        that a person has (else the thresholds say), and people under a veto are left out.
    policy
        The rules: thresholds, curves, gates.
    history
        Earlier values of these people: person_id, kpi, period, value. A value beyond the `QUANTILE` of
        what the role's people have had is then not feasible.
    needed
        By person, the score of the last one in the next better grade, where places are limited. People
        who have that score already, and lost a tie, need one displayed step more.

    Returns
    -------
    DataFrame
        One row per person and KPI of the change. People in the best grade, without a score or under a
        veto have none. `needed_score` and `gap` are in points, as shown (two decimals). `value_needed`
        is the first displayed value that suffices, the other values standing still. `effort` is the
        change in standard deviations (of the value, from period to period, typical for the role; without
        history the change of attainment). `likely` is the probability that the person's next value is as
        good as `value_needed`; NaN below four earlier values. `shared`: it is not the person's own
        number. `reachable` is False where nothing within what has been reached suffices: then
        the change that would by the curves alone; `kpi` is empty where not even that exists.

    Notes
    -----
    One line alone where possible: of the person's own lines that suffice the one of least effort, else
    of the shared ones. Otherwise several, own ones first: lines are taken by points·weight gained per
    unit of effort up to their cap, until the score suffices, and then each is taken back as far as the
    others allow. That is greedy: no value of the change can be one displayed step less, but another set
    of lines might cost a little less. Weights stand still, gates are applied. In a year the lines of its
    months and quarters are closed; only the year's own can move.
    """
    goals = _goals(composite, policy, needed)
    own = _lines_of(lines, goals, policy)
    chosen: list[pd.DataFrame] = []
    left = goals["owner"].to_numpy(np.int64)
    for reachable in (True, False):
        if not len(left) or (history is None and not reachable):
            break
        options = options_of(own[own["open"]], policy, history, bound=reachable)
        book = Book(own, goals, options)
        found = _solved(book, left)
        chosen.append(_rows(book, found, history).assign(reachable=reachable))
        left = np.setdiff1d(left, found["owner"])
    return _told(chosen, goals, left)


def _goals(composite: pd.DataFrame, policy: Policy, needed: Mapping[str, float] | None) -> pd.DataFrame:
    """List who can still rise: person, score, grade now and next, and the score that it needs."""
    names = [name for name, _ in policy.grades.thresholds]
    marks = np.array([lowest for _, lowest in policy.grades.thresholds], dtype=float)
    rows = composite[composite["score"].notna()]
    rows = rows[~rows["vetoed"].astype(bool)] if "vetoed" in rows else rows
    score = rows["score"].astype(float)
    shown = _shown(score)
    place = np.less.outer(shown, marks).sum(axis=1)
    if "grade" in rows:
        given = rows["grade"].map({name: at for at, name in enumerate(names)}).to_numpy(float)
        place = np.where(np.isnan(given), place, given)
    place = np.minimum(place, len(names) - 1).astype(np.int64)
    next_place = np.maximum(place - 1, 0)
    asked = rows["person_id"].map(dict(needed or {})).to_numpy(float)
    goal = np.where(np.isnan(asked), marks[next_place], _shown(pd.Series(asked)))
    found = pd.DataFrame(
        {
            "person_id": rows["person_id"].to_numpy(object),
            "score": score.to_numpy(),
            "shown": shown,
            "grade_now": np.array(names, dtype=object)[place],
            "grade_next": np.array(names, dtype=object)[next_place],
            "needed_score": np.where(shown >= goal, _shown(pd.Series(shown + _SHOWN_STEP)), goal),
        }
    )
    found = found[place > 0].reset_index(drop=True)
    return found.assign(owner=np.arange(len(found)))


def _shown(score: pd.Series) -> Floats:
    return grades.round_half_up(score).to_numpy(float)


def _lines_of(lines: pd.DataFrame, goals: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Give the lines that count for these people: owner, points before any gate, mark, part; open or not."""
    rows = lines[lines["points"].notna() & (lines["weight"] > 0)]
    rows = rows.merge(goals[["person_id", "owner"]], on="person_id")
    rows = rows.sort_values("owner", kind="stable", ignore_index=True)
    is_open = (rows["scored_in"] == rows["period"]) if "scored_in" in rows else rows["person_id"].notna()
    gated = is_open & (rows["gated"].astype(bool) if "gated" in rows else False)
    before = rows["points"].to_numpy(float).copy()
    if gated.any():
        before[gated.to_numpy()] = scores.with_points(rows[gated], policy)["points"]
    part = rows.groupby(["owner", "team_id", "role"], sort=False).ngroup() + 1
    return rows.assign(
        open=is_open,
        before=before,
        mark=np.where(is_open, marks_of(rows["role"], rows["kpi"], policy), np.nan),
        part=np.where(is_open, part, 0),
    )


def _solved(book: Book, owners: Ints) -> pd.DataFrame:
    """Choose the change of each of some people: owner, option, step, worth (points after gates), single."""
    owner = book.owners()
    mine = np.flatnonzero(np.isin(owner, owners))
    options, rows, cases = book.options.take(mine), book.rows()[mine], np.arange(len(mine))
    trial = Trial(book, owner[mine])
    base = trial.points
    steps = trial.least(base, cases, rows, options)
    at = np.maximum(steps, 0)
    full = trial.put(base, cases, rows, options.points(options.cap))
    table = pd.DataFrame(
        {
            "owner": owner[mine],
            "option": mine,
            "step": steps,
            "shared": book.column("scored_at")[mine] != "person",
            "worth": trial.held(trial.put(base, cases, rows, options.points(at)))[trial.at(cases, rows)],
            "effort": options.efforts(at),
            "value": (trial.scores(full) - trial.scores(base))
            / np.maximum(options.efforts(options.cap), _TINY),
        }
    )
    alone = table[table["step"] >= 0].sort_values(["owner", "shared", "effort", "option"])
    alone = alone.drop_duplicates("owner").assign(single=True)
    several = _combined(book, table[~table["owner"].isin(alone["owner"])])
    names = ["owner", "option", "step", "worth", "single"]
    return pd.concat([alone[names], several[names]], ignore_index=True)


def _combined(book: Book, table: pd.DataFrame) -> pd.DataFrame:
    """Combine lines of people for whom none suffices: the best value first, then each taken back."""
    table = table.sort_values(
        ["owner", "shared", "value", "option"], ascending=[True, True, False, True], ignore_index=True
    )
    owners, case = np.unique(table["owner"].to_numpy(np.int64), return_inverse=True)
    table = table.assign(case=case, turn=table.groupby("owner").cumcount(), step=0, single=False)
    turns = [rows.to_numpy(np.int64) for rows in table.groupby("turn").groups.values()]
    option, step = table["option"].to_numpy(np.int64), np.zeros(len(table), dtype=np.int64)
    trial = Trial(book, owners)
    state, row = trial.points, book.rows()[option]
    for turn in turns:
        raised = turn[~trial.enough(state)[case[turn]]]
        options = book.options.take(option[raised])
        step[raised] = options.cap
        state = trial.put(state, case[raised], row[raised], options.points(options.cap))
    done = trial.enough(state)
    for turn in reversed(turns):
        lowered = turn[done[case[turn]] & (step[turn] > 0)]
        options, cases, rows = book.options.take(option[lowered]), case[lowered], row[lowered]
        step[lowered] = trial.least(state, cases, rows, options)
        state = trial.put(state, cases, rows, options.points(step[lowered]))
    worth = trial.held(state)[trial.at(case, row)]
    return table.assign(step=step, worth=worth)[done[case] & (step > 0)]


def _rows(book: Book, found: pd.DataFrame, history: pd.DataFrame | None) -> pd.DataFrame:
    """Write the chosen changes down: one row per person and KPI."""
    chosen = found["option"].to_numpy(np.int64)
    options, step = book.options.take(chosen), found["step"].to_numpy(np.int64)
    lines = book.lines.iloc[book.rows()[chosen]]
    needed, people = options.values(step), lines["person_id"].to_numpy(object)
    return pd.DataFrame(
        {
            "owner": found["owner"].to_numpy(np.int64),
            "kpi": options.kpi,
            "value_now": options.value,
            "value_needed": needed,
            "attainment_now": options.attainments(options.value),
            "attainment_needed": options.attainments(needed),
            "points_now": lines["points"].to_numpy(float),
            "points_needed": found["worth"].to_numpy(float),
            "effort": options.efforts(step),
            "likely": chances(people, options.kpi, needed, options.lower, history),
            "single": found["single"].to_numpy(bool),
            "shared": (lines["scored_at"] != "person").to_numpy(bool),
            "team_id": lines["team_id"].to_numpy(object),
            "role": lines["role"].to_numpy(object),
        }
    )


def _told(chosen: list[pd.DataFrame], goals: pd.DataFrame, left: Ints) -> pd.DataFrame:
    """Join changes and goals; whoever has no change keeps a row that says so."""
    none = pd.DataFrame({"owner": left}).assign(
        kpi="", single=False, shared=False, reachable=False, team_id="", role=""
    )
    parts = [part for part in (*chosen, none) if len(part)]
    changes = pd.concat(parts, ignore_index=True) if parts else none
    found = goals.merge(changes, on="owner").sort_values("owner", kind="stable", ignore_index=True)
    found["gap"] = np.round(found["needed_score"] - found["shown"], grades.SCORE_DIGITS)
    flags = dict.fromkeys(("single", "shared", "reachable"), bool)
    return found.reindex(columns=COLUMNS).astype(dict.fromkeys(NUMBERS, float) | flags)
