"""Turn the generator's numbers into the texts of the exports."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesperf_lib.sample.company import HOST_A, Staff
from salesperf_lib.sample.plan import Ints, Plan
from salesperf_lib.sample.traffic import CHANNELS, PAID

Texts = npt.NDArray[np.object_]
Numbers = pd.Series | Ints
CAMPAIGN_FORMS = ("0010{:02d}07", "QC{:02d}01", "CSJ{:02d}01")
PAGE_LETTERS = "PCL"


class Words:
    """Names of the people, days, teams and channels of one company."""

    def __init__(self, plan: Plan, staff: Staff) -> None:
        self._first = pd.Timestamp(plan.first)
        self._teams = np.array(plan.team_ids, dtype=object)
        self._people = np.array([*staff.ids, None], dtype=object)

    def person(self, numbers: Numbers) -> Texts:
        """Name people; −1 is nobody."""
        return self._people[np.asarray(numbers)]

    def team(self, numbers: Numbers) -> Texts:
        """Name teams by their code."""
        return self._teams[np.asarray(numbers)]

    def day(self, numbers: Numbers, form: str = "%Y-%m-%d") -> Texts:
        """Write days; those before and after the data too."""
        return np.asarray(self._dates(numbers).strftime(form), dtype=object)

    def slashed(self, numbers: Numbers) -> Texts:
        """Write days as 2026/6/18."""
        return np.array([f"{day.year}/{day.month}/{day.day}" for day in self._dates(numbers)], dtype=object)

    def moment(self, minutes: Numbers) -> list[str]:
        """Write moments, given in minutes since the first day's midnight."""
        day, within = np.divmod(np.asarray(minutes), 1440)
        return [f"{text} {m // 60:02d}:{m % 60:02d}" for text, m in zip(self.day(day), within, strict=True)]

    def _dates(self, numbers: Numbers) -> pd.DatetimeIndex:
        return self._first + pd.to_timedelta(np.asarray(numbers), unit="D")


def channel_codes(numbers: Numbers) -> Texts:
    """Name channels by their code."""
    return np.array(CHANNELS, dtype=object)[np.asarray(numbers)]


def page_ids(team: Numbers, page: Numbers, kind: Numbers) -> list[str]:
    """Name pages and rooms: kind, team, and which of the two."""
    second = np.where(np.asarray(kind) == 2, np.asarray(page) - HOST_A, page)
    return [f"{PAGE_LETTERS[k]}-T{t + 1}-{'AB'[s]}" for k, t, s in zip(kind, team, second, strict=True)]


def campaign_ids(team: Numbers, channel: Numbers) -> Texts:
    """Name campaigns as their platforms do: with leading zeros, or with letters; none if unpaid."""
    names = [
        CAMPAIGN_FORMS[c].format(t + 1) if c < len(PAID) else None for t, c in zip(team, channel, strict=True)
    ]
    return np.array(names, dtype=object)


def document_ids(orders: pd.DataFrame) -> list[str]:
    """Write the ERP's numbers: the shop, and the order's own number."""
    return [f"S{team + 1}-{order}" for team, order in zip(orders["team"], orders["order_id"], strict=True)]


def address_hashes(numbers: Numbers) -> list[str]:
    """Hash delivery addresses: the same number is the same address."""
    return [hashlib.sha256(f"address {number}".encode()).hexdigest()[:7] for number in numbers]


def known_where(known: pd.Series, texts: Texts) -> list[str | None]:
    """Keep the texts that are known; the others are blank."""
    return [text if shown else None for shown, text in zip(known, texts, strict=True)]


def yuan(fen: pd.Series) -> pd.Series:
    """Write fen as yuan: whole ones without decimals."""
    return fen.map(lambda value: f"{value // 100}" if value % 100 == 0 else f"{value / 100:.2f}")
