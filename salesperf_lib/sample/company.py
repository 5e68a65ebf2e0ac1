"""Who works at the sample company: teams, positions, dated roster, absences, and who covers whom."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.sample.season import Days, day_range
from salesperf_lib.sample.truths import Truths

Ints = npt.NDArray[np.int64]

TEAM_NAMES = ("美肤一部", "美肤二部", "彩妆部", "仪器部", "香氛部", "个护部")
GROUP_NAMES = ("美肤彩妆事业群", "仪器生活事业群")
TITLES = ("页面运营", "页面运营", "社群运营", "社群运营", "客服", "客服", "主播", "主播", "投放专员", "投放专员")
ROLES = ("operations", "operations", "operations", "operations", "service", "service", "host", "host", "media_buyer", "media_buyer")  # fmt: skip
PAGE_A, PAGE_B, COMMUNITY_A, COMMUNITY_B, SERVICE_A, SERVICE_B, HOST_A, HOST_B, BUYER_A, BUYER_B = range(10)
POSITIONS = len(TITLES)

NEVER_FILLED = (4, HOST_B)
HIRES = (
    (2, SERVICE_B, date(2024, 6, 3)),
    (4, BUYER_B, date(2025, 3, 3)),
    (5, COMMUNITY_B, date(2025, 7, 15)),
    (5, SERVICE_A, date(2025, 11, 3)),
    (0, PAGE_B, date(2026, 4, 20)),
)
LEAVER = (5, SERVICE_A, date(2025, 9, 30))
TRANSFER = (0, PAGE_B, 3, PAGE_B, date(2026, 2, 16))
PART_TIME = {(1, HOST_B): 0.5, (3, SERVICE_B): 0.6, (5, HOST_A): 0.5}
FULL_TIME_AGAIN = (5, HOST_A, date(2025, 7, 1))
LONG_ABSENCES = (
    (5, PAGE_B, date(2025, 8, 4), date(2026, 1, 30), "statutory"),
    (4, COMMUNITY_B, date(2026, 6, 5), date(2026, 6, 26), "sick"),
)
PROBATION = timedelta(days=90)

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = ("喆", "堃", "祎", "珺", "子涵", "雨桐", "思远", "嘉怡", "梓萱", "浩然", "欣妍", "俊杰", "诗琪", "宇航", "若溪", "晨曦",
         "一诺", "明轩", "佳宁", "文博", "静怡", "天佑", "雅婷", "志强", "晓彤", "海燕", "建国", "丽娜", "泽宇", "语嫣")  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What is to be written.

    Parameters
    ----------
    seed
        Of every random stream.
    first, last
        First and last day of the data.
    teams
        Number of teams of ten positions.
    truths
        What is planted.
    """

    seed: int
    first: date
    last: date
    teams: int
    truths: Truths

    @property
    def days(self) -> Days:
        """Every day of the data."""
        return day_range(self.first, self.last)

    @property
    def years(self) -> range:
        """The calendar years the data touch."""
        return range(self.first.year, self.last.year + 1)

    @property
    def team_ids(self) -> list[str]:
        """``t1`` … ``t6``."""
        return [f"t{number + 1}" for number in range(self.teams)]

    def rng(self, stream: str) -> np.random.Generator:
        """Open a named stream: adding one leaves the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(stream.encode())])

    def span(self, first: date, last: date | None = None) -> npt.NDArray[np.bool_]:
        """Mark the days from first to last, both included."""
        days = self.days
        return (days >= np.datetime64(first)) & (days <= np.datetime64(last or self.last))


@dataclass(frozen=True)
class Staff:
    """The people and where they stand.

    Parameters
    ----------
    people
        One row per person: person_id, name, hired_on.
    roster
        One row per person × validity: person, team, position, valid_from, valid_to, fte, status.
    absences
        One row per span: person, from_on, to_on, kind, share.
    holder
        Team × position × day: the person who holds the position, or the colleague beside it while it is vacant.
    duty
        The same, with the colleague standing in during absences.
    """

    people: pd.DataFrame
    roster: pd.DataFrame
    absences: pd.DataFrame
    holder: Ints
    duty: Ints


def staff_company(plan: Plan) -> Staff:
    """Fill the positions over time."""
    roster = _roster(plan)
    people = _people(plan, roster)
    absences = _absences(plan, roster)
    holder = _holders(plan, roster)
    return Staff(people, roster, absences, _beside_vacant(holder), _cover(plan, holder, absences))


def fail_if_too_small(people: int) -> None:
    """Refuse a company in which the planted truths have no room.

    Raises
    ------
    DataError
        Unless `people` is a multiple of ten from 60 on.
    """
    if people < 60 or people % 10:
        raise DataError(Problem("people", str(people), "a multiple of 10 from 60 on", "every team has ten positions"))


def fail_if_uneven(people: int) -> None:
    """Refuse a company whose people do not fill teams of ten.

    Raises
    ------
    DataError
        Unless `people` is a multiple of ten.
    """
    if people < 10 or people % 10:
        raise DataError(Problem("people", str(people), "a multiple of 10", "every team has ten positions"))


def _roster(plan: Plan) -> pd.DataFrame:
    start = min(plan.first, date(2024, 1, 1))
    hires = {(team, position): day for team, position, day in HIRES}
    vacant = {NEVER_FILLED, TRANSFER[2:4]} | {slot for slot in hires if slot not in (LEAVER[:2], TRANSFER[:2])}
    slots = [(team, position) for team in range(plan.teams) for position in range(POSITIONS)]
    rows = [(slot, start, None) for slot in slots if slot not in vacant] + [(slot, day, None) for slot, day in hires.items()]
    spans: list[tuple[int, tuple[int, int], date, date | None, float, str]] = []
    for person, (slot, begin, _) in enumerate(rows):
        spans += [(person, *span) for span in _career(slot, begin, hired=begin > start)]
    columns = ["person", "slot", "valid_from", "valid_to", "fte", "status"]
    roster = pd.DataFrame(spans, columns=columns)
    roster["team"] = [slot[0] for slot in roster["slot"]]
    roster["position"] = [slot[1] for slot in roster["slot"]]
    return roster[[begin <= plan.last for begin in roster["valid_from"]]].drop(columns="slot").reset_index(drop=True)


def _career(slot: tuple[int, int], begin: date, *, hired: bool) -> list[tuple[tuple[int, int], date, date | None, float, str]]:
    """List one person's rows: probation, part time, transfer, departure."""
    fte = PART_TIME.get(slot, 1.0)
    if hired:
        end = begin + PROBATION
        return [(slot, begin, end, fte, "probation"), (slot, end + timedelta(1), None, fte, "regular")]
    if slot == TRANSFER[:2]:
        moved = TRANSFER[4]
        return [(slot, begin, moved - timedelta(1), fte, "regular"), (TRANSFER[2:4], moved, None, fte, "regular")]
    if slot == LEAVER[:2]:
        return [(slot, begin, LEAVER[2], fte, "regular")]
    if slot == FULL_TIME_AGAIN[:2]:
        changed = FULL_TIME_AGAIN[2]
        return [(slot, begin, changed - timedelta(1), fte, "regular"), (slot, changed, None, 1.0, "regular")]
    return [(slot, begin, None, fte, "regular")]


