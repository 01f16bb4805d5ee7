"""Measures of disentanglement on codes whose true values are known."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from workbench.insight.factors import (
    Dci,
    crosstalk,
    dci,
    factor_vae_score,
    fixed_factor_batches,
    information_gaps,
    is_class,
    lasso,
    leakage,
    measure,
    most_varying,
    novel_view,
    own_r2,
    psnr,
    spearman,
    variance_share,
)

N = 2000
NAMES = ("turn", "nod", "light")
RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.uniform(-1, 1, (N, 3))
FACTORS = {name: TRUTH[:, i] for i, name in enumerate(NAMES)}
DESIGNATED = {name: i for i, name in enumerate(NAMES)}
NOISE = RANDOM.normal(0, 1, (N, 2))
PERFECT = np.concatenate([TRUTH * [2.0, -0.5, 1.0], NOISE], 1)  # (N, 5)


def rotated(code: Any) -> Any:
    """The same knowledge, each factor smeared over the first three latents: 45° and more between any two."""
    turn, _ = np.linalg.qr(np.array([[1.0, 1.0, 1.0], [1.0, -1.0, 0.3], [0.5, 1.0, -1.0]]))
    return np.concatenate([code[:, :3] / code[:, :3].std(0) @ turn, code[:, 3:]], 1)


def test_a_perfect_code_has_the_best_values() -> None:
    found = measure(PERFECT, FACTORS, DESIGNATED)
    for name in NAMES:
        assert found.own_r2[name] == pytest.approx(1, abs=1e-9)
        assert found.spearman[name] == pytest.approx(1, abs=1e-9)
        assert abs(found.leakage[name]) < 0.02
        assert found.mig[name] > 0.9
        assert found.dci.error[name] < 0.05
        for other in NAMES:
            assert (found.crosstalk[name][other] > 0.99) == (name == other)
    assert found.dci.disentanglement > 0.99
    assert found.dci.completeness > 0.99
    assert found.dci.importance.shape == (5, 3)
    assert (found.dci.importance.argmax(0) == [0, 1, 2]).all()


def test_a_rotated_code_knows_as_much_but_not_one_by_one() -> None:
    code = rotated(PERFECT)
    found = measure(code, FACTORS, DESIGNATED)
    assert max(found.mig.values()) < 0.25
    assert found.dci.disentanglement < 0.5
    assert found.dci.completeness < 0.5
    assert max(found.dci.error.values()) < 0.1, "all of it can still be read out"
    assert min(found.own_r2.values()) < 0.5
    assert max(found.crosstalk["turn"][name] for name in ("nod", "light")) > 0.3


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


def test_ranks_agree_with_scipy_even_with_ties() -> None:
    first, second = RANDOM.integers(0, 9, 300), RANDOM.normal(size=300).round(1) + np.linspace(0, 2, 300)
    assert spearman(first, second) == pytest.approx(stats.spearmanr(first, second).statistic, abs=1e-12)
    assert spearman(-second, second) == pytest.approx(-1)
    assert spearman(np.ones(300), second) == 0


def test_own_r2_takes_bent_latents_and_punishes_noise() -> None:
    x = TRUTH[:, 0]
    assert own_r2(np.cbrt(x), x) > 0.99, "a cube is within a cubic polynomial"
    assert own_r2(NOISE[:, 0], x) < 0.02
    saw = np.where(x < 0, x + 1, x)  # one latent value for two turns, as the published azimuth unit nearly has
    assert own_r2(saw, x) < 0.4
    assert own_r2(np.zeros(N), x) < 0.01


def test_own_r2_is_measured_on_the_other_half() -> None:
    few = np.random.default_rng(3)
    latent, factor = few.normal(size=12), few.normal(size=12)
    powers = np.vander(latent, 4)
    fitted = powers @ np.linalg.lstsq(powers, factor, rcond=None)[0]
    assert ((factor - fitted) ** 2).sum() < ((factor - factor.mean()) ** 2).sum(), "on its own samples it always helps"
    assert np.median([own_r2(latent, factor, seed) for seed in range(20)]) < 0
    assert own_r2(latent, factor, 1) == own_r2(latent, factor, 1)


def test_leakage_is_what_the_rest_knows() -> None:
    leaky = PERFECT.copy()
    leaky[:, 3] = TRUTH[:, 1] + 0.5 * NOISE[:, 0] * TRUTH[:, 1].std()
    found = leakage(leaky, FACTORS, DESIGNATED)
    assert found["nod"] == pytest.approx(0.8, abs=0.04)  # 1 / (1 + 0.25)
    assert abs(found["turn"]) < 0.02
    assert leakage(PERFECT[:, :3], FACTORS, DESIGNATED) == dict.fromkeys(NAMES, 0.0)


def test_crosstalk_is_the_correlation() -> None:
    code = PERFECT.copy()
    code[:, 0] = TRUTH[:, 0] - TRUTH[:, 2]
    found = crosstalk(code, FACTORS, DESIGNATED)
    assert found["turn"]["light"] == pytest.approx(abs(np.corrcoef(code[:, 0], TRUTH[:, 2])[0, 1]), abs=1e-12)
    assert found["turn"]["light"] > 0.65


def test_share_of_the_variance_inside_batches() -> None:
    """Batches differ from one another a lot, but inside only latent 1 (three parts) and 2 (one part) vary."""
    groups = np.repeat(np.arange(50), 20)
    between = RANDOM.normal(0, 10, (50, 4))[groups]
    inside = RANDOM.normal(0, 1, (1000, 4)) * [0, np.sqrt(3), 1, 0]
    codes = between + inside
    same = np.ones(4)
    assert variance_share(codes, groups, [1], same) == pytest.approx(0.75, abs=0.02)
    assert variance_share(codes, groups, [1, 2], same) == pytest.approx(1)
    assert variance_share(codes, groups, [0], same) == pytest.approx(0, abs=1e-12)
    assert variance_share(codes, groups, [1], [1, np.sqrt(3), 1, 1]) == pytest.approx(0.5, abs=0.03)
    assert variance_share(between, groups, [1], same) == 0
    assert most_varying(codes, groups) == 1


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


def test_novel_views() -> None:
    truth = RANDOM.uniform(0, 1, (6, 1, 8, 8))
    edited, unedited = truth + 0.01, truth + 0.1
    found = novel_view(edited, truth, unedited)
    assert found.psnr == pytest.approx(40)
    assert found.control == pytest.approx(20)
    assert found.gain == pytest.approx(20)
    assert psnr(truth, truth) == float("inf")


def test_classes_are_for_information_only() -> None:
    factors = {**FACTORS, "shape": RANDOM.integers(0, 3, N)}
    assert is_class(factors["shape"])
    assert not is_class(factors["turn"])
    code = PERFECT.copy()
    code[:, 3] = factors["shape"] + RANDOM.uniform(-0.4, 0.4, N)
    found = measure(code, factors, {**DESIGNATED, "shape": 3})
    assert found.mig["shape"] > 0.9
    assert "shape" not in found.own_r2
    assert "shape" not in found.dci.error
    alone = measure(code, {"shape": factors["shape"]}, {"shape": 3})
    assert alone.mig == {"shape": found.mig["shape"]}
    assert (alone.dci.disentanglement, alone.own_r2) == (0, {})


def test_the_result_is_plain_json() -> None:
    found = measure(PERFECT, FACTORS, DESIGNATED, shares={"turn": np.float64(0.4)}, factor_vae=float("nan"))
    read = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert read["share"] == {"turn": 0.4}
    assert read["factor_vae"] is None
    assert read["designated"] == DESIGNATED
    assert read["mig_mean"] == pytest.approx(np.mean(list(found.mig.values())))
    assert np.array(read["dci"]["importance"]).shape == (5, 3)
    assert isinstance(found.dci, Dci)


def test_single_precision_codes_are_taken() -> None:
    code = PERFECT.astype(np.float32)
    found = measure(code, {name: values.astype(np.float32) for name, values in FACTORS.items()}, DESIGNATED)
    assert min(found.own_r2.values()) > 0.9999
