"""Who overtakes whom, whom weights favour, what decides, and how: sections against plain recomputation."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from salesperf_lib.charts.weight_balance import group_balance
from salesperf_lib.charts.weight_bars import flip_rates, sensitivity_bars
from salesperf_lib.errors import ParamError
from salesperf_lib.language import Locale
from salesperf_lib.params import DIMENSIONS, load_policy
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights import Exploration, draw, explore, scores_of
from salesperf_lib.weights.decides import best_grade_indices
from tests.weights_line_world import named_people, panel_of_rows, space_of

balance, central, pairs, sensitivity = (
    import_module(f"salesperf_lib.reports.weights.{name}")  # whose functions have the same names
    for name in ("balance", "central", "pairs", "sensitivity")
)
LANGS = ("zh", "en")
SECTIONS = {
    "pairs": pairs.pairs,
    "rank_table": pairs.rank_table,
    "balance": balance.balance,
    "sensitivity": sensitivity.sensitivity,
    "central": central.central,
}
CHINESE = re.compile("[\u3000-\u9fff\uff01-\uff5e]")
FOUR = [(90, 60, 80), (80, 80, 80), (80, 80, 80), (50, 50, 50)]
"""The first scores 80.33 in force; less 80 it is 0, 2 and −1 at the corners: ahead in 2²/(2 · 3) = 2/3."""


@pytest.fixture(scope="module")
def explored(sample_appraisal):
    return explore(sample_appraisal)


@pytest.fixture(scope="module")
def study_of(sample_facts, sample_policy):
    def made(lang, exploration):
        return Study(sample_facts, sample_policy, exploration, Locale(lang), date(2026, 7, 10))

    return made


@pytest.fixture(scope="module")
def studies(study_of, explored):
    return {lang: study_of(lang, explored) for lang in LANGS}


@pytest.fixture(scope="module")
def study(studies):
    return studies["en"]


@pytest.fixture(scope="module")
def shown(studies):
    return {(name, lang): section(studies[lang]).html for name, section in SECTIONS.items() for lang in LANGS}


@pytest.fixture(scope="module")
def drawn(explored):
    """Draw what the sections draw, and score and read everybody: weights (b, 3), scores and hundredths."""
    weights = draw(explored.space, 0, explored.policy.exploration.draws)
    scores = scores_of(explored.panel, weights)
    return SimpleNamespace(weights=weights.dimensions, scores=scores, read=read(scores))


@pytest.fixture(scope="module")
def worth(explored):
    """Give the points of everybody by dimension, from the published lines: one row per person."""
    lines = explored.appraisal.scores
    own = lines[lines["person_id"].isin(explored.panel.people["person_id"])]
    sums = own.pivot_table("contribution", "person_id", "dimension", aggfunc="sum")[list(DIMENSIONS)]
    return sums / [float(explored.policy.dimension_weights[name]) for name in DIMENSIONS]


def read(scores):
    """Read scores in hundredths, halves up."""
    return np.floor(np.asarray(scores) * 100 + 0.5 + 1e-6).astype(int)


def graded(hundredths, thresholds):
    return sum((hundredths < 100 * lowest).astype(int) for _, lowest in thresholds[:-1])


def words(html):
    return unescape(re.sub(r"<[^>]+>", " ", html))


def body_of(html):
    """Give the cells of all rows of tables that are no headings."""
    rows = (re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", html))
    return [[unescape(cell) for cell in row] for row in rows if row]


def some(explored, ids):
    """Keep some people of a period."""
    rows = np.flatnonzero(explored.panel.people["person_id"].isin(ids))
    kept = explored.roster[explored.roster["person_id"].isin(ids)].reset_index(drop=True)
    return replace(explored, panel=explored.panel.take(rows), roster=kept)


def small(explored, rows):
    """Give people with points on three dimensions, sub-weights fixed, under the sample's rules."""
    panel = panel_of_rows(rows, named_people(len(rows), score=np.array(rows) @ [17, 8, 5] / 30))
    roster = panel.people.assign(
        name=[f"N{at}" for at in range(len(rows))], tenure="over_3y", grade="B", rank=1, vetoed=False
    )
    return Exploration(explored.appraisal, panel, space_of(panel), roster)


