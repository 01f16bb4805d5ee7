"""What a shape error offers to mend it, and that it does."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from workbench.core.values import Value
from workbench.layers.add import Add
from workbench.layers.avg_pool2d import AvgPool2d
from workbench.layers.batch_norm1d import BatchNorm1d
from workbench.layers.concat import Concat
from workbench.layers.conv2d import Conv2d
from workbench.layers.conv_transpose2d import ConvTranspose2d
from workbench.layers.cross_entropy_loss import CrossEntropyLoss
from workbench.layers.flatten import Flatten
from workbench.layers.linear import Linear
from workbench.layers.max_pool2d import MaxPool2d
from workbench.layers.mse_loss import MSELoss
from workbench.layers.relu import ReLU
from workbench.layers.softmax import Softmax
from workbench.layers.spec import (
    REGISTRY,
    In,
    Insert,
    Layer,
    SetWidth,
    ShapeError,
    SuggestParam,
    check_kind,
    find,
    port_of,
)
from workbench.layers.unflatten import Unflatten
from workbench.layers.upsample import Upsample

MAP = Value((16, 7, 7))
TEN = tuple("0123456789")


def refusal(layer: Layer, *values: Value) -> ShapeError:
    """The error of the shape rule for these inputs."""
    with pytest.raises(ShapeError) as caught:
        layer.outputs(*values)
    return caught.value


def test_a_map_into_a_linear_layer_wants_a_flatten() -> None:
    with pytest.raises(ShapeError) as caught:
        check_kind(Linear.inputs[0], "x", MAP)
    error = caught.value
    assert error.fixes == (Insert("Flatten"), Insert("Permute", {"dims": [0, 2, 3, 1]}))
    assert error.port == "x"
    assert "gets a feature map (channels first), 16×7×7. Put a Flatten before it." in str(error)
    check_kind(Linear.inputs[0], "x", Flatten().output(MAP))


def test_a_loss_goes_nowhere() -> None:
    with pytest.raises(ShapeError, match="anything but a loss") as caught:
        check_kind(ReLU.inputs[0], "x", Value((), "loss"))
    assert caught.value.fixes == ()


def test_the_number_of_axes_is_said_in_words() -> None:
    with pytest.raises(ShapeError, match=r"needs a flat vector or channels × length but gets 16×7×7\."):
        check_kind(BatchNorm1d.inputs[0], "x", MAP)


@pytest.mark.parametrize(
    ("other", "stride"),
    [((64, 28, 28), [2, 2]), ((64, 14, 14), [1, 1]), ((128, 28, 14), [2, 1]), ((128, 27, 27), [2, 2])],
)
def test_branches_of_different_size_want_a_projection(other: tuple[int, ...], stride: list[int]) -> None:
    first = Value((128, 14, 14))
    error = refusal(Add(), first, Value(other))
    (fix,) = error.fixes
    assert error.port == "x.1"
    assert isinstance(fix, Insert)
    assert fix.layer == "Conv2d"
    assert fix.params["stride"] == stride
    assert Conv2d.model_validate(dict(fix.params)).output(Value(other)) == first


@pytest.mark.parametrize("other", [Value((128, 7, 7)), Value((128, 15, 5)), Value((128,), "vector"), Value((128, 14))])
def test_a_projection_is_offered_only_where_a_stride_can(other: Value) -> None:
    assert refusal(Add(), Value((128, 14, 14)), other).fixes == ()


def test_scores_are_as_many_as_classes() -> None:
    target = Value((), "class", "int64", TEN)
    error = refusal(CrossEntropyLoss(), Value((128,), "vector"), target)
    assert error.port == "prediction"
    assert error.fixes == (SetWidth(10),)
    assert "128 scores" in str(error)
    assert "10 classes" in str(error)
    assert CrossEntropyLoss().output(Value((10,), "vector"), target).kind == "loss"


def test_scores_of_a_map_need_a_mask() -> None:
    error = refusal(CrossEntropyLoss(), Value((10, 4, 4)), Value((), "class", "int64"))
    assert error.port == "target"


@pytest.mark.parametrize(
    ("prediction", "target", "fixes"),
    [((3,), (1,), (SetWidth(1),)), ((3, 4, 4), (1, 4, 4), (SetWidth(1),)), ((3, 4, 4), (1, 4, 5), ()), ((1,), (), ())],
)
def test_a_reconstruction_has_its_targets_shape(prediction: Any, target: Any, fixes: tuple[Any, ...]) -> None:
    assert refusal(MSELoss(), Value(prediction), Value(target)).fixes == fixes


def after(layer: Layer, error: ShapeError) -> Layer:
    """The layer with its error's first fix."""
    fix = error.fixes[0]
    assert isinstance(fix, SuggestParam)
    return type(layer).model_validate({**layer.model_dump(), fix.param: fix.value})


