"""A message says where, what was found, what is allowed and what to do; an error carries them all."""

from __future__ import annotations

import pickle

import pytest

from salesperf_lib.errors import (
    DataError,
    ParamError,
    PeriodError,
    Problem,
    RenderError,
    SalesPerfError,
    fail_if_any,
)

ONE = Problem("params/a.yaml:3 x", "5", "1 to 3", "write 3")
TWO = Problem("params/b.yaml", "nothing", "a value")


def test_a_problem_reads_as_one_sentence():
    assert str(ONE) == "params/a.yaml:3 x: found 5; allowed: 1 to 3; write 3"
    assert str(TWO) == "params/b.yaml: found nothing; allowed: a value"


def test_an_error_tells_every_problem_on_a_line_of_its_own():
    error = ParamError(ONE, TWO)
    assert error.problems == (ONE, TWO)
    assert str(error).splitlines() == [str(ONE), str(TWO)]


@pytest.mark.parametrize("kind", [PeriodError, ParamError, DataError, RenderError])
def test_every_error_survives_the_way_back_from_a_worker(kind):
    back = pickle.loads(pickle.dumps(kind(ONE, TWO)))
    assert type(back) is kind
    assert isinstance(back, SalesPerfError)
    assert back.problems == (ONE, TWO)
    assert str(back) == str(kind(ONE, TWO))


def test_no_problem_raises_nothing_and_an_iterator_is_read_once():
    fail_if_any([], ParamError)
    fail_if_any(iter(()), DataError)
    with pytest.raises(DataError) as caught:
        fail_if_any((problem for problem in (ONE, TWO)), DataError)
    assert caught.value.problems == (ONE, TWO)