# -- all sections


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_is_whole_and_of_one_language(shown, study, name, lang):
    html = shown[name, lang]
    assert html.startswith('<div class="sp"><h2>')
    said = words(html)
    assert "{" not in said
    assert "nan" not in said.lower()
    assert not re.search(r"weights\.[a-z]", said)
    for known in sorted([*study.labels.values(), *study.team_names.values()], key=len, reverse=True):
        said = said.replace(known, "")
    assert bool(CHINESE.search(said)) == (lang == "zh")


@pytest.mark.parametrize("name", ["pairs", "rank_table", "sensitivity", "central"])
def test_shares_name_their_prior(shown, name):
    assert "by the nested uniform prior" in words(shown[name, "en"])
    assert "均匀先验" in words(shown[name, "zh"])


def test_names_are_escaped(study_of, explored):
    people = explored.roster.assign(name="<script>&" + explored.roster["name"])
    hostile = study_of("en", replace(explored, roster=people))
    for name in ("pairs", "rank_table", "central"):
        html = SECTIONS[name](hostile).html
        assert "<script" not in html
        assert "&lt;script&gt;&amp;" in html


# -- who overtakes whom


def test_neighbours_are_compared_over_all_draws(study, shown, drawn):
    rows, place = (
        pairs.neighbours(study),
        {name: at for at, name in enumerate(study.exploration.panel.people["person_id"])},
    )
    assert len(rows) == 55
    order = study.exploration.roster.dropna(subset=["rank"]).set_index("person_id")
    for row in rows.itertuples():
        one, two = (drawn.scores[:, place[name]] for name in (row.first, row.second))
        expected = (one > two + 1e-9).mean() + (np.abs(one - two) <= 1e-9).mean() / 2
        assert row.share == pytest.approx(expected, abs=1e-12)
        assert order.loc[row.first, "rank"] == row.rank_first <= row.rank_second
        assert order.loc[row.second, "rank"] == row.rank_second
    away = (rows["share"] - 0.5).abs()
    assert away.is_monotonic_increasing
    moving, often = int((away < 0.5).sum()), int((away <= 0.45).sum())
    said = words(shown["pairs", "en"])
    assert f"of 55 pairs of neighbours in the ranking, {moving} change places" in said
    assert f"{often} of them under at least one in twenty" in said
    assert f"{moving}对换一套可选权重先后就可能颠倒，其中{often}对" in words(shown["pairs", "zh"])


def test_the_closest_calls_are_said_and_tabled(study, shown):
    rows = pairs.neighbours(study).head(10)
    table = body_of(shown["pairs", "en"])[:10]
    assert [[row[0], row[2]] for row in table] == [
        [study.labels[row.first], study.labels[row.second]] for row in rows.itertuples()
    ]
    assert [row[5] for row in table] == [f"{100 * share:.1f}%" for share in rows["share"]]
    first = rows.iloc[1]
    said = f"{study.labels[first['first']]} is ahead of {study.labels[first['second']]}"
    assert f"{said} under {100 * first['share']:.1f}% of the weightings" in words(shown["pairs", "en"])


@pytest.mark.parametrize(
    ("ranks", "share", "said"),
    [
        ((3, 4), 0.57, "X is ahead of Y under 57.0% of the weightings"),
        ((3, 4), 0.43, "X is ahead of Y now, but only under 43.0% of the weightings"),
        ((3, 3), 0.43, "X and Y share a rank now; X is ahead under 43.0% of the weightings"),
        ((3, 4), 0.9999, "X is ahead of Y under over 99.9% of the weightings"),
    ],
)
def test_a_pair_in_words(ranks, share, said):
    study = SimpleNamespace(locale=Locale("en"), labels={"x": "X", "y": "Y"})
    pair = pd.Series({
        "first": "x", "second": "y", "rank_first": ranks[0], "rank_second": ranks[1], "share": share,
    })  # fmt: skip
    assert pairs.say_pair(study, pair) == said


