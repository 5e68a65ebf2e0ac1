"""Who overtakes whom: mean ranks, neighbours whose order is least settled, the ranks inside a team (§4)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.grades import hundredths
from salesperf_lib.language import signed
from salesperf_lib.reports.markup import Markup, Table, block, element, folded, paragraphs
from salesperf_lib.reports.weights.answer import agenda, name_prior, share
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights import Exploration, draw, scores_of
from salesperf_lib.weights.pairwise import MOST, TIE, expected_ranks, winning
from salesperf_lib.weights.panel import FloatArray, IntArray
from salesperf_lib.weights.sensitivity import UNCERTAIN
from salesperf_lib.weights.smaa import MOST as MOST_RANKED
from salesperf_lib.weights.smaa import entropy, rank_shares, standard_error

SHOWN, TOLD, NAMED = 10, 3, 5
"""Pairs of neighbours in the table, and pairs and people whom a sentence names."""

PLACE = 1.0
"""Difference of ranks that is worth a sentence."""

ENDS = ("first", "second")
_PROBED = 64


def pairs(study: Study) -> Markup:
    """Show whose mean rank is another than the published one, and which neighbours change places most."""
    text, count = study.locale.text, len(study.exploration.panel)
    heading = element("h2", text("weights.pairs.heading"))
    if count < 2:
        return block(heading, element("p", text("weights.pairs.nobody")))
    if count > MOST:
        return block(heading, element("p", text("weights.pairs.many", count=count, most=MOST)))
    rows = neighbours(study)
    moving = rows[rows["open"]].head(SHOWN)
    parts = [heading, paragraphs([say_neighbours(study), say_ranks(study)], "lead")]
    shown = [] if moving.empty else [_pair_table(study, moving)]
    everybody = folded(text("weights.pairs.everybody"), _rank_list(study))
    note = element("p", study.gap.join([text("weights.pairs.note"), _say_prior(study)]), class_="note")
    return block(*parts, *shown, everybody, note)


def rank_table(study: Study, team: str = "") -> Markup:
    """Show how often everybody in a team has each rank inside it.

    Parameters
    ----------
    study, team
        The study, and a team_id; `most_contested_team` if not given. Of more than `smaa.MOST` people no
        table is shown, but a sentence.

    Raises
    ------
    ParamError
        If nobody of such a team is graded.
    """
    text, chosen = study.locale.text, team or most_contested_team(study)
    heading = element("h2", text("weights.pairs.team.heading"))
    if not chosen:
        return block(heading, element("p", text("weights.pairs.team.none")))
    count, name = len(_members(study, chosen)), _team_name(study, chosen)
    if count > MOST_RANKED:
        said = text("weights.pairs.team.many", team=name, count=count, most=MOST_RANKED)
        return block(heading, element("p", said))
    shares = team_ranks(study, chosen)
    said = [*_say_team(study, name, shares), "" if team else _say_choice(study, name)]
    note = element("p", _say_drawn(study), class_="note")
    return block(heading, paragraphs(said), _share_table(study, name, shares), note)


def ranks(study: Study) -> pd.DataFrame:
    """Set everybody's published rank beside their mean rank over the admissible weightings.

    Returns
    -------
    pandas.DataFrame
        One row per person of the panel, the best published first: person_id, rank, expected, and
        `difference`, expected less published; positive where the weights in force place them better than
        others would. A shared published rank counts as the mean of the ranks shared, as expected ranks do.
    """
    read = _read(study)
    rank, shared = (read.rank(method=how, ascending=False) for how in ("min", "average"))
    people = study.exploration.panel.people["person_id"]
    frame = pd.DataFrame({"person_id": people, "rank": rank.astype(int)})
    frame["expected"] = expected_ranks(_winning(study.exploration))
    return frame.assign(difference=frame["expected"] - shared).iloc[study.ranked].reset_index(drop=True)


def neighbours(study: Study) -> pd.DataFrame:
    """List the pairs of neighbours in the published ranking, the least settled first.

    Returns
    -------
    pandas.DataFrame
        One row per pair: first, second (person_id, the first published no worse), rank_first,
        rank_second, `apart` (published points), `share` of the weightings with the first ahead, `level`
        (equal under every weighting), and `open` (either is ahead under some).
    """
    order = np.array(study.ranked, np.int64)
    first, second = order[:-1], order[1:]
    read = _read(study)
    rank = read.rank(method="min", ascending=False).astype(int).to_numpy()
    found = _winning(study.exploration)[first, second]
    level = _level(study.exploration, first, second)
    ids = study.exploration.panel.people["person_id"].to_numpy(object)
    frame = pd.DataFrame({
        "first": ids[first], "second": ids[second], "rank_first": rank[first], "rank_second": rank[second],
        "apart": (read.to_numpy()[first] - read.to_numpy()[second]) / 100, "share": found, "level": level,
        "open": ~level & (found > 0) & (found < 1),
    })  # fmt: skip
    return frame.iloc[np.argsort(np.abs(found - 0.5), kind="stable")].reset_index(drop=True)


def say_neighbours(study: Study) -> str:
    """Say how many neighbours change places under some weighting, and which do so most."""
    text, rows = study.locale.text, neighbours(study)
    moving = rows[rows["open"]]
    level = int(rows["level"].sum())
    also = text("weights.pairs.level", count=level) if level else ""
    if moving.empty:
        said = text("weights.pairs.settled")
    else:
        key = "weights.pairs.open_most" if 2 * len(moving) > len(rows) else "weights.pairs.open"
        told = [say_pair(study, row) for _, row in moving.head(TOLD).iterrows()]
        named = text("weights.pairs.between").join(told)
        often = int(moving["share"].between(UNCERTAIN, 1 - UNCERTAIN).sum())
        said = text(key, open=len(moving), often=often, count=len(rows), pairs=named)
    return study.gap.join(part for part in (said, also) if part)


def say_pair(study: Study, pair: pd.Series) -> str:
    """Say how often the first of two neighbours is ahead of the second."""
    key = "ahead" if pair["share"] >= 0.5 else "behind"
    if pair["rank_first"] == pair["rank_second"]:
        key = "shared"
    return study.locale.text(
        f"weights.pairs.{key}",
        first=study.labels[str(pair["first"])],
        second=study.labels[str(pair["second"])],
        share=share(study, float(pair["share"])),
    )


def say_ranks(study: Study) -> str:
    """Say for whom the weights in force make a difference of a rank or more."""
    text, locale, rows = study.locale.text, study.locale, ranks(study)
    far = rows[rows["difference"].abs() >= PLACE]
    if far.empty:
        return text("weights.pairs.near")
    far = far.sort_values("difference", key=lambda column: -column.abs(), kind="stable")
    named = [
        text(
            "weights.pairs.one",
            name=study.labels[str(row["person_id"])],
            rank=row["rank"],
            expected=locale.number(row["expected"], 1),
        )
        for _, row in far.head(NAMED).iterrows()
    ]
    said = text("weights.pairs.far", count=len(far), names=locale.listing(named))
    rest = len(far) - len(named)
    return study.gap.join([said, text("weights.pairs.rest", count=rest)] if rest else [said])


def most_contested_team(study: Study) -> str:
    """Choose the team with the most contested grades; of several the one with the least certain grade.

    Returns
    -------
    str
        Its team_id; empty where no grade is contested.
    """
    rows = agenda(study)
    if rows.empty:
        return ""
    team = rows.groupby("team_id")["share"].agg(["size", "min"]).reset_index()
    best = team.sort_values(["size", "min", "team_id"], ascending=[False, True, True])
    return str(best["team_id"].iloc[0])


def team_ranks(study: Study, team: str) -> pd.DataFrame:
    """Give the share of the weightings with each rank inside a team of up to `smaa.MOST` people.

    Returns
    -------
    pandas.DataFrame
        One row per person of the team, the best published first: person_id, rank (inside the team), then
        one column per rank, named 1, 2, …; shares. Scores count as read; who is in a tie shares its ranks.

    Raises
    ------
    ParamError
        If nobody of such a team is graded.
    DataError
        If the team is larger.
    """
    held, rows = study.exploration, _members(study, team)
    drawn = draw(held.space, 0, held.policy.exploration.draws)
    scores = hundredths(scores_of(held.panel.take(np.sort(rows)), drawn)).astype(float)
    shares = rank_shares(scores)[np.argsort(np.argsort(rows))]
    frame = pd.DataFrame(shares, columns=range(1, len(rows) + 1))
    frame.insert(0, "person_id", held.panel.people["person_id"].to_numpy(object)[rows])
    rank = _read(study).iloc[rows].rank(method="min", ascending=False)
    frame.insert(1, "rank", rank.astype(int).to_numpy())
    return frame


@lru_cache(maxsize=1)
def _winning(exploration: Exploration) -> FloatArray:
    """Compare everybody with everybody, once for all sections and languages."""
    return winning(exploration.panel, exploration.space, exploration.policy.exploration.draws)


def _read(study: Study) -> pd.Series:
    """Give published scores in hundredths, in the order of the panel: those that are read alike are equal."""
    scores = study.exploration.panel.people["score"].to_numpy(float)
    return pd.Series(hundredths(scores).astype(np.int64))


def _level(exploration: Exploration, first: IntArray, second: IntArray) -> NDArray[np.bool_]:
    """Mark pairs that no weighting sets apart: a probability of one half says nothing else about them."""
    scores = scores_of(exploration.panel, draw(exploration.space, 0, _PROBED))
    return np.all(np.abs(scores[:, first] - scores[:, second]) <= TIE, axis=0)


def _say_prior(study: Study) -> str:
    """Name the prior, and how exact shares of pairs are."""
    held, rules = study.exploration, study.policy.exploration
    if held.space.fixed and rules.prior != "dirichlet" and held.panel.whole:
        return study.gap.join([name_prior(study), study.locale.text("weights.pairs.exact")])
    return _say_drawn(study)


def _say_drawn(study: Study) -> str:
    """Name the prior, and how exact any share of the weightings drawn is at least."""
    locale, draws = study.locale, study.policy.exploration.draws
    error = locale.percent(float(standard_error(0.5, draws)), 2)
    drawn = locale.text("weights.answer.draws", draws=locale.number(draws), error=error)
    return study.gap.join([name_prior(study), drawn])


def _members(study: Study, team: str) -> IntArray:
    """Give the rows of a team's people in the panel, the best published first."""
    teams = study.exploration.panel.people["team_id"].astype(str)
    rows = [row for row in study.ranked if teams.iloc[row] == team]
    if not rows:
        allowed = ", ".join(sorted(set(teams))) or "none: nobody is graded"
        raise ParamError(Problem("team", repr(team), allowed, "give a team with graded people"))
    return np.array(rows, np.int64)


