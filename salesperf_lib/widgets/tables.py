"""What a scheme changes, as sentences and tables: who moves, whose grade changes, whom it favours (§4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from salesperf_lib.grades import round_half_up
from salesperf_lib.language import signed
from salesperf_lib.reports.markup import Content, Markup, Table, element, join, table
from salesperf_lib.widgets.words import Row, Words, in_order

ROWS = 60
"""People that a table lists: more are counted, never listed."""

Order = Literal["rank", "moved", "grade"]
ORDERS: tuple[Order, ...] = ("rank", "moved", "grade")


def say_headline(frame: pd.DataFrame, words: Words) -> list[str]:
    """Say how many grades and ranks change, and who gains and loses most.

    Parameters
    ----------
    frame
        `weights.compare`: one row per person, those who are shown.
    words
        How they are called.

    Returns
    -------
    list of str
        One sentence, or one and a second that names people.
    """
    up = numbers(frame, "up")
    ranked = ~np.isnan(up)
    if not ranked.any():
        return [words.text("headline.nobody")]
    better, worse = (int(each.sum()) for each in _directions(frame))
    moved = int((up[ranked] != 0).sum())
    if not (better or worse or moved):
        return [words.text("headline.nothing", count=int(ranked.sum()))]
    key = "headline.grades" if better or worse else "headline.no_grade"
    first = words.text(key, count=better + worse, all=int(ranked.sum()), up=better, down=worse)
    second = words.text("headline.ranks", count=moved)
    return [first + words.text("headline.then") + second, *_extremes(frame, up, words)]


def rank_list(frame: pd.DataFrame, words: Words, order: Order = "rank", rows: int = ROWS) -> Markup:
    """List people by their rank under a scheme, with how they moved.

    Parameters
    ----------
    frame
        `weights.compare`, those who are shown.
    words
        How they are called.
    order
        ``rank``, ``moved`` (who moved furthest first) or ``grade`` (only whose grade changes).
    rows
        People listed at most; the others are counted below.
    """
    chosen = _ordered(frame, order)
    if not len(chosen):
        return element("p", words.text("list.none" if order != "grade" else "list.no_grade"))
    shown = frame.take(chosen[:rows])
    written = [_person(row, words) for row in _listed(shown)]
    heads = [words.text(f"list.{name}") for name in HEADS]
    caption = words.text(f"list.caption.{order}", count=len(chosen))
    listed = table(Table(caption, pd.DataFrame(written, columns=heads), words=(1, 2, 3, 7)))
    rest = len(chosen) - len(shown)
    more = [element("p", words.text("list.more", count=rest), class_="note")] if rest else []
    return join([listed, *more])


LISTED = (
    "person_id", "name", "team_id", "role", "score", "score_new", "rank", "rank_new", "up", "grade",
    "grade_new", "changed",
)  # fmt: skip
HEADS = ("rank", "moved", "name", "group", "score", "score_new", "change", "grade")


def grade_changes(frame: pd.DataFrame, grades: Sequence[str], words: Words) -> Table:
    """Count people by their grade before and under a scheme.

    Parameters
    ----------
    frame
        `weights.compare`, those who are shown.
    grades
        Best first.
    words
        How they are called.

    Returns
    -------
    Table
        One row per grade before, one column per grade now, and sums.
    """
    place = {grade: number for number, grade in enumerate(grades)}
    before, now = (frame[name].map(place).to_numpy(np.int64) for name in ("grade", "grade_new"))
    whole = np.bincount(before * len(grades) + now, minlength=len(grades) ** 2).reshape(len(grades), -1)
    sums = np.vstack([np.column_stack([whole, whole.sum(axis=1)]), [*whole.sum(axis=0), whole.sum()]])
    names = [*(words.text("changes.from", grade=grade) for grade in grades), words.text("changes.sum")]
    written: list[list[Content]] = []
    for number, name in enumerate(names):
        cells = [_count(int(x), changed=number < len(grades) and at < len(grades) and at != number)
                 for at, x in enumerate(sums[number])]  # fmt: skip
        written.append([name, *cells])
    heads = [
        words.text("changes.before"),
        *(words.text("changes.to", grade=g) for g in grades),
        words.text("changes.sum"),
    ]
    return Table(words.text("changes.caption"), pd.DataFrame(written, columns=heads), total=True)


def balance(frame: pd.DataFrame, by: Literal["role", "tenure"], words: Words) -> Table:
    """Say which groups a scheme favours, and by how much.

    Parameters
    ----------
    frame
        `weights.compare`, those who are shown.
    by
        What makes a group.
    words
        How they are called.

    Returns
    -------
    Table
        One row per group: people, mean change of score, mean places gained, better and lower grades.
    """
    better, worse = _directions(frame)
    change = frame["score_new"].to_numpy(float) - frame["score"].to_numpy(float)
    given = frame[["person_id", by]].assign(
        better=better, worse=worse, change=change, up=numbers(frame, "up")
    )
    given = given[given["up"].notna()]
    sums = given.groupby(by, sort=True).agg(
        people=("person_id", "size"), change=("change", "mean"), up=("up", "mean"),
        better=("better", "sum"), worse=("worse", "sum"),
    )  # fmt: skip
    sums = sums.loc[in_order(sums.index.astype(str))]
    name = {"role": words.role, "tenure": words.group}[by]
    number = words.locale.number
    written = [
        [name(str(key)), number(row.people), signed(number(row.change, 2)), signed(number(row.up, 1)),
         number(row.better), number(row.worse)]
        for key, row in zip(sums.index, sums.itertuples(), strict=True)
    ]  # fmt: skip
    heads = [words.text(f"balance.{part}") for part in (by, "people", "change", "up", "better", "worse")]
    return Table(words.text(f"balance.caption.{by}"), pd.DataFrame(written, columns=heads))


def numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Take a column of whole numbers, of which some are absent, as floats with gaps."""
    return frame[column].to_numpy(float, na_value=np.nan)