def test_mean_ranks_over_all_draws(study, shown, drawn):
    rows = pairs.ranks(study).set_index("person_id").sort_index()
    ranks = pd.DataFrame(-drawn.scores.round(9)).rank(axis=1, method="average")
    np.testing.assert_allclose(rows["expected"], ranks.mean(), atol=1e-9)
    published = study.exploration.roster.dropna(subset=["rank"]).set_index("person_id")["rank"]
    assert rows["rank"].to_dict() == published.astype(int).to_dict()
    assert rows["difference"].sum() == pytest.approx(0, abs=1e-9)
    far = rows[rows["difference"].abs() >= 1]
    most = far["difference"].abs().idxmax()
    said = words(shown["pairs", "en"])
    assert f"lift or lower {len(far)} people by a whole rank or more" in said
    assert f": {study.labels[most]} (now {rows.loc[most, 'rank']}, on average" in said
    assert len(body_of(shown["pairs", "en"])) == 10 + 56


def test_four_people_worked_by_hand(study_of, explored):
    study = study_of("en", small(explored, FOUR))
    rows = pairs.neighbours(study).set_index("first")
    assert rows["share"].to_dict() == pytest.approx({"p0": 2 / 3, "p1": 0.5, "p2": 1})
    assert rows["open"].to_dict() == {"p0": True, "p1": False, "p2": False}
    assert rows.loc["p1", "level"]
    ranks = pairs.ranks(study).set_index("person_id")
    assert ranks["rank"].to_dict() == {"p0": 1, "p1": 2, "p2": 2, "p3": 4}
    assert ranks["expected"].to_dict() == pytest.approx({"p0": 5 / 3, "p1": 13 / 6, "p2": 13 / 6, "p3": 4})
    assert ranks.loc["p1", "difference"] == pytest.approx(13 / 6 - 2.5)
    assert pairs.say_neighbours(study) == (
        "Most ranks hold: of 3 pairs of neighbours in the ranking, only 1 changes places under some "
        "admissible weighting, 1 of them under at least one in twenty. The closest calls: N0 is ahead of "
        "N1 under 66.7% of the weightings. 1 pair is level under every weighting."
    )
    assert pairs.say_ranks(study).startswith("The weights in force give nobody a markedly better")
    assert "without drawing" in words(pairs.pairs(study).html)


def test_too_few_or_too_many_people_for_pairs(study_of, explored, monkeypatch):
    for ids in ([], ["E0001"]):
        html = pairs.pairs(study_of("en", some(explored, ids))).html
        assert "Fewer than two people" in words(html)
    settled = study_of("zh", small(explored, [(90, 90, 90), (80, 80, 80)]))
    assert pairs.say_neighbours(settled).startswith("名次站得住")
    monkeypatch.setattr(pairs, "MOST", 55)
    assert "56 people are too many" in words(pairs.pairs(study_of("en", explored)).html)


# -- ranks inside a team


def test_the_team_is_chosen_by_rule(study, shown):
    table = study.acceptance
    open_ = table[table["share"] < 0.95]
    counts = open_.groupby("team_id")["share"].agg(["size", "min"])
    best = counts[counts["size"] == counts["size"].max()]["min"].idxmin()
    assert pairs.most_contested_team(study) == best
    said = words(shown["rank_table", "en"])
    assert f"the most grades that depend on the weights ({counts['size'].max()})" in said
    assert "is shown because" not in words(pairs.rank_table(study, "t1").html)


@pytest.mark.parametrize("team", ["t1", "t6"])
def test_ranks_inside_a_team_by_brute_force(study, drawn, team):
    rows = np.flatnonzero(study.exploration.panel.people["team_id"] == team)
    own = drawn.read[:, rows]
    expected = np.zeros((len(rows), len(rows)))
    for scores in own:
        for at, score in enumerate(scores):
            best, tied = int((scores > score).sum()), int((scores == score).sum())
            expected[at, best : best + tied] += 1 / tied / len(own)
    found = pairs.team_ranks(study, team).set_index("person_id")
    ids = study.exploration.panel.people["person_id"].iloc[rows]
    np.testing.assert_allclose(found.loc[ids, list(range(1, len(rows) + 1))], expected, atol=1e-12)
    assert found["rank"].is_monotonic_increasing
    table = body_of(pairs.rank_table(study, team).html)
    assert [row[0] for row in table] == [study.labels[name] for name in found.index]
    assert [[bool(cell) for cell in row[2:]] for row in table] == (found.iloc[:, 1:] > 0).to_numpy().tolist()
    first = int((expected[:, 0] > 0).sum())
    said = words(pairs.rank_table(study, team).html)
    assert (
        f"among those drawn {first} people are first" if first > 1 else "does not depend on the weights"
    ) in said


