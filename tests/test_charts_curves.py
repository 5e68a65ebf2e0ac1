"""The figure of the curves: what is drawn is what was given, everybody is named, nothing lies on a neighbour."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import charts
from salesperf_lib.charts.curves import draw_curves
from salesperf_lib.language import Locale

ZH, EN = Locale("zh"), Locale("en")
RISING = ([0.4, 0.5, 0.5, 1.2, 1.3], [0, 0, 50, 120, 120])
FALLING = ([0, 20, 22], [100, 0, 0])


def line(name, x, points, kind="attainment", axis="完成率"):
    return pd.DataFrame({"curve": name, "axis": axis, "kind": kind, "x": x, "points": points})


def both():
    return pd.concat([line("比例计分", *RISING), line("违规扣分", *FALLING, "value", "次数")])


def people(name, x, points, labels):
    return pd.DataFrame({"curve": name, "x": x, "points": points, "label": labels})


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_every_curve_has_a_panel_with_the_line_that_was_given():
    figure = draw_curves(both(), ZH, points_label="得分", title="计分方式")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["比例计分", "违规扣分"]
    assert [axes.get_xlabel() for axes in figure.axes] == ["完成率", "次数"]
    assert [axes.get_ylabel() for axes in figure.axes] == ["得分", ""]
    for axes, (x, worth) in zip(figure.axes, (RISING, FALLING), strict=True):
        drawn = axes.lines[-1]
        assert drawn.get_xdata().tolist() == x
        assert drawn.get_ydata().tolist() == worth
    assert figure.get_suptitle() == "计分方式"
    assert charts.show(figure, "x").data[:4] == b"\x89PNG"  # a missing glyph would be a warning, and fail


@pytest.mark.parametrize(("locale", "target"), [(ZH, "目标"), (EN, "Target")])
def test_only_attainment_has_a_target_at_a_hundred_per_cent(locale, target):
    rising, falling = draw_curves(both(), locale, points_label="y").axes
    assert texts(rising) == [target]
    assert rising.texts[0].xy[0] == 1.0
    assert texts(falling) == []
    assert [axes.lines[0].get_ydata() for axes in (rising, falling)] == [[100, 100]] * 2


def test_axes_are_written_as_what_they_measure():
    rising, falling = draw_curves(both(), EN, points_label="y").axes
    write = [axes.xaxis.get_major_formatter() for axes in (rising, falling)]
    assert [write[0](0.8, 0), write[1](5, 0), write[1](2.5, 0), write[1](0.25, 0)] == [
        "80%",
        "5",
        "2.5",
        "0.25",
    ]


def test_three_curves_leave_no_empty_panel():
    figure = draw_curves(pd.concat([both(), line("第三", *RISING)]), ZH, points_label="得分")
    assert len(figure.axes) == 3
    assert [axes.get_ylabel() for axes in figure.axes] == ["得分", "", "得分"]


def test_nothing_to_draw_is_no_figure():
    assert draw_curves(both().iloc[:0], ZH, points_label="得分") is None
    assert draw_curves(both().assign(points=np.nan), ZH, points_label="得分") is None
    assert len(draw_curves(both(), ZH, points_label="得分", people=people("", [], [], [])).axes) == 2


def test_people_are_named_and_those_without_points_are_left_out():
    crowd = pd.concat(
        [
            people("比例计分", [0.9, 1.1, np.nan], [90, 110, np.nan], ["李娜", "王强", "赵敏"]),
            people("违规扣分", [2], [90], ["陈晨"]),
            people("没有这条", [1.0], [100], ["周杰"]),
        ]
    )
    rising, falling = draw_curves(both(), ZH, points_label="得分", people=crowd).axes
    assert texts(rising) == ["目标", "李娜", "王强"]
    assert texts(falling) == ["陈晨"]


def test_whoever_lies_beyond_the_panel_stands_at_its_edge():
    crowd = people("比例计分", [0.1, 2.5], [0, 120], ["李娜", "王强"])
    axes = draw_curves(line("比例计分", *RISING), ZH, points_label="得分", people=crowd).axes[0]
    dots = next(drawn for drawn in axes.lines if drawn.get_marker() == "o")
    assert dots.get_xdata().tolist() == [0.4, 1.3]
    assert sorted(text.xy[0] for text in axes.texts[1:]) == [0.4, 1.3]


def accounted(written, names):
    """Count the people that labels name, and those they only count."""
    counted = sum(int(text.rsplit("+", 1)[1]) for text in written if "+" in text)
    return sum(name in text for name in names for text in written) + counted


def test_people_on_the_same_spot_share_a_label_and_many_are_counted():
    crowd = people("比例计分", [1.0] * 5, [100] * 5, ["甲", "乙", "丙", "丁", "戊"])
    axes = draw_curves(line("比例计分", *RISING), ZH, points_label="y", people=crowd).axes[0]
    (label,) = texts(axes)[1:]
    assert label.endswith(" +2")
    assert accounted([label], ["甲", "乙", "丙", "丁", "戊"]) == 5


@pytest.mark.parametrize("shape", [RISING, FALLING])
@pytest.mark.parametrize("far", [0.0, 0.3, 0.62])
@pytest.mark.parametrize("wide", [0.05, 0.36])
def test_labels_do_not_lie_on_each_other_and_nobody_is_forgotten(shape, far, wide):
    x, worth = shape
    kind = "attainment" if shape is RISING else "value"
    names = ["欧阳静怡", "王强", "李娜", "司马相如", "赵敏", "周杰", "陈晨", "吴昊"]
    spots = x[0] + (x[-1] - x[0]) * (far + np.linspace(0.01, wide, 8))
    crowd = people("一条", spots, np.interp(spots, x, worth), names)
    both_panels = pd.concat([line("一条", x, worth, kind), line("另一条", *RISING)])
    figure = draw_curves(both_panels, ZH, points_label="得分", people=crowd)
    charts.show(figure, "x")
    drawn = [text for text in figure.axes[0].texts if text.get_text() != "目标"]
    assert accounted([text.get_text() for text in drawn], names) == 8
    boxes = [text.get_window_extent() for text in drawn]
    overlapping = [
        (one, two)
        for at, one in enumerate(boxes)
        for two in boxes[at + 1 :]
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 1 and min(one.y1, two.y1) - max(one.y0, two.y0) > 3
    ]
    assert overlapping == []
