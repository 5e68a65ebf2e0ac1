"""Constraints as analysts write them: what is read, what is refused, which contradict, what they leave."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.errors import ParamError
from salesperf_lib.region import Constraint, contains, corners_of, parse_constraint, share_of_region, vertices

NAMES = ("result", "process", "potential")
METHODOLOGY = {"result": (0.5, 0.6), "process": (0.2, 0.3), "potential": (0.1, 0.2)}
WHOLE = dict.fromkeys(NAMES, (0.0, 1.0))


def read(*texts):
    return [parse_constraint(text) for text in texts]


# -- reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "coefficients", "least"),
    [
        ("result >= 2 * process", {"result": 1, "process": -2}, 0),
        ("net_sales >= channel_roi", {"net_sales": 1, "channel_roi": -1}, 0),
        ("result - process >= 0.25", {"result": 1, "process": -1}, 0.25),
        ("potential <= 0.15", {"potential": -1}, -0.15),
        ("2*process + potential <= 1", {"process": -2, "potential": -1}, -1),
        ("process/2 <= potential", {"process": -0.5, "potential": 1}, 0),
        ("0.15 >= potential", {"potential": -1}, -0.15),
        ("3/20 <= potential", {"potential": 1}, 0.15),
        ("2*(result - 0.1) >= process + +0.1", {"result": 2, "process": -1}, 0.3),
        ("-process >= -0.3", {"process": -1}, -0.3),
        ("result + process >= process + 0.5", {"result": 1}, 0.5),  # what cancels out is gone
        ("0.1*a + 0.2*a - 0.3*a + b >= 0", {"b": 1}, 0),  # exactly, not but for a last bit
        ("result*3/4 >= 2*1.5*process - 1", {"result": 0.75, "process": -3}, -1),
        ("  result >= 1e-1  ", {"result": 1}, 0.1),
        ("result ≥ 2 × process", {"result": 1, "process": -2}, 0),
        ("process ÷ 2 − 0.1 ≤ potential", {"process": -0.5, "potential": 1}, -0.1),
        ("result　>= ２ ＊ process", {"result": 1, "process": -2}, 0),  # full-width signs
    ],
)
def test_what_analysts_write_is_read(text, coefficients, least):
    found = parse_constraint(text)
    assert dict(found.coefficients) == pytest.approx(coefficients)
    assert found.least == pytest.approx(least)
    assert set(found.names) == set(coefficients)
    assert found.text == text.strip()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "'' which cannot be read"),
        ("result >= ", "which cannot be read"),
        ("potential <= 15%", "which cannot be read; .*write shares as 0.15"),
        ("2 process <= 1", "which cannot be read"),
        ("result", "without >= or <="),
        ("result = 0.5", "which cannot be read"),
        ("result == 0.5", "compared otherwise; .*one constraint of each"),
        ("result > process", "compared otherwise"),
        ("0.1 <= potential <= 0.15", "with more than one comparison; .*one constraint for each"),
        ("result >= 0.5 and process >= 0.2", "without >= or <="),
        ("result * process >= 0.1", "'result \\* process' which is not linear"),
        ("result / process >= 2", "'result / process' which is not linear; .*multiply both sides out"),
        ("1 / result >= 2", "which is not linear"),
        ("result ** 2 >= 0.1", "'result \\*\\* 2'"),
        ("result / 0 >= 1", "a division by 0"),
        ("result / (1 - 1) >= 1", "a division by 0"),
        ("max(result, process) >= 0.5", "'max\\(result, process\\)'"),
        ("__import__('os').system('x') >= 1", "__import__"),
        ("result.real >= 0", "'result.real'"),
        ("weights['result'] >= 0.5", "weights\\['result'\\]"),
        ("True <= result", "'True'"),
        ("'result' >= 0.5", "allowed: weights by name"),
        ("2j <= result", "'2j'"),
        ("result >= 1e999", "'inf'.*use a smaller number"),
        ("1e308 * 10 * result >= 0", "numbers below 1e308"),
        ("1 >= 0.5", "in which no weight is left"),
        ("result >= result", "in which no weight is left"),
        ("0 * result >= -1", "in which no weight is left"),
        ("result >= " + "1 + " * 100 + "1", "of 411 characters; .*at most 200"),
        ("(" * 99 + "result" + ")" * 98 + " >= 0", "of 208 characters"),
        ("result >= \x00", "which cannot be read"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text, found):
    with pytest.raises(ParamError, match=f"(?s)^weights.constraints.3: found .*{found}") as caught:
        parse_constraint(text, "weights.constraints.3")
    problem = caught.value.problems[0]
    assert problem.allowed
    assert problem.remedy


def test_a_constraint_gives_its_coefficients_in_any_order_of_names():
    constraint = parse_constraint("result >= 2 * process")
    assert constraint.normal(NAMES).tolist() == [1, -2, 0]
    assert constraint.normal(("potential", "process", "result")).tolist() == [0, -2, 1]
    with pytest.raises(
        ParamError, match="'process' in 'result >= 2 \\* process'; allowed: result, potential"
    ):
        constraint.normal(("result", "potential"))


@given(
    factors=st.lists(st.integers(-9, 9).filter(bool), min_size=3, max_size=3),
    constant=st.integers(-9, 9),
    weights=st.lists(st.integers(0, 10), min_size=3, max_size=3),
    sign=st.sampled_from([">=", "<="]),
)
def test_a_constraint_holds_where_python_says_so(factors, constant, weights, sign):
    text = " + ".join(f"{factor} * {name}" for factor, name in zip(factors, NAMES, strict=True))
    found = parse_constraint(f"{text} {sign} {constant}")
    value = sum(factor * weight for factor, weight in zip(factors, weights, strict=True))
    wanted = value >= constant if sign == ">=" else value <= constant
    assert (found.normal(NAMES) @ weights >= found.least) == wanted


# -- the region --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ([], [[0.6, 0.3, 0.1], [0.6, 0.2, 0.2], [0.5, 0.3, 0.2]]),
        (["result >= 0.1"], [[0.6, 0.3, 0.1], [0.6, 0.2, 0.2], [0.5, 0.3, 0.2]]),  # takes nothing
        (["result >= 2 * process"], [[0.6, 0.3, 0.1], [0.6, 0.2, 0.2], [8 / 15, 4 / 15, 3 / 15]]),
        (
            ["potential <= 0.15"],
            [[0.6, 0.3, 0.1], [0.6, 0.25, 0.15], [0.55, 0.3, 0.15]],
        ),
        (["result >= 2 * process", "potential <= 0.15"], [[0.6, 0.3, 0.1], [0.6, 0.25, 0.15], [17 / 30, 17 / 60, 0.15]]),
        (["result >= 0.6"], [[0.6, 0.3, 0.1], [0.6, 0.2, 0.2]]),  # a segment
        (["result >= 0.55", "result <= 0.55"], [[0.55, 0.3, 0.15], [0.55, 0.25, 0.2]]),
        (["result <= 0.5"], [[0.5, 0.3, 0.2]]),  # a point
        (["result >= 0.55", "result <= 0.55", "process <= 0.25"], [[0.55, 0.25, 0.2]]),
        (["result + process + potential >= 1"], [[0.6, 0.3, 0.1], [0.6, 0.2, 0.2], [0.5, 0.3, 0.2]]),
    ],
)  # fmt: skip
def test_the_corners_that_ranges_and_constraints_leave(texts, wanted):
    found = corners_of(METHODOLOGY, read(*texts))
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_without_constraints_the_corners_are_the_vertices_to_the_last_bit():
    for bounds in (METHODOLOGY, WHOLE, {"a": (0.2, 0.5), "b": (0.2, 0.4), "c": (0.2, 0.45)}):
        np.testing.assert_array_equal(corners_of(bounds), vertices(list(bounds.values())))
    np.testing.assert_array_equal(corners_of({"a": (0.2, 0.9), "b": (0.0, 1.0)}), [[0.9, 0.1], [0.2, 0.8]])
    assert corners_of({"a": (0.2, 1.0)}).tolist() == [[1.0]]


def test_an_order_of_weights_leaves_a_sixth_of_the_simplex():
    corners = corners_of(WHOLE, read("result >= process", "process >= potential"))
    np.testing.assert_allclose(corners, [[1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]], atol=1e-12)
    above = [share_of_region(np.eye(3), np.array(v, float)) for v in ([1, -1, 0], [0, 1, -1])]
    assert above == pytest.approx([0.5, 0.5])


def test_ranges_that_are_all_but_a_segment_are_one():
    bounds = {"result": (0.5, 0.5 + 1e-11), "process": (0.2, 0.3), "potential": (0.1, 0.3)}
    assert len(corners_of(bounds)) == 2


@given(
    texts=st.lists(
        st.sampled_from([
            "result >= 2 * process", "potential <= 0.15", "process/2 <= potential", "result - process >= 0.25",
            "process >= potential", "2*process + potential <= 0.8", "result >= 0.6", "potential >= 0.14",
            "result <= 0.55",
        ]),
        max_size=4, unique=True,
    )
)  # fmt: skip
def test_corners_meet_everything_in_any_order_of_the_constraints(texts):
    constraints = read(*texts)
    points = np.random.default_rng(1).dirichlet(np.ones(3), 4000) @ vertices(list(METHODOLOGY.values()))
    fits = np.all(
        [np.ones(len(points)), *(points @ each.normal(NAMES) >= each.least for each in constraints)], axis=0
    )
    try:
        found = corners_of(METHODOLOGY, constraints)
    except ParamError:
        found = np.empty((0, 3))
    assert len(found) or not fits.any()
    if fits.any():
        assert (points[fits] >= found.min(axis=0) - 1e-12).all()
        assert (points[fits] <= found.max(axis=0) + 1e-12).all()
    for corner in found:
        assert contains(list(METHODOLOGY.values()), corner)
        assert all(each.normal(NAMES) @ corner >= each.least - 1e-9 for each in constraints)
    if len(found):
        np.testing.assert_allclose(corners_of(METHODOLOGY, constraints[::-1]), found, atol=1e-9)


# -- what cannot be ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "found", "allowed"),
    [
        (
            ["potential <= 0.15", "result >= 4 * process"],
            "'result >= 4 \\* process', which cannot hold inside the ranges",
            "the ranges leave result - 4 \\* process from -0.7 to -0.2; .* asks for at least 0;",
        ),
        (
            ["potential <= 0.05"],
            "'potential <= 0.05', which cannot hold",
            "the ranges leave potential from 0.1 to 0.2; .* at most 0.05;",
        ),
        (
            ["process >= 0.21", "process/2 >= potential", "process <= 0.22"],
            "'process/2 >= potential' and 'process <= 0.22', which cannot hold together",
            "and 'process/2 >= potential' leave process from 0.266666667 to 0.3; .* at most 0.22;",
        ),
        (
            ["result <= 0.56", "process <= 0.27", "potential <= 0.16", "potential >= 0.11"],
            "'result <= 0.56' and 'process <= 0.27' and 'potential <= 0.16', which cannot hold together",
            "leave potential from 0.17 to 0.2; .* at most 0.16;",
        ),
        (
            ["result + process + potential >= 1.1"],
            "which cannot hold inside the ranges",
            "leave result \\+ process \\+ potential from 1 to 1; .* at least 1.1;",
        ),
    ],
)
def test_constraints_against_the_ranges_or_each_other_are_named(texts, found, allowed):
    with pytest.raises(ParamError, match=f"^weights: found .*{found}.*allowed: .*{allowed}") as caught:
        corners_of(METHODOLOGY, read(*texts), "weights")
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].remedy.startswith("loosen")


def test_every_constraint_that_fails_alone_is_named_and_no_pair():
    with pytest.raises(ParamError) as caught:
        corners_of(METHODOLOGY, read("result >= 0.7", "potential <= 0.15", "process <= 0.1"))
    assert [problem.found.split("'")[1] for problem in caught.value.problems] == [
        "result >= 0.7",
        "process <= 0.1",
    ]


def test_infeasible_ranges_unknown_names_and_too_many_weights_are_refused():
    with pytest.raises(ParamError, match="weights: found lows that sum to 1\\.3"):
        corners_of({"a": (0.6, 0.7), "b": (0.7, 0.8)}, where="weights")
    with pytest.raises(ParamError) as caught:
        corners_of(METHODOLOGY, read("results >= 2 * process", "potental <= 0.15"))
    assert [problem.found for problem in caught.value.problems] == [
        "'results' in 'results >= 2 * process'", "'potental' in 'potental <= 0.15'",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="4 weights"):
        corners_of(dict.fromkeys("abcd", (0.0, 1.0)))


def test_constraints_are_values():
    assert parse_constraint("a >= 0.1") == Constraint((("a", 1.0),), 0.1, "a >= 0.1")
    assert len({parse_constraint("a >= 0.1"), parse_constraint("a >= 0.1")}) == 1
