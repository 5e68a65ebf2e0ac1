"""The live explorer without a browser: weights stay admissible, texts are escaped, nothing typed is lost."""

from __future__ import annotations

import dataclasses
import re
import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import params, weights
from salesperf_lib.errors import ParamError
from salesperf_lib.language import Locale
from salesperf_lib.reports.markup import table
from salesperf_lib.weights.space import Cuts
from salesperf_lib.widgets import Explorer, linked, page, saving, voila_command, voila_environment
from salesperf_lib.widgets.tables import balance, grade_changes, rank_list, say_headline
from salesperf_lib.widgets.words import Words

TRIANGLE = (
    (Fraction(3, 5), Fraction(1, 5), Fraction(1, 5)),
    (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)),
    (Fraction(3, 5), Fraction(3, 10), Fraction(1, 10)),
)
SEGMENT = (TRIANGLE[0], TRIANGLE[1])
POINT = (TRIANGLE[0],)
SQUARE = (
    (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)),
    (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)),
    (Fraction(11, 20), Fraction(1, 4), Fraction(1, 5)),
    (Fraction(11, 20), Fraction(3, 10), Fraction(3, 20)),
)
REGIONS = {"triangle": TRIANGLE, "segment": SEGMENT, "point": POINT, "square": SQUARE}

shares = st.integers(0, 1000).map(lambda k: Fraction(k, 1000))


def inside(corners, point):
    """Say whether a point is a mean of the corners: by linear programming, not by the code under test."""
    from scipy.optimize import linprog

    matrix = np.vstack([np.array(corners, float).T, np.ones(len(corners))])
    wanted = np.array([*point, 1], float)
    slack = np.hstack([matrix, np.eye(4), -np.eye(4)])
    cost = np.r_[np.zeros(len(corners)), np.ones(8)]
    return linprog(cost, A_eq=slack, b_eq=wanted, bounds=(0, None)).fun < 1e-9


# -- linked weights


@pytest.mark.parametrize("name", REGIONS)
@given(number=st.integers(0, 2), asked=shares, start=st.lists(st.integers(0, 20), min_size=4, max_size=4))
def test_a_moved_weight_stays_inside_and_the_sum_one(name, number, asked, start):
    corners = REGIONS[name]
    parts = [Fraction(k + 1) for k in start[: len(corners)]]
    held = tuple(sum(p * c[n] for p, c in zip(parts, corners, strict=True)) / sum(parts) for n in range(3))
    found = linked.move(corners, held, number, asked)
    assert sum(found) == 1
    assert inside(corners, found)
    ends = [corner[number] for corner in corners]
    assert found[number] == min(max(asked, min(ends)), max(ends))


@pytest.mark.parametrize(
    ("number", "asked", "expected"),
    [
        # From the centre (17, 8, 5)/30: result up to .60, the others give .0333 together, .0167 each.
        (0, Fraction(60, 100), ("0.6", "0.25", "0.15")),
        # Result down to .50: there only one scheme is left.
        (0, Fraction(50, 100), ("0.5", "0.3", "0.2")),
        # Beyond its range: the end of the range.
        (0, Fraction(90, 100), ("0.6", "0.25", "0.15")),
        # Process to .30: result and potential give .0167 each: .55 and .15.
        (1, Fraction(30, 100), ("0.55", "0.3", "0.15")),
        # Potential to .10: the corner.
        (2, Fraction(10, 100), ("0.6", "0.3", "0.1")),
    ],
)
def test_the_others_share_what_a_weight_takes(number, asked, expected):
    found = linked.move(TRIANGLE, (Fraction(17, 30), Fraction(8, 30), Fraction(5, 30)), number, asked)
    assert found == tuple(Fraction(x) for x in expected)


