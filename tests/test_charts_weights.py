"""Pictures of the weight explorer: marks say what the frames say, and places on the map are weights."""

from __future__ import annotations

import warnings
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from salesperf_lib import charts
from salesperf_lib.charts import weight_areas, weight_raster
from salesperf_lib.charts.certainty import COLOURS, grade_chances, grade_colours, ink_on
from salesperf_lib.charts.outlines import Words, width
from salesperf_lib.charts.style import ACCENT, INK, WARM, theme
from salesperf_lib.charts.weight_balance import grade_changes, group_balance
from salesperf_lib.charts.weight_bars import flip_rates, sensitivity_bars, stability_bars
from salesperf_lib.charts.weight_map import axes_box, place_of, weight_map, weights_at
from salesperf_lib.charts.weight_moves import movements
from salesperf_lib.errors import DataError
from salesperf_lib.language import Locale

ZH, EN = Locale("zh"), Locale("en")
# The region of the methodology, and what is left where one or two weights are fixed.
TRIANGLE = np.array([[0.6, 0.2, 0.2], [0.5, 0.3, 0.2], [0.6, 0.3, 0.1]])
SEGMENT = np.array([[0.6, 0.2, 0.2], [0.5, 0.3, 0.2]])
UPRIGHT = np.array([[0.55, 0.3, 0.15], [0.55, 0.2, 0.25]])
POINT = np.array([[0.55, 0.25, 0.2]])
REGIONS = {"triangle": TRIANGLE, "segment": SEGMENT, "upright": UPRIGHT, "point": POINT}
MARKS = ["label", "result", "process", "potential", "kind"]


def cloud(corners, value, n=600, seed=5):
    """Scatter points over a region by random weights of its corners; `value` gives the value of a row."""
    shares = np.random.default_rng(seed).dirichlet(np.ones(len(corners)), n)
    rows = pd.DataFrame(shares @ corners, columns=["result", "process", "potential"])
    return rows.assign(value=[value(row) for row in rows.itertuples()])


def left_half(row):
    """Grade 2 (C) under .56 of result, otherwise 0 (A): a straight edge."""
    return 2 if row.result < 0.56 else 0


def marks(*rows):
    return pd.DataFrame(rows, columns=MARKS)


def a_map(corners=TRIANGLE, locale=EN, kind="grade", value=left_half, **changes):
    held = {"marks": marks(("In force", 0.55, 0.25, 0.2, "in_force")), "legend": list("ABCD")} | changes
    if kind == "count":
        held["legend"] = []
    return weight_map(cloud(corners, value), corners, held.pop("marks"), locale, title="t", kind=kind, **held)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def words(figure):
    """List what is written as outlines, with its place and colour."""
    return [
        (text, *place, words.get_facecolor()[:3])
        for words in figure.artists
        if isinstance(words, Words)
        for text, place in zip(words.texts, words.places, strict=True)
    ]