def test_teams_that_cannot_be_shown(study_of, study, explored, monkeypatch):
    with pytest.raises(ParamError, match=r"(?s)team.*'t99'.*t1, t2"):
        pairs.rank_table(study, "t99")
    firm = study.acceptance.loc[study.acceptance["guaranteed"], "person_id"]
    quiet = study_of("en", some(explored, firm))
    assert "no team is picked out" in words(pairs.rank_table(quiet).html)
    assert "no typical weights to show" in words(central.central(quiet).html)
    monkeypatch.setattr(pairs, "MOST_RANKED", 9)
    assert "10 people; a table of ranks of more than 9" in words(pairs.rank_table(study, "t6").html)


# -- whom the weights favour


@pytest.mark.parametrize("by", ["role", "tenure"])
def test_gains_and_losses_by_the_published_lines(study, explored, worth, by):
    roster = explored.roster.set_index("person_id").loc[worth.index]
    now = worth @ explored.space.centre
    codes = graded(read(now), explored.rules.thresholds)
    gains = {}
    for corner in explored.space.corners:
        there = worth @ corner
        change = there.groupby(roster[by]).mean() - there.mean() - now.groupby(roster[by]).mean() + now.mean()
        after = graded(read(there), explored.rules.thresholds)
        moved = [
            pd.Series(way, worth.index).groupby(roster[by]).sum() for way in (after < codes, after > codes)
        ]
        for group in change.index:
            gains.setdefault(group, []).append((change[group], *(int(one[group]) for one in moved)))
    frame = balance.group_frame(study, by)
    rows = balance.favoured(study, by)
    for at, group in enumerate(rows["group"]):
        for shift, extreme in enumerate((max(gains[group]), min(gains[group]))):
            found = frame.iloc[2 * at + shift]
            assert found["change"] == pytest.approx(extreme[0], abs=1e-6)
            assert (found["up"], found["down"]) == extreme[1:]
    assert rows["gain_best"].is_monotonic_decreasing
    large = {group: one for group, one in gains.items() if (roster[by] == group).sum() >= 5}
    gain, loss = max(max(large.values(), key=max))[0], min(min(large.values(), key=min))[0]
    said = balance.say_balance(study, by)
    assert f"{gain:.2f}" in said
    assert f"{-loss:.2f}" in said


def test_the_role_that_gains_and_the_one_that_loses_are_named(studies):
    rows = balance.favoured(studies["en"], "role").set_index("group")
    gainer, loser = rows["gain_best"].idxmax(), rows["gain_worst"].idxmin()
    for lang, opening in (("en", "A committee drawn mainly from {}"), ("zh", "如果委员会主要由{}的人组成")):
        study = studies[lang]
        said = balance.say_balance(study, "role")
        assert study.role_name(gainer) in said
        assert study.role_name(loser) in said
        assert opening.format(study.role_name(gainer)) in said
        assert said in unescape(balance.balance(study).html)
        assert said in balance.say_picture(study, "role")


def test_groups_that_have_nothing_at_stake(study_of, study, explored):
    one = study_of("en", small(explored, FOUR))
    assert "Everybody has the same role" in balance.say_balance(one, "role")
    assert "same tenure group" in balance.say_balance(one, "tenure")
    few = study_of("en", some(explored, explored.panel.people["person_id"].iloc[[0, 5, 20, 30]]))
    assert "No role has 5 people" in balance.say_balance(few, "role")
    assert len(balance.group_frame(few, "role")) == 2 * few.exploration.panel.people["role"].nunique()
    point = replace(explored, space=replace(explored.space, corners=explored.space.centre[None]))
    assert "Roles have nothing at stake" in balance.say_balance(study_of("en", point), "role")
    nobody = study_of("en", some(explored, []))
    assert "Nobody is graded" in words(balance.balance(nobody).html)
    marked = study_of("en", small(explored, [(60, 120, 90)] * 5 + [(100, 60, 60)] * 5))
    roles = marked.exploration.roster.assign(role=["service"] * 5 + ["host"] * 5)
    marked = study_of("en", replace(marked.exploration, roster=roles))
    assert "very differently" in balance.say_balance(marked, "role")
    assert "slightly differently" in balance.say_balance(study, "role")


