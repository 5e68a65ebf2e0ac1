"""What a study of weights says of the region, of certainty and of smallest changes, by plain recomputation."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from html import unescape
from importlib import import_module
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import charts, weights
from salesperf_lib.errors import DataError
from salesperf_lib.grades import quotas
from salesperf_lib.language import Locale
from salesperf_lib.region import Constraint, spread
from salesperf_lib.reports.markup import Markup
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights.losses import drop
from tests.grade_world import forced
from tests.weights_line_world import CENTRE, RULES, grid, panel_of_rows, points, regions, rules, space_of

# The package names its sections as the modules that they come from.
answer, certainty, frame, moves, places, region, steady, swaps, tenths = (
    import_module(f"salesperf_lib.reports.weights.{name}")
    for name in ("answer", "certainty", "frame", "moves", "places", "region", "steady", "swaps", "tenths")
)

LANGS = ("zh", "en")
DIMENSIONS = ("result", "process", "potential")
GRADES = ["A", "B", "C", "D"]
CHINESE = re.compile("[\u3000-\u9fff\uff01-\uff5e]")
SECTIONS = {
    "masthead": frame.masthead,
    "coverage": frame.coverage,
    "region": region.region,
    "certainty": certainty.certainty,
    "moves": moves.moves,
    "swaps": swaps.swaps,
    "steadiness": steady.steadiness,
    "limits": frame.limits,
    "reproduce": frame.reproduce,
}


def plain(markup: Markup) -> str:
    """Take a section's words, cells parted by bars."""
    html = re.sub(r"<style>.*?</style>", "", markup.html, flags=re.DOTALL)
    return unescape(re.sub("<[^>]+>", "", re.sub("</t[hd]>", "|", html)))


@pytest.fixture(scope="module")
def whole(sample_appraisal):
    return weights.explore(sample_appraisal)


@pytest.fixture(scope="module")
def studies(sample_facts, sample_policy, whole):
    day = date(2026, 7, 10)
    return {lang: Study(sample_facts, sample_policy, whole, Locale(lang), day) for lang in LANGS}


@pytest.fixture(scope="module")
def study(studies):
    return studies["en"]


@pytest.fixture(scope="module")
def by_places(study):
    """Grade the sample by fixed shares of people."""
    policy = replace(study.policy, grades=forced())
    whole = replace(study.exploration, appraisal=replace(study.exploration.appraisal, policy=policy))
    return replace(study, policy=policy, exploration=whole)


@pytest.fixture(scope="module")
def own(sample_appraisal, study):
    """Give the points on the dimensions, by plain division of the published lines."""
    lines = sample_appraisal.scores
    table = lines.pivot_table(index="person_id", columns="dimension", values="contribution", aggfunc="sum")
    table = table.loc[study.acceptance["person_id"], list(DIMENSIONS)]
    return table.to_numpy(float) / (np.array([17, 8, 5]) / 30)


@pytest.fixture(scope="module")
def lattice():
    """Give all weights of the triangle in tenths of a percent."""
    rows = [
        (r, p, 1000 - r - p) for r in range(500, 601) for p in range(200, 301) if 100 <= 1000 - r - p <= 200
    ]
    return np.array(rows) / 1000


def read(own, shares):
    """Read scores in hundredths, half away from zero, shape (schemes, people)."""
    return np.floor(np.round(np.atleast_2d(shares) @ own.T * 100, 6) + 0.5).astype(int)


def graded(own, shares):
    """Grade by the thresholds 100, 85 and 70."""
    scores = read(own, shares)
    return sum((scores < cut * 100).astype(int) for cut in (100, 85, 70))


def weights_in(rows):
    return rows[list(DIMENSIONS)].to_numpy(float)


def moved(shares):
    """Give the share of weight that moves, half of all changes."""
    return np.abs(np.atleast_2d(shares) - CENTRE).sum(axis=1) / 2


def distance(shares):
    return np.linalg.norm(np.atleast_2d(shares) - CENTRE, axis=1)