@pytest.mark.parametrize("name", REGIONS)
@given(x=st.floats(0.3, 0.8), y=st.floats(0.1, 0.5))
def test_a_point_beside_the_region_is_drawn_to_its_nearest_place(name, x, y):
    corners = REGIONS[name]
    found = linked.nearest(corners, [x, y, 1 - x - y])
    assert sum(found) == 1
    assert inside(corners, found)
    rng = np.random.default_rng(1)
    mix = rng.dirichlet(np.full(len(corners), 0.4), 400) @ np.array(corners, float)
    away = np.linalg.norm(np.vstack([mix, np.array(corners, float)]) - [x, y, 1 - x - y], axis=1)
    own = np.linalg.norm(np.array(found, float) - [x, y, 1 - x - y])
    assert own <= away.min() + 0.0015  # a tenth of a per cent in each weight


LIMITS = [
    (Fraction(28, 100), Fraction(42, 100)),
    (Fraction(16, 100), Fraction(24, 100)),
    (Fraction(20, 100), Fraction(30, 100)),
    (Fraction(16, 100), Fraction(24, 100)),
]
BASE = {"a": Fraction(35, 100), "b": Fraction(20, 100), "c": Fraction(25, 100), "d": Fraction(20, 100)}


@given(moves=st.lists(st.tuples(st.sampled_from("abcd"), shares), min_size=1, max_size=6))
def test_sub_weights_stay_within_their_limits_however_often_they_are_moved(moves):
    held = dict(BASE)
    for name, asked in moves:
        held = linked.share_out(held, LIMITS, name, asked)
        assert sum(held.values()) == 1
        assert all(low <= x <= high for x, (low, high) in zip(held.values(), LIMITS, strict=True))
    assert all(x.denominator <= 1000 for x in held.values())


def test_sub_weights_share_evenly_until_one_meets_its_limit():
    # a to .42: the others give .07, at first .0233 each; none is at its limit of .16, .20, .16 yet.
    found = linked.share_out(BASE, LIMITS, "a", Fraction(42, 100))
    assert found["a"] == Fraction(42, 100)
    others = [float(found[name]) for name in "bcd"]  # in whole tenths of a per cent
    assert others == pytest.approx([0.1767, 0.2267, 0.1767], abs=0.001)
    assert sum(found.values()) == 1
    # b at its least already: c and d give the rest, .035 each.
    low = {"a": Fraction(38, 100), "b": Fraction(16, 100), "c": Fraction(25, 100), "d": Fraction(21, 100)}
    found = linked.share_out(low, LIMITS, "a", Fraction(42, 100))
    assert found == {
        "a": Fraction(42, 100),
        "b": Fraction(16, 100),
        "c": Fraction(23, 100),
        "d": Fraction(19, 100),
    }


def test_sub_weights_stop_where_a_constraint_would_break():
    cuts = Cuts(np.array([[-1.0, 1.0, 0.0, 0.0]]), np.array([-0.18]))  # a − b ≤ .18, now .15
    found = linked.share_out(BASE, LIMITS, "a", Fraction(42, 100), cuts)
    assert float(found["a"] - found["b"]) == pytest.approx(0.18)
    assert sum(found.values()) == 1
    assert linked.share_out(BASE, LIMITS, "a", Fraction(30, 100), cuts)["a"] == Fraction(30, 100)


# -- tables


