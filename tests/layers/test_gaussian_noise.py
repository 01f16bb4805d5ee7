"""Noise to learn from: drawn anew while training, the same for every prediction."""

from __future__ import annotations

import torch

from workbench.core.values import Value
from workbench.layers.gaussian_noise import GaussianNoise


def module(std: float) -> torch.nn.Module:
    return GaussianNoise(std=std).module(Value((1, 40, 50))).build()


def test_training_draws_anew_and_predicting_does_not() -> None:
    noise, x = module(0.2), torch.full((2, 1, 40, 50), 0.5)
    torch.manual_seed(0)
    one, two = noise(x) - x, noise(x) - x
    assert not torch.equal(one, two)
    assert not torch.equal(one[0], one[1])
    assert abs(float(one.std()) - 0.2) < 0.01
    noise.eval()
    still = noise(x) - x
    assert torch.equal(still, noise(x) - x)
    assert torch.equal(still[0], still[1])
    assert abs(float(still.std()) - 0.2) < 0.01
    assert torch.equal(still, module(0.2).eval()(x) - x), "another network has the same"


def test_it_has_no_weights_that_a_file_would_keep() -> None:
    assert module(0.1).state_dict() == {}


def test_without_strength_nothing_is_changed() -> None:
    x = torch.rand(2, 1, 40, 50)
    assert torch.equal(module(0.0)(x), x)
