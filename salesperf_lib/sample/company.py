"""Who works at the sample company: teams, positions, dated roster, absences, and who covers whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from salesperf_lib.sample.plan import Ints, Plan

TEAM_NAMES = ("美肤一部", "美肤二部", "彩妆部", "仪器部", "香氛部", "个护部")
GROUP_NAMES = ("美肤彩妆事业群", "仪器生活事业群")
PAGE_A, PAGE_B, COMMUNITY_A, COMMUNITY_B, SERVICE_A, SERVICE_B, HOST_A, HOST_B, BUYER_A, BUYER_B = range(10)
POSITIONS = 10
KINDS_OF_TITLE = ("页面运营", "社群运营", "客服", "主播", "投放专员")
KINDS_OF_ROLE = ("operations", "operations", "service", "host", "media_buyer")
TITLES = tuple(KINDS_OF_TITLE[position // 2] for position in range(POSITIONS))
ROLES = tuple(KINDS_OF_ROLE[position // 2] for position in range(POSITIONS))

Slot = tuple[int, int]
NEVER_FILLED: Slot = (4, HOST_B)
HIRES: dict[Slot, date] = {
    (2, SERVICE_B): date(2024, 6, 3),
    (4, BUYER_B): date(2025, 3, 3),
    (5, COMMUNITY_B): date(2025, 7, 15),
    (5, SERVICE_A): date(2025, 11, 3),
    (0, PAGE_B): date(2026, 4, 20),
}
LEAVER: tuple[Slot, date] = ((5, SERVICE_A), date(2025, 9, 30))
TRANSFER: tuple[Slot, Slot, date] = ((0, PAGE_B), (3, PAGE_B), date(2026, 2, 16))
PART_TIME: dict[Slot, float] = {(1, HOST_B): 0.5, (3, SERVICE_B): 0.6, (5, HOST_A): 0.5}
FULL_TIME_AGAIN: tuple[Slot, date] = ((5, HOST_A), date(2025, 7, 1))
LONG_ABSENCES: tuple[tuple[Slot, date, date, str], ...] = (
    ((5, PAGE_B), date(2025, 8, 4), date(2026, 1, 30), "statutory"),
    ((4, COMMUNITY_B), date(2026, 6, 5), date(2026, 6, 26), "sick"),
)
PROBATION = timedelta(days=90)
SHORT_ABSENCES = ("annual", "annual", "annual", "sick", "training", "unpaid")

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = [
    "喆",
    "堃",
    "祎",
    "珺",
    "子涵",
    "雨桐",
    "思远",
    "嘉怡",
    "梓萱",
    "浩然",
    "欣妍",
    "俊杰",
    "诗琪",
    "宇航",
    "若溪",
    "晨曦",
    "一诺",
    "明轩",
    "佳宁",
    "文博",
    "静怡",
    "天佑",
    "雅婷",
    "志强",
    "晓彤",
    "海燕",
    "建国",
    "丽娜",
    "泽宇",
    "语嫣",
]
NUMERALS = "二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Spell:
    """One row of the roster: a person in a position from a day on, to a day or open."""

    person: int
    team: int
    position: int
    first: date
    last: date | None
    fte: float
    status: str = "regular"


@dataclass(frozen=True, slots=True)
class Absence:
    """One span away, both days included; a training takes half the day."""

    person: int
    first: date
    last: date
    kind: str

    @property
    def share(self) -> float:
        """The share of the working day."""
        return 0.5 if self.kind == "training" else 1.0


@dataclass(frozen=True)
class Staff:
    """The people and where they stand.

    Parameters
    ----------
    ids, names, hired_on
        Of every person, by number.
    spells
        The dated roster.
    absences
        Days away.
    holder
        Team × position × day: who holds the position, or the colleague beside it while it is vacant.
    duty
        The same, with the colleague standing in during absences.
    """

    ids: list[str]
    names: list[str]
    hired_on: list[date]
    spells: list[Spell]
    absences: list[Absence]
    holder: Ints
    duty: Ints

    def started(self) -> dict[int, date]:
        """Tell each person's first day on the roster."""
        first: dict[int, date] = {}
        for spell in self.spells:
            first[spell.person] = min(spell.first, first.get(spell.person, spell.first))
        return first

    def final_slots(self) -> dict[int, Slot]:
        """Tell each person's latest team and position."""
        return {spell.person: (spell.team, spell.position) for spell in self.spells}


def staff_company(plan: Plan) -> Staff:
    """Fill the positions over time."""
    spells = _spells(plan)
    people = 1 + max(spell.person for spell in spells)
    started = {spell.person: spell.first for spell in reversed(spells)}
    absences = _absences(plan, spells)
    holder = _holders(plan, spells)
    return Staff(
        ids=[f"E{person + 1:04d}" for person in range(people)],
        names=_names(plan, people),
        hired_on=_hired_on(plan, [started[person] for person in range(people)]),
        spells=spells,
        absences=absences,
        holder=_beside_vacant(holder),
        duty=_cover(plan, holder, absences, people),
    )