def comparison(rows):
    """Make a comparison: (name, rank, new rank, grade, new grade, score, new score)."""
    frame = pd.DataFrame(
        rows, columns=["name", "rank", "rank_new", "grade", "grade_new", "score", "score_new"]
    )
    frame = frame.astype({"rank": "Int64", "rank_new": "Int64"})
    return frame.assign(
        person_id=[f"P{n:05}" for n in range(len(frame))],
        team_id="t1",
        role=["host", "sales"][: len(frame)] * (len(frame) // 2) if len(frame) > 1 else "host",
        tenure="over_3y",
        up=frame["rank"] - frame["rank_new"],
        changed=frame["grade"] != frame["grade_new"],
        vetoed=frame["rank_new"].isna(),
    )


WORDS = Words(Locale("en"), {"host": "Host", "sales": "Sales"}, {"t1": "Team 1"})
FOUR = comparison(
    [
        ("Ann", 1, 3, "A", "B", 101.0, 99.0),
        ("Bob", 2, 1, "A", "A", 100.5, 102.0),
        ("Cid", 3, 2, "B", "A", 99.0, 100.0),
        ("Dee", None, None, "D", "D", 98.0, 97.0),
    ]
)


def plain(markup):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", markup.html)).strip()


def test_the_headline_counts_and_names():
    first, second = say_headline(FOUR, WORDS)
    assert first == "Against what is in force, 2 of 3 grades change (1 better, 1 lower); 3 ranks change."
    assert second.startswith("Gain most: Bob (from 2 to 1, 1 place up) and 1 other")
    assert "Loses most: Ann, from 1 to 3 (2 places down)" in second


@pytest.mark.parametrize(("rows", "said"), [(FOUR[3:], "Nobody shown"), (FOUR[:0], "Nobody shown")])
def test_a_headline_without_ranked_people_says_so(rows, said):
    assert say_headline(rows, WORDS)[0].startswith(said)


def test_the_rank_list_shows_movements_and_both_grades():
    shown = plain(rank_list(FOUR, WORDS))
    assert shown.index("Bob") < shown.index("Cid") < shown.index("Ann") < shown.index("Dee")
    assert "▼ down 2 Ann Team 1, Host 101.00 99.00 −2.00 A → becomes B" in shown
    assert "vetoed" in shown


@pytest.mark.parametrize(("order", "first", "count"), [("moved", "Ann", 4), ("grade", "Cid", 2)])
def test_the_list_can_be_ordered_and_cut(order, first, count):
    shown = rank_list(FOUR, WORDS, order)
    assert shown.html.count("<tr") == count + 1
    assert re.search("<strong>(.*?)</strong>", shown.html)[1] == first


def test_a_long_list_says_how_many_are_left_out():
    many = comparison([(f"N{n}", n, n, "B", "B", 200.0 - n, 200.0 - n) for n in range(1, 101)])
    shown = rank_list(many, WORDS)
    assert shown.html.count("<tr") == 61
    assert "40 more people are not listed" in plain(shown)


def test_names_are_read_and_never_run():
    bad = comparison(
        [("<script>alert(1)</script>", 1, 2, "A", "B", 101.0, 99.0), ("Bob", 2, 1, "B", "A", 99.0, 101.0)]
    )
    shown = rank_list(bad, WORDS).html
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_the_matrix_and_the_balance_add_up():
    matrix = grade_changes(FOUR, ["A", "B", "C", "D"], WORDS).frame
    assert [re.sub("<[^>]+>", "", getattr(cell, "html", cell)) for cell in matrix.iloc[0, 1:]] == [
        "1",
        "1",
        "0",
        "0",
        "2",
    ]
    assert matrix.iloc[-1, -1] == "4"
    by_role = balance(FOUR, "role", WORDS).frame
    assert by_role.iloc[:, 0].tolist() == ["Host", "Sales"]
    # Host: Ann −2.0, Cid +1.0: −0.5 on average; places −2 and +1.
    assert by_role.iloc[0, 1:].tolist() == ["2", "−0.50", "−0.5", "1", "1"]
    assert "<table>" in table(balance(FOUR, "tenure", WORDS)).html


# -- the explorer


@pytest.fixture(scope="module")
def exploration(sample_appraisal):
    return weights.explore(sample_appraisal)


@pytest.fixture
def project(tmp_path, root):
    shutil.copytree(root / "params", tmp_path / "params")
    return tmp_path


@pytest.fixture
def explorer(exploration, project):
    return Explorer(exploration, "en", root=project)


def slide(explorer, number, value):
    """Do what the browser sends when a slider is moved."""
    explorer.sliders._handle_custom_msg({"number": number, "value": value}, [])


def test_it_opens_on_what_is_in_force(explorer, exploration):
    assert explorer.choice.weights == tuple(
        exploration.policy.dimension_weights[name] for name in params.DIMENSIONS
    )
    assert not explorer.frame["changed"].any()
    assert "no rank and no grade" in explorer.headline.value
    assert explorer.preset.label.startswith("In force")


def test_a_slider_moves_everything_at_once(explorer, exploration):
    turn = explorer.sliders.state["turn"]
    slide(explorer, 0, 60)
    assert explorer.choice.weights == (Fraction(3, 5), Fraction(1, 4), Fraction(3, 20))
    wanted = weights.compare(
        exploration, weights.Scheme("x", dict(zip(params.DIMENSIONS, explorer.choice.weights, strict=True)))
    )
    pd.testing.assert_frame_equal(explorer.frame, wanted)
    assert explorer.sliders.state["values"] == pytest.approx([60, 25, 15])
    assert explorer.sliders.state["turn"] == turn + 1  # answered once, or the sliders wait for ever
    assert "Result 60.0%" in explorer.triangle.state["said"]
    assert explorer.preset.label == "Chosen by hand"


def test_the_triangle_is_read_by_its_own_axes_and_by_arrow_keys(explorer):
    from salesperf_lib.charts.weight_map import place_of

    at = place_of(explorer.triangle._box, [0.58, 0.26, 0.16])
    explorer.triangle._handle_custom_msg({"at": list(at)}, [])
    assert explorer.choice.weights == (Fraction(58, 100), Fraction(26, 100), Fraction(16, 100))
    assert explorer.triangle.state["at"] == pytest.approx(list(at))
    explorer.triangle._handle_custom_msg({"step": [1, 0]}, [])
    assert explorer.choice.weights == (Fraction(585, 1000), Fraction(26, 100), Fraction(155, 1000))
    explorer.triangle._handle_custom_msg({"at": [-5, 7]}, [])  # far outside: a corner or an edge
    assert inside(explorer.room.corners, explorer.choice.weights)


def test_presets_hold_the_corners_and_the_saved_schemes(explorer):
    labels = [label for label, _ in explorer.preset.options]
    assert sum(label.startswith("Corner") for label in labels) == 3
    assert "Saved: Result at 60 %" in labels
    explorer.preset.value = dict(explorer.preset.options)["Saved: Result at 60 %"]
    assert explorer.choice.weights == (Fraction(3, 5), Fraction(1, 4), Fraction(3, 20))
    assert explorer.preset.label == "Saved: Result at 60 %"


def test_filters_change_the_view_only(explorer):
    before = explorer.frame
    explorer.filters._lists["role"].value = "host"
    assert explorer.frame is before
    hosts = int((before["role"] == "host").sum())
    assert explorer.ranks.value.count("<tr") == hosts + 1
    assert len(explorer.person.options) == int(before.loc[before["role"] == "host", "rank"].notna().sum()) + 1


def test_sub_weights_move_the_scores_of_their_role_only(explorer):
    explorer.inside.role.value = "host"
    explorer.inside.sliders._handle_custom_msg({"number": 0, "value": 100}, [])
    ((key, held),) = explorer.choice.inside.items()
    assert key == ("host", "result")
    assert sum(held.values()) == 1
    frame = explorer.frame[~explorer.frame["vetoed"]]
    moved = (frame["score_new"] - frame["score"]).abs() > 1e-9
    assert set(frame.loc[moved, "role"]) <= {"host"}
    assert moved.any()
    explorer.inside.back.click()
    assert explorer.choice.inside == {}


def test_rules_start_from_the_shares_of_a_scenario_and_wait_until_they_sum_to_one(explorer):
    explorer.rules._kind.value = "forced"
    rule = explorer.choice.rules.distribution
    assert rule.quotas == (
        ("A", Fraction(1, 5)),
        ("B", Fraction(1, 2)),
        ("C", Fraction(1, 4)),
        ("D", Fraction(1, 20)),
    )
    graded = explorer.frame[~explorer.frame["vetoed"]]
    assert (graded["grade_new"] == "A").sum() >= len(graded) // 5
    explorer.rules._shares["A"].value = 30
    assert "110" in explorer.rules.said.value
    assert explorer.choice.rules.distribution is rule
    explorer.rules._kind.value = "in_force"
    assert explorer.choice.rules is None


def test_the_map_of_a_person_is_drawn_once(explorer):
    person = explorer.person.options[1][1]
    explorer.person.value = person
    picture = explorer.triangle.picture
    assert picture.startswith("data:image/png;base64,")
    explorer.person.value = ""
    assert explorer.triangle.picture != picture
    explorer.person.value = person
    assert explorer.triangle.picture == picture
    assert explorer.pictures.map.cache_info().hits >= 1


def test_certainty_waits_for_its_tab(explorer):
    assert explorer.certainty.value == ""
    explorer.tabs.selected_index = 2
    assert re.search(r"Of 56 grades, \d+ cannot change", explorer.certainty.value)
    assert "<img" in explorer.certainty.value


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_twin_needs_no_widgets(exploration, lang):
    shown = Explorer(exploration, lang).twin()
    assert not [each for each in shown if type(each).__module__.startswith("ipywidgets")]
    kinds = [type(each).__name__ for each in shown]
    assert kinds.count("Image") == 2
    assert kinds[0] == "Markup"


def test_an_unknown_language_is_refused(exploration):
    with pytest.raises(ParamError, match="zh, en"):
        Explorer(exploration, "fr")


def test_people_of_the_same_name_are_told_apart(exploration):
    roster = exploration.roster.assign(name="王伟")
    twins = Explorer(dataclasses.replace(exploration, roster=roster), "zh")
    assert re.search("王伟（E\\d+）", twins.ranks.value)


@pytest.mark.parametrize("name", ["segment", "point"])
def test_a_region_without_area_can_be_explored(exploration, name):
    corners = np.array(REGIONS[name], float)
    narrow = dataclasses.replace(exploration.space, corners=corners)
    explorer = Explorer(dataclasses.replace(exploration, space=narrow), "en")
    slide(explorer, 0, 60)
    assert explorer.choice.weights == TRIANGLE[0]
    explorer.triangle._handle_custom_msg({"step": [-1, 0]}, [])
    assert inside(corners, explorer.choice.weights)
    assert len(explorer.twin()) >= 6


def test_a_scheme_of_an_older_set_is_refused_and_the_last_one_stays(explorer):
    slide(explorer, 0, 60)
    held, turn = explorer.choice, explorer.sliders.state["turn"]
    explorer.move(dataclasses.replace(held, inside={("host", "result"): {"gone": Fraction(1)}}))
    assert 'role="alert"' in explorer.headline.value
    assert "gone" in explorer.headline.value
    assert explorer.choice is held
    assert explorer.sliders.state["turn"] == turn + 1


def test_the_sliders_are_answered_even_if_something_breaks(explorer, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(type(explorer.room), "compare", broken)
    for widget, message in (
        (explorer.sliders, {"number": 0, "value": 60}),
        (explorer.triangle, {"step": [1, 0]}),
    ):
        turn = widget.state["turn"]
        with pytest.raises(RuntimeError):
            widget._heard(widget, message, [])
        assert widget.state["turn"] == turn + 1


# -- saving


def fill(form, **typed):
    for name, value in typed.items():
        form.fields[name].value = value
    form.button.click()


NAMED = {
    "name_zh": "业绩优先",
    "name_en": "Result first",
    "purpose_zh": "谁会变？",
    "purpose_en": "Who moves?",
}


def test_a_saved_scheme_is_valid_params_and_gives_the_weights(explorer, project):
    slide(explorer, 0, 59)
    fill(explorer.save, key="trial", **NAMED)
    assert "params/scenarios/trial.yaml" in explorer.save.said.value
    assert (project / "params/scenarios/trial.yaml").is_file()
    assert params.check_params(project) == []
    policy = params.load_policy("2026-06", "sample", "trial", root=project)
    assert tuple(policy.dimension_weights.values()) == explorer.choice.weights
    assert "Saved: Result first" in [label for label, _ in explorer.preset.options]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Please fill in: Name in Chinese"),
        ({**NAMED, "key": "result_60"}, "result_60"),
        ({**NAMED, "key": "../weights"}, "weights"),
        ({**NAMED, "key": "<b>x</b>"}, "&lt;b&gt;"),
    ],
)
def test_a_refused_scheme_is_said_beside_the_form_and_nothing_typed_is_lost(explorer, project, typed, said):
    before = {path: path.read_bytes() for path in (project / "params").rglob("*.yaml")}
    slide(explorer, 0, 59)
    fill(explorer.save, **typed)
    assert said in explorer.save.said.value
    assert 'role="alert"' in explorer.save.said.value
    assert "<b>x" not in explorer.save.said.value
    assert {name: explorer.save.fields[name].value for name in typed} == typed
    assert {path: path.read_bytes() for path in (project / "params").rglob("*.yaml")} == before


