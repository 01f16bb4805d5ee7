"""Layers that lay channels out as pixels, pixels as channels, and channels in another order."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from workbench.core.values import Value
from workbench.layers.channel_shuffle import ChannelShuffle
from workbench.layers.pixel_shuffle import PixelShuffle
from workbench.layers.pixel_unshuffle import PixelUnshuffle
from workbench.layers.spec import Layer, SetWidth, ShapeError, SuggestParam


def refusal(layer: Layer, x: Value) -> ShapeError:
    with pytest.raises(ShapeError) as caught:
        layer.outputs(x)
    return caught.value


@pytest.mark.parametrize("r", [1, 2, 3])
def test_a_shuffle_of_pixels_and_its_way_back(r: int) -> None:
    x = Value((2 * r * r, 3, 4))
    larger = PixelShuffle(upscale_factor=r).output(x)
    assert larger.shape == (2, 3 * r, 4 * r)
    assert PixelUnshuffle(downscale_factor=r).output(larger) == x
    given = torch.randn(2, *x.shape)
    there = PixelShuffle(upscale_factor=r).module(x).build()(given)
    assert torch.equal(there[:, 1, r - 1, 0], given[:, r * r + (r - 1) * r, 0, 0])
    assert torch.equal(PixelUnshuffle(downscale_factor=r).module(larger).build()(there), given)


def test_channels_are_dealt_out_among_groups() -> None:
    x = Value((6, 5))
    given = torch.arange(6.0)[None, :, None].expand(1, 6, 5)
    assert ChannelShuffle(groups=3).module(x).build()(given)[0, :, 0].tolist() == [0, 2, 4, 1, 3, 5]
    assert ChannelShuffle(groups=3).output(x) == x


def test_receptive_fields_of_shuffles() -> None:
    ((row, _),) = PixelShuffle(upscale_factor=3).windows(Value((9, 4, 4)))
    assert [row.seen(at, at, 4) for at in (0, 2, 3, 11)] == [(0, 0), (0, 0), (1, 1), (3, 3)]
    ((row, _),) = PixelUnshuffle(downscale_factor=3).windows(Value((1, 12, 12)))
    assert [row.seen(at, at, 12) for at in (0, 3)] == [(0, 2), (9, 11)]


def test_too_few_channels_for_a_square_are_made_more() -> None:
    error = refusal(PixelShuffle(upscale_factor=4), Value((36, 3, 3)))
    assert str(error) == "makes 4×4 pixels of 16 channels each, but gets 36 channels."
    assert error.fixes == (SetWidth(48), SuggestParam("upscale_factor", 3))
    assert PixelShuffle(upscale_factor=4).output(Value((48, 3, 3))).shape == (3, 12, 12)
    assert PixelShuffle(upscale_factor=3).output(Value((36, 3, 3))).shape == (4, 9, 9)


def test_a_map_that_is_no_whole_squares_gets_smaller_ones() -> None:
    error = refusal(PixelUnshuffle(downscale_factor=4), Value((2, 8, 6)))
    assert str(error) == "cannot part 2×8×6 into squares of 4×4 pixels."
    assert error.fixes == (SuggestParam("downscale_factor", 2),)
    assert PixelUnshuffle().output(Value((2, 8, 6))).shape == (8, 4, 3)


def test_groups_divide_the_channels() -> None:
    error = refusal(ChannelShuffle(groups=4), Value((6, 3)))
    assert str(error) == "groups = 4 must divide the 6 channels that come in."
    assert error.fixes == (SuggestParam("groups", 3),)


@pytest.mark.parametrize(
    ("module", "layer"),
    [
        (nn.PixelShuffle(3), PixelShuffle(upscale_factor=3)),
        (nn.PixelUnshuffle(3), PixelUnshuffle(downscale_factor=3)),
        (nn.ChannelShuffle(3), ChannelShuffle(groups=3)),
    ],
    ids=str,
)
def test_torchs_modules_are_read(module: nn.Module, layer: Layer) -> None:
    assert type(layer).from_module(module) == layer
