"""What a team's report shows of its raters, in words and in a figure: no name and no id of another team's."""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import charts
from salesperf_lib.charts.leniency import leniency as draw
from salesperf_lib.language import Locale
from salesperf_lib.reports import leniency as section

LANGS = ("zh", "en")
PEOPLE = {"E11": "Own Lead", "E12": "Ann", "E13": "Ben"}
ITEMS = {"q": "Report quality"}


def raters_frame(calibrated=(True, True, False, True)):
    """Own lead strict, E21 lenient, E31 with too few; E41 rated nobody of the team."""
    known = np.array(calibrated)
    return pd.DataFrame(
        {
            "rater_id": ["E11", "E21", "E31", "E41"],
            "item": "",
            "n": [40.0, 52, 2, 30],
            "shared": [40.0, 52, 2, 30],
            "leniency": np.where(known, [-4.0, 6.0, 9.0, -2.0], 0.0),
            "se": np.where(known, 0.5, np.nan),
            "calibrated": known,
            "mean_before": [70.0, 81.0, 88.0, 72.0],
            "mean_after": np.where(known, [74.0, 75.0, 79.0, 74.0], [70.0, 81.0, 88.0, 72.0]),
        }
    )


def ratings_frame():
    """Ann: 70 and 80 → 74 and 74; Ben: 75 by a rater who is uncalibrated; Cho is of another team."""
    rows = [
        ("E12", "q", "E11", 70.0, 74.0),
        ("E12", "q", "E21", 80.0, 74.0),
        ("E13", "q", "E31", 75.0, 75.0),
        ("E13", "measured", "E21", 5.0, 50.0),
        ("E42", "q", "E41", 60.0, 90.0),
    ]
    table = pd.DataFrame(rows, columns=["person_id", "item", "rater_id", "numerator", "corrected"])
    return table.assign(period="2026-06", denominator=1.0, calibrated=table["rater_id"] != "E31")


def given(method="shared_ratees", **changes):
    held = {"raters": raters_frame(), "ratings": ratings_frame(), "people": PEOPLE, "items": ITEMS}
    return section.Leniency(method=method, **(held | changes))


def report(lang="en"):
    return SimpleNamespace(locale=Locale(lang))


def words(markup):
    return unescape(re.sub(r"<[^>]+>", " ", markup.html))


# -- the section


def test_the_own_team_s_raters_have_names_and_others_numbers():
    rows = section.told_raters(report(), given())
    assert rows["label"].to_list() == ["Other rater 1", "Own Lead", "Other rater 2"]
    assert rows["own"].to_list() == [False, True, False]
    assert rows["before"].to_list() == [81, 70, 88]
    assert rows["after"].to_list() == [75, 74, 88]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("method", ["shared_ratees", "ratio", "standardise", "none"])
def test_no_id_and_nobody_of_another_team_is_in_it(lang, method):
    shown = section.leniency(report(lang), given(method)).html
    assert not re.search(r"E\d\d", shown)
    assert "nan" not in shown.lower().replace("ann", "")
    assert "Own Lead" in shown


def test_a_rater_s_number_does_not_follow_the_id():
    """Numbers run by leniency: E21 and E31 change numbers when their leniencies do."""
    raters = raters_frame((True, True, True, True))
    assert section.told_raters(report(), given(raters=raters))["label"].to_list() == [
        "Other rater 1", "Other rater 2", "Own Lead",
    ]  # fmt: skip
    assert section.told_raters(report(), given(raters=raters))["before"].to_list() == [88, 81, 70]


def test_who_rated_nobody_of_the_team_is_not_listed():
    assert 72.0 not in section.told_raters(report(), given())["before"].to_list()


def test_a_rater_with_a_row_per_item_keeps_one_number():
    raters = pd.concat([raters_frame().assign(item="q"), raters_frame().assign(item="w", leniency=-8.0)])
    rows = section.told_raters(report(), given("ratio", raters=raters, items={"q": "Quality", "w": "Help"}))
    first = [label for label in rows["label"] if label.startswith("Other rater 1")]
    assert sorted(first) == ["Other rater 1: Help", "Other rater 1: Quality"]


def test_sentences_hold_the_figures_of_the_arithmetic():
    # Ratings of the team: |4|, |6|, 0 → mean 10/3, most 6. Ann: 75 → 74. Measured items are no part of it.
    said = section.say_extent(report(), given())
    assert "lies 6.0 points above the others, the strictest 4.0 below" in said
    assert "moved by 3.3 points on average, by 6.0 at most" in said
    assert section.say_people(report(), given()) == (
        "In the team it matters most for Ann (mean rating 75.0 → 74.0, −1.0)."
    )
    assert section.say_uncalibrated(report(), given()).startswith("1 rater has too few")
    moved = section.people_moved(given()).set_index("name")["change"].to_dict()
    assert moved == {"Ann": -1.0, "Ben": 0.0}


