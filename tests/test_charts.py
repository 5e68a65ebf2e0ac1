"""Figures: Chinese is drawn, marks say what the frame says, nobody else's name gets in."""

from __future__ import annotations

import struct
import sys
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from salesperf_lib import charts
from salesperf_lib.charts import style
from salesperf_lib.language import Locale

THRESHOLDS = (("A", 90.0), ("B", 75.0), ("C", 60.0), ("D", 0.0))
ZH, EN = Locale("zh"), Locale("en")


def trend_frame():
    return pd.DataFrame(
        {
            "period": ["2025-11", "2025-12", "2026-01"],
            "actual": [3e8, 2e8, 2.5e8],
            "target": [2.9e8, 2.2e8, np.nan],
            "year_before": [np.nan, 1.9e8, 2e8],
            "running": False,
        }
    )


def gap_frame():
    return pd.DataFrame(
        {
            "label": ["2025", "visits", "conversion", "value", "2026"],
            "amount": [6_445_677.0, 5_830_824.0, -6_445_677.0, 2_984_853.0, 8_815_677.0],
            "kind": ["from", "effect", "effect", "effect", "to"],
        }
    )


def standing_frame():
    return pd.DataFrame(
        {
            "label": ["王喆", "李堃", "张祎", "赵珺", "", ""],
            "role": ["运营", "客服", "主播", "客服", "运营", "客服"],
            "score": [92.0, 81.0, 77.5, 58.0, 88.0, 70.0],
            "own": [True] * 4 + [False] * 2,
        }
    )


def channel_frame():
    return pd.DataFrame({"label": ["抖音", "天猫"], "actual": [2e8, 1e8], "year_before": [np.nan, 1.2e8]})


def parts_frame():
    return pd.DataFrame(
        {
            "label": ["王喆", "李堃"],
            "result": [50.0, 40.0],
            "process": [25.0, 20.0],
            "potential": [15.0, np.nan],
        }
    )


def figures(locale):
    return {
        "trend": charts.trend(trend_frame(), locale),
        "gap": charts.gap(gap_frame(), locale),
        "channels": charts.channels(channel_frame(), locale),
        "standing": charts.standing(standing_frame(), THRESHOLDS, locale),
        "contributions": charts.contributions(parts_frame(), ["业绩", "过程", "潜力"], locale),
        "distribution": charts.distribution(standing_frame(), THRESHOLDS, locale),
    }


@pytest.fixture(scope="module", params=["zh", "en"])
def drawn(request):
    """Draw every figure with all warnings as errors: a missing glyph is one."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {
            name: (figure, charts.show(figure, f"text of {name}"))
            for name, figure in figures(Locale(request.param)).items()
        }


def test_no_glyph_is_missing_and_every_picture_is_a_png_with_its_text(drawn):
    for name, (figure, image) in drawn.items():
        data, metadata = image._repr_png_()
        assert image.data.startswith(b"\x89PNG")
        assert metadata["alt"] == f"text of {name}"
        width, height = struct.unpack(">II", image.data[16:24])
        assert (width, height) == tuple((figure.get_size_inches() * style.DPI).astype(int))
        assert data


def test_chinese_is_drawn_by_the_bundled_face_not_by_a_system_one():
    assert style.chinese_face() == "Noto Sans SC"
    (entry,) = {
        font.fname
        for font in mpl.font_manager.fontManager.ttflist
        if font.name == "Noto Sans SC" and "zhplot" in font.fname
    }
    assert entry.endswith("NotoSansSC-Regular.ttf")
    assert "zhplot" not in sys.modules


def test_rare_characters_of_names_are_in_the_face():
    from fontTools.ttLib import TTFont

    file = next(font.fname for font in mpl.font_manager.fontManager.ttflist if "zhplot" in font.fname)
    with TTFont(file, lazy=True) as font:
        known = font.getBestCmap()
    assert all(ord(character) in known for character in "喆堃祎珺")


def test_without_any_chinese_font_there_is_a_warning(monkeypatch):
    monkeypatch.setattr(style, "find_spec", lambda _name: None)
    monkeypatch.setattr(style, "NAMED_FACES", ())
    style.chinese_face.cache_clear()
    with pytest.warns(UserWarning, match="no Chinese font"):
        assert style.chinese_face() == "DejaVu Sans"
    style.chinese_face.cache_clear()


def test_figures_leave_the_notebooks_settings_alone():
    before = dict(mpl.rcParams)
    charts.show(charts.trend(trend_frame(), ZH), "text")
    assert dict(mpl.rcParams) == before


def test_the_trend_draws_each_amount_in_the_axis_unit_and_marks_only_what_is_below_target():
    axes = charts.trend(trend_frame(), ZH).axes[0]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([300, 200, 250])
    assert "万元" in axes.get_title(loc="left")
    below = next(line for line in axes.lines if line.get_label() == "低于目标")
    assert list(below.get_xdata()) == [1]


def test_the_trend_without_targets_draws_none():
    axes = charts.trend(trend_frame().assign(target=np.nan, year_before=np.nan), EN).axes[0]
    assert axes.lines == [] or len(axes.lines) == 0


def test_the_causes_lead_from_one_amount_to_the_other():
    axes = charts.gap(gap_frame(), EN).axes[0]
    bars = axes.patches
    assert bars[1].get_y() == pytest.approx(bars[0].get_height())
    assert bars[3].get_y() + bars[3].get_height() == pytest.approx(bars[4].get_height())
    assert [text.get_text() for text in axes.texts][1:4] == ["+CN¥58.3K", "−CN¥64.5K", "+CN¥29.8K"]


def test_others_stand_without_names():
    axes = charts.standing(standing_frame(), THRESHOLDS, EN).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["王喆", "李堃", "张祎", "赵珺"]
    rug = next(line for line in axes.lines if line.get_label() == EN.text("chart.other_teams"))
    assert sorted(rug.get_xdata()) == [70.0, 88.0]


@pytest.mark.parametrize("draw", ["standing", "contributions"])
def test_no_line_runs_through_a_score(draw):
    drawn = {
        "standing": lambda: charts.standing(standing_frame(), THRESHOLDS, EN),
        "contributions": lambda: charts.contributions(parts_frame(), ["a", "b", "c"], EN),
    }
    texts = [text for text in drawn[draw]().axes[0].texts if text.get_text()[0].isdigit()]
    assert texts
    for text in texts:
        ground = text.get_bbox_patch()
        assert ground is not None
        assert ground.get_facecolor() == (1.0, 1.0, 1.0, 1.0)


def test_without_thresholds_no_grade_is_drawn():
    assert {text.get_text() for text in charts.standing(standing_frame(), (), EN).axes[0].texts}.isdisjoint(
        "ABCD"
    )


@pytest.mark.parametrize("draw", [charts.trend, charts.gap, charts.channels])
def test_nothing_to_draw_gives_no_figure(draw):
    empty = {charts.trend: trend_frame, charts.gap: gap_frame, charts.channels: channel_frame}[draw]().iloc[
        :0
    ]
    assert draw(empty, EN) is None


def test_people_without_scores_give_no_figure():
    empty = standing_frame().iloc[:0]
    assert charts.standing(empty, THRESHOLDS, EN) is None
    assert charts.distribution(empty, THRESHOLDS, EN) is None
    assert charts.contributions(parts_frame().iloc[:0], ["a", "b", "c"], EN) is None
    assert charts.show(None, "text") is None
