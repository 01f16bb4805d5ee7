"""Keras files as graphs: real networks with their recorded answers, and files that are damaged."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch

from tests.model.imported_answers import answers as all_answers
from workbench.core.errors import UnreadableError
from workbench.model.imports.spec import importer_for
from workbench.model.translation.imported import Imported
from workbench.model.translation.keras_file import snake
from workbench.project.importing import bring_in

RECORDED = {
    "cifar10_cnn.keras": "cifar10_cnn.keras.expected.npz",
    "mnist_keras2.h5": "mnist_keras2.h5.expected.npz",
    "residual_functional.h5": "residual_functional.expected.npz",
    "residual_functional.keras": "residual_functional.expected.npz",
}


def read(path: Path) -> Imported:
    importer, which = importer_for(str(path))
    return importer.read(which)


def answers(imported: Imported, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What the first output gives for samples with their channels last."""
    found: np.ndarray[Any, Any] = all_answers(imported, torch.from_numpy(np.moveaxis(x, -1, 1).copy()).float())[
        0
    ].numpy()
    return found


@pytest.mark.parametrize("name", RECORDED)
def test_a_real_network_gives_what_was_recorded(name: str, shared_data: Path) -> None:
    recorded = np.load(shared_data / "models" / RECORDED[name])
    found = answers(read(shared_data / "models" / name), recorded["input"])
    assert np.abs(found - recorded["output"]).max() / np.abs(recorded["output"]).max() < 1e-4


def test_the_first_keras_format_is_read_though_keras_itself_cannot(shared_data: Path) -> None:
    brought = bring_in(str(shared_data / "models" / "mnist_keras2.keras"))
    assert "by Keras 2.14.0" in brought.report()[0]
    assert brought.problems == ()
    assert len(brought.tensors) == 6


def written(path: Path, layers: list[dict[str, Any]], weights: dict[str, list[np.ndarray[Any, Any]]]) -> Path:
    """A `.keras` file of a chain of layers."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, arrays in weights.items():
            for number, array in enumerate(arrays):
                file[f"layers/{name}/vars/{number}"] = array
    rows = [{"class_name": each.pop("class_name"), "config": each} for each in layers]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": rows}}))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.10.0"}))
        archive.writestr("model.weights.h5", buffer.getvalue())
    return path


def test_flattened_maps_are_weighed_in_their_own_order(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    kernel, gamma = draw.normal(size=(2 * 3 * 4, 5)).astype(np.float32), draw.normal(size=24).astype(np.float32)
    zeros, ones = np.zeros(24, np.float32), np.ones(24, np.float32)
    layers: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "name": "in", "batch_shape": [None, 2, 3, 4]},
        {"class_name": "Flatten", "name": "flat"},
        {"class_name": "BatchNormalization", "name": "bn", "axis": -1, "epsilon": 1e-12},
        {"class_name": "Dropout", "name": "drop", "rate": 0.1},
        {"class_name": "Dense", "name": "out", "units": 5, "use_bias": False, "activation": "linear"},
    ]
    weights = {"batch_normalization": [gamma, zeros, zeros, ones], "dense": [kernel]}
    x = draw.normal(size=(6, 2, 3, 4)).astype(np.float32)
    found = answers(read(written(tmp_path / "net.keras", layers, weights)), x)
    assert np.allclose(found, (x.reshape(6, -1) * gamma) @ kernel, atol=1e-5)


@pytest.mark.parametrize(("size", "kernel", "stride"), [(9, 3, 2), (8, 3, 2), (7, 2, 1), (10, 5, 3)])
def test_same_pads_more_behind_than_before(size: int, kernel: int, stride: int, tmp_path: Path) -> None:
    weight = np.random.default_rng(1).normal(size=(kernel, kernel, 2, 3)).astype(np.float32)
    layers: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "name": "in", "batch_shape": [None, size, size, 2]},
        {"class_name": "Conv2D", "name": "conv", "kernel_size": [kernel] * 2, "strides": [stride] * 2,
         "padding": "same", "use_bias": False, "activation": "linear", "filters": 3},
    ]  # fmt: skip
    x = np.random.default_rng(2).normal(size=(2, size, size, 2)).astype(np.float32)
    found = answers(read(written(tmp_path / "net.keras", layers, {"conv2d": [weight]})), x)
    out = -(-size // stride)
    whole = max((out - 1) * stride + kernel - size, 0)
    padded = np.pad(x, ((0, 0), (whole // 2, whole - whole // 2), (whole // 2, whole - whole // 2), (0, 0)))
    for i in range(out):
        for j in range(out):
            window = padded[:, i * stride : i * stride + kernel, j * stride : j * stride + kernel]
            assert np.allclose(found[:, :, i, j], np.einsum("nhwc,hwco->no", window, weight), atol=1e-4)


def test_code_is_not_run_and_is_named(tmp_path: Path) -> None:
    layers: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "name": "in", "batch_shape": [None, 4, 4, 1]},
        {"class_name": "Lambda", "name": "odd", "function": "raise SystemExit"},
    ]
    found = read(written(tmp_path / "net.keras", layers, {}))
    assert [(each.kind, each.reason) for each in found.unread] == [
        ("Lambda", "it holds code of its own, which is not run")
    ]


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"class_name": "MyModel", "config": {}}, "its model MyModel is no network of layers"),
        ({"class_name": "Sequential", "config": {"layers": []}}, "is no network of layers"),
        ([], "is no network of layers"),
    ],
)
def test_what_is_no_network_is_a_sentence(config: object, reason: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "net.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(config))
    with pytest.raises(UnreadableError, match=reason):
        read(tmp_path / "net.keras")


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["kernel"] = np.ones((3, 3, 1, 2), np.float32)
    layers = [
        {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 4, 4, 1]}},
        {"class_name": "Conv2D", "config": {"name": "conv", "use_bias": False, "activation": "linear"}},
    ]
    with h5py.File(tmp_path / "net.h5", "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
        file["model_weights/conv/conv/kernel"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "kernel")
    found = read(tmp_path / "net.h5")
    assert found.weights == {}
    assert [each.node for each in found.unread] == ["conv"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("Conv2D", "conv2d"), ("BatchNormalization", "batch_normalization"), ("ReLU", "re_lu"), ("Dense", "dense"),
     ("DepthwiseConv2D", "depthwise_conv2d"), ("MaxPooling2D", "max_pooling2d")],
)  # fmt: skip
def test_layers_are_numbered_by_the_name_of_their_class(kind: str, expected: str) -> None:
    assert snake(kind) == expected