@pytest.mark.parametrize(
    ("layer", "x", "fix"),
    [
        (Conv2d(kernel_size=9, padding=0), (3, 4, 6), SuggestParam("padding", 3)),
        (Conv2d(kernel_size=3, padding=0, dilation=4), (3, 4, 4), SuggestParam("dilation", 1)),
        (Conv2d(kernel_size=(1, 2), padding=0, dilation=(4, 1)), (3, 1, 1), SuggestParam("padding", 1)),
        (Conv2d(groups=4), (6, 4, 4), SuggestParam("groups", 2)),
        (Conv2d(groups=3, out_channels=16), (6, 4, 4), SuggestParam("groups", 2)),
        (Conv2d(padding="same", stride=2), (3, 4, 4), SuggestParam("stride", 1)),
        (Conv2d(padding=4, padding_mode="reflect"), (3, 4, 9), SuggestParam("padding_mode", "zeros")),
        (Conv2d(padding=5, padding_mode="circular"), (3, 4, 9), SuggestParam("padding_mode", "zeros")),
        (ConvTranspose2d(groups=4), (6, 4, 4), SuggestParam("groups", 2)),
        (ConvTranspose2d(padding=5), (3, 4, 4), SuggestParam("padding", 0)),
        (ConvTranspose2d(output_padding=2), (3, 4, 4), SuggestParam("output_padding", 0)),
        (MaxPool2d(kernel_size=5), (3, 4, 6), SuggestParam("kernel_size", 4)),
        (MaxPool2d(kernel_size=3, dilation=3), (3, 4, 6), SuggestParam("dilation", 1)),
        (MaxPool2d(kernel_size=(1, 2), dilation=(3, 1)), (3, 1, 1), SuggestParam("kernel_size", 1)),
        (AvgPool2d(kernel_size=2, padding=2), (3, 4, 6), SuggestParam("padding", 1)),
        (Softmax(dim=4), (3, 4, 6), SuggestParam("dim", 1)),
        (Flatten(start_dim=4), (3, 4, 6), SuggestParam("start_dim", 1)),
        (Flatten(end_dim=0), (3, 4, 6), SuggestParam("end_dim", -1)),
        (Unflatten(dim=4, unflattened_size=(3, 1)), (3, 4, 6), SuggestParam("dim", 1)),
    ],
    ids=repr,
)
def test_a_setting_that_cannot_be_gets_a_value_that_can(layer: Layer, x: tuple[int, ...], fix: SuggestParam) -> None:
    error = refusal(layer, Value(x))
    assert error.fixes[0] == fix
    for each in error.fixes[1:]:
        assert isinstance(each, SuggestParam)
        assert each.param == "kernel_size"
    assert after(layer, error).outputs(Value(x))


@pytest.mark.parametrize("mode", ["reflect", "circular"])
def test_a_margin_is_judged_for_each_axis(mode: str) -> None:
    """A wide margin along the long axis is no reason to refuse the short one."""
    layer = Conv2d.model_validate({"kernel_size": [1, 7], "padding": [0, 3], "padding_mode": mode})
    x = Value((1, 2, 9))
    assert layer.output(x).shape == tuple(layer.module(x).build()(torch.zeros(1, *x.shape)).shape[1:])


def test_folding_wants_as_many_values_as_there_are_places() -> None:
    error = refusal(Unflatten(unflattened_size=(16, 5, 5)), Value((300,), "vector"))
    assert error.fixes == (SetWidth(400),)


@pytest.mark.parametrize(
    "xs",
    [(MAP, Value((3, 7, 8))), (MAP, Value((16,), "vector")), (MAP, Value((16, 7)))],
)
def test_what_cannot_be_joined_is_said(xs: tuple[Value, ...]) -> None:
    error = refusal(Concat(), *xs)
    assert error.port == "x.1"
    assert str(xs[1]) in str(error)


def test_a_single_value_has_no_axis_to_join_along() -> None:
    assert refusal(Concat(), Value((), "scalar"), Value((), "scalar")).fixes == ()


def test_ports_are_found_by_the_wires_end() -> None:
    assert port_of(ReLU, "x") == In("x")
    assert port_of(ReLU, "x.0") is None
    assert port_of(ReLU, "y") is None
    assert port_of(Add, "x.12") is Add.inputs[0]
    for wrong in ("x", "x.", "x.a", "x.-1", "x.0.1"):
        assert port_of(Add, wrong) is None


def test_a_layer_is_found_by_an_earlier_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("Conv2d") is Conv2d
    assert find("OldConv") is None
    monkeypatch.setattr(Conv2d, "replaces", ("OldConv",))
    assert find("OldConv") is Conv2d
    assert "OldConv" not in REGISTRY


@pytest.mark.parametrize(
    ("cls", "module"),
    [
        (CrossEntropyLoss, nn.CrossEntropyLoss(ignore_index=-300)),
        (CrossEntropyLoss, nn.CrossEntropyLoss(reduction="none")),
        (Upsample, nn.Upsample(scale_factor=1.5)),
        (Upsample, nn.Upsample(scale_factor=(2.0, 1.5))),
        (Upsample, nn.Upsample(size=8)),
        (Upsample, nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)),
        (Conv2d, nn.Conv2d(1, 1, 3, padding="valid")),
        (MaxPool2d, nn.MaxPool2d(2000)),
    ],
    ids=str,
)
def test_a_module_that_cannot_be_drawn_is_refused(cls: type[Layer], module: nn.Module) -> None:
    with pytest.raises(ValueError, match=r"cannot be drawn|validation error"):
        cls.from_module(module)


@pytest.mark.parametrize("name", ["Dropout", "ReLU", "Add", "Concat"])
def test_class_numbers_cannot_go_through_a_layer_that_computes(name: str) -> None:
    labels = Value((), "class", "int64")
    with pytest.raises(ShapeError, match="needs numbers to compute with but gets a class number"):
        check_kind(REGISTRY[name].inputs[0], "x", labels)
    for passing in ("Identity", "Output"):
        check_kind(REGISTRY[passing].inputs[0], "x", labels)
