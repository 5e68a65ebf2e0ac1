"""What the board shows, as frames: progress and ranks, with a label for everybody and ids of nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from salesperf_lib import review
from salesperf_lib.reports.context import Report, open_report
from salesperf_lib.reports.pseudonyms import pseudonyms

CROWD = 3
"""Others of a list below which a code would hide nobody: they are counted and not shown."""
CORE = "result"
RANKED, LOW_N, NO_DATA, OUT = "ranked", "low_n", "no_data", "out"
PROGRESS = ["kpi", "label", "whole", "actual", "target", "due", "gap", "attainment", "due_share", "day"]
RANKS = [
    "person_id", "rank", "label", "own", "value", "numerator", "denominator", "n", "state", "tied", "shown",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Board:
    """A team's board of a period, and what it looks up once.

    Parameters
    ----------
    report
        The team's report: facts, rules, appraisal, and how it is written.
    """

    report: Report

    @cached_property
    def people(self) -> pd.DataFrame:
        """List the company's people of the period, each where the main part of it was spent.

        Returns
        -------
        pandas.DataFrame
            One row per person: person_id, role, own, label: the name in the own team (with the id where
            two share a name), a code for everybody else.
        """
        given = self.report.appraisal.people
        main = given[given["main"].astype(bool)]
        own = main["team_id"].eq(self.report.team)
        codes = pseudonyms(
            main["person_id"], self.report.policy.source, self.report.period.label, self.report.policy.root
        )
        names = main["name"].fillna(main["person_id"])
        twice = own & names.where(own).duplicated(keep=False)
        names = names.mask(twice, names + " " + main["person_id"])
        label = names.where(own, main["person_id"].map(codes))
        return main[["person_id", "role"]].assign(own=own, label=label).reset_index(drop=True)

    @cached_property
    def pace(self) -> pd.DataFrame:
        """Compare every volume that has a target with what is due by the board's day."""
        report = self.report
        aims = report.appraisal.targets
        return review.pace(report.facts, report.policy, aims, report.period, report.last_day)

    @cached_property
    def ranked(self) -> set[str]:
        """Name whom the appraisal ranks.

        Nobody else has a rank on the board: people not assessed and people vetoed alike, so that a team
        cannot read the reason from where a rank is missing.
        """
        given = self.report.appraisal.grades
        return set(given.loc[given["rank"].notna(), "person_id"])


def open_board(
    team: str,
    period: str,
    lang: str,
    scenario: str = "base",
    source: str = "sample",
    as_of: str = "",
    provisional: bool = False,
) -> Board:
    """Check a board's parameters, then appraise its period.

    Parameters
    ----------
    team, period, lang, scenario, source, as_of, provisional
        As for `open_report`.

    Returns
    -------
    Board
        What the sections of the board read.

    Raises
    ------
    SalesPerfError
        As `open_report` does.
    """
    return Board(open_report(team, period, lang, scenario, source, as_of, provisional))


def volumes(board: Board) -> list[str]:
    """List the volumes that have a target for the team: net sales first, then in the order of params/."""
    rows = board.pace
    held = set(rows.loc[rows["level"].eq("team") & rows["unit_id"].eq(board.report.team), "kpi"])
    return sorted(
        (kpi for kpi in board.report.policy.kpis if kpi in held), key=lambda kpi: kpi != "net_sales"
    )


def progress(board: Board, names: Sequence[str]) -> pd.DataFrame:
    """Give where the team and its own people stand on volumes.

    Returns
    -------
    pandas.DataFrame
        Per volume the team's row (`whole`), then its people with a target, the furthest ahead first:
        kpi, label, whole, actual, target, due, gap (actual − due), attainment, due_share (due / target),
        day. Money in minor units, shares 0 to 1.
    """
    own = board.people[board.people["own"]]
    labels = {("person", person): name for person, name in zip(own["person_id"], own["label"], strict=True)}
    labels["team", board.report.team] = board.report.team_name
    rows = board.pace[board.pace["kpi"].isin(list(names)) & board.pace["target"].gt(0)]
    label = pd.Series(
        [labels.get(unit) for unit in zip(rows["level"], rows["unit_id"], strict=True)],
        rows.index,
        dtype=object,
    )
    found = rows[label.notna()].assign(
        label=label, whole=rows["level"].eq("team"), due=rows["due_today"],
        due_share=rows["due_today"] / rows["target"],
    )  # fmt: skip
    order = found.assign(place=found["kpi"].map({kpi: place for place, kpi in enumerate(names)}))
    kept = order.sort_values(["place", "whole", "attainment", "label"], ascending=[True, False, False, True])
    return kept[PROGRESS].reset_index(drop=True)


