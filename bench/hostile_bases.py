"""Small sound model files of every kind, which the campaign of hostile ones breaks; each is made here."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

SIDE, CHANNELS, CLASSES = 12, 4, 3
WEIGHTS = {
    "conv.weight": (CHANNELS, 1, 3, 3),
    "conv.bias": (CHANNELS,),
    "fc.weight": (CLASSES, 144),
    "fc.bias": (CLASSES,),
}
Array = np.ndarray[Any, Any]
# Of nodes and weights.
NAMES = (
    "../../escaped", "\x1b[31mred\n", "a" * 100_000, "conv\x00", "\u202econv", "__class__", "conv..weight", "",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What a hostile file is made of.

    Attributes:
        folder: where it is written.
        canary: file that code in it would make.
        secret: file outside that nothing may read in.
        dice: what everything random is drawn from.
        bases: sound files by their ending.
    """

    folder: Path
    canary: Path
    secret: Path
    dice: Random
    bases: Mapping[str, bytes]

    @property
    def code(self) -> str:
        """Python that makes the canary."""
        return f"open({str(self.canary)!r}, 'w')"

    @property
    def shell(self) -> str:
        """A command of a shell that makes the canary."""
        return f"touch {self.canary}"

    def put(self, name: str, data: bytes) -> Path:
        """Writes a file and returns its path."""
        path = self.folder / name
        path.write_bytes(data)
        return path


Maker = Callable[[Case], Path]
MAKERS: list[Maker] = []


def hostile(maker: Maker) -> Maker:
    """Declares a way to make one hostile file; its name begins with the kind of file."""
    MAKERS.append(maker)
    return maker


def arrays(dice: Random) -> dict[str, Array]:
    """Returns weights of the small network."""
    draw = np.random.default_rng(dice.randrange(1 << 30))
    return {name: draw.normal(0, 0.1, shape).astype(np.float32) for name, shape in WEIGHTS.items()}


def packed(members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Returns a zip with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """Returns the members of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {each.filename: archive.read(each) for each in archive.infolist()}


def safetensors_bytes(tensors: Mapping[str, Array]) -> bytes:
    """Returns tensors as a safetensors file."""
    from safetensors.numpy import save

    return bytes(save(dict(tensors)))


def npz_bytes(tensors: Mapping[str, Array], *, is_packed: bool = False) -> bytes:
    """Returns tensors as a NumPy archive."""
    buffer = io.BytesIO()
    write: Any = np.savez_compressed if is_packed else np.savez
    write(buffer, allow_pickle=True, **dict(tensors))
    return buffer.getvalue()


def torch_bytes(value: object, *, is_old: bool = False) -> bytes:
    """Returns what torch.save writes."""
    import torch

    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=not is_old)
    return buffer.getvalue()


def onnx_model(weights: Mapping[str, Array]) -> Any:
    """Returns the small network as ONNX."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Conv", ["image", "conv.weight", "conv.bias"],
            ["a"], "conv", pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
        helper.make_node("Relu", ["a"], ["b"], "relu"),
        helper.make_node("MaxPool", ["b"], ["c"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["c"], ["d"], "flatten"),
        helper.make_node("Gemm", ["d", "fc.weight", "fc.bias"], ["scores"], "fc", transB=1),
    ]  # fmt: skip
    graph = helper.make_graph(
        nodes, "net",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, SIDE, SIDE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", CLASSES])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def pt2_bytes() -> bytes:
    """Returns the small network as torch.export writes it."""
    import torch
    from torch import nn

    network = nn.Sequential(
        nn.Conv2d(1, CHANNELS, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, CLASSES)
    )
    program = torch.export.export(network.eval(), (torch.rand(2, 1, SIDE, SIDE),))
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    return buffer.getvalue()


def keras_config() -> dict[str, Any]:
    """Returns the small network as Keras describes it."""
    rows = [
        ("Conv2D", {"name": "conv", "filters": CHANNELS, "kernel_size": [3,
            3], "padding": "same", "activation": "relu"}),
        ("MaxPooling2D", {"name": "pool", "pool_size": [2, 2]}),
        ("Flatten", {"name": "flatten"}),
        ("Dense", {"name": "fc", "units": CLASSES, "activation": "softmax"}),
    ]  # fmt: skip
    first = {"class_name": "InputLayer", "config": {"name": "input", "batch_shape": [None, SIDE, SIDE, 1]}}
    layers = [first, *({"class_name": kind, "config": config} for kind, config in rows)]
    return {"class_name": "Sequential", "config": {"name": "net", "layers": layers}}


def keras_weights(weights: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
    """Returns the small network's weights by layer, as Keras turns them."""
    return {
        "conv": {"kernel": weights["conv.weight"].transpose(2, 3, 1, 0), "bias": weights["conv.bias"]},
        "fc": {"kernel": weights["fc.weight"].T, "bias": weights["fc.bias"]},
    }


def h5_bytes(config: object, weights: Mapping[str, Array], more: Callable[[Any], None] | None = None) -> bytes:
    """Returns the small network as an HDF5 file of Keras 2.

    Args:
        config: as JSON.
        weights: of the network.
        more: is handed the group of the weights.
    """
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.15.0"
        group = file.create_group("model_weights")
        for layer, tensors in keras_weights(weights).items():
            for name, array in tensors.items():
                group[f"{layer}/{layer}/{name}:0"] = array
        if more is not None:
            more(group)
    return buffer.getvalue()


def keras_bytes(config: object, weights: Mapping[str, Array], more: Callable[[Any], None] | None = None) -> bytes:
    """Returns the small network as an archive of Keras 3."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, tensors in zip(("conv2d", "dense"), keras_weights(weights).values(), strict=True):
            for at, array in enumerate(tensors.values()):
                file[f"layers/{name}/vars/{at}"] = array
        if more is not None:
            more(file)
    members = {"metadata.json": b'{"keras_version": "3.5.0"}', "config.json": json.dumps(config).encode()}
    return packed({**members, "model.weights.h5": buffer.getvalue()})


def bases(dice: Random, project: Path) -> dict[str, bytes]:
    """Returns a sound file of every kind, by its ending.

    Args:
        dice: what the weights are drawn from.
        project: file of the project that weights are loaded into.
    """
    import torch

    from workbench.editing.pieces import taken_from
    from workbench.editing.saved_blocks import dumped
    from workbench.project import storage

    weights = arrays(dice)
    tensors = {name: torch.from_numpy(array) for name, array in weights.items()}
    graph = storage.load(project).graph
    ids = [node.id for node in graph if node.layer in ("Conv2d", "ReLU", "MaxPool2d")]
    return {
        ".onnx": onnx_model(weights).SerializeToString(), ".pt2": pt2_bytes(),
        ".keras": keras_bytes(keras_config(), weights), ".h5": h5_bytes(keras_config(), weights),
        ".pth": torch_bytes(tensors), ".pt": torch_bytes({"state_dict": tensors, "epoch": 3}),
        ".th": torch_bytes(tensors, is_old=True), ".bin": torch_bytes(tensors, is_old=True),
        ".safetensors": safetensors_bytes(weights), ".npz": npz_bytes(weights, is_packed=True),
        ".block": dumped(taken_from(graph, ids, "block")).encode(), ".cnn": project.read_bytes(),
    }  # fmt: skip
