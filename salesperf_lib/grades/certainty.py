"""P(A) … P(D): every KPI redrawn from its noise, everybody scored and graded again (§2.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from salesperf_lib.grades.distribution import Cohort, codes_of
from salesperf_lib.grades.noise import BETA, GAMMA, NONE, noise_of
from salesperf_lib.grades.ranking import FloatArray, IntArray, round_half_up
from salesperf_lib.params import Policy
from salesperf_lib.scores import attainment, points

HELD = 100.0
"""What a line counts at most while a gate of its part is shut (§2.2)."""

_UNIT = {"person": "person_id", "team": "team_id"}
_LAW = ["noise", "first", "second"]


def probabilities(
    people: pd.DataFrame,
    lines: pd.DataFrame,
    policy: Policy,
    cohorts: Sequence[Cohort],
    tie_points: FloatArray | None = None,
) -> FloatArray:
    """Give the probability of each grade.

    Parameters
    ----------
    people
        Those who are graded, one row each, by person_id: person_id, score.
    lines
        The score frame.
    policy
        Curves, gates, grades; number of draws and their seed.
    cohorts
        Who is graded among whom.
    tie_points
        Points that break ties, as published, shape (1, people).

    Returns
    -------
    array of shape (people, grades)
        Share of the draws with each grade, best first; every row sums to 1. Who has nothing but lines
        without noise has 1 for the grade published, unless the places of a forced distribution move.

    Notes
    -----
    Each draw grades everybody anew: under a forced distribution quotas, teams' places and ties too.
    """
    drawn = redraw(people, lines, policy)
    rounded = np.ascontiguousarray(round_half_up(drawn).T)
    codes = codes_of(rounded, cohorts, policy.grades, tie_points)
    return np.stack([(codes == g).mean(axis=0) for g in range(len(policy.grades.thresholds))], axis=1)


def redraw(people: pd.DataFrame, lines: pd.DataFrame, policy: Policy) -> FloatArray:
    """Draw everybody's composite again and again.

    Parameters
    ----------
    people
        One row per person: person_id, score.
    lines
        The score frame; lines of others, without weight or without points do not count.
    policy
        Curves, gates, `grades.certainty`.

    Returns
    -------
    array of shape (people, draws)
        score + Σ weight · (points drawn − points), in the order of `people`.

    Notes
    -----
    One draw for each distinct unit, KPI and period of a value: those who share a team's KPI share its
    luck, so it does not set them apart. Each has its own generator, seeded by `seed` and a hash of its
    name: the order of rows and who else is there change nothing. The draw is pointed again by the KPI's
    own curve, against the same target, and gates open and shut with it.
    """
    rules = policy.grades.certainty
    place = {name: row for row, name in enumerate(people["person_id"].astype(str))}
    found = np.repeat(people["score"].to_numpy(float)[:, None], rules.draws, axis=1)
    counted = lines[lines["person_id"].astype(str).isin(list(place)) & (lines["weight"] > 0)]
    active = _active(counted[counted["points"].notna()], policy)
    if active.empty:
        return found
    shut = _shut(active, policy)
    order = ["kpi", "person_id", "part", "value_period"]
    for kpi, own in active.sort_values(order, kind="stable").groupby("kpi", sort=True):
        drawn = _points_drawn(own, str(kpi), policy)
        parts = own["part"].to_numpy(dtype=np.int64)
        if shut is not None:
            free = own["mark"].notna().to_numpy()[:, None]
            drawn = np.where(shut[parts] & ~free, np.minimum(drawn, HELD), drawn)
        change = (drawn - own["points"].to_numpy(float)[:, None]) * own["weight"].to_numpy(float)[:, None]
        rows = np.array([place[name] for name in own["person_id"].astype(str)], np.int64)
        for once in _once_each(rows):
            found[rows[once]] += change[once]
    return found


def _active(lines: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Keep the lines that can move: those with noise, and all of a part whose gate has noise."""
    keys = [name for name in ("person_id", "team_id", "role", "scored_in") if name in lines]
    marks = {(role.id, row.kpi): row.gate for role in policy.roles.values() for row in role.kpis if row.gate}
    found = lines.join(noise_of(lines, policy)).assign(
        part=lines.groupby(keys).ngroup(),
        mark=np.array([marks.get(key) for key in zip(lines["role"], lines["kpi"], strict=True)], dtype=float),
    )
    noisy = found["noise"] != NONE
    gated = (noisy & found["mark"].notna()).groupby(found["part"]).transform("any")
    return found[noisy | gated]