def _directions(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Say whose grade is better and whose is worse; grades are letters, the best first."""
    changed = frame["changed"].to_numpy(bool)
    better = frame["grade_new"].to_numpy(object) < frame["grade"].to_numpy(object)
    return changed & better, changed & ~better


def _extremes(frame: pd.DataFrame, up: np.ndarray, words: Words) -> list[str]:
    """Name who gains most places and who loses most; of several one, and how many did the same."""
    said: list[str] = []
    for key, side in (("gains", 1), ("loses", -1)):
        most = np.nanmax(up * side)
        if most <= 0:
            continue
        tied = np.flatnonzero(up * side == most)
        (row,) = _listed(frame.take(tied[:1]))
        values = {"before": int(row["rank"]), "now": int(row["rank_new"]), "others": len(tied) - 1}
        name = f"headline.{key}" if len(tied) == 1 else f"headline.{key}_with"
        said.append(words.text(name, name=words.person(row), places=int(most), **values))
    return [words.text("headline.join").join(said) + words.text("headline.stop")] if said else []


def _ordered(frame: pd.DataFrame, order: Order) -> np.ndarray:
    """Give the rows in the order to list them; people without a rank come last."""
    rank = np.nan_to_num(numbers(frame, "rank_new"), nan=np.inf)
    keys = [frame["person_id"].to_numpy(str), rank]
    if order == "moved":
        keys.append(-np.nan_to_num(np.abs(numbers(frame, "up")), nan=-1.0))
    placed = np.lexsort(keys)
    return placed[frame["changed"].to_numpy(bool)[placed]] if order == "grade" else placed


def _listed(frame: pd.DataFrame) -> list[Row]:
    columns = {name: frame[name].tolist() for name in LISTED}
    return [dict(zip(LISTED, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _person(row: Row, words: Words) -> list[Content]:
    number = words.locale.number
    before, now = (round_half_up(np.array(float(row[name]))) for name in ("score", "score_new"))
    group = words.text("list.of", team=words.team(row["team_id"]), role=words.role(row["role"]))
    return [
        number(row["rank_new"]),
        _movement(row, words),
        element("strong", words.person(row)),
        element("span", group, class_="soft"),
        number(before, 2),
        number(now, 2),
        signed(number(float(now) - float(before), 2)),
        _grades(row, words),
    ]


def _movement(row: Row, words: Words) -> Markup:
    if pd.isna(row["up"]):
        return element("span", words.text("list.vetoed"), class_="soft")
    places = int(row["up"])
    if places == 0:
        return element("span", words.text("list.same"), class_="soft")
    key = "up" if places > 0 else "down"
    return element(
        "span",
        element("span", words.text(f"list.{key}_sign"), aria_hidden="true"),
        element("span", words.text(f"list.{key}_word"), class_="spoken"),
        f" {abs(places)}",
        class_="good" if places > 0 else "bad",
    )


def _grades(row: Row, words: Words) -> Content:
    before, now = str(row["grade"]), str(row["grade_new"])
    if not row["changed"]:
        return now
    kind = "good" if now < before else "bad"
    arrow = element("span", words.text("list.to_sign"), aria_hidden="true")
    spoken = element("span", words.text("list.to_word"), class_="spoken")
    return element("strong", f"{before} ", arrow, spoken, f" {now}", class_=kind)


def _count(count: int, *, changed: bool) -> Content:
    if not count:
        return element("span", "0", class_="soft")
    return element("strong", str(count), class_="bad") if changed else str(count)