def test_counts_are_told_in_the_plural_and_when_there_are_none():
    two = given(raters=raters_frame((True, False, False, True)))
    assert section.say_uncalibrated(report(), two).startswith("2 raters have too few")
    everyone = given(raters=raters_frame((True, True, True, False)))  # E41 is not told of
    assert section.say_uncalibrated(report(), everyone).startswith("Every rater")


def test_at_most_three_people_are_named_and_nobody_whose_rating_stayed():
    people = {f"P{n}": f"Name{n}" for n in range(5)}
    moves = [0.04, 1.0, -3.0, 2.0, 4.0]
    rows = pd.DataFrame(
        {"person_id": list(people), "item": "q", "rater_id": "X", "numerator": 70.0, "denominator": 1.0}
    ).assign(corrected=[70 + one for one in moves])
    told = section.say_people(report(), given(people=people, ratings=rows))
    assert re.findall(r"Name\d", told) == ["Name4", "Name2", "Name3"]
    still = section.say_people(report(), given(people=people, ratings=rows.iloc[:1]))
    assert still == ""


def test_an_uncalibrated_leniency_is_a_dash_not_zero():
    shown = section.leniency(report(), given()).html
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", shown)]
    by_name = {row[0]: row[1:] for row in cells if row}
    assert by_name["Other rater 2"] == ["2", "–", "88.0", "88.0", "uncalibrated"]
    assert by_name["Own Lead"] == ["40", "−4.0 ± 0.5", "70.0", "74.0", "corrected"]


def test_without_correction_nothing_is_called_uncalibrated():
    shown = words(section.leniency(report(), given("none", raters=raters_frame((False,) * 4))))
    assert "uncalibrated" not in shown
    assert "as given" in shown


def test_where_raters_agree_it_says_so():
    equal = raters_frame().assign(leniency=0.0)
    assert "do not differ" in section.say_extent(report(), given(raters=equal))
    assert section.say_extent(report(), given(raters=raters_frame((False,) * 4))) == ""


@pytest.mark.parametrize("lang", LANGS)
def test_a_team_that_nobody_rated_is_told_in_a_sentence(lang):
    empty = given(people={"E99": "Zoe"})
    assert "<table" not in section.leniency(report(lang), empty).html


# -- the figure


def figure_frame():
    return section.told_raters(report(), given())


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("lang", LANGS)
def test_the_figure_is_drawn_in_both_languages(lang):
    figure = draw(section.told_raters(report(lang), given()), Locale(lang))
    assert charts.show(figure, "x").data[:4] == b"\x89PNG"  # a missing glyph would be a warning, and fail


def test_the_figure_writes_both_means_and_who_is_uncalibrated():
    figure = draw(figure_frame(), Locale("en"))
    assert texts(figure) == ["75.0", "81.0", "74.0", "70.0", "88.0  uncalibrated"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == figure_frame()[
        "label"
    ].to_list()
    before, after = figure.axes[0].collections[1:3]
    assert before.get_offsets()[:, 0].tolist() == [81, 70, 88]
    assert after.get_offsets()[:, 0].tolist() == [75, 74, 88]
    assert after.get_facecolor()[2][:3].tolist() == [1, 1, 1]  # uncalibrated: hollow
    assert after.get_facecolor()[0].tolist() != after.get_facecolor()[1].tolist()  # own and other differ


def test_a_mean_that_did_not_move_is_written_once():
    frame = figure_frame().assign(after=lambda rows: rows["before"])
    assert texts(draw(frame, Locale("en"))) == ["81.0", "70.0", "88.0  uncalibrated"]


def test_where_nobody_was_corrected_there_is_no_figure():
    assert draw(figure_frame().iloc[:0], Locale("zh")) is None
    assert draw(figure_frame().assign(calibrated=False), Locale("zh")) is None


def test_the_legend_names_teams_only_where_there_are_two_kinds():
    def legend(frame):
        return [text.get_text() for text in draw(frame, Locale("en")).legends[0].get_texts()]

    assert legend(figure_frame())[:2] == ["Before", "After"]
    assert len(legend(figure_frame())) == 4
    assert legend(figure_frame().assign(own=True)) == ["Before", "After"]