def _team_name(study: Study, team: str) -> str:
    return study.team_names.get(team, team)


def _say_team(study: Study, name: str, shares: pd.DataFrame) -> list[str]:
    """Say who can be first in a team, and whose place is the least certain."""
    text, places = study.locale.text, shares.drop(columns=["person_id", "rank"])
    labels = [study.labels[str(person)] for person in shares["person_id"]]
    first = [
        text("weights.pairs.team.share", name=label, share=share(study, float(rate)))
        for label, rate in zip(labels, places[1], strict=True)
        if rate > 0
    ]
    key, told = "first", {"count": len(first), "names": study.locale.listing(first)}
    if len(first) == 1:
        key, told = "leader", {"name": labels[int(places[1].argmax())]}
    said = [text(f"weights.pairs.team.{key}", team=name, **told)]
    at = int(entropy(places.to_numpy(float)).argmax())
    own = places.iloc[at].to_numpy(float)
    reached = np.flatnonzero(own) + 1
    if len(reached) > 1:
        ends = {"best": reached[0], "worst": reached[-1], "most": share(study, float(own.max()))}
        said.append(text("weights.pairs.team.open", name=labels[at], **ends))
    return said


def _say_choice(study: Study, name: str) -> str:
    count = int((agenda(study)["team_id"] == most_contested_team(study)).sum())
    return study.locale.text("weights.pairs.team.choice", team=name, count=count)


