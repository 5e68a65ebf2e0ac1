"""What a feedback sheet says, written out: the page and the Word file show the same `Sheet`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from salesperf_lib.params.policy import NextStep
from salesperf_lib.reports.feedback.evidence import Evidence
from salesperf_lib.reports.markup import Table


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the sentences under it.

    Parameters
    ----------
    kind
        ``affirm``, ``kept``, ``gap``, ``headroom``, ``direction``, ``veto``, ``path``, ``trend``,
        ``lines``, ``notes``.
    heading
        As it is read.
    lead
        The sentence that is read first, in large type; may be empty.
    sentences
        The others.
    """

    kind: str
    heading: str
    lead: str = ""
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A period's composite: how the period is written, the score (NaN = none) and the grade (or empty)."""

    period: str
    score: float
    grade: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person's feedback sheet, every sentence in the reader's language.

    Parameters
    ----------
    lang
        ``zh`` or ``en``.
    person, name, role, team, period
        Whose it is, as it is read; `person` is the id.
    title, question
        What stands above it.
    facts
        Label and value of what heads the sheet: role, team, period, score, grade, rank.
    score, grade
        The composite, NaN without one; the grade, empty without one.
    assessed, provisional
        Whether there is a score; whether the period is still open.
    standing
        What score, grade, rank and certainty say.
    veto
        How a vetoed grade was set; None without a veto.
    affirm, kept_up, gap
        The evidence; `kept_up` only without `affirm`, none of them for people not assessed.
    step, due
        The next step of the catalogue (None without one), and the day by which it is delivered.
    sandwich
        The three parts in their order; empty for people not assessed.
    path, trend_said
        What would reach the next grade; how the score moved.
    trend
        The last periods, oldest first.
    lines
        The score line by line, written; None for people not assessed.
    notes
        What must be known to read the figures.
    sign_by, appeal_by
        Last days to sign and to appeal.
    signing, appeal, small_print, provenance
        What signing means, how to appeal, how the evidence was chosen, and what the figures rest on.
    recorded_on
        Day on which the data were drawn; it dates the Word file.
    """

    lang: str
    person: str
    name: str
    role: str
    team: str
    period: str
    title: str
    question: str
    facts: tuple[tuple[str, str], ...]
    score: float
    grade: str
    assessed: bool
    provisional: bool
    standing: tuple[str, ...]
    veto: Section | None
    affirm: Evidence | None
    kept_up: Evidence | None
    gap: Evidence | None
    step: NextStep | None
    due: date
    sandwich: tuple[Section, ...]
    path: Section
    trend: tuple[TrendPoint, ...]
    trend_said: Section
    lines: Table | None
    notes: Section
    sign_by: date
    appeal_by: date
    signing: str
    appeal: str
    small_print: str
    provenance: str
    recorded_on: date

    def flowing(self, sentences: Sequence[str]) -> str:
        """Put sentences into one paragraph of the sheet's language."""
        return ("" if self.lang == "zh" else " ").join(sentences)