def roles_of(board: Board) -> list[str]:
    """List the roles of the team's people that have core indicators, in the order of params/."""
    held = set(board.people.loc[board.people["own"], "role"])
    return [role for role in board.report.policy.roles if role in held and core_of(board, role)]


def core_of(board: Board, role: str) -> list[str]:
    """List a role's core indicators: results on which each person is scored by their own number."""
    return [
        row.kpi
        for row in board.report.policy.roles[role].kpis
        if row.dimension == CORE
        and row.scored_at == "person"
        and board.report.policy.kpis[row.kpi].direction != "none"
    ]


def ranks(board: Board, role: str, kpi: str) -> pd.DataFrame:
    """Rank the company's people of a role on one indicator.

    Returns
    -------
    pandas.DataFrame
        One row per person with a value, the best first, people without a rank last: person_id, rank
        (competition ranking: 1, 2, 2, 4), label, own, value, numerator, denominator, n, state
        (``ranked``, ``low_n``, ``no_data``, ``out``), tied, shown. Within equal ranks the own team
        comes first, then labels decide: nothing of anybody's id or team is in the order.
    """
    report = board.report
    rule = report.policy.kpis[kpi]
    given = report.appraisal.kpis
    values = given[
        given["period"].eq(report.period.label) & given["level"].eq("person") & given["channel"].eq("all")
        & given["kpi"].eq(kpi)
    ]  # fmt: skip
    columns = {"unit_id": "person_id"}
    values = values.rename(columns=columns)[["person_id", "kpi", "value", "numerator", "denominator", "n"]]
    rows = board.people[board.people["role"].eq(role)].merge(values, on="person_id")
    state = pd.Series(RANKED, index=rows.index).mask(~rows["person_id"].isin(board.ranked), OUT)
    state = state.mask(rows["n"].fillna(rule.min_n).lt(rule.min_n), LOW_N).mask(rows["value"].isna(), NO_DATA)
    return _ranked(rows.assign(state=state), "value", ascending=rule.direction == "lower")[[*RANKS, "kpi"]]


def composite_ranks(board: Board) -> pd.DataFrame:
    """Give the company's ranking by composite score, with labels.

    Returns
    -------
    pandas.DataFrame
        One row per person of the grade frame, the best first, people without a rank last: person_id,
        rank, label, own, role, score, tied, shown; the order within equal ranks as in `ranks`.
    """
    given = board.report.appraisal.grades[["person_id", "score", "rank"]]
    rows = given.merge(board.people, on="person_id")
    state = rows["rank"].isna().map({True: OUT, False: RANKED})
    tied = rows["rank"].notna() & rows.duplicated("rank", keep=False)
    found = _in_order(rows.assign(state=state, tied=tied))
    return found[["person_id", "rank", "label", "own", "role", "score", "tied", "shown"]]


def _ranked(rows: pd.DataFrame, column: str, *, ascending: bool) -> pd.DataFrame:
    """Rank the rows that can be: equal values share the best rank of the tie."""
    counted = rows[column].where(rows["state"].eq(RANKED))
    rank = counted.rank(method="min", ascending=ascending).astype("Int64")
    return _in_order(rows.assign(rank=rank, tied=rank.notna() & rank.duplicated(keep=False)))


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort by rank, own people first within a rank; show others if they are a crowd, and none who is out."""
    order = ["rank", "own", "label"]
    found = rows.sort_values(order, ascending=[True, False, True], na_position="last", ignore_index=True)
    others = ~found["own"] & found["state"].ne(OUT)
    return found.assign(shown=found["own"] | (others & (others.sum() >= CROWD)))