@pytest.fixture
def in_july(monkeypatch):
    """Let the button be pressed on 20 July 2026, when June is the last closed month."""
    monkeypatch.setattr(saving, "today", lambda: date(2026, 7, 20))


def test_adopting_writes_the_dated_rule(explorer, project, in_july):
    slide(explorer, 0, 59)
    fill(explorer.adopt, since="2026-08", decided="committee of July 2026")
    assert "params/weights.yaml" in explorer.adopt.said.value
    assert params.check_params(project) == []
    now, then = (params.load_policy(month, "sample", root=project) for month in ("2026-07", "2026-08"))
    assert tuple(then.dimension_weights.values()) == explorer.choice.weights
    assert now.dimension_weights["result"] == Fraction(17, 30)
    assert then.decisions["weights.dimension_weights_month"].decided == "committee of July 2026"
    early = params.load_policy("2026-08", "sample", as_of=date(2026, 7, 19), root=project)
    assert early.dimension_weights["result"] == Fraction(17, 30)  # not known yet on that day


def test_a_month_that_is_closed_when_the_button_is_pressed_keeps_its_rules(explorer, project, monkeypatch):
    monkeypatch.setattr(saving, "today", lambda: date(2026, 11, 25))
    before = (project / "params/weights.yaml").read_bytes()
    slide(explorer, 0, 59)
    fill(explorer.adopt, since="2026-08", decided="committee")
    assert "2026-10-31" in explorer.adopt.said.value
    assert (project / "params/weights.yaml").read_bytes() == before