# -- every section


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", SECTIONS)
def test_sections_are_written_in_one_language(studies, lang, name):
    study = studies[lang]
    words = plain(SECTIONS[name](study))
    assert len(words) > 20
    assert not re.search(r"weights\.[a-z_]+\.|nan|None|[{}]|  | \|", words)
    named = [*study.labels.values(), *study.team_names.values(), *frame.ungraded(study)["label"]]
    for own in sorted(named, key=len, reverse=True):  # names have one language
        words = words.replace(own, "")
    assert bool(CHINESE.search(words)) == (lang == "zh") or name == "reproduce"


def test_names_are_read_and_never_run(study):
    roster = study.exploration.roster.assign(name=lambda rows: "<script>" + rows["person_id"])
    people = study.exploration.appraisal.people.assign(name="<script>")
    whole = replace(
        study.exploration, roster=roster, appraisal=replace(study.exploration.appraisal, people=people)
    )
    evil = replace(study, exploration=whole)
    pages = "".join(section(evil).html for section in SECTIONS.values())
    assert "<script" not in pages
    assert "&lt;script&gt;E0028" in pages


@pytest.mark.parametrize("lang", LANGS)
def test_sentences_of_pictures(studies, lang):
    study = studies[lang]
    said = [places.say_map(study), places.say_map(study, "E0028"), certainty.say_bars(study)]
    said += [places.map_title(study), places.map_title(study, "E0028"), certainty.bars_title(study)]
    for sentence in [*said, steady.say_steady(study)]:
        assert bool(CHINESE.search(sentence.replace("徐丽娜", "").replace("徐祎", ""))) == (lang == "zh")
    drawn = [
        charts.grade_chances(certainty.bars(study), study.locale, certainty.bars_title(study)),
        charts.stability_bars(steady.steady_bars(study), study.locale),
    ]
    corners, marks = study.exploration.space.corners, places.marks(study)
    for person, kind in (("", "count"), ("E0028", "grade")):
        shown, title = places.region_points(study, person, 300), places.map_title(study, person)
        legend = GRADES if person else ()
        drawn.append(
            charts.weight_map(shown, corners, marks, study.locale, title=title, legend=legend, kind=kind)
        )
    assert all(drawn)


# -- frame


def test_coverage_names_who_is_graded_who_is_not_and_who_is_vetoed(study, sample_appraisal):
    words = plain(frame.coverage(study))
    given = sample_appraisal.grades
    assert f"{given['score'].notna().sum() - given['vetoed'].sum()} people have a grade" in words
    names = sample_appraisal.people.set_index("person_id")["name"]
    out = given.loc[given["grade"].isna(), "person_id"]
    assert all(names[one] in words for one in [*out, *given.loc[given["vetoed"], "person_id"]])
    assert "on probation, not assessed" in words


def test_of_many_the_first_are_named(study):
    named = frame._named(study, [f"p{at}" for at in range(15)])
    assert named.endswith("p10, p11 and 3 others")


def test_only_limits_that_apply_are_told(study, by_places):
    usual = plain(frame.limits(study))
    assert "Possible grades are a cautious bound" not in usual
    assert "A year's score" not in usual
    assert "20% either way" in usual
    assert "Possible grades are a cautious bound" in plain(frame.limits(by_places))
    largest = study.simulation.shares
    error = 100 * np.sqrt((largest * (1 - largest)).max() / 4096)
    assert f"at most {error:.2f} percentage points" in usual


def test_the_command_asks_for_the_same(study):
    day = study.facts.recorded_on.isoformat()
    assert frame.command(study) == (
        "salesperf render 40_weight_explorer --period 2026-06 --lang en --source sample --scenario base "
        f"--as-of {day}"
    )


# -- the region


def test_the_region_is_told(study):
    words = plain(region.region(study))
    assert "3 corners: Result 60.0%, Process 30.0% and Potential 10.0%;" in words
    assert "(Result 55.0%, Process 25.0% and Potential 15.0%) sum to 95.0%" in words
    assert "Result|50.0%–60.0%|50.0%–60.0%|56.7% (17/30)|56.7% (17/30)|" in words
    assert "add up to 100.1%" in words  # 56.7 + 26.7 + 16.7
    assert "The scheme in force is that centre" in words
    assert "Customer service|Result|Inquiry conversion rate|40.0%|32.0%|48.0%|" in words
    assert words.count("|28.0%|42.0%|") == 7  # sub-weights of 35 %: .35 × .8, .35 × 1.2