def _pair_table(study: Study, rows: pd.DataFrame) -> Table:
    locale, labels = study.locale, study.labels
    written = [
        [
            *(cell for one in ENDS for cell in (labels[str(row[one])], locale.number(row[f"rank_{one}"]))),
            locale.number(row["apart"], 2),
            share(study, float(row["share"])),
        ]
        for _, row in rows.iterrows()
    ]
    heads = _heads(study, "first", "rank", "second", "rank", "apart", "share")
    caption = locale.text("weights.pairs.caption", count=len(rows))
    return Table(caption, pd.DataFrame(written, columns=heads), words=(0, 2))


def _rank_list(study: Study) -> Table:
    number, teams = study.locale.number, study.exploration.roster.set_index("person_id")["team_id"]
    written = [
        [number(row["rank"]), study.labels[str(person)], _team_name(study, str(teams[str(person)])),
         number(row["expected"], 1), signed(number(row["difference"], 1))]
        for person, row in ranks(study).set_index("person_id").iterrows()
    ]  # fmt: skip
    frame = pd.DataFrame(written, columns=_heads(study, "rank", "name", "team", "expected", "moved"))
    return Table(study.locale.text("weights.pairs.everybody"), frame, words=(1, 2))


def _share_table(study: Study, name: str, shares: pd.DataFrame) -> Table:
    text = study.locale.text
    written = [
        [study.labels[str(row["person_id"])], study.locale.number(row["rank"])]
        + [share(study, float(rate)) if rate > 0 else "" for rate in row.iloc[2:]]
        for _, row in shares.iterrows()
    ]
    heads = _heads(study, "name", "now")
    heads += [text("weights.pairs.table.place", rank=place) for place in shares.columns[2:]]
    return Table(text("weights.pairs.team.caption", team=name), pd.DataFrame(written, columns=heads))


def _heads(study: Study, *names: str) -> list[str]:
    return [study.locale.text(f"weights.pairs.table.{name}") for name in names]