# -- the map


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["grade", "count"])
@pytest.mark.parametrize("region", REGIONS)
def test_every_region_is_drawn_in_both_languages(region, kind, lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = a_map(REGIONS[region], Locale(lang), kind, marks=marks(("王喆", *POINT[0], "saved")))
        assert charts.show(figure, "x").data.startswith(b"\x89PNG")
    assert figure.axes[0].get_xlabel() == Locale(lang).text("chart.weights.result")


def test_a_place_in_the_region_has_the_colour_of_its_grade():
    axes = a_map().axes[0]
    (image,) = axes.images
    left, right, bottom, top = image.get_extent()
    assert (left, right, bottom, top) == pytest.approx((0.5, 0.6, 0.2, 0.3))
    shown = np.asarray(image.get_array())
    for result, process, code in [(0.52, 0.29, 2), (0.545, 0.28, 2), (0.58, 0.28, 0), (0.595, 0.22, 0)]:
        column = int((result - left) / (right - left) * shown.shape[1])
        row = int((process - bottom) / (top - bottom) * shown.shape[0])
        assert shown[row, column] == code
    assert {text for text in texts(axes) if text in "ABCD"} == {"A", "C"}


def test_grades_are_written_inside_their_areas_and_clear_of_marks():
    figure = a_map(marks=marks(("Here", 0.58, 0.27, 0.15, "saved")))
    axes = figure.axes[0]
    spots = {text.get_text(): text.get_position() for text in axes.texts if text.get_text() in {"A", "C"}}
    assert spots["C"][0] < 0.56 < spots["A"][0]
    assert all(x + y >= 0.8 for x, y in spots.values())
    assert max(abs(spots["A"][0] - 0.58), abs(spots["A"][1] - 0.27)) > 0.003


def test_potential_is_read_along_falling_diagonals():
    axes = a_map().axes[0]
    diagonals = [line.get_xydata() for line in axes.lines]
    sums = [np.unique(np.round(1 - line.sum(axis=1), 9)).tolist() for line in diagonals]
    assert sums == [[0.1], [0.12], [0.14], [0.16], [0.18], [0.2]]
    assert [text for text in texts(axes) if text.endswith("%")] == ["10%", "12%", "14%", "16%", "18%", "20%"]


def test_the_legend_names_the_grades_that_occur_and_no_others():
    (legend,) = a_map().legends
    assert [text.get_text() for text in legend.get_texts()] == ["A", "C"]


def test_counts_have_a_bar_in_whole_people():
    figure = a_map(kind="count", value=lambda row: int(row.result > 0.56) * 3)
    bar = figure.axes[1]
    assert bar.get_xlabel() == "People whose grade differs from the one in force"
    assert bar.get_xlim() == (0, 3)
    assert all(float(label.get_text()).is_integer() for label in bar.get_xticklabels())
    assert a_map(kind="count", value=lambda _: 0).axes[1].get_xlim() == (0, 1)


def test_labels_of_crowded_marks_do_not_overlap():
    rows = [(f"Scheme {n}", 0.565 + 0.003 * n, 0.265, 0.17 - 0.003 * n, "saved") for n in range(5)]
    figure = a_map(marks=marks(("In force", 17 / 30, 8 / 30, 5 / 30, "in_force"), *rows))
    figure.canvas.draw()
    pen = figure.canvas.get_renderer()
    held = [
        text for text in figure.axes[0].texts if text.get_text() in {"In force", *(row[0] for row in rows)}
    ]
    boxes = [Text.get_window_extent(text, pen) for text in held]
    assert len(boxes) == 6
    assert not any(one.overlaps(other) for n, one in enumerate(boxes) for other in boxes[:n])
    assert all(figure.axes[0].bbox.padded(1).containsx(box.x0) for box in boxes)


def test_a_segment_is_cut_where_the_value_changes_and_a_point_is_one_spot():
    axes = a_map(SEGMENT).axes[0]
    (stripe,) = [one for one in axes.collections if one.get_array() is not None and len(one.get_array()) == 2]
    assert stripe.get_array().tolist() == [0, 2]
    ends = np.array(stripe.get_segments())
    assert ends[0, 1] == pytest.approx([0.56, 0.24], abs=0.002)
    assert ends[[0, 1], [0, 1]] == pytest.approx(SEGMENT[:, :2])
    spot = a_map(POINT).axes[0].collections[0]
    assert spot.get_offsets().tolist() == [[0.55, 0.25]]


def test_without_weightings_there_is_no_map():
    empty = cloud(TRIANGLE, left_half).iloc[:0]
    assert weight_map(empty, TRIANGLE, marks(), EN, title="t", legend="ABCD") is None
    assert (
        weight_map(cloud(TRIANGLE, left_half), np.empty((0, 3)), marks(), EN, title="t", legend="ABCD")
        is None
    )


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("grade", 4.0, "found 4"),
        ("grade", 0.5, "found 0.5"),
        ("grade", np.nan, "found nan"),
        ("count", -1.0, "found -1"),
    ],
)
def test_a_value_that_cannot_be_is_refused(kind, value, said):
    with pytest.raises(DataError, match=said):
        a_map(kind=kind, value=lambda _: value)


def test_a_kind_of_mark_that_is_not_known_is_refused():
    with pytest.raises(DataError, match=r"'best'.*in_force"):
        a_map(marks=marks(("x", 0.55, 0.25, 0.2, "best")))


# -- places and weights


def test_the_box_is_where_the_axes_are_whatever_is_drawn():
    grade, count = axes_box(a_map()), axes_box(a_map(kind="count", locale=ZH, marks=marks()))
    assert grade == count
    place = a_map().axes[0].get_position()
    assert grade[:4] == pytest.approx((place.x0, 1 - place.y1, place.x1, 1 - place.y0))
    # 6 % of the width of 10 points is left on each side.
    assert grade.result == pytest.approx((0.494, 0.606))
    assert grade.process == pytest.approx((0.194, 0.306))


