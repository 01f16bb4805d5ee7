"""Layers of series and volumes: known sizes, costs and receptive fields, and modules as others write them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tests.contracts.drawing_layers import weights
from workbench.core.values import Value
from workbench.layers.adaptive_avg_pool1d import AdaptiveAvgPool1d
from workbench.layers.adaptive_avg_pool2d import AdaptiveAvgPool2d
from workbench.layers.adaptive_avg_pool3d import AdaptiveAvgPool3d
from workbench.layers.adaptive_max_pool1d import AdaptiveMaxPool1d
from workbench.layers.adaptive_max_pool2d import AdaptiveMaxPool2d
from workbench.layers.adaptive_max_pool3d import AdaptiveMaxPool3d
from workbench.layers.avg_pool1d import AvgPool1d
from workbench.layers.avg_pool2d import AvgPool2d
from workbench.layers.avg_pool3d import AvgPool3d
from workbench.layers.conv3d import Conv3d
from workbench.layers.conv_transpose1d import ConvTranspose1d
from workbench.layers.conv_transpose2d import ConvTranspose2d
from workbench.layers.conv_transpose3d import ConvTranspose3d
from workbench.layers.max_pool1d import MaxPool1d
from workbench.layers.max_pool3d import MaxPool3d
from workbench.layers.spec import Layer, ShapeError, SuggestParam, check_kind

SERIES = Value((6, 16))
VOLUME = Value((6, 8, 10, 12))


@pytest.mark.parametrize(
    ("layer", "x", "shape", "macs"),
    [
        (Conv3d(out_channels=4), VOLUME, (4, 8, 10, 12), 4 * 960 * 6 * 27),
        (Conv3d(out_channels=4, kernel_size=(1, 3, 5), stride=(1, 2, 3), padding=(0, 1, 2)), VOLUME, (4, 8, 5, 4),
         4 * 160 * 6 * 15),
        (Conv3d(out_channels=4, groups=2, padding="same", dilation=2), VOLUME, (4, 8, 10, 12), 4 * 960 * 3 * 27),
        (ConvTranspose1d(out_channels=4), SERIES, (4, 32), 6 * 16 * 4 * 2),
        (ConvTranspose1d(out_channels=4, kernel_size=4, stride=3, padding=1, output_padding=2), SERIES, (4, 49),
         6 * 16 * 4 * 4),
        (ConvTranspose3d(out_channels=4), VOLUME, (4, 16, 20, 24), 6 * 960 * 4 * 8),
        (ConvTranspose3d(out_channels=4, kernel_size=(1, 2, 3), stride=(1, 2, 3), groups=2), VOLUME, (4, 8, 20, 36),
         6 * 960 * 2 * 6),
        (MaxPool1d(kernel_size=3, stride=2, ceil_mode=True), SERIES, (6, 8), 0),
        (MaxPool3d(kernel_size=(1, 2, 2)), VOLUME, (6, 8, 5, 6), 0),
        (AvgPool1d(kernel_size=3, stride=2, padding=1), SERIES, (6, 8), 0),
        (AvgPool3d(kernel_size=3, stride=(1, 2, 2)), VOLUME, (6, 6, 4, 5), 0),
        (AdaptiveAvgPool1d(output_size=5), SERIES, (6, 5), 0),
        (AdaptiveMaxPool3d(output_size=(2, 3, 4)), VOLUME, (6, 2, 3, 4), 0),
    ],
    ids=repr,
)  # fmt: skip
def test_sizes_and_costs(layer: Layer, x: Value, shape: tuple[int, ...], macs: int) -> None:
    assert layer.outputs(x)["y"].shape == shape
    assert layer.macs(x) == macs
    made = layer.module(x)
    assert made is not None
    module = made.build()
    assert module(torch.zeros(2, *x.shape)).shape == (2, *shape)
    assert weights(module) == layer.parameters(x)


@pytest.mark.parametrize(
    ("layer", "x", "place", "seen"),
    [
        (Conv3d(kernel_size=(1, 3, 5), padding=0, dilation=(1, 2, 1)), VOLUME, (2, 3, 4), ((2, 2), (3, 7), (4, 8))),
        (ConvTranspose1d(kernel_size=4, stride=2, padding=1), SERIES, (3,), ((1, 2),)),
        (ConvTranspose3d(kernel_size=(1, 2, 4)), VOLUME, (4, 4, 4), ((2, 2), (2, 2), (1, 2))),
        (MaxPool1d(kernel_size=3, dilation=2), SERIES, (2,), ((6, 10),)),
        (AvgPool3d(kernel_size=(2, 3, 4)), VOLUME, (1, 1, 1), ((2, 3), (3, 5), (4, 7))),
        (AdaptiveAvgPool1d(output_size=5), SERIES, (1,), ((3, 6),)),
        (AdaptiveMaxPool3d(output_size=(2, 3, 4)), VOLUME, (1, 1, 1), ((4, 7), (3, 6), (3, 5))),
    ],
    ids=repr,
)
def test_receptive_fields(layer: Layer, x: Value, place: tuple[int, ...], seen: Any) -> None:
    (windows,) = layer.windows(x) or ()
    found = (window.seen(at, at, size) for window, at, size in zip(windows, place, x.spatial, strict=True))
    assert tuple(found) == seen


def test_arithmetic_is_told_for_every_axis() -> None:
    assert MaxPool3d(kernel_size=(1, 2, 2)).explain(VOLUME) == (
        "(8 + 2·0 − 1)/1 + 1 = 8; (10 + 2·0 − 2)/2 + 1 = 5; (12 + 2·0 − 2)/2 + 1 = 6"
    )
    assert ConvTranspose1d().explain(SERIES) == "(16 − 1)·2 − 2·0 + 1·(2 − 1) + 0 + 1 = 32"


@pytest.mark.parametrize(
    ("cls", "module", "settings"),
    [
        (Conv3d, nn.Conv3d(3, 4, 5), {"out_channels": 4, "kernel_size": 5, "padding": 0}),
        (Conv3d, nn.Conv3d(4, 4, (1, 2, 3), (2, 2, 2), 1, groups=2, bias=False),
         {"out_channels": 4, "kernel_size": (1, 2, 3), "stride": 2, "groups": 2, "bias": False}),
        (ConvTranspose1d, nn.ConvTranspose1d(3, 4, (5,), (2,), output_padding=1),
         {"out_channels": 4, "kernel_size": 5, "output_padding": 1}),
        (ConvTranspose3d, nn.ConvTranspose3d(3, 4, 2, (1, 2, 2), dilation=3),
         {"out_channels": 4, "kernel_size": 2, "stride": (1, 2, 2), "dilation": 3}),
        (MaxPool1d, nn.MaxPool1d((3,), (2,), return_indices=True), {"kernel_size": 3, "stride": 2}),
        (MaxPool1d, nn.MaxPool1d(3), {"kernel_size": 3, "stride": 3}),
        (MaxPool3d, nn.MaxPool3d((1, 2, 2), [1, 2, 2], ceil_mode=True),  # type: ignore[arg-type]
         {"kernel_size": (1, 2, 2), "stride": (1, 2, 2), "ceil_mode": True}),
        (AvgPool1d, nn.AvgPool1d([4], padding=2, count_include_pad=False),  # type: ignore[arg-type]
         {"kernel_size": 4, "stride": 4, "padding": 2, "count_include_pad": False}),
        (AvgPool2d, nn.AvgPool2d((2, 3), divisor_override=5),
         {"kernel_size": (2, 3), "stride": (2, 3), "divisor_override": 5}),
        (AvgPool3d, nn.AvgPool3d(2, None, 1, divisor_override=3),
         {"kernel_size": 2, "stride": 2, "padding": 1, "divisor_override": 3}),
        (AdaptiveAvgPool1d, nn.AdaptiveAvgPool1d((7,)), {"output_size": 7}),
        (AdaptiveAvgPool2d, nn.AdaptiveAvgPool2d([7, 5]), {"output_size": (7, 5)}),  # type: ignore[arg-type]
        (AdaptiveAvgPool3d, nn.AdaptiveAvgPool3d((2, 2, 2)), {"output_size": 2}),
        (AdaptiveMaxPool1d, nn.AdaptiveMaxPool1d(7), {"output_size": 7}),
        (AdaptiveMaxPool2d, nn.AdaptiveMaxPool2d((7, 7)), {"output_size": 7}),
        (AdaptiveMaxPool3d, nn.AdaptiveMaxPool3d((1, 2, 3)), {"output_size": (1, 2, 3)}),
    ],
    ids=lambda each: each.__name__ if isinstance(each, type) else "",
)  # fmt: skip
def test_modules_are_read_as_others_write_them(cls: type[Layer], module: nn.Module, settings: dict[str, Any]) -> None:
    layer = cls.from_module(module)
    assert layer == cls.model_validate(settings)
    x = {2: SERIES, 3: Value((6, 9, 11)), 4: VOLUME}[cls.inputs[0].axes[0]]
    if cls.trains:
        x = x.reshaped(getattr(module, "in_channels", 0), *x.spatial)
    made = layer.module(x)
    assert made is not None
    ours = made.build().double()
    ours.load_state_dict(module.state_dict())
    given = torch.randn(2, *x.shape, dtype=torch.float64)
    theirs = module.double()(given)
    assert torch.equal(ours(given), theirs[0] if isinstance(theirs, tuple) else theirs)


@pytest.mark.parametrize(
    ("cls", "module", "said"),
    [
        (AdaptiveAvgPool2d, nn.AdaptiveAvgPool2d((None, 7)), "keeps the size of an axis"),
        (AdaptiveAvgPool2d, nn.AdaptiveAvgPool2d(None), "keeps the size of an axis"),
        (AdaptiveMaxPool3d, nn.AdaptiveMaxPool3d((None, 7, None)), "keeps the size of an axis"),
        (AdaptiveMaxPool2d, nn.AdaptiveMaxPool2d(3, return_indices=True), "places of its maxima"),
        (AvgPool2d, nn.AvgPool2d(2, divisor_override=-4), "divisor_override"),
        (Conv3d, nn.Conv3d(1, 1, 3, padding="valid"), "padding"),
        (MaxPool3d, nn.MaxPool3d((2, 2000, 2)), "kernel_size"),
    ],
    ids=str,
)
def test_modules_that_cannot_be_drawn_are_refused(cls: type[Layer], module: nn.Module, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        cls.from_module(module)


@pytest.mark.parametrize(
    ("layer", "x", "fix", "said"),
    [
        (Conv3d(padding=0), (3, 2, 4, 4), SuggestParam("padding", 1), "window of 3×3×3 does not fit into 3×2×4×4"),
        (Conv3d(groups=4), (6, 4, 4, 4), SuggestParam("groups", 2), "groups = 4 must divide the 6 channels"),
        (Conv3d(padding="same", stride=(1, 2, 1)), (3, 4, 4, 4), SuggestParam("stride", 1), "stride 1 only"),
        (ConvTranspose1d(groups=4), (6, 4), SuggestParam("groups", 2), "groups = 4 must divide the 6 channels"),
        (ConvTranspose1d(output_padding=2), (3, 4), SuggestParam("output_padding", 0), "smaller than stride"),
        (ConvTranspose3d(padding=5), (3, 2, 4, 9), SuggestParam("padding", 0), "the output would be -6×-2×8"),
        (ConvTranspose2d(padding=5), (3, 4, 4), SuggestParam("padding", 0), "the output would be -2×-2"),
        (MaxPool1d(kernel_size=5), (3, 4), SuggestParam("kernel_size", 4), "window of 5 does not fit into 3×4"),
        (MaxPool1d(kernel_size=3, dilation=3), (3, 4), SuggestParam("dilation", 1), "window of 7 does not fit"),
        (MaxPool3d(kernel_size=(1, 4, 4), padding=(1, 1, 1)), (3, 4, 4, 4), SuggestParam("padding", 0),
         r"padding = 1 must be at most half of kernel_size = \(1, 4, 4\)"),
        (AvgPool3d(kernel_size=3), (3, 2, 4, 4), SuggestParam("kernel_size", 2), "window of 3×3×3 does not fit"),
        (AvgPool3d(kernel_size=(1, 1, 3), padding=(0, 0, 1)), (3, 4, 4, 2), SuggestParam("kernel_size", 2),
         "window of 1×1×3 does not fit into 3×4×4×2, whose margin does not count"),
        (AvgPool1d(kernel_size=3, padding=2), (3, 8), SuggestParam("padding", 1), "at most half of kernel_size = 3"),
    ],
    ids=repr,
)  # fmt: skip
def test_what_cannot_be_is_said_and_mended(layer: Layer, x: tuple[int, ...], fix: SuggestParam, said: str) -> None:
    with pytest.raises(ShapeError, match=said) as caught:
        layer.outputs(Value(x))
    assert caught.value.fixes[0] == fix
    assert type(layer).model_validate({**layer.model_dump(), fix.param: fix.value}).outputs(Value(x))


@pytest.mark.parametrize(
    ("cls", "needed"),
    [
        (Conv3d, "channels × depth × height × width"), (MaxPool3d, "channels × depth × height × width"),
        (AvgPool1d, "channels × length"), (ConvTranspose1d, "channels × length"),
    ],
)  # fmt: skip
def test_pictures_are_refused_in_words(cls: type[Layer], needed: str) -> None:
    with pytest.raises(ShapeError, match=f"needs {needed} but gets 3×8×8"):
        check_kind(cls.inputs[0], "x", Value((3, 8, 8)))


@pytest.mark.parametrize("divisor", [None, 1, 7])
@pytest.mark.parametrize("counts", [True, False])
def test_windows_are_divided_by_what_is_asked_for(divisor: int | None, counts: bool) -> None:
    settings = {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": counts, "divisor_override": divisor}
    picture = AvgPool2d.model_validate(settings).module(Value((1, 5, 5))).build()(torch.ones(1, 1, 5, 5))
    volume = AvgPool3d.model_validate(settings).module(Value((1, 5, 5, 5))).build()(torch.ones(1, 1, 5, 5, 5))
    counted = torch.tensor([2.0, 3.0, 2.0])  # ones inside the window, along an axis
    square = counted[:, None] * counted
    cube = square * counted[:, None, None]
    whole = (9, 27) if counts else (square, cube)
    torch.testing.assert_close(picture[0, 0], square / (divisor or whole[0]))
    torch.testing.assert_close(volume[0, 0], cube / (divisor or whole[1]))
    assert ("divisor_override" in AvgPool2d.model_validate(settings).module(Value((1, 5, 5))).source()) == bool(divisor)


@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (AdaptiveMaxPool1d(output_size=3), SERIES),
        (AdaptiveMaxPool2d(output_size=(3, 4)), Value((6, 8, 10))),
        (AdaptiveMaxPool3d(output_size=(3, 4, 5)), VOLUME),
        (AdaptiveAvgPool3d(output_size=(3, 4, 5)), VOLUME),
    ],
    ids=repr,
)
def test_adaptive_pooling_takes_the_regions_it_names(layer: Layer, x: Value) -> None:
    made, (windows,) = layer.module(x), layer.windows(x) or ()
    assert made is not None
    given = torch.randn(1, *x.shape)
    y = made.build()(given)
    place = (1,) * len(x.spatial)
    parts = [slice(low, high + 1) for window in windows for low, high in (window.seen(1, 1, None) or (0, 0),)]
    region = given[(slice(None), slice(None), *parts)].flatten(2)
    expected = region.mean(2) if layer.linear else region.amax(2)
    torch.testing.assert_close(y[(slice(None), slice(None), *place)], expected)