def _people(plan: Plan, roster: pd.DataFrame) -> pd.DataFrame:
    rng = plan.rng("people")
    count = int(roster["person"].max()) + 1
    picks = rng.permutation(len(SURNAMES) * len(GIVEN))[:count] if count <= 1200 else rng.integers(0, 1200, count)
    # The first thirty carry each given name once, so that every rare character is in the company.
    given = [GIVEN[person if person < len(GIVEN) else pick % len(GIVEN)] for person, pick in enumerate(picks)]
    names = [SURNAMES[pick // len(GIVEN)] + name for pick, name in zip(picks, given, strict=True)]
    begin = roster.groupby("person")["valid_from"].min()
    earlier = rng.integers(60, 1500, count)
    hired = [day if day > plan.first else day - timedelta(int(back)) for day, back in zip(begin, earlier, strict=True)]
    ids = [f"E{person + 1:04d}" for person in range(count)]
    return pd.DataFrame({"person_id": ids, "name": _distinct(names), "hired_on": hired})


def _distinct(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}{'二三四五六七八九'[seen[name] - 2]}" if seen[name] < 10 else name)
    return out


def _absences(plan: Plan, roster: pd.DataFrame) -> pd.DataFrame:
    rng = plan.rng("absences")
    slots = {(row.team, row.position): row.person for row in roster.itertuples() if row.valid_to is None}
    rows = [(slots[team, position], first, last, kind, 1.0) for team, position, first, last, kind in LONG_ABSENCES]
    for person, spans in roster.groupby("person"):
        begin, end = spans["valid_from"].min(), spans["valid_to"].iloc[-1] or plan.last
        day = begin + timedelta(int(rng.integers(20, 150)))
        while day < end:
            length = int(rng.integers(2, 6))
            kind = ("annual", "annual", "annual", "sick", "training", "unpaid")[rng.integers(6)]
            last = min(day + timedelta(length - 1), end)
            rows.append((person, day, last, kind, 0.5 if kind == "training" else 1.0))
            day += timedelta(int(rng.integers(60, 200)))
    table = pd.DataFrame(rows, columns=["person", "from_on", "to_on", "kind", "share"])
    table["length"] = [max((last - first).days, 10) for first, last in zip(table["from_on"], table["to_on"], strict=True)]
    table = table[[first <= plan.last for first in table["from_on"]]]
    pair = roster.groupby("person")[["team", "position"]].last()
    pairs = pair["team"] * POSITIONS + pair["position"] // 2
    return _without_clashes(table.sort_values(["person", "from_on"], kind="stable").reset_index(drop=True), pairs)


def _without_clashes(table: pd.DataFrame, pair: pd.Series) -> pd.DataFrame:
    """Keep the spans, long ones first, that overlap no other of the same person or of the colleague beside."""
    kept: dict[object, list[tuple[date, date]]] = {}
    rows: list[int] = []
    for row in table.sort_values(["length", "from_on", "person"], ascending=[False, True, True]).itertuples():
        spans = kept.setdefault(pair[row.person], [])
        if all(row.from_on > last or row.to_on < first for first, last in spans):
            spans.append((row.from_on, row.to_on))
            rows.append(row.Index)
    return table.loc[sorted(rows)].drop(columns="length").reset_index(drop=True)


def _holders(plan: Plan, roster: pd.DataFrame) -> Ints:
    """Place people in team × position × day; −1 where nobody is."""
    holder = np.full((plan.teams, POSITIONS, len(plan.days)), -1, dtype=np.int64)
    for row in roster.itertuples():
        holder[row.team, row.position, plan.span(row.valid_from, row.valid_to)] = row.person
    return holder


def _beside_vacant(holder: Ints) -> Ints:
    beside = holder[:, np.arange(POSITIONS) ^ 1]
    return np.where(holder >= 0, holder, beside)


def _cover(plan: Plan, holder: Ints, absences: pd.DataFrame) -> Ints:
    away = np.zeros((int(holder.max()) + 1, len(plan.days)), dtype=bool)
    for row in absences[absences["share"] == 1.0].itertuples():
        away[row.person, plan.span(row.from_on, row.to_on)] = True
    day = np.arange(len(plan.days))
    present = np.where((holder >= 0) & ~away[holder, day], holder, -1)
    covered = _beside_vacant(present)
    return np.where(covered >= 0, covered, _beside_vacant(holder))
