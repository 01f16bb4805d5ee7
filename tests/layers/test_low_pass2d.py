"""The low-pass that parts a picture into coarse and fine."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from workbench.core.values import Value
from workbench.layers.low_pass2d import LowPass2d


def picture(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def parted(x: Tensor, sigma: float = 4.0) -> tuple[Tensor, Tensor]:
    layer = LowPass2d(sigma=sigma)
    value = Value(tuple(x.shape[1:]))
    assert layer.outputs(value) == {"low": value, "high": value}
    found: tuple[Tensor, Tensor] = layer.module(value).build()(x)
    return found


@pytest.mark.parametrize("sigma", [0.5, 1.3, 4.0])
@pytest.mark.parametrize("size", [(24, 31), (9, 40), (2, 3), (1, 5)])
def test_low_is_the_gaussian_of_scipy_with_a_mirrored_border(sigma: float, size: tuple[int, int]) -> None:
    ndimage = pytest.importorskip("scipy.ndimage", reason="scipy is not installed")
    x = picture(2, 3, *size)
    low, _ = parted(x, sigma)
    expected = ndimage.gaussian_filter(x.numpy(), (0, 0, sigma, sigma), mode="mirror", truncate=4.0)
    assert np.abs(low.numpy() - expected).max() < 1e-12


def test_both_add_up_to_the_picture() -> None:
    x = picture(2, 3, 30, 20)
    low, high = parted(x)
    assert float((low + high - x).abs().max()) < 1e-15
    assert float(high.std()) > 0.9 * float(x.std())  # of white noise nearly all is fine
    assert float(low.std()) < 0.2 * float(x.std())


@pytest.mark.parametrize("value", [0.0, 0.3, 255.0])
def test_a_constant_picture_is_all_coarse(value: float) -> None:
    low, high = parted(torch.full((1, 1, 20, 20), value, dtype=torch.float64))
    assert torch.allclose(low, torch.full_like(low, value), rtol=1e-12)
    assert float(high.abs().max()) <= 1e-12 * max(1.0, value)


def test_pictures_and_channels_do_not_see_each_other() -> None:
    x = picture(3, 2, 20, 20)
    assert torch.equal(parted(x)[0][1:2, 1:], parted(x[1:2, 1:])[0])


def test_bytes_of_single_precision_stay_exact_enough() -> None:
    x = picture(1, 1, 40, 40)
    assert float((parted(x.float())[0] - parted(x)[0]).abs().max()) < 1e-6


def test_the_window_that_it_states_is_the_one_that_it_uses() -> None:
    for sigma in (0.5, 0.6, 2.0, 4.0):
        layer = LowPass2d(sigma=sigma)
        x = torch.zeros(1, 1, 81, 81, dtype=torch.float64)
        x[..., 40, 40] = 1
        low = layer.module(Value((1, 81, 81))).build()(x)[0]
        assert int((low[0, 0, 40] > 0).sum()) == layer.window


def test_the_gradient_is_that_of_the_formula() -> None:
    assert torch.autograd.gradcheck(lambda x: parted(x, 1.2), (picture(1, 1, 7, 6).requires_grad_(),))