def test_the_corners_of_the_box_are_the_ends_of_the_axes():
    figure = a_map()
    box = axes_box(figure)
    assert weights_at(figure, box.left, box.bottom) == pytest.approx([0.494, 0.194, 0.312])
    assert weights_at(box, box.right, box.top) == pytest.approx([0.606, 0.306, 0.088])


def test_a_place_is_where_matplotlib_draws_the_weights():
    figure = a_map()
    wide, high = figure.canvas.get_width_height()
    x, y = figure.axes[0].transData.transform((0.57, 0.26))
    assert place_of(figure, [0.57, 0.26, 0.17]) == pytest.approx((x / wide, 1 - y / high))


@cache
def box_of(region):
    return axes_box(a_map(REGIONS[region]))


@pytest.mark.parametrize("region", REGIONS)
@given(fx=st.floats(0, 1), fy=st.floats(0, 1))
def test_a_click_comes_back_to_its_place(region, fx, fy):
    box = box_of(region)
    weights = weights_at(box, fx, fy)
    assert weights.sum() == pytest.approx(1)
    assert place_of(box, weights) == pytest.approx((fx, fy))


# -- cells


@settings(max_examples=12)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12, unique=True))
def test_each_cell_takes_its_nearest_point(places):
    """Against brute force: never further than the nearest by more than a cell and a half."""
    held = np.array(places)
    found = weight_raster.nearest(held)
    side = (np.arange(weight_raster.SIZE) + 0.5) / weight_raster.SIZE
    grid = np.stack(np.meshgrid(side, side), axis=-1)[::37, ::37]
    far = np.linalg.norm(grid[:, :, None] - held, axis=-1)
    taken = np.take_along_axis(far, found[::37, ::37, None], axis=-1)[..., 0]
    assert (taken - far.min(axis=-1)).max() < 1.5 / weight_raster.SIZE


def test_smoothing_keeps_a_straight_edge_and_drops_a_lone_cell():
    codes = np.zeros((40, 40), dtype=np.int64)
    codes[:, 20:] = 3
    codes[10, 5] = 3
    expected = np.zeros((80, 80))
    expected[:, 40:] = 3
    assert (weight_raster.smooth(codes, 2) == expected).all()


def test_a_letter_stands_in_the_widest_part_of_an_area():
    mask = np.zeros((100, 100), dtype=bool)
    mask[20:23, :] = True
    mask[60:91, 30:61] = True
    assert weight_raster.roomiest(mask) == pytest.approx((0.455, 0.755), abs=0.011)
    mask[60:] = False
    assert weight_raster.roomiest(mask) is None  # three cells of a hundred are too thin


def test_a_polygon_a_segment_and_a_point_are_told_apart():
    assert [weight_areas.rank(REGIONS[name]) for name in ("triangle", "segment", "upright", "point")] == [
        2,
        1,
        1,
        0,
    ]


# -- movements


def people():
    """Wang rises to A and Zhang falls to C; Li and Zhao keep their grades, Zhao the score as well."""
    return pd.DataFrame({
        "label": ["李堃", "王喆", "张祎", "赵珺"],
        "score": [91.0, 89.5, 75.2, 70.0], "score_new": [90.4, 92.25, 74.0, 70.0],
        "rank": [1.0, 2, 3, 4], "rank_new": [2.0, 1, 3, 4],
        "grade": ["A", "B", "B", "C"], "grade_new": ["A", "A", "C", "C"],
    })  # fmt: skip


def test_the_new_rank_orders_the_rows_and_the_shapes_tell_the_grades():
    figure = movements(people(), EN)
    axes = figure.axes[0]
    spots = [one.get_offsets().tolist() for one in axes.collections if hasattr(one, "get_offsets")]
    found = {tuple(spot) for group in spots for spot in group}
    # After: Wang on row 0 at rank 1, Li on row 1 at rank 2; before: the other way round.
    assert {(1, 0), (2, 1), (3, 2), (4, 3), (2, 0), (1, 1)} <= found
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "Before", "After, better grade", "After, same grade", "After, lower grade",
    ]  # fmt: skip


def test_figures_stand_in_the_rows_of_their_people():
    written = words(movements(people(), EN))
    rows = {text: y for text, _, y, _ in written}
    assert (
        rows["王喆"]
        == rows["92.25"]
        == rows["89.50"]
        > rows["李堃"]
        == rows["90.40"]
        > rows["张祎"]
        > rows["赵珺"]
    )
    assert [text for text, _, y, _ in written if y == rows["赵珺"]] == ["赵珺", "4", "C", "70.00"]
    assert {text for text, _, y, _ in written if y > rows["王喆"]} == {"Rank", "Grade", "Score"}


