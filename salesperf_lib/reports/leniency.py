"""How strictly raters rate, and what the correction changed; only the own team's raters by name (§2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from salesperf_lib.language import ABSENT, Locale, signed
from salesperf_lib.reports.markup import Markup, Table, block, element, paragraphs

MOST_TOLD = 3
"""People told of by name as those for whom the correction matters most."""
NOTHING = 0.05
"""Points of a rating that are written as 0.0."""


class Written(Protocol):
    """A report of any kind: what is needed of it is how it is written."""

    @property
    def locale(self) -> Locale:
        """Give how it is written."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Leniency:
    """What a team's report reads of the correction.

    Parameters
    ----------
    raters
        One row per rater, as `salesperf_lib.stats.leniency.Corrected` holds them.
    ratings
        The corrected ratings of the period, or of all months, that are told of.
    people
        The team's own people: id to name. All others stay without a name.
    items
        The subjective items: id to name.
    method
        By which method they were corrected.
    """

    raters: pd.DataFrame
    ratings: pd.DataFrame
    people: Mapping[str, str]
    items: Mapping[str, str]
    method: str


def leniency(report: Written, given: Leniency) -> Markup:
    """Show the raters who rated the team or belong to it, before and after the correction."""
    text = report.locale.text
    rows = told_raters(report, given)
    heading = element("h2", text("report.leniency.heading"))
    if rows.empty:
        return block(heading, element("p", text("report.leniency.nobody")))
    said = [say_method(report, given), say_extent(report, given), say_people(report, given)]
    note = element("p", text("report.leniency.others"), class_="note")
    return block(
        heading, paragraphs([*said, say_uncalibrated(report, given)]), _table(report, given, rows), note
    )


def told_raters(report: Written, given: Leniency) -> pd.DataFrame:
    """List the raters that the team's report may tell of.

    Returns
    -------
    pandas.DataFrame
        One row per rater, or rater and item, the most lenient first, the uncalibrated last: label (a
        name for the own team's, a number for others), own, n, leniency, se, calibrated, before, after.
        No id is in it.
    """
    rated = _own_ratings(given)["rater_id"]
    raters = given.raters
    own = raters["rater_id"].isin(list(given.people))
    rows = raters.assign(own=own)[own | raters["rater_id"].isin(rated)]
    rows = rows.sort_values(
        ["calibrated", "leniency", "n", "rater_id", "item"], ascending=[False, False, False, True, True]
    )
    labels = [
        _label(report, given, *row)
        for row in zip(rows["rater_id"], rows["item"], _numbers(rows), strict=True)
    ]
    told = rows.rename(columns={"mean_before": "before", "mean_after": "after"}).assign(label=labels)
    kept = ["label", "own", "n", "leniency", "se", "calibrated", "before", "after"]
    return told[kept].reset_index(drop=True)


def say_method(report: Written, given: Leniency) -> str:
    """Say what is corrected, and how."""
    key, items = f"report.leniency.method.{given.method}", report.locale.listing(list(given.items.values()))
    return report.locale.text(key, items=items)


def say_extent(report: Written, given: Leniency) -> str:
    """Say how far raters lie apart, and how much the team's ratings moved; nothing where none could."""
    known = given.raters.loc[given.raters["calibrated"], "leniency"]
    if known.empty:
        return ""
    if known.abs().max() < NOTHING:
        return report.locale.text("report.leniency.equal")
    rows = _own_ratings(given)
    moved = ((rows["corrected"] - rows["numerator"]) / rows["denominator"]).abs()
    mean = (moved * rows["denominator"]).sum() / rows["denominator"].sum() if len(rows) else 0.0
    figures = {"lenient": max(known.max(), 0.0), "strict": max(-known.min(), 0.0), "mean": mean}
    figures["most"] = moved.max() if len(rows) else 0.0
    written = {name: report.locale.number(value, 1) for name, value in figures.items()}
    return report.locale.text("report.leniency.extent", **written)