def _spells(plan: Plan) -> list[Spell]:
    """Fill every position from the first day but the vacant ones, then hire."""
    vacant = {NEVER_FILLED, TRANSFER[1], *(set(HIRES) - {LEAVER[0], TRANSFER[0]})}
    slots = [(team, position) for team in range(plan.teams) for position in range(POSITIONS)]
    spells: list[Spell] = []
    for person, slot in enumerate(slot for slot in slots if slot not in vacant):
        spells += _career(person, slot, plan.first)
    person = 1 + max(spell.person for spell in spells)
    for number, (slot, day) in enumerate(HIRES.items()):
        end = day + PROBATION
        fte = PART_TIME.get(slot, 1.0)
        spells.append(Spell(person + number, *slot, day, end, fte, "probation"))
        spells.append(Spell(person + number, *slot, end + timedelta(1), None, fte))
    return [spell for spell in spells if spell.first <= plan.last]


def _career(person: int, slot: Slot, begin: date) -> list[Spell]:
    """List the rows of one who was there from the first day: part time, transfer, departure."""
    fte = PART_TIME.get(slot, 1.0)
    if slot == TRANSFER[0]:
        _, there, day = TRANSFER
        return [Spell(person, *slot, begin, day - timedelta(1), fte), Spell(person, *there, day, None, fte)]
    if slot == LEAVER[0]:
        return [Spell(person, *slot, begin, LEAVER[1], fte)]
    if slot == FULL_TIME_AGAIN[0]:
        day = FULL_TIME_AGAIN[1]
        return [Spell(person, *slot, begin, day - timedelta(1), fte), Spell(person, *slot, day, None, 1.0)]
    return [Spell(person, *slot, begin, None, fte)]


def _names(plan: Plan, people: int) -> list[str]:
    """Draw names; the first thirty carry each given name once, so that no rare character is missing."""
    picks = plan.rng("people").permutation(max(len(SURNAMES) * len(GIVEN), people))[:people]
    names: list[str] = []
    for person, pick in enumerate(picks):
        given = GIVEN[person if person < len(GIVEN) else pick % len(GIVEN)]
        name = SURNAMES[pick // len(GIVEN) % len(SURNAMES)] + given
        same = sum(known.rstrip(NUMERALS) == name for known in names)
        names.append(name if same == 0 else name + NUMERALS[(same - 1) % len(NUMERALS)])
    return names


def _hired_on(plan: Plan, started: Sequence[date]) -> list[date]:
    """Tell hiring days: those there from the first day were hired some time before it."""
    earlier = plan.rng("hired").integers(60, 1500, len(started))
    return [
        day if day > plan.first else day - timedelta(int(back))
        for day, back in zip(started, earlier, strict=True)
    ]


def _absences(plan: Plan, spells: Sequence[Spell]) -> list[Absence]:
    """Draw days away: colleagues who stand in for each other are never away together."""
    rng = plan.rng("absences")
    open_slots = {(spell.team, spell.position): spell.person for spell in spells if spell.last is None}
    planned = [Absence(open_slots[slot], first, last, kind) for slot, first, last, kind in LONG_ABSENCES]
    spans: dict[int, list[Spell]] = {}
    for spell in spells:
        spans.setdefault(spell.person, []).append(spell)
    for person, own in spans.items():
        end = own[-1].last or plan.last
        day = own[0].first + timedelta(int(rng.integers(20, 150)))
        while day < end:
            last = min(day + timedelta(int(rng.integers(1, 5))), end)
            planned.append(Absence(person, day, last, SHORT_ABSENCES[rng.integers(len(SHORT_ABSENCES))]))
            day += timedelta(int(rng.integers(60, 200)))
    pairs = {person: (own[-1].team, own[-1].position // 2) for person, own in spans.items()}
    return _without_clashes([absence for absence in planned if absence.first <= plan.last], pairs)


def _without_clashes(planned: Sequence[Absence], pairs: dict[int, Slot]) -> list[Absence]:
    """Keep, in the order given, what overlaps nothing kept before of the person or the colleague beside."""
    kept: list[Absence] = []
    for absence in planned:
        pair = pairs[absence.person]
        beside = [other for other in kept if pairs[other.person] == pair]
        if all(absence.first > other.last or absence.last < other.first for other in beside):
            kept.append(absence)
    return sorted(kept, key=lambda absence: (absence.person, absence.first))


def _holders(plan: Plan, spells: Sequence[Spell]) -> Ints:
    """Place people in team × position × day; −1 where nobody is."""
    holder = np.full((plan.teams, POSITIONS, len(plan.days)), -1, dtype=np.int64)
    for spell in spells:
        holder[spell.team, spell.position, plan.span(spell.first, spell.last)] = spell.person
    return holder


def _beside_vacant(holder: Ints) -> Ints:
    beside = holder[:, np.arange(POSITIONS) ^ 1]
    return np.where(holder >= 0, holder, beside)


def _cover(plan: Plan, holder: Ints, absences: Sequence[Absence], people: int) -> Ints:
    away = np.zeros((people, len(plan.days)), dtype=bool)
    for absence in absences:
        away[absence.person, plan.span(absence.first, absence.last)] |= absence.share == 1.0
    present = np.where((holder >= 0) & ~away[holder, np.arange(len(plan.days))], holder, -1)
    covered = _beside_vacant(present)
    return np.where(covered >= 0, covered, _beside_vacant(holder))
