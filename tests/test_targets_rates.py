"""Rates: equal stretch from one's own baseline."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.targets import equal_stretch, shrink

SHARES = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=20)


def test_the_published_example_of_methods_comes_out():
    # METHODS §1.2: p⁰ (.10, .20, .40), w (5000, 3000, 2000), target .24
    found, shift = equal_stretch(0.24, [0.10, 0.20, 0.40], [5000, 3000, 2000], share=True)
    assert shift == pytest.approx(0.3265764829, abs=1e-10)
    assert found == pytest.approx([0.13346675, 0.25736337, 0.48028807], abs=5e-9)
    assert float(found @ [5000, 3000, 2000]) / 10000 == pytest.approx(0.24, abs=1e-12)


def test_other_rates_grow_by_the_same_factor():
    # mean (1·2 + 3·4)/4 = 3.5; target 4.2 is 1.2 times that
    found, growth = equal_stretch(4.2, [2.0, 4.0], [1, 3], share=False)
    assert growth == pytest.approx(0.2)
    assert found == pytest.approx([2.4, 4.8])


def test_a_baseline_at_the_edge_moves_no_one_outside_0_and_1():
    found, _ = equal_stretch(0.5, [0.0, 1.0, 0.3], [1, 1, 1], share=True)
    assert (found >= 0).all()
    assert (found <= 1).all()
    assert found.mean() == pytest.approx(0.5)


def test_a_share_of_one_is_one_for_everybody():
    assert equal_stretch(1.0, [0.9, 0.99], [1, 1], share=True)[0].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("target", "share"), [(0.0, True), (1.2, True), (-1.0, False), (0.0, False)])
def test_impossible_targets_are_refused(target, share):
    with pytest.raises(ValueError, match="target must"):
        equal_stretch(target, [0.5], [1], share=share)


def test_weights_that_are_all_zero_count_as_equal():
    assert equal_stretch(3.0, [1.0, 1.0], [0, 0], share=False)[0].tolist() == [3.0, 3.0]


@given(base=SHARES, target=st.floats(0.01, 0.99), data=st.data())
def test_the_weighted_mean_is_the_target_and_order_is_kept(base, target, data):
    weight = np.array(data.draw(st.lists(st.floats(1, 1e6), min_size=len(base), max_size=len(base))))
    found, _ = equal_stretch(target, base, weight, share=True)
    assert float(found @ weight) / weight.sum() == pytest.approx(target, abs=1e-9)
    order = np.argsort(base, kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()


def test_small_units_are_drawn_to_their_parent():
    # (10·.5 + 30·.2)/40 = .275; nothing known: the parent's .2; (300·.5 + 30·.2)/330 = .472727…
    found = shrink([0.5, np.nan, 0.5], [10, 0, 300], 0.2, 30)
    assert found == pytest.approx([0.275, 0.2, 0.4727272727])


def test_without_a_prior_the_own_rate_stands():
    assert shrink([0.5, np.nan], [10, 0], 0.2, 0).tolist() == [0.5, 0.2]
