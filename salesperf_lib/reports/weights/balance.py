"""Which scheme favours which role or tenure group, by how much, and who would have an interest in it (§4)."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from salesperf_lib.language import signed
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights import Exploration, as_decided, compare_draws, grade_names
from salesperf_lib.weights.balance import by_group, favour
from salesperf_lib.weights.exploration import breaks_of

By = Literal["role", "tenure"]
GROUPINGS: tuple[By, ...] = ("role", "tenure")

LEAST = 5
"""People from which on a sentence speaks of a group: the mean of fewer is about them, not about the group."""

ENDS = ("best", "worst")
_NOTHING, _MARKED = 0.005, 1.0


def balance(study: Study) -> Markup:
    """Show, for roles and for tenure groups, which admissible weights suit each best and least."""
    text = study.locale.text
    parts: list[Content | Table] = [element("h2", text("weights.balance.heading"))]
    if not len(study.exploration.panel):
        return block(*parts, element("p", text("weights.balance.nobody")))
    for by in GROUPINGS:
        parts += [paragraphs([say_balance(study, by)], "lead"), _table(study, by)]
    note = text("weights.balance.note", least=LEAST, top=study.grades[0])
    return block(*parts, element("p", note, class_="note"))


def favoured(study: Study, by: By) -> pd.DataFrame:
    """Give `weights.balance.favour` for the roles or tenure groups, who gains most first."""
    rows = _favoured(study.exploration, by)
    return rows.sort_values(["gain_best", "group"], ascending=[False, True], ignore_index=True)


def group_frame(study: Study, by: By) -> pd.DataFrame:
    """Give what a picture of gains and losses draws: `charts.group_balance`.

    Returns
    -------
    pandas.DataFrame
        Two rows per group, at the corner of the admissible weights that suits it best and at the one that
        suits it least: label, `change` (gain of the group's mean score on the company's, points), `up`
        and `down` (people of the group with a better and a lower grade there).
    """
    rows: list[tuple[str, float, int, int]] = []
    for _, row in favoured(study, by).iterrows():
        for end in ENDS:
            label = text_of(study, f"{end}_of", group=_named(study, by, row))
            rows.append((label, float(row[f"gain_{end}"]), *_moved(study.exploration, by, row, end)))
    return pd.DataFrame(rows, columns=["label", "change", "up", "down"])


def say_balance(study: Study, by: By) -> str:
    """Say whom the choice of weights can favour most and harm most, and who would have an interest in it."""
    rows = favoured(study, by)
    large = rows[rows["people"] >= LEAST]
    if len(rows) < 2 or large.empty:
        return text_of(study, f"{'one' if len(rows) < 2 else 'small'}.{by}", least=LEAST)
    gainer = large.iloc[int(large["gain_best"].argmax())]
    loser = large.iloc[int(large["gain_worst"].argmin())]
    most = max(float(gainer["gain_best"]), -float(loser["gain_worst"]))
    if most < _NOTHING:
        return text_of(study, f"none.{by}")
    return study.gap.join(_say_most(study, by, gainer, loser, "marked" if most >= _MARKED else "slight"))


def say_picture(study: Study, by: By) -> str:
    """Say what the picture of `group_frame` shows."""
    return text_of(study, "alt", said=say_balance(study, by))


def group_name(study: Study, by: By, group: str) -> str:
    """Give what people call a role or a tenure group."""
    return study.role_name(group) if by == "role" else text_of(study, f"tenure.{group}")


def text_of(study: Study, key: str, **values: object) -> str:
    """Give a text of this section."""
    return study.locale.text(f"weights.balance.{key}", **values)


@lru_cache(maxsize=4)
def _favoured(exploration: Exploration, by: By) -> pd.DataFrame:
    held = exploration.panel.people["person_id"].map(exploration.roster.set_index("person_id")[by])
    breaks = breaks_of(exploration, exploration.rules)
    return favour(exploration.panel, exploration.space, held.tolist(), exploration.rules, breaks)


def _say_most(study: Study, by: By, gainer: pd.Series, loser: pd.Series, size: str) -> list[str]:
    """Say who gains and who loses most, in points and in grades; it may be the same group."""
    names = {"gainer": _named(study, by, gainer), "loser": _named(study, by, loser)}
    points = {
        "gain": study.locale.number(gainer["gain_best"], 2),
        "loss": study.locale.number(-loser["gain_worst"], 2),
        "weights_best": study.write_weights(_corner(gainer, "best")),
        "weights_worst": study.write_weights(_corner(loser, "worst")),
    }
    moved: dict[str, int] = {}
    for end, row in zip(ENDS, (gainer, loser), strict=True):
        up, down = _moved(study.exploration, by, row, end)
        moved |= {f"up_{end}": up, f"down_{end}": down}
    which = "same" if gainer["group"] == loser["group"] else "most"
    effect = "effect_same" if which == "same" else "effect"
    return [
        text_of(study, f"{size}.{by}"),
        text_of(study, f"{which}.{by}", **points, **names),
        text_of(study, f"{effect}.{by}", **moved, **names),
        text_of(study, f"interest.{by}", **names),
    ]


def _named(study: Study, by: By, row: pd.Series) -> str:
    return group_name(study, by, str(row["group"]))


def _corner(row: pd.Series, end: str) -> tuple[float, ...]:
    return tuple(float(row[f"{end}_{name}"]) for name in DIMENSIONS)


def _moved(exploration: Exploration, by: By, row: pd.Series, end: str) -> tuple[int, int]:
    """Count whose grade in a group is better and lower at one of its corners."""
    own = _compared(exploration, by, _corner(row, end)).loc[row["group"]]
    return int(own["up"]), int(own["down"])


@lru_cache(maxsize=32)
def _compared(exploration: Exploration, by: By, corner: tuple[float, ...]) -> pd.DataFrame:
    """Compare the groups' grades at a corner with those in force; the vetoed keep theirs."""
    there = compare_draws(exploration, as_decided(exploration.space, np.array(corner)))
    return by_group(there[~there["vetoed"]], by, grade_names(exploration)).set_index("group")


def _table(study: Study, by: By) -> Table:
    locale = study.locale
    written = [
        [
            _named(study, by, row),
            locale.number(row["people"]),
            locale.number(row["score"], 2),
            *(cell for end in ENDS for cell in _end(study, row, end)),
            locale.percent(row["top_share"]),
            *(locale.percent(row[f"top_share_{end}"]) for end in ENDS),
        ]
        for _, row in favoured(study, by).iterrows()
    ]
    heads = [text_of(study, f"table.{by}")]
    heads += [text_of(study, f"table.{name}") for name in ("people", "score")]
    heads += [text_of(study, f"table.{name}_{end}") for end in ENDS for name in ("gain", "weights")]
    heads += [text_of(study, f"table.top{end}", top=study.grades[0]) for end in ("", "_best", "_worst")]
    return Table(text_of(study, f"caption.{by}"), pd.DataFrame(written, columns=heads))


def _end(study: Study, row: pd.Series, end: str) -> tuple[str, str]:
    """Write what a group gains at a corner, and the weights there in per cent, in the usual order."""
    weights = " / ".join(f"{100 * weight:.4g}" for weight in _corner(row, end))
    return signed(study.locale.number(row[f"gain_{end}"], 2)), weights
