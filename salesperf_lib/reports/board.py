"""The team's board: progress, ranks, and how each number is made (§2.4).

The team's own people stand by name. Everybody else is a code (`pseudonyms`), in an order that only the
ranks decide. An open period shows progress and no rank.
"""

from __future__ import annotations

import pandas as pd

from salesperf_lib.kpis import KPIS
from salesperf_lib.language import ABSENT, signed
from salesperf_lib.reports.board_frames import (
    CROWD,
    LOW_N,
    RANKED,
    Board,
    composite_ranks,
    core_of,
    open_board,
    progress,
    ranks,
    roles_of,
    volumes,
)
from salesperf_lib.reports.board_terms import terms
from salesperf_lib.reports.explanation import raw_text
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, folded, join, paragraphs
from salesperf_lib.reports.people import role_name, sentence_break

__all__ = [
    "CROWD",
    "LOW_N",
    "RANKED",
    "Board",
    "composite",
    "composite_ranks",
    "core",
    "core_of",
    "covers",
    "limits",
    "open_board",
    "progress",
    "ranks",
    "roles_of",
    "say_progress",
    "standings",
    "terms",
    "titles",
    "volumes",
]


def standings(board: Board) -> Markup:
    """Show the team and its people against target and against what is due by today, a table per volume."""
    text = board.report.locale.text
    heading = element("h2", text("board.progress.heading"))
    names = volumes(board)
    if not names:
        return block(heading, element("p", text("board.progress.none")))
    said = [say_progress(board, [name]) for name in names]
    return block(heading, paragraphs(said), *(_progress_table(board, name) for name in names))


def say_progress(board: Board, names: list[str]) -> str:
    """Say where the team and its people stand on volumes; also what a figure of them shows."""
    locale = board.report.locale
    said: list[str] = []
    for name in names:
        rows = progress(board, [name])
        people = rows[~rows["whole"]]
        said.append(_say_team(board, rows[rows["whole"]].iloc[0]))
        if len(people):
            ahead = int((people["gap"] >= 0).sum())
            key = "board.progress.people" if board.report.running else "board.progress.people_closed"
            how_many = locale.text("board.so_many", count=ahead) if ahead else locale.text("board.nobody")
            said.append(locale.text(key, count=len(people), ahead=how_many))
    return sentence_break(board.report).join(said)


def _say_team(board: Board, row: pd.Series) -> str:
    """Say where the team stands: against what is due while the period runs, against the target afterwards."""
    report, locale, kpi = board.report, board.report.locale, row["kpi"]
    code = "even" if row["gap"] == 0 else "ahead" if row["gap"] > 0 else "behind"
    figures = {
        "team": report.team_name,
        "kpi": report.name_of(kpi),
        "actual": report.write(row["actual"], kpi),
        "attainment": locale.percent(row["attainment"]),
        "target": report.write(row["target"], kpi),
    }
    gap = {} if code == "even" else {"gap": report.write(abs(row["gap"]), kpi)}
    if not report.running:
        return locale.text(f"board.progress.closed_{code}", **figures, **gap)
    now = {"day": locale.date(row["day"]), "due": report.write(row["due"], kpi)}
    return locale.text(f"board.progress.{code}", **figures, **now, **gap)


def covers(board: Board) -> Markup:
    """Say which days the data cover, for how many people, and where their problems are listed."""
    report, locale = board.report, board.report.locale
    people = int(board.people["own"].sum())
    said = locale.text(
        "board.covers", first=locale.date(report.facts.first_day), last=locale.date(report.facts.last_day),
        people=people, found=len(report.findings),
    )  # fmt: skip
    return block(element("p", said, class_="note"), kind="bare")


def titles(board: Board) -> dict[str, str]:
    """Name the volumes of the board, by id."""
    return {name: board.report.name_of(name) for name in volumes(board)}


def core(board: Board) -> Markup:
    """Rank the company's people on the core indicators of each role that the team has."""
    report, text = board.report, board.report.locale.text
    parts: list[Content | Table] = [element("h2", text("board.core.heading"))]
    roles = roles_of(board)
    if not roles:
        return block(*parts, element("p", text("board.core.none")))
    keys = ["board.core.open"] if report.provisional else ["board.core.intro", "board.codes"]
    parts.append(paragraphs([text(key) for key in keys]))
    for role in roles:
        parts += [element("h3", role_name(report, role)), _own_table(board, role)]
        if not report.provisional:
            parts += [_rank_list(board, role, kpi) for kpi in core_of(board, role)]
    return block(*parts)