def test_rows_of_figures_and_of_dots_are_at_one_height():
    figure = movements(people(), EN)
    axes = figure.axes[0]
    for text, _, y, _ in words(figure):
        if text in {"王喆", "李堃", "张祎", "赵珺"}:
            row = ["王喆", "李堃", "张祎", "赵珺"].index(text)
            drawn = axes.transData.transform((1, row))[1] / figure.dpi
            assert y == pytest.approx(drawn)


def test_only_grades_that_change_are_coloured():
    def rgb(colour):
        return tuple(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))

    coloured = {
        name: [
            text for text, _, _, ink in words(movements(people(), EN)) if ink == pytest.approx(rgb(colour))
        ]
        for name, colour in {"up": ACCENT, "down": WARM}.items()
    }
    assert coloured == {"up": ["B", "→", "A"], "down": ["B", "→", "C"]}


def test_of_many_those_are_drawn_whose_grade_changes_then_who_moves_most():
    many = pd.concat(
        [people(), people().assign(rank=10.0, rank_new=[90.0, 12, 13, 11], grade="C", grade_new="C")]
    )
    figure = movements(many.assign(label=list("abcdefgh")), EN, limit=3)
    assert (
        figure._suptitle.get_text()
        == "Change of ranks (3 of 8 people: grade changes first, then the largest moves)"
    )
    shown = [text for text, *_ in words(figure) if text in set("abcdefgh")]
    assert shown == ["b", "c", "e"]


@pytest.mark.parametrize(
    ("count", "said"), [(1, "Change of ranks (1 person)"), (4, "Change of ranks (4 people)")]
)
def test_people_are_counted_in_the_title(count, said):
    assert movements(people().iloc[:count], EN)._suptitle.get_text() == said


def test_an_absent_rank_is_a_dash_and_no_dot():
    figure = movements(people().iloc[:1].assign(rank=np.nan, rank_new=np.nan, grade_new=None), EN)
    assert [text for text, *_ in words(figure)].count("–") == 2
    assert charts.show(figure, "x")


def test_a_grade_that_is_none_of_the_grades_is_refused():
    with pytest.raises(DataError, match=r"'C'.*A, B"):
        movements(people(), EN, grades=("A", "B"))


def test_nothing_is_missing_in_the_picture_of_movements():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert charts.show(movements(people(), ZH), "x").data.startswith(b"\x89PNG")


# -- texts as outlines


def test_a_text_is_as_wide_as_matplotlib_sets_it():
    from matplotlib.textpath import TextPath

    with theme():
        # The last digit begins where the text before it ends.
        ends = [TextPath((0, 0), text, size=8.5).vertices[:, 0].max() / 72 for text in ("81.25 → 7", "7")]
        assert width("81.25 → ", 8.5) == pytest.approx(ends[0] - ends[1], abs=0.01)
        assert width("王喆", 8.5) == pytest.approx(2 * 8.5 / 72, abs=0.01)
        assert width("", 8.5) == 0


@pytest.mark.parametrize("right", [False, True])
def test_texts_are_flush(right):
    with theme():
        shape = Words(
            ["81.5", "100.25"], np.array([[2.0, 1.0], [2.0, 0.5]]), size=9, colour=INK, right=right
        ).get_path()
    own = shape.vertices[shape.vertices[:, 1] > 0.75, 0], shape.vertices[shape.vertices[:, 1] < 0.75, 0]
    for across in own:
        edge = across.max() if right else across.min()
        assert edge == pytest.approx(2.0, abs=0.03)


# -- grades, groups, bars


def matrix():
    return pd.DataFrame([["A", 8, 2, 0], ["B", 1, 30, 0], ["C", 0, 3, 12]], columns=["grade", "A", "B", "C"])


