"""Scores of whole codes whose true values are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.insight.known_codes import FACTORS, NAMES, NOISE, PERFECT, TRUTH, N
from workbench.insight.latent.scores import dci, factor_vae_score, fixed_factor_batches, information_gaps, lasso

RANDOM = np.random.default_rng(1)


def test_an_equal_rotation_by_45_degrees_leaves_no_gap() -> None:
    truth = TRUTH[:, :2]
    factors = {name: truth[:, i] for i, name in enumerate(NAMES[:2])}
    code = truth @ np.array([[1.0, 1.0], [-1.0, 1.0]])
    assert max(information_gaps(code, factors).values()) < 0.05
    assert min(information_gaps(truth, factors).values()) > 0.8


def test_bins_hold_equally_many_so_that_outliers_do_not_hide_a_latent() -> None:
    """With equally wide bins nearly all samples of the stretched latent would share a bin and the gap would be 0."""
    stretched = PERFECT.copy()
    stretched[:, 0] = np.sign(TRUTH[:, 0]) * np.exp(12 * np.abs(TRUTH[:, 0]))
    wide = np.clip((stretched[:, 0] / np.abs(stretched[:, 0]).max() + 1) * 10, 0, 19).astype(int)
    assert (wide == np.bincount(wide).argmax()).mean() > 0.4
    before, after = information_gaps(PERFECT, FACTORS)["turn"], information_gaps(stretched, FACTORS)["turn"]
    assert after == pytest.approx(before, abs=0.01)


def test_gaps_agree_with_a_computation_by_hand() -> None:
    """Two latents of two values each: the first tells v in 3 of 4 cases, the second nothing."""
    v = np.array([0, 0, 0, 0, 1, 1, 1, 1] * 50)
    one = np.array([0, 0, 0, 1, 1, 1, 1, 0] * 50, float)
    two = np.array([0, 1, 0, 1, 0, 1, 0, 1] * 50, float)
    joint = np.array([[3, 1], [1, 3]]) / 8
    expected = float((joint * np.log(joint / 0.25)).sum())
    gap = information_gaps(np.stack([one, two], 1), {"v": v})["v"]
    nothing = information_gaps(two[:, None], {"v": v})["v"]
    assert nothing == pytest.approx(0, abs=0.2)
    mutual_two = stats.entropy([4, 4]) * 2 - stats.entropy(np.histogram2d(two, v, 2)[0].ravel())
    assert gap == pytest.approx((expected - mutual_two) / np.log(2), abs=1e-9)


def test_a_missing_factor_has_no_gap() -> None:
    assert information_gaps(PERFECT, {"still": np.zeros(N)}) == {"still": 0.0}
    assert information_gaps(np.zeros((N, 2)), FACTORS)["turn"] == 0


def test_dci_by_hand() -> None:
    """Weights 1 and 1 in one row of two factors: that latent separates nothing, each factor is complete."""
    sizes = np.array([[1.0, 1.0]])
    code = TRUTH[:, :1] + TRUTH[:, 1:2]
    found = dci(code, {"turn": TRUTH[:, 0], "nod": TRUTH[:, 1]})
    assert found.importance.shape == sizes.shape
    assert found.disentanglement < 0.01
    assert found.completeness == pytest.approx(1)
    assert found.error["turn"] == pytest.approx(np.sqrt(0.5), abs=0.05)
    blind = dci(NOISE, FACTORS, penalty=0.5)
    assert (blind.disentanglement, blind.completeness) == (0, 0)
    assert blind.error["turn"] == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("penalty", [0.0, 0.02, 0.3])
def test_the_l1_regression_meets_its_optimality_conditions(penalty: float) -> None:
    random = np.random.default_rng(1)
    inputs = random.normal(size=(200, 8)) @ (np.eye(8) + random.normal(0, 0.2, (8, 8)))
    target = inputs @ [1, 0, 0, -2, 0, 0, 0.1, 0] + random.normal(0, 0.1, 200)
    weights = lasso(inputs, target, penalty)
    slope = inputs.T @ (target - inputs @ weights) / 200
    used = weights != 0
    assert slope[used] == pytest.approx(penalty * np.sign(weights[used]), abs=1e-6)
    assert (np.abs(slope[~used]) <= penalty + 1e-6).all()
    assert used.all() == (penalty == 0)
    assert used.any()


def vae_batches(code: Any, batches: int = 400) -> tuple[Any, Any]:
    picked, fixed = fixed_factor_batches(FACTORS, batches)
    return code[picked], fixed


def test_the_factor_vae_score_of_known_codes() -> None:
    scale = PERFECT.std(0)
    codes, fixed = vae_batches(PERFECT)
    assert factor_vae_score(codes, fixed, scale, learn=200) == 1
    code = RANDOM.normal(size=PERFECT.shape)
    codes, fixed = vae_batches(code)
    assert 0.2 < factor_vae_score(codes, fixed, code.std(0), learn=200) < 0.5, "guessing among three"
    dead = PERFECT.copy()
    dead[:, 4] = 7.0
    codes, fixed = vae_batches(dead)
    assert factor_vae_score(codes, fixed, dead.std(0), learn=200) == 1, "a dead latent never varies least"
    assert factor_vae_score(codes * 0, fixed, scale * 0, learn=200) == 0


def test_the_factor_vae_score_makes_latents_comparable_and_tests_on_other_batches() -> None:
    small = PERFECT * [1, 1, 1, 1e-3, 1]  # without dividing, the small noise would always vary least
    codes, fixed = vae_batches(small)
    assert factor_vae_score(codes, fixed, small.std(0), learn=200) == 1
    assert factor_vae_score(codes, fixed, np.ones(5), learn=200) < 0.5
    assert factor_vae_score(codes, np.where(np.arange(400) < 200, fixed, 2 - fixed), small.std(0), learn=200) < 0.5


def test_picked_batches_hold_one_factor() -> None:
    factors = {"shape": RANDOM.integers(0, 3, N), "level": RANDOM.integers(0, 6, N) / 5, "turn": TRUTH[:, 0]}
    picked, fixed = fixed_factor_batches(factors, 300, 64, seed=4)
    assert set(fixed) == {0, 1, 2}
    for number, (name, values) in enumerate(factors.items()):
        inside = values[picked]
        spans = inside.max(1) - inside.min(1)
        assert spans[fixed == number].max() <= (0.09 if name == "turn" else 0), name
        assert spans[fixed != number].min() > 0.5
    again, _ = fixed_factor_batches(factors, 300, 64, seed=4)
    assert (again == picked).all()
    assert len({tuple(row) for row in picked}) > 250
    few, _ = fixed_factor_batches({"turn": TRUTH[:10, 0]}, 5, 64)
    assert few.shape == (5, 64)
    assert few.max() < 10
