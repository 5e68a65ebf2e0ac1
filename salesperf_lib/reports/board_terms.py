"""The definition behind every number of the board: formula, source tables, smallest sample, curve (§2.4)."""

from __future__ import annotations

import pandas as pd

from salesperf_lib.kpis import KPIS
from salesperf_lib.reports.board_frames import CROWD, Board, core_of, roles_of, volumes
from salesperf_lib.reports.curves import say_curve
from salesperf_lib.reports.markup import (
    Content,
    Markup,
    Table,
    block,
    definitions,
    element,
    folded,
    paragraphs,
)
from salesperf_lib.reports.masthead import reading_name, say_rules

TERMS = ("attainment", "due", "lead", "rank", "small", "composite", "code")
REFUNDS = "order_events"
AFTER_REFUNDS = frozenset(
    {"net", "net_live", "net_new", "net_paid", "net_private_repeat", "net_returning", "kept_orders"}
)
"""Measures of orders that take refunds off where the source has them."""


def terms(board: Board) -> Markup:
    """Show what each number of the board is made of, and what the words of the board mean."""
    report, text = board.report, board.report.locale.text
    shown = shown_kpis(board)
    pairs: list[tuple[Content, Content]] = [
        (text(f"board.term.{name}"), _meaning(board, name)) for name in TERMS
    ]
    parts: list[Content | Table] = [
        element("h2", text("board.terms.heading")),
        paragraphs([say_rules(report)]),
        folded(text("board.terms.words"), definitions(pairs, "curves")),
    ]
    if shown:
        caption = text("board.terms.kpis", count=len(shown))
        parts.append(folded(caption, _table(board, shown, caption)))
    return block(*parts)


def shown_kpis(board: Board) -> list[str]:
    """List the indicators that the board shows, in the order of params/."""
    ranked = {kpi for role in roles_of(board) for kpi in core_of(board, role)}
    return [kpi for kpi in board.report.policy.kpis if kpi in {*ranked, *volumes(board)}]


def source_tables(board: Board, kpi: str) -> list[str]:
    """List the fact tables that an indicator's value is made of, those of its numerator first."""
    from salesperf_lib.kpis.scope import Scope
    from salesperf_lib.kpis.streams import streams_of

    report, rule = board.report, KPIS[kpi]
    streams = streams_of(Scope(report.facts, report.policy, (report.period,)))
    measures = {name: measure for stream in streams for name, measure in stream.measures.items()}
    numerators, denominator = rule.readings.get(
        report.policy.kpis[kpi].reading, (rule.numerator, rule.denominator)
    )
    choice = [name for name in numerators.split("|") if measures[name].available(report.facts)]
    found: list[str] = []
    for name in [*choice[:1], *([denominator] if denominator else [])]:
        found += [column.partition(".")[0] for column in measures[name].needs]
        found += [REFUNDS] if name in AFTER_REFUNDS and report.facts.has(REFUNDS) else []
    return list(dict.fromkeys(found))


def _table(board: Board, shown: list[str], caption: str) -> Table:
    text = board.report.locale.text
    heads = ["name", "formula", "reading", "tables", "min_n", "direction", "curve"]
    rows = [_row(board, kpi) for kpi in shown]
    names = [text(f"board.terms.{name}") for name in heads]
    return Table(caption, pd.DataFrame(rows, columns=names), words=tuple(range(len(heads))))


def _row(board: Board, kpi: str) -> list[Content]:
    report, text = board.report, board.report.locale.text
    rule, curve = report.policy.kpis[kpi], report.policy.curves.get(kpi)
    tables = [text(f"table.{name}") for name in source_tables(board, kpi)]
    scored = "" if curve is None else text(
        "board.terms.scored", curve=curve.name.of(report.lang), how=say_curve(report, curve)
    )  # fmt: skip
    return [
        rule.name.of(report.lang),
        rule.formula.of(report.lang),
        reading_name(report, rule.reading),
        report.locale.listing(tables),
        text("board.terms.least", n=rule.min_n) if rule.min_n else text("board.terms.any"),
        text(f"report.direction.{rule.direction}"),
        scored,
    ]


def _meaning(board: Board, name: str) -> str:
    text, locale = board.report.locale.text, board.report.locale
    if name == "due":
        day = min(board.report.last_day, board.report.period.last)
        return text(f"board.meaning.due_{board.report.policy.targets.pace}", day=locale.date(day))
    if name == "code":
        return text("board.meaning.code", least=CROWD)
    return text(f"board.meaning.{name}")