def composite(board: Board) -> Markup:
    """Rank the whole company by composite score; nothing while the period is open."""
    report, text = board.report, board.report.locale.text
    heading = element("h2", text("board.composite.heading"))
    if report.provisional:
        return block(heading, element("p", text("board.composite.open")))
    rows = composite_ranks(board)
    own = rows[rows["own"]]
    if own["rank"].notna().sum() == 0:
        return block(heading, element("p", text("board.composite.none")))
    count = int(rows["rank"].notna().sum())
    said = [text("board.composite.intro", count=count), text("board.codes")]
    heads = [text(f"board.head.{name}") for name in ("name", "role", "score", "rank")]
    shown = [
        [
            element("strong", row["label"]),
            role_name(report, row["role"]),
            ABSENT if pd.isna(row["rank"]) else report.locale.number(row["score"], 2),
            _place(board, row, count),
        ]
        for _, row in own.iterrows()
    ]
    table = Table(text("board.composite.own"), pd.DataFrame(shown, columns=heads), words=(0, 1))
    return block(heading, paragraphs(said), table, _composite_list(board, rows))


def limits(board: Board) -> Markup:
    """Say what the board does not say."""
    text = board.report.locale.text
    said = [text("board.limit.ranks"), text("board.limit.code"), text("report.limits.small")]
    return block(element("h2", text("report.limits.heading")), paragraphs(said))


def _progress_table(board: Board, name: str) -> Table:
    """Write a volume's progress; once the period is over what is due is the target, and left out."""
    report, locale = board.report, board.report.locale
    rows = progress(board, [name])
    cells = {
        "name": [
            row["label"] if row["whole"] else element("strong", row["label"]) for _, row in rows.iterrows()
        ],
        "actual": [report.write(value, name) for value in rows["actual"]],
        "target": [report.write(value, name) for value in rows["target"]],
        "attainment": [locale.percent(value) for value in rows["attainment"]],
        "due": [report.write(value, name) for value in rows["due"]],
        "lead": [_lead(board, gap, name) for gap in rows["gap"]],
    }
    if not report.running:
        del cells["due"]
        cells["lead_closed"] = cells.pop("lead")
    day = locale.date(rows["day"].iloc[0])
    heads = [locale.text(f"board.head.{head}", **({"day": day} if head == "due" else {})) for head in cells]
    caption = locale.text("board.progress.caption", kpi=report.name_of(name))
    frame = pd.DataFrame(dict(enumerate(cells.values()))).set_axis(heads, axis=1)
    return Table(caption, frame, headed=(0,))


def _lead(board: Board, gap: float, name: str) -> Content:
    """Write how far ahead or behind, with a sign where behind."""
    written = signed(board.report.write(gap, name))
    return element("span", f"▼ {written}", class_="bad") if gap < 0 else written


def _own_table(board: Board, role: str) -> Table:
    """Write the own people of a role: a column per core indicator with value, raw numbers and place."""
    text = board.report.locale.text
    names = core_of(board, role)
    found = {kpi: ranks(board, role, kpi) for kpi in names}
    people = board.people[board.people["own"] & board.people["role"].eq(role)]
    people = people.merge(found[names[0]][["person_id", "rank"]], on="person_id", how="left")
    people = people.sort_values(["label"] if board.report.provisional else ["rank", "label"])
    rows: list[list[Content]] = []
    for person, label in zip(people["person_id"], people["label"], strict=True):
        cells = [_own_cell(board, kpi, found[kpi], person) for kpi in names]
        rows.append([element("strong", label), *cells])
    heads = [text("board.head.name"), *(board.report.name_of(kpi) for kpi in names)]
    everybody = int(board.people["role"].eq(role).sum())
    caption = text("board.core.own", own=len(people), all=everybody)
    return Table(caption, pd.DataFrame(rows, columns=heads))