def with_region(study, corners, bounds=None, constraints=(), now=CENTRE):
    """Give the study another region, and the weights in force another place."""
    shares = dict(zip(DIMENSIONS, [Fraction(float(one)).limit_denominator(30) for one in now], strict=True))
    bounds = bounds or study.policy.dimension_bounds
    policy = replace(study.policy, dimension_bounds=bounds, constraints=constraints, dimension_weights=shares)
    space = replace(study.exploration.space, corners=np.array(corners, float), centre=np.asarray(now))
    whole = replace(study.exploration.appraisal, policy=policy)
    return replace(study, policy=policy, exploration=replace(study.exploration, space=space, appraisal=whole))


def test_a_range_that_nothing_reaches_and_a_constraint_are_told(study):
    bounds = {"result": (0.5, 0.9), "process": (0.2, 0.3), "potential": (0.1, 0.2)}
    twice = Constraint((("result", 1.0), ("process", -2.0)), 0.0, "result >= 2 * process")
    corners = [[0.6, 0.3, 0.1], [0.7, 0.2, 0.1], [0.6, 0.2, 0.2]]
    words = plain(region.region(with_region(study, corners, bounds, (twice,))))
    assert "Further constraints hold: Result ≥ 2 × Process." in words
    assert "Result|50.0%–90.0%|60.0%–70.0%|" in words
    assert "Result: part of the range as written cannot be reached" in words
    # The centre is (19, 7, 4)/30: the weights in force lie outside.
    assert "(Result 56.7%, Process 26.7% and Potential 16.7%) lies outside the region, by a waiver" in words
    assert "56.7% (17/30)|63.3% (19/30)|" in words


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        ([[0.6, 0.2, 0.2]], "Only 1 scheme does so: Result 60.0%"),
        ([[0.6, 0.2, 0.2], [0.6, 0.3, 0.1]], "lie on a line between 2 ends: Result 60.0%"),
    ],
)
def test_a_line_and_a_point_are_told(study, corners, words):
    flat = with_region(study, corners, now=corners[0])
    assert words in plain(region.region(flat))
    assert len(places.region_points(flat)) == 2000
    assert places.marks(flat)["kind"].iloc[0] == "in_force"


def test_how_far_the_scheme_in_force_lies_from_the_centre(study):
    off = with_region(study, study.exploration.space.corners, now=[0.6, 0.25, 0.15])
    assert "by 3.3 percentage points of weight" in plain(region.region(off))  # 18/30 − 17/30


def test_weights_that_stay_as_decided_are_told(study):
    space = study.exploration.space
    stiff = replace(space, limits=tuple(np.column_stack([item.base, item.base]) for item in space.sets))
    fixed = replace(study, exploration=replace(study.exploration, space=stiff))
    assert "Weights inside a dimension stay as decided." in plain(region.region(fixed))
    assert "Contested means the same as in the reports of this period" in plain(certainty.certainty(fixed))
    assert "a setting of this study" not in plain(frame.limits(fixed))


def test_points_of_the_map_are_plain_counts_and_grades(study, own):
    frame_ = places.region_points(study, n=500)
    shares = weights_in(frame_)
    np.testing.assert_array_equal(shares, spread(study.exploration.space.corners, 500))
    codes, now = graded(own, shares), graded(own, CENTRE)
    assert frame_["value"].tolist() == (codes != now).sum(axis=1).tolist()
    at = study.acceptance["person_id"].tolist().index("E0028")
    assert places.region_points(study, "E0028", 500)["value"].tolist() == codes[:, at].tolist()


def test_who_is_vetoed_has_no_map(study):
    with pytest.raises(DataError, match="E0011"):
        places.region_points(study, "E0011")


def test_marks_share_a_place(studies):
    found = places.marks(studies["zh"])
    assert found["kind"].tolist() == ["in_force", "saved", "corner", "corner", "corner"]
    assert found["label"].tolist() == ["现行 / 中心", "业绩权重 60%", "", "", ""]
    np.testing.assert_allclose(weights_in(found).sum(axis=1), 1)


def test_the_map_is_told(study, own):
    shares = spread(study.exploration.space.corners, 2000)
    changed = (graded(own, shares) != graded(own, CENTRE)).sum(axis=1)
    said = places.say_map(study)
    assert f"on {np.mean(changed == 0):.0%} of the region no grade differs" in said
    assert f"At most {changed.max()} grades differ" in said
    told = np.array([float(one) for one in re.findall(r"([\d.]+)%", said)][-3:]) / 100
    assert (graded(own, told / told.sum()) != graded(own, CENTRE)).sum() >= changed.max() - 1


