"""Margins, other sizes and crops: torch's numbers and modules, and what they see."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from workbench.core.values import Value
from workbench.layers.crop import Crop
from workbench.layers.interpolate import Interpolate
from workbench.layers.pad import Pad
from workbench.layers.spec import ShapeError, SuggestParam
from workbench.layers.windows import Picked, Resampled

MAP = Value((3, 6, 7))


def built(layer: Pad | Interpolate, value: Value) -> nn.Module:
    return layer.module(value).build()


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [(1, 2, 3, 4), (0, 5, 2, 0), (-1, 2, 0, -3), (3, -4, -1, -1)])
def test_margins_are_torchs(mode: str, padding: tuple[int, ...]) -> None:
    layer = Pad.model_validate({"padding": padding, "mode": mode, "value": 0.5})
    x = torch.randn(2, *MAP.shape)
    expected = F.pad(x, padding, mode, 0.5 if mode == "constant" else None)
    assert torch.equal(built(layer, MAP)(x), expected)
    assert layer.output(MAP) == Value(tuple(expected.shape[1:]))


@pytest.mark.parametrize(
    "value", [Value((7,), "vector"), Value((3, 7)), Value((3, 4, 5, 6)), Value((5, 3), "sequence")]
)
def test_one_margin_goes_along_the_last_axis_of_anything(value: Value) -> None:
    x = torch.randn(2, *value.shape)
    assert torch.equal(built(Pad(padding=(2, 1)), value)(x), F.pad(x, (2, 1)))
    rows = x.reshape(2, -1, value.shape[-1])
    expected = F.pad(rows, (2, 1), "reflect")
    found = built(Pad(padding=(2, 1), mode="reflect"), value)(x)
    assert torch.equal(found.reshape(expected.shape), expected)


@pytest.mark.parametrize(
    ("module", "layer"),
    [
        (nn.ZeroPad2d((1, 2, 3, 4)), Pad(padding=(1, 2, 3, 4))),
        (nn.ConstantPad1d(2, 3), Pad(padding=(2, 2), value=3.0)),
        (nn.ReflectionPad2d(1), Pad(mode="reflect")),
        (nn.ReplicationPad3d((1, 1, 2, 2, 0, 3)), Pad(padding=(1, 1, 2, 2, 0, 3), mode="replicate")),
        (nn.CircularPad1d((1, 2)), Pad(padding=(1, 2), mode="circular")),
    ],
    ids=lambda each: type(each).__name__,
)
def test_torchs_modules_of_margins_are_read(module: nn.Module, layer: Pad) -> None:
    assert Pad.from_module(module) == layer


@pytest.mark.parametrize(
    ("layer", "words", "fits"),
    [
        (Pad(padding=(1, 2, 3)), "padding has 3 numbers", [1, 2]),
        (Pad(padding=(1,) * 8), "at most 6", [1] * 6),
        (Pad(padding=(-3, -4, 1, 1)), "cuts off all of the 7 along axis 3", [0, 0, 1, 1]),
        (Pad(padding=(1, 1, -7, 9)), "cuts off all of the 6 along axis 2", [1, 1, 0, 9]),
        (Pad(padding=(1, 9), mode="reflect"), "a margin of 6 along axis 3 of 3×6×7", [1, 6]),
        (Pad(padding=(8, 2), mode="circular"), "a margin of 7 along axis 3", [7, 2]),
    ],
)
def test_margins_that_cannot_be_are_refused(layer: Pad, words: str, fits: list[int]) -> None:
    with pytest.raises(ShapeError, match=words) as caught:
        layer.output(MAP)
    assert caught.value.fixes == (SuggestParam("padding", fits),)
    assert Pad.model_validate({**layer.model_dump(), "padding": fits}).output(MAP)


MODES = [
    (axes, mode, corners)
    for axes, modes in enumerate(("linear", "bilinear bicubic", "trilinear"), start=1)
    for mode, corners in [
        *((each, False) for each in ("nearest", "nearest-exact", "area")),
        *((each, corners) for each in modes.split() for corners in (False, True)),
    ]
]
TO: list[dict[str, Any]] = [
    {"size": 4}, {"size": 11}, {"scale_factor": 2.0}, {"scale_factor": 0.5}, {"scale_factor": 1.3}
]  # fmt: skip


@pytest.mark.parametrize(("axes", "mode", "corners"), MODES)
@pytest.mark.parametrize("to", TO, ids=str)
def test_other_sizes_are_torchs(axes: int, mode: str, corners: bool, to: dict[str, Any]) -> None:
    given = {"size": None, "scale_factor": None, **to}
    layer = Interpolate.model_validate({**given, "mode": mode, "align_corners": corners})
    value = Value((2, *(6, 7, 5)[:axes]))
    x = torch.randn(3, *value.shape)
    expected = F.interpolate(x, **given, mode=mode, align_corners=corners or None)
    assert torch.equal(built(layer, value)(x), expected)
    assert layer.output(value) == Value(tuple(expected.shape[1:]))


def test_each_axis_may_have_a_size_of_its_own() -> None:
    assert Interpolate(size=(9, 4), scale_factor=None).output(MAP).shape == (3, 9, 4)
    assert Interpolate(scale_factor=(0.5, 3.0)).output(MAP).shape == (3, 3, 21)
    assert Interpolate(size=(5, 5), scale_factor=None).size == 5


@pytest.mark.parametrize(
    ("module", "layer"),
    [
        (nn.Upsample(scale_factor=1.5), Interpolate(scale_factor=1.5)),
        (nn.Upsample((4, 5), mode="bicubic"), Interpolate(size=(4, 5), scale_factor=None, mode="bicubic")),
        (nn.UpsamplingBilinear2d(scale_factor=2), Interpolate(mode="bilinear", align_corners=True)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_torchs_upsampling_is_read(module: nn.Module, layer: Interpolate) -> None:
    assert Interpolate.from_module(module) == layer


@pytest.mark.parametrize(
    ("layer", "words", "fix"),
    [
        (Interpolate(size=3), "not both", SuggestParam("scale_factor", None)),
        (Interpolate(scale_factor=None), "neither", SuggestParam("scale_factor", 2.0)),
        (Interpolate(scale_factor=(2.0, 1.0, 3.0)), "3 numbers, but 3×6×7 has 2", SuggestParam("scale_factor", 2.0)),
        (Interpolate(mode="trilinear"), "not for 2 axes", SuggestParam("mode", "bilinear")),
        (Interpolate(align_corners=True), 'mode is "nearest"', SuggestParam("align_corners", False)),
        (Interpolate(scale_factor=0.125), "leaves nothing", SuggestParam("scale_factor", 1.0)),
    ],
)
def test_sizes_that_cannot_be_are_refused(layer: Interpolate, words: str, fix: SuggestParam) -> None:
    with pytest.raises(ShapeError, match=words) as caught:
        layer.output(MAP)
    assert caught.value.fixes == (fix,)
    assert Interpolate.model_validate({**layer.model_dump(), fix.param: fix.value}).output(MAP)


def test_windows_of_an_interpolation() -> None:
    rows, columns = Interpolate(size=(4, 12), scale_factor=None).windows(Value((1, 6, 6)))[0]
    assert [rows.seen(i, i, 6) for i in range(4)] == [(0, 0), (1, 1), (3, 3), (4, 4)]
    assert columns.step == Fraction(1, 2)
    row = Interpolate(scale_factor=2.0, mode="linear").windows(Value((1, 6)))[0][0]
    assert [row.seen(i, i, 6) for i in (0, 1, 2, 11)] == [(0, 0), (0, 1), (0, 1), (5, 5)]
    row = Interpolate(size=11, scale_factor=None, mode="linear", align_corners=True).windows(Value((1, 6)))[0][0]
    assert [row.seen(i, i, 6) for i in (0, 1, 2, 10)] == [(0, 0), (0, 1), (1, 1), (5, 5)]


def test_only_whole_enlargements_let_pictures_be_cut() -> None:
    even = {factor: Interpolate(scale_factor=factor).windows(MAP)[0][0].moves_evenly for factor in (3.0, 0.5, 1.5)}
    assert even == {3.0: True, 0.5: False, 1.5: False}
    assert not Interpolate(size=12, scale_factor=None).windows(MAP)[0][0].moves_evenly
    assert Resampled().moves_evenly


def test_a_crop_is_the_middle() -> None:
    x, like = torch.randn(2, 3, 9, 8), torch.randn(2, 5, 4, 5)
    layer, values = Crop(), (Value((3, 9, 8)), Value((5, 4, 5)))
    assert torch.equal(layer.module(*values).build()(x, like), x[:, :, 2:6, 1:6])
    assert layer.output(*values) == Value((3, 4, 5))
    own, other = layer.windows(*values)
    assert own == (Picked(2), Picked(1))
    assert [window.seen(0, 3, 9) for window in other] == [None, None], "of the other only the size counts"


@pytest.mark.parametrize(("like", "fits"), [((5, 4, 9), Value((5, 9, 8))), ((5, 4), None)])
def test_a_crop_larger_than_the_map_is_refused(like: tuple[int, ...], fits: Value | None) -> None:
    with pytest.raises(ShapeError, match="out of 9×8") as caught:
        Crop().output(Value((3, 9, 8)), Value(like))
    assert (caught.value.port, caught.value.fits) == ("like", fits)