def _shut(lines: pd.DataFrame, policy: Policy) -> np.ndarray | None:
    """Say for every part and draw whether a gate is shut, shape (parts, draws); None without gates."""
    marked = lines[lines["mark"].notna()]
    if marked.empty:
        return None
    found = np.zeros((int(lines["part"].max()) + 1, policy.grades.certainty.draws), bool)
    for kpi, own in marked.groupby("kpi", sort=True):
        under = _points_drawn(own, str(kpi), policy) < own["mark"].to_numpy(float)[:, None]
        parts = own["part"].to_numpy(dtype=np.int64)
        for once in _once_each(parts):
            found[parts[once]] |= under[once]
    return found


def _once_each(rows: IntArray) -> list[np.ndarray]:
    """Cut repeated targets into groups in which each stands once, in the order given."""
    number = pd.Series(rows).groupby(rows).cumcount().to_numpy()
    return [number == turn for turn in range(int(number.max()) + 1 if len(number) else 0)]


def _points_drawn(own: pd.DataFrame, kpi: str, policy: Policy) -> FloatArray:
    """Give the points of one KPI's lines before any gate, shape (lines, draws)."""
    unit = _units(own)
    sources, of_line = _distinct(own.assign(unit=unit)[["unit", "value_period", "value", *_LAW]])
    values = _values(sources, kpi, policy)
    scales, of_scale = _distinct(pd.DataFrame({"source": of_line, **_columns(own, "target", "baseline")}))
    value = values[scales["source"].to_numpy(np.int64)]
    target, baseline = (scales[name].to_numpy(float)[:, None] for name in ("target", "baseline"))
    lower = policy.kpis[kpi].direction == "lower"
    reached = attainment(value, np.broadcast_to(target, value.shape), lower_is_better=lower)
    found = points(policy.curves[kpi], reached, value, target, baseline, lower_is_better=lower)[of_scale]
    return np.where(np.isnan(found), own["points"].to_numpy(float)[:, None], found)


def _values(sources: pd.DataFrame, kpi: str, policy: Policy) -> FloatArray:
    """Draw the values of one KPI's units, shape (sources, draws)."""
    rules = policy.grades.certainty
    found = np.empty((len(sources), rules.draws))
    seen: dict[str, int] = {}
    laws = zip(*(sources[name] for name in ("unit", "value_period", "value", *_LAW)), strict=True)
    for row, (unit, period, value, noise, first, second) in enumerate(laws):
        name = f"{unit}|{kpi}|{period}"
        seen[name] = seen.get(name, -1) + 1
        if noise == NONE:
            found[row] = value
            continue
        luck = _generator(rules.seed, f"{name}|{seen[name]}")
        if noise == BETA:
            found[row] = luck.beta(first, second, rules.draws)
        elif noise == GAMMA:
            found[row] = luck.standard_gamma(first, rules.draws) * second
        else:
            found[row] = first + second * luck.standard_normal(rules.draws)
    return found


def _generator(seed: int, name: str) -> np.random.Generator:
    """Give a generator of its own to a name: hashed, for Python's own hash differs by process."""
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    words = tuple(int.from_bytes(digest[at : at + 4], "little") for at in range(0, 16, 4))
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=words)))


def _units(lines: pd.DataFrame) -> pd.Series:
    """Name the unit whose value each line scores; a channel's is the team's."""
    at = lines["scored_at"].astype(str)
    person, team = ("person:" + lines["person_id"].astype(str), "team:" + lines["team_id"].astype(str))
    return person.where(at == "person", team.where(at != "company", "company"))


def _distinct(frame: pd.DataFrame) -> tuple[pd.DataFrame, IntArray]:
    """List the distinct rows in a fixed order, and the place of each row among them."""
    number = np.asarray(frame.groupby(list(frame.columns), sort=True, dropna=False).ngroup(), np.int64)
    _, where = np.unique(number, return_index=True)
    return frame.iloc[where].reset_index(drop=True), number


def _columns(lines: pd.DataFrame, *names: str) -> Mapping[str, np.ndarray]:
    nothing = np.full(len(lines), np.nan)
    return {name: lines[name].to_numpy(float) if name in lines else nothing for name in names}