# -- certainty


def test_who_is_uncertain_and_who_is_safe(study, sample_appraisal):
    table = study.acceptance
    rows = certainty.uncertain(study)
    assert set(rows["person_id"]) == set(table.loc[table["best"] != table["worst"], "person_id"])
    assert rows["share"].is_monotonic_increasing
    words = plain(certainty.certainty(study))
    contested = int((rows["share"] < 0.95).sum())
    assert f"Of 56 grades, {len(rows)} cannot be called safe" in words
    assert f"Of these {contested} are contested" in words
    monthly = int(sample_appraisal.grades["contested"].sum())
    assert f"and so mark {monthly};" in words
    assert f"marks {contested}." in words
    safe = table[table["best"] == table["worst"]]
    counts = safe["grade"].value_counts()
    assert ", ".join(f"{counts[grade]} graded {grade}" for grade in "ABC") in words
    assert words.count("|yes|") == contested
    for grade, names in safe.groupby("grade")["person_id"]:
        assert f"{grade}|{len(names)}|" in words


def test_what_is_possible_but_never_drawn_is_not_nothing(study):
    words = plain(certainty.certainty(study))
    row = study.acceptance.set_index("person_id").loc["E0024"]
    assert row["B"] == 1
    assert row["best"] == "A"
    assert "|B|under 0.1%|over 99.9%|0%|0%|A–B||" in words


def test_the_figure_shows_the_least_certain(study, by_places):
    for each, count in ((study, len(certainty.uncertain(study))), (by_places, 25)):
        shown = certainty.bars(each)
        assert shown.columns.tolist() == ["label", "grade", *GRADES]
        assert len(shown) == count
        np.testing.assert_allclose(shown[GRADES].sum(axis=1), 1)
    assert len(certainty.uncertain(by_places)) > 25
    rest = len(certainty.uncertain(by_places)) - 25
    assert f"The other {rest} people" in plain(certainty.certainty(by_places))
    assert "25 least certain" in certainty.say_bars(by_places)


# -- smallest changes


def test_every_change_is_the_smallest_in_tenths_of_a_percent(study, own, lattice):
    rows = moves.changes(study)
    codes, now = graded(own, lattice), graded(own, CENTRE)[0]
    order = study.acceptance["person_id"].tolist()
    far = moved(lattice)
    for way, changed in ((moves.UP, codes < now), (moves.DOWN, codes > now)):
        found = rows[rows["way"] == way].set_index("person_id")
        assert set(found.index) == {order[at] for at in np.flatnonzero(changed.any(axis=0))}
        for name, row in found.iterrows():
            at, shares = order.index(name), weights_in(row)
            assert GRADES[graded(own, shares)[0, at]] == row["other"] != row["grade"]
            least = far[changed[:, at]].min()
            assert row["moved"] == pytest.approx(moved(shares)[0]) == pytest.approx(least)
            tied = changed[:, at] & (far <= least + 1e-9)
            assert distance(shares)[0] == pytest.approx(distance(lattice[tied]).min())


def test_changes_are_told(study):
    rows, words = moves.changes(study), plain(moves.moves(study))
    up, down = (int((rows["way"] == way).sum()) for way in (1, -1))
    many = rows["person_id"].nunique()
    assert f"can change {many} of 56 grades: for the better in {up} cases, for the worse in {down}." in words
    inside = len(certainty.uncertain(study)) - many
    assert f"{inside} other grades may change too" in words
    assert "those that move least are given" in words
    first = rows.iloc[0]
    cells = [f"{100 * first[name]:.1f}%" for name in DIMENSIONS]
    line = [first["label"], first["grade"], f"▲ {first['other']}", *cells, f"{100 * first['moved']:.1f}"]
    assert "|".join(line) in words
    assert f"lifts {first['label']} from {first['grade']} to {first['other']}" in words


def test_weights_of_every_row_add_up(study, by_places):
    for rows in (moves.changes(study), moves.changes(by_places), swaps.closest(study)):
        for _, row in rows.iterrows():
            told = tenths.written(study, weights_in(row))
            assert sum(Fraction(one.rstrip("%")) for one in told) == 100


