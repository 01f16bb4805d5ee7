"""Measures of disentanglement on codes whose true values are known."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.insight.known_codes import DESIGNATED, FACTORS, NAMES, NOISE, PERFECT, TRUTH, N
from workbench.insight.latent.metrics import (
    crosstalk,
    leakage,
    measure,
    most_varying,
    novel_view,
    own_r2,
    psnr,
    spearman,
    variance_share,
)
from workbench.insight.latent.scores import Dci, is_class

RANDOM = np.random.default_rng(1)


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
    assert variance_share(codes, groups, [1], same) == pytest.approx(0.75, abs=0.03)
    assert variance_share(codes, groups, [1, 2], same) == pytest.approx(1)
    assert variance_share(codes, groups, [0], same) == pytest.approx(0, abs=1e-12)
    assert variance_share(codes, groups, [1], [1, np.sqrt(3), 1, 1]) == pytest.approx(0.5, abs=0.03)
    assert variance_share(between, groups, [1], same) == 0
    assert most_varying(codes, groups) == (1,)
    assert most_varying(codes, groups, 2) == (1, 2)


def test_novel_views() -> None:
    truth = RANDOM.uniform(0, 1, (6, 1, 8, 8))
    edited, unedited = truth + 0.01, truth + 0.1
    found = novel_view(edited, truth, unedited)
    assert found.psnr == pytest.approx(40)
    assert found.control == pytest.approx(20)
    assert found.gain == pytest.approx(20)
    assert found.pairs == 6
    assert psnr(truth, truth) == float("inf")


def test_classes_are_for_information_only() -> None:
    factors = {**FACTORS, "shape": RANDOM.integers(0, 3, N)}
    assert is_class(factors["shape"])
    assert not is_class(factors["turn"])
    code = PERFECT.copy()
    code[:, 3] = factors["shape"] + RANDOM.uniform(-0.4, 0.4, N)
    found = measure(code, factors, {**DESIGNATED, "shape": (3,)})
    assert found.mig["shape"] > 0.9
    assert "shape" not in found.own_r2
    assert "shape" not in found.dci.error
    alone = measure(code, {"shape": factors["shape"]}, {"shape": (3,)})
    assert alone.mig == {"shape": found.mig["shape"]}
    assert (alone.dci.disentanglement, alone.own_r2) == (0, {})


def test_the_result_is_plain_json() -> None:
    found = measure(PERFECT, FACTORS, DESIGNATED, shares={"turn": np.float64(0.4)}, factor_vae=float("nan"))
    read = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert read["share"] == {"turn": 0.4}
    assert read["factor_vae"] is None
    assert read["designated"] == {name: [i] for i, name in enumerate(NAMES)}
    assert read["mig_mean"] == pytest.approx(np.mean(list(found.mig.values())))
    assert np.array(read["dci"]["importance"]).shape == (5, 3)
    assert isinstance(found.dci, Dci)


def test_single_precision_codes_are_taken() -> None:
    code = PERFECT.astype(np.float32)
    found = measure(code, {name: values.astype(np.float32) for name, values in FACTORS.items()}, DESIGNATED)
    assert min(found.own_r2.values()) > 0.9999


TURN = np.random.default_rng(2).uniform(0, 2 * np.pi, N)
CIRCLE = np.stack([np.cos(TURN + 1), np.sin(TURN + 1)], 1) + np.random.default_rng(3).normal(0, 0.05, (N, 2))


def test_a_turn_is_measured_on_the_circle() -> None:
    """One latent cannot follow a circle without a cut, and what is measured must not depend on where 0° is."""
    assert own_r2(CIRCLE, TURN, period=2 * np.pi) > 0.98
    assert own_r2(CIRCLE, TURN + 20, period=2 * np.pi) == pytest.approx(
        own_r2(CIRCLE, TURN, period=2 * np.pi), abs=0.01
    )
    assert own_r2(CIRCLE, TURN) < 0.95, "as a plain number, it jumps at the end of the turn"
    assert own_r2(CIRCLE[:, 0], TURN, period=2 * np.pi) < 0.6, "a cosine alone does not tell to which side"
    half = TURN / 2  # another period: a shape that looks the same after half a turn
    assert own_r2(CIRCLE, half, period=np.pi) > 0.98


def test_several_latents_are_taken_together() -> None:
    product = TRUTH[:, 0] * TRUTH[:, 1]
    assert own_r2(TRUTH[:, :2], product) > 0.999
    assert own_r2(TRUTH[:, :1], product) < 0.05
    wide = np.concatenate(
        [TRUTH, NOISE], 1
    )  # of many latents only powers, which are fewer than what they are fitted to
    assert own_r2(wide, TRUTH[:, 2] ** 3) > 0.999
    assert own_r2(wide, product) < 0.05


def test_measures_of_joint_factors_and_of_turns() -> None:
    """Latents 0 and 1 are the circle, 2 and 3 stand for a lamp with two angles, mixed, 4 knows nothing."""
    lamp = TRUTH[:, :2] @ np.array([[1.0, 0.5], [-0.5, 1.0]])
    code = np.concatenate([CIRCLE, lamp, NOISE[:, :1]], 1)
    factors = {"turn": TURN, "azimuth": TRUTH[:, 0], "elevation": TRUTH[:, 1]}
    designated = {"turn": (0, 1), "azimuth": (2, 3), "elevation": (2, 3)}
    found = measure(code, factors, designated, periods={"turn": 2 * np.pi})
    assert min(found.own_r2.values()) > 0.97
    assert found.spearman == {}, "ranks say nothing about a circle or about two latents"
    assert max(map(abs, found.leakage.values())) < 0.05
    for own, row in found.crosstalk.items():
        for name, value in row.items():
            assert (value > 0.97) == (designated[own] == designated[name]), (own, name)
    assert found.dci.error["turn"] < 0.2
    apart = measure(code, factors, {"turn": (0,), "azimuth": (2,), "elevation": (3,)}, periods={"turn": 2 * np.pi})
    assert set(apart.spearman) == {"azimuth", "elevation"}
    assert found.mig["turn"] > apart.mig["turn"] + 0.2, "a block is not held against itself"
    plain = measure(code, factors, designated)
    assert found.dci.error["turn"] < plain.dci.error["turn"] - 0.2
    assert found.own_r2["turn"] > plain.own_r2["turn"]
    other = measure(np.concatenate([NOISE, CIRCLE], 1), {"turn": TURN}, {"turn": (0,)}, periods={"turn": 2 * np.pi})
    assert other.leakage["turn"] > 0.97
    assert other.crosstalk["turn"]["turn"] < 0.1