def test_grades_before_and_after_are_counted_with_their_direction():
    axes = grade_changes(matrix(), EN).axes[0]
    assert texts(axes) == ["8", "2 ▼", "0", "1 ▲", "30", "0", "0", "3 ▲", "12"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["A", "B", "C"]
    shades = axes.images[0].get_array()
    down, up = shades[0, 1], shades[1, 0]
    assert down[0] > down[2]  # warm
    assert up[0] < up[2]  # accent
    assert shades[0, 2].tolist() == shades[2, 0].tolist()  # nobody: no tint


def groups():
    return pd.DataFrame({
        "label": ["主播", "客服", "新人"], "change": [0.82, -0.354, np.nan], "up": [3, 0, 0], "down": [0, 2, 0],
    })  # fmt: skip


def test_groups_gain_or_lose_with_sign_and_people():
    axes = group_balance(groups(), EN).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.82, -0.354, 0]
    assert texts(axes) == ["+0.82", "▲ 3   ▼ 0", "−0.35", "▲ 0   ▼ 2", "–", "▲ 0   ▼ 0"]


def drivers():
    return pd.DataFrame({"label": ["权重", "误差"], "first": [0.11, -0.004], "total": [0.165, np.nan]})


def test_drivers_have_two_bars_and_name_the_grade():
    figure = sensitivity_bars(drivers(), EN, grade="S")
    axes = figure.axes[0]
    assert axes.get_title(loc="left") == "What decides who is graded S"
    assert texts(axes) == ["11%", "17%", "0%", "–"]
    widths = {container.get_label(): [bar.get_width() for bar in container] for container in axes.containers}
    assert widths["On its own"] == [0.11, -0.004]
    assert axes.get_xlim()[0] == -0.004


@pytest.mark.parametrize(
    ("rates", "said"), [([0.064, 0.231], ["6%", "23%"]), ([0.004, 0.02], ["0.4%", "2.0%"])]
)
def test_flip_rates_have_the_digits_that_tell_them_apart(rates, said):
    frame = pd.DataFrame({"label": ["weights", "noise"], "rate": rates})
    axes = flip_rates(frame, EN).axes[0]
    assert texts(axes) == said
    assert [bar.get_width() for bar in axes.patches] == rates


def weights():
    return pd.DataFrame({
        "label": ["业绩", "过程", "固定"], "low": [0.5, 0.2, 0.3], "high": [0.6, 0.3, 0.3],
        "steady_low": [0.561, np.nan, 0.3], "steady_high": [0.572, np.nan, 0.3], "now": [17 / 30, 8 / 30, 0.3],
    })  # fmt: skip


def test_ranges_start_at_their_low_ends_and_are_labelled_in_percent():
    axes = stability_bars(weights(), EN).axes[0]
    admissible, steady = axes.containers
    assert [bar.get_width() for bar in admissible] == pytest.approx([0.1, 0.1, 0])
    assert steady[0].get_x() == pytest.approx(0.061)
    assert steady[0].get_width() == pytest.approx(0.011)
    expected = [float(Fraction(17, 30) - Fraction(1, 2)), float(Fraction(8, 30) - Fraction(1, 5)), 0]
    assert axes.lines[0].get_xdata() == pytest.approx(expected)
    assert texts(axes) == [
        "50.0%", "60.0%", "56.7%", "no change: 56.1%–57.2%", "20.0%", "30.0%", "26.7%", "fixed", "30.0%",
    ]  # fmt: skip


DRAWN = {
    "grades": (grade_changes, matrix),
    "groups": (group_balance, groups),
    "drivers": (sensitivity_bars, drivers),
    "flips": (flip_rates, lambda: pd.DataFrame({"label": ["权重"], "rate": [0.0]})),
    "stability": (stability_bars, weights),
    "movements": (movements, people),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_drawn_without_a_missing_glyph(name, lang):
    draw, frame = DRAWN[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert charts.show(draw(frame(), Locale(lang)), "x").data.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", DRAWN)
def test_an_empty_frame_gives_no_figure(name):
    draw, frame = DRAWN[name]
    assert draw(frame().iloc[:0], EN) is None


# -- colours of grades


def test_more_grades_than_colours_stay_apart_and_readable():
    assert grade_colours(3) == list(COLOURS[:3])
    six = grade_colours(6)
    assert len(set(six)) == 6
    assert [six[0], six[-1]] == [COLOURS[0], COLOURS[-1]]
    assert (ink_on(COLOURS[0]), ink_on(COLOURS[-1])) == ("white", INK)


def test_chances_can_have_a_title_of_their_own():
    frame = pd.DataFrame({"label": ["王喆"], "grade": ["A"], "A": [0.9], "B": [0.1]})
    assert grade_chances(frame, EN, title="By weights").axes[0].get_title(loc="left") == "By weights"
    assert grade_chances(frame, EN).axes[0].get_title(loc="left").startswith("How likely each grade is  ·")