def _own_cell(board: Board, kpi: str, rows: pd.DataFrame, person: str) -> Content:
    found = rows[rows["person_id"] == person]
    if found.empty:
        return ABSENT
    row = found.iloc[0]
    count = int(rows["rank"].notna().sum())
    place: Content = "" if board.report.provisional else _place(board, row, count)
    if row["state"] == LOW_N:
        place = _remark(board, kpi, row)
    under = [part for part in (_raw(board, kpi, row), place) if part]
    notes = [element("div", part, class_="note") for part in under]
    return join([element("div", board.report.write(row["value"], kpi)), *notes])


def _rank_list(board: Board, role: str, kpi: str) -> Markup:
    """Write the whole ranking of a role on an indicator, folded behind its name."""
    report, text = board.report, board.report.locale.text
    rows = ranks(board, role, kpi)
    count = int(rows["rank"].notna().sum())
    title = text("board.core.list", kpi=report.name_of(kpi), role=role_name(report, role), count=count)
    listed = [row for _, row in rows[rows["shown"]].iterrows()]
    cells: dict[str, list[Content]] = {
        "rank": [_rank(row["rank"]) for row in listed],
        "who": [_who(row) for row in listed],
        "value": [report.write(row["value"], kpi) for row in listed],
        "raw": [_raw(board, kpi, row) for row in listed],
        "remark": [_remark(board, kpi, row) for row in listed],
    }
    return folded(title, *_hidden(board, rows), _list(board, title, cells))


def _composite_list(board: Board, rows: pd.DataFrame) -> Markup:
    report, text = board.report, board.report.locale.text
    ranked = rows[rows["rank"].notna()]
    listed = [row for _, row in ranked[ranked["shown"]].iterrows()]
    cells: dict[str, list[Content]] = {
        "rank": [_rank(row["rank"]) for row in listed],
        "who": [_who(row) for row in listed],
        "score": [report.locale.number(row["score"], 2) for row in listed],
        "remark": [_tie(board, row) for row in listed],
    }
    title = text("board.composite.list", count=len(ranked))
    return folded(title, *_hidden(board, ranked), _list(board, title, cells))


def _list(board: Board, title: str, cells: dict[str, list[Content]]) -> Table:
    """Write a list whose columns have names of the catalogue; columns without any word are left out."""
    kept = {name: column for name, column in cells.items() if any(column)}
    words = tuple(place for place, name in enumerate(kept) if name in {"rank", "who", "remark"})
    heads = [board.report.locale.text(f"board.head.{name}") for name in kept]
    return Table(title, pd.DataFrame(dict(enumerate(kept.values()))).set_axis(heads, axis=1), words=words)


def _hidden(board: Board, rows: pd.DataFrame) -> list[Markup]:
    """Say how many are counted in the ranks and not shown, because so few hide nobody."""
    count = int((~rows["shown"] & rows["rank"].notna()).sum())
    said = board.report.locale.text("board.hidden", count=count, least=CROWD)
    return [element("p", said, class_="note")] if count else []


def _place(board: Board, row: pd.Series, count: int) -> Content:
    """Write a place among how many, and whether it is shared."""
    if pd.isna(row["rank"]):
        return board.report.locale.text("board.unranked")
    text = board.report.locale.text
    return text("board.place_tied" if row["tied"] else "board.place", rank=int(row["rank"]), count=count)


def _rank(rank: int | None) -> str:
    return ABSENT if pd.isna(rank) else str(rank)


def _who(row: pd.Series) -> Content:
    return element("strong", row["label"]) if row["own"] else element("code", row["label"])


def _raw(board: Board, kpi: str, row: pd.Series) -> str:
    """Write the raw numbers; nothing for a sum of counts, whose value says it to the last digit."""
    exact_already = not KPIS[kpi].denominator and board.report.policy.kpis[kpi].unit == "count"
    return "" if exact_already or pd.isna(row["numerator"]) else raw_text(board.report, row)


def _remark(board: Board, kpi: str, row: pd.Series) -> str:
    text, number = board.report.locale.text, board.report.locale.number
    if row["state"] == LOW_N:
        return text("board.low_n", n=number(row["n"]), least=number(board.report.policy.kpis[kpi].min_n))
    return _tie(board, row) if row["state"] == RANKED else text("board.unranked")


def _tie(board: Board, row: pd.Series) -> str:
    return board.report.locale.text("board.tied") if row["tied"] else ""