def people_moved(given: Leniency) -> pd.DataFrame:
    """Give the mean rating of each of the team's people before and after.

    Returns
    -------
    pandas.DataFrame
        One row per rated person of the team, the largest change first: name, before, after, change.
    """
    sums = _own_ratings(given).groupby("person_id")[["numerator", "corrected", "denominator"]].sum()
    before, after = (sums[name] / sums["denominator"] for name in ("numerator", "corrected"))
    rows = pd.DataFrame({"before": before, "after": after, "change": after - before})
    rows = rows.assign(name=[given.people[str(person)] for person in rows.index], size=rows["change"].abs())
    ordered = rows.sort_values(["size", "name"], ascending=[False, True])
    return ordered[["name", "before", "after", "change"]].reset_index(drop=True)


def say_people(report: Written, given: Leniency) -> str:
    """Name those of the own team for whom the correction matters most."""
    locale, rows = report.locale, people_moved(given)
    told = rows[rows["change"].abs() >= NOTHING].head(MOST_TOLD)
    if told.empty:
        return ""
    parts = [
        locale.text(
            "report.leniency.person",
            name=row["name"],
            before=locale.number(row["before"], 1),
            after=locale.number(row["after"], 1),
            change=signed(locale.number(row["change"], 1)),
        )
        for _, row in told.iterrows()
    ]
    return locale.text("report.leniency.people", people=locale.listing(parts))


def say_uncalibrated(report: Written, given: Leniency) -> str:
    """Say how many of the raters told of could not be compared."""
    if given.method == "none":
        return ""
    rated = given.raters["rater_id"].isin([*given.people, *_own_ratings(given)["rater_id"]])
    count = given.raters.loc[rated & ~given.raters["calibrated"], "rater_id"].nunique()
    if not count:
        return report.locale.text("report.leniency.all_calibrated")
    return report.locale.text("report.leniency.uncalibrated", count=count)


def say_chart(report: Written, given: Leniency) -> str:
    """Say what the figure of the raters shows, for those who cannot see it."""
    return report.locale.text("report.leniency.alt", count=len(told_raters(report, given)))


def _own_ratings(given: Leniency) -> pd.DataFrame:
    """Take what the team's own people were rated, on the items that are corrected."""
    rows = given.ratings
    mine = rows["person_id"].isin(list(given.people)) & rows["item"].isin(list(given.items))
    return rows[mine & (rows["denominator"] > 0)]


def _numbers(rows: pd.DataFrame) -> list[int]:
    """Count the raters of other teams as the table lists them: a place tells nothing of the id."""
    others = list(dict.fromkeys(rows.loc[~rows["own"], "rater_id"]))
    place = {rater: number for number, rater in enumerate(others, start=1)}
    return [place.get(rater, 0) for rater in rows["rater_id"]]


def _label(report: Written, given: Leniency, rater: str, item: str, number: int) -> str:
    text = report.locale.text
    name = text("report.leniency.other", number=number) if number else given.people[rater]
    return text("report.leniency.of", rater=name, item=given.items.get(item, item)) if item else name


def _table(report: Written, given: Leniency, rows: pd.DataFrame) -> Table:
    text, number = report.locale.text, report.locale.number
    written = [
        [
            str(row["label"]),
            number(row["n"]),
            _leniency(report, row),
            number(row["before"], 1),
            number(row["after"], 1),
            _state(report, given, calibrated=bool(row["calibrated"])),
        ]
        for _, row in rows.iterrows()
    ]
    names = ("rater", "given", "leniency", "before", "after", "state")
    frame = pd.DataFrame(written, columns=[text(f"report.leniency.{name}") for name in names])
    return Table(text("report.leniency.caption"), frame, words=(0, 5))


def _leniency(report: Written, row: pd.Series) -> str:
    """Write a leniency with its error; a dash where it is not known, which is not the same as none."""
    if not row["calibrated"]:
        return ABSENT
    value = signed(report.locale.number(row["leniency"], 1))
    if pd.isna(row["se"]):
        return value
    return report.locale.text("report.leniency.value", value=value, error=report.locale.number(row["se"], 1))


def _state(report: Written, given: Leniency, *, calibrated: bool) -> str:
    state = "corrected" if calibrated else "as_given" if given.method == "none" else "uncalibrated"
    return report.locale.text(f"report.leniency.state.{state}")
