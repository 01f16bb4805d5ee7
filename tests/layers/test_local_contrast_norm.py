"""Local contrast normalisation as in Zeiler's toolbox."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from workbench.core.values import Value
from workbench.layers.local_contrast_norm import LocalContrastNorm
from workbench.layers.spec import ShapeError, SuggestParam


def picture(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def normalised(x: Tensor, kernel_size: int = 13, sigma: float = 4.773) -> Tensor:
    layer = LocalContrastNorm(kernel_size=kernel_size, sigma=sigma)
    value = Value(tuple(x.shape[1:]))
    assert layer.output(value) == value
    found: Tensor = layer.module(value).build()(x)
    return found


def by_the_book(image: np.ndarray, kernel_size: int, sigma: float) -> np.ndarray:
    """One channel, straight from the definition: a two-dimensional Gaussian at every pixel."""
    margin = kernel_size // 2
    places = np.arange(-margin, margin + 1)
    kernel = np.exp(-(places[:, None] ** 2 + places[None] ** 2) / (2 * sigma**2))
    kernel /= kernel.sum()
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, margin, mode="reflect"), kernel.shape)
    mean = (windows * kernel).sum((2, 3))
    deviation = np.sqrt(np.maximum((windows**2 * kernel).sum((2, 3)) - mean**2, 0))
    threshold = np.median(deviation) or np.median(deviation[deviation > 0])
    return (image - mean) / np.maximum(deviation, threshold)


@pytest.mark.parametrize(("kernel_size", "sigma"), [(13, 4.773), (5, 1.2), (3, 100.0)])
@pytest.mark.parametrize("size", [(20, 20), (17, 31)])
def test_it_is_the_definition_for_every_channel_of_every_picture(
    kernel_size: int, sigma: float, size: tuple[int, int]
) -> None:
    x = picture(2, 3, *size)
    found = normalised(x, kernel_size, sigma)
    for n in range(2):
        for c in range(3):
            expected = by_the_book(x[n, c].numpy(), kernel_size, sigma)
            assert np.abs(found[n, c].numpy() - expected).max() < 1e-6


def test_where_most_is_flat_the_median_is_of_what_is_not() -> None:
    x = torch.zeros(1, 1, 40, 40, dtype=torch.float64)
    x[..., :8, :8] = picture(8, 8)
    found = normalised(x, 5, 1.2)
    assert np.abs(found[0, 0].numpy() - by_the_book(x[0, 0].numpy(), 5, 1.2)).max() < 1e-6
    assert torch.equal(found[..., 12:, 12:], torch.zeros(1, 1, 28, 28, dtype=torch.float64))


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0, 255.0])
def test_a_constant_picture_gives_zero(value: float) -> None:
    assert torch.equal(normalised(torch.full((1, 2, 16, 16), value)), torch.zeros(1, 2, 16, 16))


@pytest.mark.parametrize(("a", "b"), [(1.0, 100.0), (255.0, 0.0), (0.01, 3.0), (7.0, -5.0)])
def test_brightness_and_contrast_do_not_matter(a: float, b: float) -> None:
    x = picture(2, 1, 32, 32)
    assert float((normalised(a * x + b) - normalised(x)).abs().max()) < 1e-5
    single = x.float()
    if b < 10:  # with b = 100 the numbers themselves have lost that many digits in single precision
        assert float((normalised(a * single + b) - normalised(single)).abs().max()) < 1e-3


def test_the_border_is_as_bright_as_the_middle() -> None:
    """A margin of zeros would be taken for a dark surrounding and draw a bright frame."""
    x = 0.8 + 0.05 * picture(64, 1, 32, 32)
    found = normalised(x)
    frame = torch.cat([found[..., :2, :].flatten(), found[..., -2:, :].flatten()])
    assert abs(float(frame.mean())) < 0.1
    assert abs(float(found.mean())) < 0.1


def test_pictures_of_a_batch_do_not_see_each_other() -> None:
    x = picture(3, 2, 20, 20)
    assert torch.equal(normalised(x)[1:2], normalised(x[1:2]))


def test_a_window_larger_than_the_picture_can_be_mirrored_is_refused_with_a_fix() -> None:
    layer = LocalContrastNorm()
    assert layer.output(Value((1, 7, 9))) == Value((1, 7, 9))
    with pytest.raises(ShapeError, match="13×13 is too large for 1×6×9; 11×11 fits") as caught:
        layer.output(Value((1, 6, 9)))
    assert caught.value.fixes == (SuggestParam("kernel_size", 11),)
    assert normalised(picture(1, 1, 6, 9), 11).isfinite().all()


def test_an_even_window_is_refused_with_a_fix() -> None:
    with pytest.raises(ShapeError, match="kernel_size = 12 must be odd") as caught:
        LocalContrastNorm(kernel_size=12).output(Value((1, 32, 32)))
    assert caught.value.fixes == (SuggestParam("kernel_size", 11),)


def test_the_gradient_is_finite_where_there_is_no_contrast() -> None:
    x = torch.zeros(1, 1, 20, 20, dtype=torch.float64)
    x[..., 4, 4] = 1
    normalised(x.requires_grad_(), 5).square().sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_the_gradient_is_that_of_the_formula() -> None:
    assert torch.autograd.gradcheck(lambda x: normalised(x, 5, 1.2), (picture(1, 1, 7, 6).requires_grad_(),))
