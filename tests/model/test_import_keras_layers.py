"""Each sort of Keras's layers that is known, against the same in torch; each refusal with its reason."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from tests.model.test_import_keras import answers, read, written

Row = dict[str, Any]
DRAW = np.random.default_rng(3)


def real(*shape: int) -> np.ndarray[Any, Any]:
    return DRAW.normal(size=shape).astype(np.float32)


DEEP, POINT, UP = real(3, 3, 2, 2), real(1, 1, 4, 5), real(3, 3, 5, 2)
ALPHA, WIDE = np.full((1, 1, 2), 0.2, np.float32), real(3, 3, 2, 4)


def torch_kernel(kernel: np.ndarray[Any, Any]) -> Tensor:
    return torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())


def deep(x: Tensor) -> Tensor:
    weight = torch.from_numpy(DEEP.transpose(2, 3, 0, 1).reshape(4, 1, 3, 3).copy())
    return F.conv2d(x, weight, groups=2)


CASES: dict[str, tuple[Row, list[np.ndarray[Any, Any]], Callable[[Tensor], Tensor]]] = {
    "DepthwiseConv2D": ({"kernel_size": [3, 3], "use_bias": False}, [DEEP], deep),
    "SeparableConv2D": (
        {"kernel_size": [3, 3], "use_bias": False, "activation": "relu"},
        [DEEP, POINT],
        lambda x: F.conv2d(deep(x), torch_kernel(POINT)).relu(),
    ),
    "Conv2DTranspose": (
        {"strides": [2, 2], "padding": "same", "use_bias": False},
        [UP],
        lambda x: F.conv_transpose2d(x, torch_kernel(UP), stride=2)[:, :, :-1, :-1],
    ),
    "MaxPooling2D": ({"pool_size": [2, 2]}, [], lambda x: F.max_pool2d(x, 2)),
    "AveragePooling2D": ({"pool_size": [3, 3], "strides": [1, 1]}, [], lambda x: F.avg_pool2d(x, 3, 1)),
    "GlobalAveragePooling2D": ({}, [], lambda x: x.mean((2, 3))),
    "GlobalMaxPooling2D": ({"keepdims": True}, [], lambda x: x.amax((2, 3), keepdim=True)),
    "Activation": ({"activation": "sigmoid"}, [], torch.sigmoid),
    "ReLU": ({"max_value": 6.0}, [], F.relu6),
    "LeakyReLU": ({"negative_slope": 0.1}, [], lambda x: F.leaky_relu(x, 0.1)),
    "ELU": ({"alpha": 0.5}, [], lambda x: F.elu(x, 0.5)),
    "Softmax": ({"axis": -1}, [], lambda x: x.softmax(1)),
    "PReLU": ({}, [ALPHA], lambda x: F.prelu(x, torch.full((2,), 0.2))),
    "Dropout": ({"rate": 0.2}, [], lambda x: x),
    "SpatialDropout2D": ({"rate": 0.2}, [], lambda x: x),
    "ZeroPadding2D": ({"padding": [[1, 2], [0, 3]]}, [], lambda x: F.pad(x, (0, 3, 1, 2))),
    "Cropping2D": ({"cropping": [[1, 0], [2, 1]]}, [], lambda x: x[:, :, 1:, 2:-1]),
    "UpSampling2D": ({"size": [2, 3], "interpolation": "nearest"}, [], lambda x: F.interpolate(x, scale_factor=(2, 3))),
    "Rescaling": ({"scale": 0.5, "offset": -1.0}, [], lambda x: x * 0.5 - 1),
    "Conv2D": (
        {"strides": [1, 1], "padding": "same", "use_bias": False, "activation": "swish"},
        [WIDE],
        lambda x: F.silu(F.conv2d(x, torch_kernel(WIDE), padding=1)),
    ),
}  # fmt: skip
STEMS = {"DepthwiseConv2D": "depthwise_conv2d", "SeparableConv2D": "separable_conv2d", "PReLU": "p_re_lu",
         "Conv2DTranspose": "conv2d_transpose", "Conv2D": "conv2d"}  # fmt: skip
IMAGE: Row = {"class_name": "InputLayer", "name": "in", "batch_shape": [None, 6, 7, 2]}


@pytest.mark.parametrize("kind", CASES)
def test_it_computes_what_keras_says(kind: str, tmp_path: Path) -> None:
    config, weights, expected = CASES[kind]
    layers: list[Row] = [dict(IMAGE), {"class_name": kind, "name": "one", **config}]
    x = np.random.default_rng(4).normal(size=(2, 6, 7, 2)).astype(np.float32)
    file = written(tmp_path / "net.keras", layers, {STEMS[kind]: weights} if weights else {})
    found = answers(read(file), x)
    other = expected(torch.from_numpy(np.moveaxis(x, -1, 1).copy())).numpy()
    assert found.shape == other.shape
    assert np.allclose(found, other, atol=1e-5)


REFUSED: dict[str, tuple[Row, str]] = {
    "channels": ({"class_name": "MaxPooling2D", "data_format": "channels_first"}, "its channels come first"),
    "padding": ({"class_name": "AveragePooling2D", "padding": "same", "pool_size": [2, 2], "strides": [2, 2]},
                "do not count in the mean"),
    "causal": ({"class_name": "MaxPooling2D", "padding": "causal"}, "its padding is causal"),
    "activation": ({"class_name": "Activation", "activation": "sparsemax"}, "its activation sparsemax"),
    "relu": ({"class_name": "ReLU", "max_value": 3.0}, "it bends elsewhere"),
    "softmax": ({"class_name": "Softmax", "axis": 1}, "it runs over another axis"),
    "enlarge": ({"class_name": "UpSampling2D", "interpolation": "lanczos3"}, "it enlarges by lanczos3"),
    "scales": ({"class_name": "Rescaling", "scale": [1.0, 2.0]}, "different numbers"),
    "reshape": ({"class_name": "Reshape", "target_shape": [3, 28]}, "with the channels last"),
    "dense": ({"class_name": "Dense", "units": 3}, "it weighs the channels of a map"),
    "norm": ({"class_name": "BatchNormalization", "axis": 1}, "it runs over the axis 1"),
    "empty norm": ({"class_name": "BatchNormalization"}, "its running mean or variance is missing"),
    "unknown": ({"class_name": "LSTM"}, "no layer of this program computes it"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_drawn_says_why(case: str, tmp_path: Path) -> None:
    config, reason = REFUSED[case]
    found = read(written(tmp_path / "net.keras", [dict(IMAGE), {"name": "one", **config}], {}))
    assert [each.node for each in found.unread] == ["one"]
    assert reason in found.unread[0].reason


def test_pixels_are_vectors(tmp_path: Path) -> None:
    layers: list[Row] = [
        dict(IMAGE),
        {"class_name": "GlobalAveragePooling2D", "name": "mean"},
        {"class_name": "Reshape", "name": "pixel", "target_shape": [1, 1, 2]},
        {"class_name": "Flatten", "name": "flat"},
        {"class_name": "Flatten", "name": "again"},
    ]
    found = read(written(tmp_path / "net.keras", layers, {}))
    assert found.unread == ()
    x = np.random.default_rng(4).normal(size=(2, 6, 7, 2)).astype(np.float32)
    assert np.allclose(answers(found, x), x.mean((1, 2)), atol=1e-6)


def functional(path: Path, merge: Row) -> Path:
    """A file in which a picture and its rectified twin are joined, as Keras 2 writes who feeds whom."""
    rows = [
        {"class_name": "InputLayer", "name": "in", "config": dict(IMAGE), "inbound_nodes": []},
        {"class_name": "ReLU", "name": "up", "config": {"name": "up"}, "inbound_nodes": [[["in", 0, 0, {}]]]},
        {"class_name": merge["class_name"], "name": "join", "config": {"name": "join", **merge},
         "inbound_nodes": [[["in", 0, 0, {}], ["up", 0, 0, {}]]]},
    ]  # fmt: skip
    config = {"layers": rows, "input_layers": [["in", 0, 0]], "output_layers": [["join", 0, 0]]}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Functional", "config": config}))
    return path


@pytest.mark.parametrize(
    ("merge", "expected"),
    [
        ({"class_name": "Add"}, lambda x, y: x + y),
        ({"class_name": "Multiply"}, lambda x, y: x * y),
        ({"class_name": "Subtract"}, lambda x, y: x - y),
        ({"class_name": "Maximum"}, np.maximum),
        ({"class_name": "Average"}, lambda x, y: (x + y) / 2),
        ({"class_name": "Concatenate", "axis": -1}, lambda x, y: np.concatenate([x, y], -1)),
        ({"class_name": "Concatenate", "axis": 1}, lambda x, y: np.concatenate([x, y], 1)),
    ],
)
def test_branches_are_joined(merge: Row, expected: Callable[..., np.ndarray[Any, Any]], tmp_path: Path) -> None:
    x = np.random.default_rng(4).normal(size=(2, 6, 7, 2)).astype(np.float32)
    found = answers(read(functional(tmp_path / "net.keras", merge)), x)
    assert np.allclose(np.moveaxis(found, 1, -1), expected(x, np.maximum(x, 0)), atol=1e-6)
