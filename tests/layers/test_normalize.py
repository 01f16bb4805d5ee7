"""What the Input layer does to the data, and the Target layer to answers."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from workbench.core.values import Value
from workbench.layers.input import Input
from workbench.layers.spec import ShapeError, SuggestParam
from workbench.layers.target import Target


def built(layer: Input) -> nn.Module:
    return layer.module().build()


def test_bytes_are_scaled_to_one() -> None:
    x = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    y = built(Input(shape=(1, 16, 16)))(x)
    assert y.dtype == torch.float32
    assert torch.equal(y.flatten(), torch.arange(256) / 255)


def test_numbers_stay_as_they_are() -> None:
    x = torch.tensor([[-3.0, 700.0]])
    assert torch.equal(built(Input(shape=(2,), kind="vector"))(x), x)


def test_mean_and_deviation_are_those_of_each_channel() -> None:
    mean, std = (0.1, 0.2, 0.3), (1.0, 2.0, 4.0)
    x = torch.randint(256, (2, 3, 4, 5), dtype=torch.uint8)
    y = built(Input(shape=(3, 4, 5), mean=mean, std=std))(x)
    for channel in range(3):
        expected = (x[:, channel] / 255 - mean[channel]) / std[channel]
        assert torch.allclose(y[:, channel], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_what_comes_in_is_left_as_it_is(dtype: torch.dtype) -> None:
    x = torch.randint(256, (2, 3, 4, 5), dtype=torch.uint8).to(dtype)
    before = x.clone()
    y = built(Input(shape=(3, 4, 5), mean=(0.4,) * 3, std=(0.3,) * 3))(x)
    assert torch.equal(x, before)
    scaled = before / 255 if dtype == torch.uint8 else before
    assert torch.equal(y, (scaled - torch.tensor(0.4)) / torch.tensor(0.3))  # bit for bit


@pytest.mark.parametrize(
    ("layer", "axis"),
    [
        (Input(shape=(3,), kind="vector", mean=(1.0, 2.0, 3.0)), 1),
        (Input(shape=(3, 7), kind="map", mean=(1.0, 2.0, 3.0)), 1),
        (Input(shape=(3, 2, 2, 2), kind="map", mean=(1.0, 2.0, 3.0)), 1),
        (Input(shape=(7, 3), kind="sequence", mean=(1.0, 2.0, 3.0)), 2),
    ],
)
def test_the_channels_are_those_of_the_kind(layer: Input, axis: int) -> None:
    x = torch.zeros(2, *layer.output().shape)
    y = built(layer)(x).movedim(axis, -1).reshape(-1, 3)
    assert torch.equal(y, torch.tensor([-1.0, -2.0, -3.0]).expand_as(y))


def test_one_number_serves_every_channel() -> None:
    y = built(Input(shape=(3, 2, 2), mean=(0.5,), std=(0.25,)))(torch.ones(1, 3, 2, 2))
    assert torch.equal(y, torch.full((1, 3, 2, 2), 2.0))


def test_a_mean_alone_is_enough() -> None:
    y = built(Input(shape=(1, 2, 2), mean=(0.0,), std=(2.0,)))(torch.ones(1, 1, 2, 2))
    assert torch.equal(y, torch.full((1, 1, 2, 2), 0.5))


def test_the_numbers_are_no_weights_but_move_with_the_module() -> None:
    module = built(Input(mean=(0.5,), std=(0.25,)))
    assert module.state_dict() == {}
    assert list(module.parameters()) == []
    assert {each.dtype for each in module.double().buffers()} == {torch.float64}


def test_it_works_on_the_meta_device() -> None:
    with torch.device("meta"):
        module = built(Input(shape=(3, 4, 4), mean=(0.1, 0.2, 0.3), std=(1.0,)))
        y = module(torch.zeros(2, 3, 4, 4, dtype=torch.uint8))
    assert y.device.type == "meta"
    assert y.shape == (2, 3, 4, 4)
    assert y.dtype == torch.float32


@pytest.mark.parametrize(
    ("layer", "fix"),
    [
        (Input(shape=(3, 4, 4), mean=(0.1, 0.2)), SuggestParam("mean", [])),
        (Input(shape=(3, 4, 4), std=(0.1, 0.2)), SuggestParam("std", [])),
        (Input(shape=(7, 3), kind="sequence", mean=(0.0,) * 7), SuggestParam("mean", [])),
        (Input(shape=(3,)), SuggestParam("kind", "vector")),
        (Input(shape=(3, 3), kind="vector"), SuggestParam("kind", "map")),
    ],
)
def test_what_does_not_fit_is_refused_with_its_fix(layer: Input, fix: SuggestParam) -> None:
    with pytest.raises(ShapeError) as caught:
        layer.output()
    assert caught.value.fixes == (fix,)


@pytest.mark.parametrize("number", [0.0, -1.0, float("nan"), float("inf")])
def test_a_deviation_is_greater_than_zero(number: float) -> None:
    with pytest.raises(ValidationError):
        Input(std=(1.0, number))


def test_bytes_of_an_answer_are_scaled_and_classes_pass() -> None:
    answer = Target().module().build()
    assert torch.equal(answer(torch.tensor([0, 51, 255], dtype=torch.uint8)), torch.tensor([0.0, 0.2, 1.0]))
    classes = torch.tensor([0, 9])
    assert answer(classes) is classes


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("class", (3,)), ("vector", ()), ("vector", (2, 2)), ("map", ()), ("mask", ()), ("scalar", (2,))],
)
def test_an_answer_has_the_axes_of_its_kind(kind: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=f"is said to be a {kind}"):
        Target.model_validate({"kind": kind, "shape": shape}).output()


@pytest.mark.parametrize(
    ("kind", "shape", "dtype"),
    [
        ("class", (), "int64"),
        ("mask", (4, 4), "int64"),
        ("map", (1, 4, 4), "float32"),
        ("vector", (5,), "float32"),
    ],
)
def test_what_an_answer_is(kind: str, shape: tuple[int, ...], dtype: str) -> None:
    value = Target.model_validate({"kind": kind, "shape": shape}).output()
    assert (value.kind, value.shape, value.dtype) == (kind, shape, dtype)


@pytest.mark.parametrize(("kind", "shape"), [("scalar", ()), ("scalar", (1,)), ("vector", (1,))])
def test_a_number_is_what_a_layer_with_one_output_gives(kind: str, shape: tuple[int, ...]) -> None:
    target = Target.model_validate({"kind": kind, "shape": shape})
    assert target.output() == Value((1,), "vector", "float32")
    for entries in ((3,), (3, 1)):
        assert target.module().build()(torch.rand(entries)).shape == (3, 1)
