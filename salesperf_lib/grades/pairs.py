"""Who cannot be told apart, and between which ranks everybody lies (§2.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.grades.certainty import redraw
from salesperf_lib.grades.ranking import FloatArray, IntArray, rank, ranks_of, round_half_up
from salesperf_lib.params import Policy
from salesperf_lib.scores import ASSESSED

PAIRS = [
    "period", "team_id", "person_id_a", "person_id_b", "difference", "low", "high", "adjacent",
]  # fmt: skip
RANKS = ["period", "person_id", "team_id", "score", "rank", "best", "worst", "alike"]
_BLOCK = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """What measurement noise leaves of scores, ranks and order.

    Parameters
    ----------
    noise
        Standard error of each score, in points, by person_id.
    ranks
        As `rank_intervals` gives them.
    pairs
        As `indistinguishable` gives them, among the people asked for.
    """

    noise: pd.Series
    ranks: pd.DataFrame
    pairs: pd.DataFrame


def uncertainty(
    lines: pd.DataFrame, policy: Policy, vetoed: Collection[str], within: Collection[str]
) -> Uncertainty:
    """Draw everybody's score again once, and read all that it says.

    Parameters
    ----------
    lines, policy, vetoed
        As for `indistinguishable`.
    within
        person_id of those whose pairs are asked for: a team. Ranks are the company's.
    """
    people = _people(lines, vetoed)
    drawn = redraw(people, lines, policy)
    own = people["person_id"].isin([str(name) for name in within]).to_numpy()
    return Uncertainty(
        noise=pd.Series(drawn.std(axis=1), index=people["person_id"].to_numpy()),
        ranks=_intervals(people, drawn, policy),
        pairs=_alike(people[own].reset_index(drop=True), drawn[own], policy),
    )


def indistinguishable(
    lines: pd.DataFrame, policy: Policy, vetoed: Collection[str] = frozenset()
) -> pd.DataFrame:
    """List the pairs that measurement noise does not let us tell apart.

    Parameters
    ----------
    lines
        The score frame.
    policy
        Curves, gates, and `grades.certainty`: draws, seed, interval.
    vetoed
        person_id of those whom a confirmed case vetoes: they are out.

    Returns
    -------
    DataFrame
        One row per pair, of all within a team and of those next to each other in the company's ranks:
        period, team_id (empty where they are of two teams), person_id_a (who ranks first; of equal scores
        by person_id) and person_id_b, `difference` of their scores, `low` and `high` ends of its interval,
        which includes 0, and `adjacent`, whether they are next to each other in the company.

    Notes
    -----
    Both are drawn together (`certainty.redraw`): what they share, such as the team's KPI, cancels out.
    The interval leaves out (1 − interval)/2 of the draws at either end. Many pairs are looked at: a pair
    that is missing here is not proved to be apart by that alone. Source: Goldstein & Spiegelhalter 1996.
    """
    people = _people(lines, vetoed)
    return _alike(people, redraw(people, lines, policy), policy)


def rank_intervals(
    lines: pd.DataFrame, policy: Policy, vetoed: Collection[str] = frozenset()
) -> pd.DataFrame:
    """Give the ranks between which everybody lies.

    Returns
    -------
    DataFrame
        One row per person who is assessed and not vetoed, by person_id: period, person_id, team_id, score,
        rank in the company, `best` and `worst` rank within `grades.certainty.interval` of the draws, and
        `alike`, how many colleagues of the team cannot be told apart from them (`indistinguishable`).
    """
    people = _people(lines, vetoed)
    return _intervals(people, redraw(people, lines, policy), policy)


def _alike(people: pd.DataFrame, drawn: FloatArray, policy: Policy) -> pd.DataFrame:
    """Find the pairs whose difference lies around 0 in the draws."""
    first, second, adjacent = _pairs(people)
    tail = (1 - policy.grades.certainty.interval) / 2
    low, high = np.empty(len(first)), np.empty(len(first))
    for start in range(0, len(first), _BLOCK):
        block = slice(start, start + _BLOCK)
        apart = drawn[first[block]] - drawn[second[block]]
        low[block], high[block] = np.quantile(apart, [tail, 1 - tail], axis=1)
    score, team = people["score"].to_numpy(float), people["team_id"].to_numpy(object)
    found = pd.DataFrame({
        "period": people["period"].to_numpy(object)[first],
        "team_id": np.where(team[first] == team[second], team[first], ""),
        "person_id_a": people["person_id"].to_numpy(object)[first],
        "person_id_b": people["person_id"].to_numpy(object)[second],
        "difference": score[first] - score[second], "low": low, "high": high, "adjacent": adjacent,
    })  # fmt: skip
    alike = found[(found["low"] <= 0) & (found["high"] >= 0)]
    order = ["team_id", "person_id_a", "person_id_b"]
    return alike[PAIRS].sort_values(order, ignore_index=True)


def _intervals(people: pd.DataFrame, drawn: FloatArray, policy: Policy) -> pd.DataFrame:
    """Find between which ranks the draws put everybody."""
    tail = (1 - policy.grades.certainty.interval) / 2
    ranks = ranks_of(np.ascontiguousarray(round_half_up(drawn).T))
    best, worst = np.zeros(len(people), np.int64), np.zeros(len(people), np.int64)
    if len(people):
        best = np.quantile(ranks, tail, axis=0, method="inverted_cdf").astype(np.int64)
        worst = np.quantile(ranks, 1 - tail, axis=0, method="inverted_cdf").astype(np.int64)
    pairs = _alike(people, drawn, policy)
    pairs = pairs[pairs["team_id"] != ""]
    counts = pd.concat([pairs["person_id_a"], pairs["person_id_b"]]).value_counts()
    alike = people["person_id"].map(counts).fillna(0).astype("int64")
    place = rank(round_half_up(people["score"]))
    return people.assign(rank=place, best=best, worst=worst, alike=alike)[RANKS]


def _people(lines: pd.DataFrame, vetoed: Collection[str]) -> pd.DataFrame:
    """List who is assessed, by person_id, with the team in which most of the score was made."""
    own = lines[(lines["reason"] == ASSESSED) & lines["weight"].notna()].astype({"person_id": str})
    own = own[~own["person_id"].isin([str(name) for name in vetoed])]
    score = own.groupby(["period", "person_id"])["contribution"].sum().rename("score").reset_index()
    by_team = own.groupby(["person_id", "team_id"])["weight"].sum().reset_index()
    main = by_team.sort_values(["person_id", "weight", "team_id"], ascending=[True, False, True])
    found = score.merge(main.drop_duplicates("person_id")[["person_id", "team_id"]], on="person_id")
    return found.sort_values("person_id", ignore_index=True)


def _pairs(people: pd.DataFrame) -> tuple[IntArray, IntArray, np.ndarray]:
    """List the pairs to look at: all of a team, and neighbours in the company; the better one first."""
    rounded = round_half_up(people["score"].to_numpy(float))
    order = np.lexsort((people["person_id"].to_numpy(str), -rounded))
    team = people["team_id"].to_numpy(object)[order]
    near = np.arange(max(len(order) - 1, 0))
    found = {(int(at), int(at) + 1): True for at in near}
    for left, right in _within(team):
        found.setdefault((left, right), False)
    pairs = np.array(list(found), dtype=np.int64).reshape(-1, 2)
    return order[pairs[:, 0]], order[pairs[:, 1]], np.array(list(found.values()), dtype=bool)


def _within(team: np.ndarray) -> Iterator[tuple[int, int]]:
    for name in pd.unique(team):
        rows = np.flatnonzero(team == name)
        above, below = np.triu_indices(len(rows), 1)
        yield from zip(rows[above].tolist(), rows[below].tolist(), strict=True)