# -- what decides


def test_drivers_with_the_other_rule(study, explored, sample_policy, shown, root):
    other = load_policy("2026-06", "sample", "forced_distribution", root=root)
    assert sensitivity.other_rules(study) == [
        replace(sample_policy.grades, distribution=other.grades.distribution)
    ]
    found = best_grade_indices(explored, study.noise, others=sensitivity.other_rules(study))
    told = dict(zip(found.names, zip(found.first_share, found.total_share, strict=True), strict=True))
    rows = sensitivity.drivers(study)
    assert set(rows["driver"]) == {"noise", "rule", "sub_weights", "dimension_weights"}
    assert rows["total"].is_monotonic_decreasing
    for row in rows.itertuples():
        np.testing.assert_allclose((row.first, row.total), told[row.driver], atol=1e-12)
    cells = [[row[0], row[1], row[2]] for row in body_of(shown["sensitivity", "en"])]
    assert cells == [
        [row.label, f"{100 * row.first:.0f}%", f"{100 * row.total:.0f}%"] for row in rows.itertuples()
    ]
    said = words(shown["sensitivity", "en"])
    assert "improve the measurement" in said
    assert f"{100 * told['noise'][0]:.0f}% come from measurement noise alone" in said


def test_another_rule_is_thought_of_only_where_thresholds_are_in_force(study, root):
    def asked(period, scenario="base"):
        policy = load_policy(period, "sample", scenario, root=root)
        return sensitivity.other_rules(
            SimpleNamespace(policy=policy, exploration=SimpleNamespace(rules=policy.grades))
        )

    assert len(asked("2026-06")) == 1
    assert asked("2026-06", "forced_distribution") == []
    assert asked("2025-06") == []  # the scenario begins in 2026


def test_a_listed_scenario_is_needed(study_of, explored, monkeypatch):
    monkeypatch.setattr(sensitivity.params, "list_scenarios", lambda _: ("result_60",))
    alone = study_of("zh", explored)
    assert set(sensitivity.drivers(alone)["driver"]) == {"noise", "sub_weights", "dimension_weights"}
    assert "强制分布" not in sensitivity.sensitivity(alone).html


def test_flips_against_plain_counting(study, studies, explored, drawn):
    codes = graded(read(explored.panel.people["score"]), explored.rules.thresholds)
    by_weights = (graded(drawn.read, explored.rules.thresholds) != codes).mean(axis=0)
    given = explored.appraisal.grades.set_index("person_id").loc[explored.panel.people["person_id"]]
    chances = given[["p_a", "p_b", "p_c", "p_d"]].to_numpy(float)
    by_noise = 1 - chances[np.arange(len(codes)), codes]
    frame = sensitivity.flip_frame(study).set_index("source")
    assert frame.loc["weights", "rate"] == pytest.approx(by_weights.mean(), abs=1e-12)
    assert frame.loc["noise", "rate"] == pytest.approx(by_noise.mean(), abs=1e-12)
    limit = 0.05 + 1e-9
    counts = [int((one > limit).sum()) for one in (by_noise, by_weights, np.maximum(by_noise, by_weights))]
    assert sensitivity.say_flips(study) == (
        f"Noise leaves more grades uncertain than weights do: of 56 people, {counts[0]} because of noise, "
        f"{counts[1]} because of weights, {counts[2]} because of at least one of them. Uncertain: another "
        "grade in more than 5% of the draws."
    )
    assert f"因测量误差而不确定的{counts[0]}人，因权重的{counts[1]}人" in sensitivity.say_flips(studies["zh"])


