"""The figure of the season: promotions are named, uplift and dips differ by more than colour, loans are told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import charts
from salesperf_lib.language import Locale

ZH, EN = Locale("zh"), Locale("en")


def season_frame(names=("春节", "双 11"), borrowed=0.0):
    dates = pd.date_range("2026-01-01", "2026-12-31")
    base = 1 + 0.2 * np.sin(np.arange(365) / 58) + 0.1 * (dates.day_of_week == 5)
    share, promotion = base.copy(), np.full(365, "", dtype=object)
    for name, first, last, factor in zip(
        names, ("2026-02-12", "2026-11-01"), ("2026-02-24", "2026-11-11"), (0.5, 1.4), strict=True
    ):
        inside = (dates >= first) & (dates <= last)
        share[inside] *= factor
        promotion[inside] = name
    share[dates == "2026-11-11"] *= 4
    total = share.sum()
    return pd.DataFrame(
        {
            "date": dates,
            "share": share / total,
            "baseline": base / total,
            "promotion": promotion,
            "phase": np.where(promotion == "", "", "burst"),
            "borrowed": borrowed,
            "lender": "天猫组",
        }
    )


def texts(figure):
    (axes,) = figure.axes
    return [text.get_text() for text in axes.texts]


@pytest.mark.parametrize(
    ("locale", "names"), [(ZH, ("春节", "双 11")), (EN, ("Spring Festival", "Double 11"))]
)
def test_promotions_are_named_and_the_picture_is_drawn_in_both_languages(locale, names):
    figure = charts.season(season_frame(names), locale)
    written = texts(figure)
    assert written[0] == names[0]
    assert written[1].startswith(names[1])
    assert charts.show(figure, "x").data[:4] == b"\x89PNG"  # a missing glyph would be a warning, and fail


def test_a_peak_beyond_the_axis_is_written_out():
    frame = season_frame()
    peak = frame["share"].max()
    (axes,) = charts.season(frame, EN).axes
    assert axes.get_ylim()[1] < peak
    # The baseline drawn is a weekly mean: the height written is the uplift on top of that.
    assert f"(peak {peak * 100:.1f}%)" in texts(charts.season(frame, EN))[1]


def test_uplift_and_dip_differ_by_a_hatch_not_by_colour_alone():
    figure = charts.season(season_frame(), EN)
    named = {area.get_label(): area.get_hatch() for area in figure.axes[0].collections}
    assert named["Promotion uplift"] is None
    assert named["Below baseline (as at Spring Festival)"] == "////"


def test_twelve_months_stand_on_the_axis():
    labels = [label.get_text() for label in charts.season(season_frame(), ZH).axes[0].get_xticklabels()]
    assert labels == ["1\n2026", *map(str, range(2, 13))]


@pytest.mark.parametrize(
    ("borrowed", "words"),
    [
        (1.0, "Borrowed: too little history of its own; the season is that of 天猫组"),
        (0.25, "Borrowed: 25% of the"),
    ],
)
def test_a_borrowed_season_says_so_and_is_drawn_dashed(borrowed, words):
    figure = charts.season(season_frame(borrowed=borrowed), EN)
    assert any(text.startswith(words) for text in texts(figure))
    assert figure.axes[0].lines[0].get_linestyle() == "--"


def test_an_own_season_says_nothing_of_loans():
    figure = charts.season(season_frame(), ZH)
    assert not any("借用" in text for text in texts(figure))
    assert figure.axes[0].lines[0].get_linestyle() == "-"


def test_nothing_to_draw_gives_nothing():
    assert charts.season(season_frame().iloc[:0], ZH) is None
    empty = season_frame().assign(share=np.nan, baseline=np.nan)
    assert charts.season(empty, ZH) is None