def test_a_stale_preset_is_said_and_moves_nothing(explorer):
    old = replace(explorer._schemes[0], name="old", kind="saved", stale=True)
    before = explorer.choice
    explorer.preset.options = [*explorer.preset.options, ("old", old)]
    explorer.preset.value = old
    assert "decided anew since" in explorer.headline.value
    assert explorer.choice == before


@pytest.mark.parametrize(
    ("since", "decided", "said"),
    [
        ("2026-08", "", "Please fill in: Decided by"),
        ("August", "x", "August"),
        ("2026-Q3", "x", "2026-Q3"),
        ("2026-06", "x", "2026-06"),
    ],
)
def test_an_adoption_that_is_refused_changes_nothing(explorer, project, in_july, since, decided, said):
    before = (project / "params/weights.yaml").read_bytes()
    slide(explorer, 0, 59)
    fill(explorer.adopt, since=since, decided=decided)
    assert said in explorer.adopt.said.value
    assert 'role="alert"' in explorer.adopt.said.value
    assert (project / "params/weights.yaml").read_bytes() == before


# -- the page


def test_the_page_uses_this_packages_template(tmp_path):
    command = voila_command(tmp_path / "a.ipynb", 9000)
    assert "--template=salesperf" in command
    assert "--port=9000" in command
    assert "--no-browser" in command
    assert (page.TEMPLATES / "voila/templates/salesperf/index.html.j2").is_file()
    found = voila_environment({"JUPYTER_PATH": "/elsewhere", "HOME": "/h"})
    assert found["HOME"] == "/h"
    assert found["JUPYTER_PATH"].split(":") == [str(page.TEMPLATES), "/elsewhere"]


def test_scripts_and_styles_name_no_other_site():
    files = [
        *page.TEMPLATES.rglob("*.j2"),
        *page.TEMPLATES.rglob("*.css"),
        *(page.TEMPLATES.parent / "widgets").glob("*.*s"),
    ]
    assert len(files) >= 8
    links = [re.findall(r"https?://[^\s\"')]+", file.read_text("utf-8")) for file in files]
    assert {link for found in links for link in found} <= {"http://www.w3.org/2000/svg"}