@pytest.mark.parametrize(
    ("weights", "noise", "opening"),
    [(3, 2, "Weights leave more"), (2, 3, "Noise leaves more"), (2, 2, "Weights and noise leave as many")],
)
def test_what_leaves_more_grades_uncertain_comes_first(study, monkeypatch, weights, noise, opening):
    rows = pd.DataFrame({"source": ["weights", "noise"], "uncertain": [weights, noise]})
    monkeypatch.setattr(sensitivity, "flip_frame", lambda _: rows)
    assert sensitivity.say_flips(study).startswith(opening)


def test_certain_grades_and_nobody(study_of, explored, monkeypatch):
    fixed = pd.DataFrame({"driver": ["noise"], "label": ["Noise"], "first": [np.nan], "total": [np.nan]})
    study = study_of("en", explored)
    monkeypatch.setattr(sensitivity, "drivers", lambda _: fixed)
    assert "Who is graded A is certain" in words(sensitivity.sensitivity(study).html)
    monkeypatch.undo()
    nobody = study_of("en", some(explored, []))
    assert "Nobody is graded" in words(sensitivity.sensitivity(nobody).html)


# -- central weights


def test_central_weights_of_contested_grades_by_plain_means(study, explored, drawn, shown):
    people = explored.panel.people["person_id"].to_list()
    codes = graded(drawn.read, explored.rules.thresholds)
    now = graded(read(explored.panel.people["score"]), explored.rules.thresholds)
    rows = central.central_rows(study)
    expected = {}
    for at, person in enumerate(people):
        if (codes[:, at] == now[at]).mean() < 0.95:
            for code, grade in enumerate("ABCD"):
                hits = codes[:, at] == code
                if hits.sum() >= 100:
                    expected[person, grade] = (int(hits.sum()), *drawn.weights[hits].mean(axis=0))
    found = {
        (row.person_id, row.grade): (row.draws, row.result, row.process, row.potential)
        for row in rows.itertuples()
    }
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key] == pytest.approx(values, abs=1e-9)
    order = rows.drop_duplicates("person_id")["person_id"].to_list()
    shares = study.acceptance.set_index("person_id")["share"]
    assert shares[order].is_monotonic_increasing
    table = body_of(shown["central", "en"])
    assert [row[3] for row in table] == [f"{draws:,}" for draws in rows["draws"]]
    assert [row[7] for row in table] == ["yes" if inside else "no" for inside in rows["inside"]]
    assert f"In {int((~rows['inside']).sum())} rows the typical weights do not give" in words(
        shown["central", "en"]
    )


def test_inside_is_what_the_typical_weights_themselves_give(study, explored, worth):
    for row in central.central_rows(study).itertuples():
        score = worth.loc[row.person_id] @ [row.result, row.process, row.potential]
        assert row.inside == ("ABCD"[graded(read(score), explored.rules.thresholds)] == row.grade)
        assert 0 <= row.confidence <= 1


def test_the_example_reads_a_row_of_the_table(study, studies):
    rows = central.central_rows(study)
    other = rows[(rows["grade"] != rows["now"]) & rows["inside"]].iloc[0]
    name = study.labels[other["person_id"]]
    assert central.say_example(study).startswith(
        f"For example, {name} is graded {other['now']}; {other['draws']:,} of 4,096 weightings give {other['grade']}"
    )
    assert f"{name}现为{other['now']}" in central.say_example(studies["zh"])


def test_only_the_least_certain_are_listed(study_of, explored, monkeypatch):
    monkeypatch.setattr(central, "LISTED", 3)
    short = study_of("en", explored)
    assert central.central_rows(short)["person_id"].nunique() == 3
    whole = len(central.agenda(short))
    assert f"Of the {whole} people whose grade depends on the weights, the table has the 3 least" in words(
        central.central(short).html
    )


# -- pictures


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_take_the_frames(studies, lang):
    study = studies[lang]
    figures = [
        sensitivity_bars(sensitivity.drivers(study), study.locale),
        flip_rates(sensitivity.flip_frame(study), study.locale),
        group_balance(balance.group_frame(study, "role"), study.locale),
    ]
    for figure in figures:
        figure.canvas.draw()