def test_places_give_changes_too(by_places, own, lattice):
    shares = lattice[::7]
    scores = read(own, np.vstack([CENTRE, shares]))
    above = (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    cuts = np.cumsum(list(quotas(len(own), by_places.policy.grades.distribution.quotas).values()))[:-1]
    codes = (above[:, :, None] >= cuts).sum(axis=2)
    order, rows = by_places.acceptance["person_id"].tolist(), moves.changes(by_places)
    for way, changed in ((1, codes < codes[0]), (-1, codes > codes[0])):
        found = rows[rows["way"] == way].set_index("person_id")
        assert {order[at] for at in np.flatnonzero(changed.any(axis=0))} <= set(found.index)
        for at in np.flatnonzero(changed.any(axis=0)):
            nearest = moved(shares)[changed[1:, at]].min()
            assert found.loc[order[at], "moved"] <= nearest + 1e-9


def test_of_too_many_weights_the_closest_are_taken(study, monkeypatch):
    least, pairs = moves.changes(study), swaps.closest(study)
    monkeypatch.setattr(tenths, "MOST_POINTS", 100)
    many = replace(study)  # nothing is remembered of it
    assert tenths.lattice(many) is None
    assert "which need not move least" in plain(moves.moves(many))
    near = moves.changes(many)
    both = least.merge(near, on=["person_id", "way"], suffixes=("", "_near"))
    assert len(both) == len(least) == len(near)
    assert (both["moved"] <= both["moved_near"] + 1e-9).all()
    far, far_near = (distance(both[[f"{name}{end}" for name in DIMENSIONS]]) for end in ("", "_near"))
    assert (far_near <= far + 1e-9).all()
    found = swaps.closest(many)
    assert len(found) == len(pairs)
    assert pairs["moved"].sum() <= found["moved"].sum() + 1e-9


def test_nothing_to_change_is_told(study):
    still = with_region(study, [CENTRE])
    assert "Of 56 grades, none changes if only" in plain(moves.moves(still))
    assert "0 draw level or change places" in plain(swaps.swaps(still))
    assert "nobody's grade changes" in steady.say_steady(still)


def test_scores_that_are_no_lines_are_counted(study):
    panel = study.exploration.panel
    # The first person's points of one dimension are gone: a ratio of weights.
    group = panel.groups[0]
    wide = group.slices[0].kept.size
    bent = replace(group, slices=group.slices[1:], points=group.points[:, wide:])
    whole = replace(study.exploration, panel=replace(panel, groups=(bent, *panel.groups[1:])))
    odd = replace(study, exploration=whole)
    assert f"The scores of {len(group.parts)} people are made of several parts" in plain(frame.limits(odd))
    assert f"{len(group.parts)} people are left out" in plain(steady.steadiness(odd))
    assert "are left out: scores do not follow" in plain(swaps.swaps(odd))


def test_of_many_changes_the_largest_are_folded(by_places, monkeypatch):
    monkeypatch.setattr(moves, "SHOWN", 5)
    rest = len(moves.changes(by_places)) - 5
    html = moves.moves(by_places).html
    assert f"The other {rest} changes" in html
    assert html.count("<tbody>") == 2


@pytest.mark.parametrize("count", [0, 1])
def test_of_nobody_and_of_one_person_there_is_little_to_say(study, count):
    exploration = study.exploration
    panel, roster = exploration.panel.take(np.arange(count)), exploration.roster.iloc[:count]
    few = replace(study, exploration=replace(exploration, panel=panel, roster=roster))
    words = {name: plain(section(few)) for name, section in SECTIONS.items()}
    assert "fewer than two people" in words["swaps"]
    for name in ("coverage", "certainty", "moves"):
        assert ("Nobody has a grade that follows from a score" in words[name]) == (count == 0)
    assert ("Nobody is graded by a score" in words["steadiness"]) == (count == 0)


def test_grades_that_are_open_but_not_contested_are_told(study):
    sure = replace(study.policy.grades.certainty, contested_below=0.5)
    policy = replace(study.policy, grades=replace(study.policy.grades, certainty=sure))
    whole = replace(study.exploration, appraisal=replace(study.exploration.appraisal, policy=policy))
    surer = replace(study, policy=policy, exploration=whole)
    assert "But none is contested: each has at least 50%" in certainty.say_open(surer)
    open_ = len(certainty.uncertain(study))
    assert answer.say_nothing(surer) == (
        "No grade is contested: at least 50% of the admissible weightings give each the present one. "
        f"Still, {open_} grades could change under some admissible weighting."
    )
    told = plain(answer.answer(surer))
    assert answer.say_nothing(surer) in told
    assert "by the nested uniform prior" in told


# -- neighbours


def test_neighbours_by_brute_force(study, own, lattice):
    scores = read(own, lattice)
    now = read(own, CENTRE)[0]
    order = sorted(range(len(now)), key=lambda at: (-now[at], study.acceptance["person_id"][at]))
    ids = study.acceptance["person_id"].tolist()
    far, nearest, level = moved(lattice), {}, 0
    for first, second in pairwise(order):
        if now[first] == now[second]:
            level += 1
            continue
        done = scores[:, second] >= scores[:, first]
        nearest[ids[first], ids[second]] = far[done].min() if done.any() else np.inf
    rows = swaps.closest(study)
    found = {(row["above"], row["below"]): row["moved"] for _, row in rows.iterrows()}
    assert len(found) == 10
    assert all(found[pair] == pytest.approx(nearest[pair]) for pair in found)
    left = [away for pair, away in nearest.items() if pair not in found]
    assert max(found.values()) <= min(left) + 1e-9
    np.testing.assert_allclose(moved(weights_in(rows)), rows["moved"])
    open_ = sum(np.isfinite(away) for away in nearest.values())
    words = plain(swaps.swaps(study))
    assert f"Of {len(nearest)} pairs of neighbours by rank with different scores, {open_} draw level" in words
    assert f"{level} pair has equal scores already" in words


def test_ranks_and_gaps_of_neighbours(study, sample_appraisal):
    given = sample_appraisal.grades.set_index("person_id")
    for _, row in swaps.closest(study).iterrows():
        assert row["rank"] == given["rank"][row["above"]]
        read = np.floor(100 * given["score"][[row["above"], row["below"]]] + 0.5 + 1e-6)
        assert row["gap"] == pytest.approx((read.iloc[0] - read.iloc[1]) / 100)


# -- the room of each weight


@pytest.mark.parametrize("place", range(3))
def test_no_grade_changes_inside_and_the_named_one_does_outside(study, own, place):
    row = steady.ranges(study).iloc[place]
    now = graded(own, CENTRE)[0]

    def moved_to(share):
        shares = CENTRE * (1 - share) / (1 - CENTRE[place])
        shares[place] = share
        return graded(own, shares)[0]

    for share in np.linspace(row["steady_low"], row["steady_high"], 201):
        assert (moved_to(share) == now).all()
    ids = study.acceptance["person_id"].tolist()
    for end, step in (("low", -0.001), ("high", 0.001)):
        at = ids.index(row[f"person_{end}"])
        beyond = moved_to(row[f"steady_{end}"] + step)[at]
        assert GRADES[beyond] == row[f"other_{end}"] != row[f"grade_{end}"] == GRADES[now[at]]
    others = np.delete(CENTRE, place)
    # At the ends of what is admissible one of the others meets an end of its range, or the weight does.
    ranges = np.delete(np.array([[0.5, 0.6], [0.2, 0.3], [0.1, 0.2]]), place, axis=0)
    ends = 1 - ranges / others[:, None] * (1 - CENTRE[place])
    written = [[0.5, 0.6], [0.2, 0.3], [0.1, 0.2]][place]
    assert row["low"] == pytest.approx(max(written[0], ends[:, 1].max()))
    assert row["high"] == pytest.approx(min(written[1], ends[:, 0].min()))


@pytest.mark.parametrize("place", range(3))
def test_under_fixed_shares_ranges_hold_as_they_are_shown(by_places, own, place):
    row = steady.ranges(by_places).iloc[place]
    cuts = np.cumsum(list(quotas(len(own), by_places.policy.grades.distribution.quotas).values()))[:-1]
    ids = by_places.acceptance["person_id"].tolist()

    def placed(share):
        shares = CENTRE * (1 - share) / (1 - CENTRE[place])
        shares[place] = share
        scores = read(own, shares)[0]
        return ((scores[None, :] > scores[:, None]).sum(axis=1)[:, None] >= cuts).sum(axis=1)

    now = placed(CENTRE[place])
    for share in [*np.linspace(row["steady_low"], row["steady_high"], 201), row["now"]]:
        assert (placed(share) == now).all()
    for end, way in (("low", -1), ("high", 1)):
        if not row[f"person_{end}"]:
            assert row[f"steady_{end}"] == row[end]
            continue
        at = ids.index(row[f"person_{end}"])
        beyond = [placed(row[f"steady_{end}"] + way * step)[at] for step in np.arange(1, 25) / 10_000]
        assert GRADES.index(row[f"other_{end}"]) in beyond
        assert row[f"other_{end}"] != row[f"grade_{end}"] == GRADES[now[at]]


def test_the_tightest_limit_is_told(study):
    rows = steady.ranges(study)
    room = {
        (row["label"], end): abs(row[f"steady_{end}"] - row["now"])
        for _, row in rows.iterrows()
        for end in ("low", "high")
    }
    (label, end), _ = min(room.items(), key=lambda one: one[1])
    row = rows.set_index("label").loc[label]
    side = {"low": "below", "high": "above"}[end]
    expected = f"{label}, now {100 * row['now']:.1f}%; {side} {100 * row[f'steady_{end}']:.1f}%"
    assert expected in steady.say_steady(study)


def test_weights_in_force_outside_have_no_room(study):
    out = with_region(study, [[0.6, 0.2, 0.2], [0.6, 0.3, 0.1], [0.65, 0.2, 0.15]])
    assert "are not admissible themselves" in plain(steady.steadiness(out))
    assert steady.steady_bars(out).empty
    assert charts.stability_bars(steady.steady_bars(out), out.locale) is None


# -- the nearest loss


def lost(rows, shares, person, cut, lead=0.0101):
    """Say, by hand, which weights take a grade away: a score too low, or as many above as there are places."""
    scores = np.atleast_2d(shares) @ np.array(rows, float).T
    if isinstance(cut, float):
        return scores[:, person] < cut + 0.0101 - lead
    return (scores > scores[:, [person]] + lead).sum(axis=1) >= cut


def cut_of(people, rule, grade):
    """Give the score that is read as a grade's lowest, or the places of the grade and all better ones."""
    chosen = RULES[rule]
    if rule == "thresholds" or people < chosen.distribution.min_cohort:
        return chosen.thresholds[grade][1] - 0.005 - 1e-6
    return sum(list(quotas(people, chosen.distribution.quotas).values())[: grade + 1])


@settings(max_examples=60)
@given(points, regions, rules, st.data())
def test_no_grid_point_loses_a_grade_sooner(rows, shape, rule, data):
    panel = panel_of_rows(rows)
    space, chosen = space_of(panel, shape), RULES[rule]
    person = data.draw(st.integers(0, len(rows) - 1))
    grade = data.draw(st.integers(0, 2))
    found = drop(panel, space, person, grade, chosen)
    shares, cut = grid(shape, 30), cut_of(len(rows), rule, grade)
    good = lost(rows, shares, person, cut)
    assert found.reason == ("" if found.weights is not None else "impossible")
    if good.any():
        assert found.distance <= distance(shares[good]).min() + 1e-6
    if found.weights is not None:
        assert lost(rows, found.weights, person, cut, 0.0099).all()
        assert found.weights.sum() == pytest.approx(1)


def test_a_loss_by_hand():
    panel = panel_of_rows([[88, 88, 68]])
    found = drop(panel, space_of(panel, "simplex", [0.5, 0.4, 0.1]), 0, 1, RULES["thresholds"])
    # 88 − 20·p = 74.995 at p = .65025: the projection takes half of .55025 from each of the others.
    np.testing.assert_allclose(found.weights, [0.224875, 0.124875, 0.65025], atol=1e-6)
    assert found.moved == pytest.approx(0.55025, abs=1e-6)


def test_who_cannot_fall():
    panel = panel_of_rows([[95, 95, 95], [80, 80, 80]])
    assert drop(panel, space_of(panel), 0, 1, RULES["thresholds"]).reason == "impossible"
    assert pd.isna(drop(panel, space_of(panel), 0, 1, RULES["thresholds"]).distance)
