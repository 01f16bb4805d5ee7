"""The layers and tensors of a Keras file: its JSON and its HDF5 are parsed, and nothing of Keras is needed."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.files import read_buffer
from workbench.model.archives import DAMAGED, check_claim
from workbench.model.weight_kinds import not_fetched

LARGEST = 8_000_000_000
LARGEST_CONFIG = 50_000_000
DEEPEST = 12  # groups in groups that are entered
Array = np.ndarray[Any, Any]
NAMES = {
    "BatchNormalization": ("gamma", "beta", "moving_mean", "moving_variance"),
    "LayerNormalization": ("gamma", "beta"),
    "DepthwiseConv2D": ("kernel", "bias"),
    "SeparableConv2D": ("depthwise_kernel", "pointwise_kernel", "bias"),
    "PReLU": ("alpha",),
}  # of the weights of a layer, in the order in which they are numbered


@dataclass(frozen=True)
class KerasLayer:
    """One layer of the file.

    Attributes:
        name: its name.
        kind: its class.
        config: its settings.
        sources: names of the layers that feed it, once for each call.
        weights: its tensors by Keras's names for them.
    """

    name: str
    kind: str
    config: Mapping[str, Any]
    sources: tuple[str, ...]
    weights: Mapping[str, Array]


@dataclass(frozen=True)
class KerasFile:
    """What a file holds.

    Attributes:
        path: of the file.
        version: of Keras, which has written it; "" if not known.
        layers: in the order of the file.
        outputs: names of the layers that give the results.
    """

    path: Path
    version: str
    layers: tuple[KerasLayer, ...]
    outputs: tuple[str, ...]


def read_keras(path: Path) -> KerasFile:
    """Reads a `.keras` or `.h5` file.

    Raises:
        UsageError: h5py, which reads HDF5, is not installed.
        UnreadableError: the file is damaged, or holds no network.
    """
    try:
        import h5py
    except ImportError:
        raise UsageError("Keras files need the package h5py. Install it: pip install h5py") from None
    data = bytes(read_buffer(path, LARGEST))
    if reason := not_fetched(data[:64]):
        raise UnreadableError(path, reason)
    try:
        if data[:4] == b"PK\x03\x04":
            config, version, weights = _from_zip(data, path)
        else:
            with h5py.File(io.BytesIO(data), "r") as file:
                config, version, weights = _from_hdf5(file, path, len(data))
    except (*DAMAGED, KeyError, TypeError) as error:
        raise UnreadableError(path, f"it is no Keras file, or damaged ({printable(type(error).__name__)}).") from None
    return _file(config, version, weights, path)


def _from_zip(data: bytes, path: Path) -> tuple[Any, str, dict[str, Array]]:
    """Configuration, version and tensors of a `.keras` archive."""
    import h5py

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = {each.filename: each.file_size for each in archive.infolist()}
        check_claim(path, sum(sizes.values()), len(data))
        if sizes.get("config.json", 0) > LARGEST_CONFIG:
            raise UnreadableError(path, "its description claims more bytes than any has; it is not read.")
        config = strict_json.parse(archive.read("config.json"), path)
        metadata = strict_json.parse(archive.read("metadata.json"), path) if "metadata.json" in sizes else {}
        weights: dict[str, Array] = {}
        if "model.weights.h5" in sizes:
            with h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r") as file:
                weights = _tensors(file, path, len(data))
    version = metadata.get("keras_version", "") if isinstance(metadata, dict) else ""
    return config, str(version), weights


def _from_hdf5(file: Any, path: Path, size: int) -> tuple[Any, str, dict[str, Array]]:
    """Configuration, version and tensors of an `.h5` file."""
    if "model_config" not in file.attrs:
        reason = "it holds weights without a network. Save the whole model, or load it into a drawn network by name."
        raise UnreadableError(path, reason if len(file) else "it holds no network.")
    text = file.attrs["model_config"]
    config = strict_json.parse(text if isinstance(text, bytes) else str(text).encode(), path)
    version = file.attrs.get("keras_version", "")
    version = version.decode("utf-8", "replace") if isinstance(version, bytes) else str(version)
    return config, version, _tensors(file.get("model_weights", file), path, size)


def _tensors(group: Any, path: Path, size: int) -> dict[str, Array]:
    """The tensors by their paths.

    Raises:
        UnreadableError: they claim to be far larger than the file.
    """
    found = dict(_datasets(group, "", set()))
    check_claim(path, sum(each.size * each.dtype.itemsize for each in found.values()), size)
    return {name: np.asarray(each) for name, each in found.items()}


def _datasets(group: Any, place: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """The numbers by their paths; links to other files are passed over, and groups that were entered before."""
    import h5py

    address = h5py.h5o.get_info(group.id).addr
    if address in seen or place.count("/") > DEEPEST:
        return
    seen.add(address)
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        each = group[name]
        if isinstance(each, h5py.Group):
            yield from _datasets(each, f"{place}{name}/", seen)
        elif isinstance(each, h5py.Dataset) and "optimizer" not in place and _are_numbers(each):
            yield f"{place}{name}", each


def _are_numbers(each: Any) -> bool:
    """Whether a dataset holds numbers, and holds them in the file itself."""
    return each.external is None and each.shape is not None and each.dtype.kind in "fiu"


def _file(config: Any, version: str, tensors: Mapping[str, Array], path: Path) -> KerasFile:
    """The layers with their tensors.

    Raises:
        UnreadableError: the configuration is none of a network of layers.
    """
    found = config.get("config") if isinstance(config, dict) else None
    whole: dict[str, Any] = found if isinstance(found, dict) else {}
    rows = found if isinstance(found, list) else whole.get("layers")
    if (
        not isinstance(rows, list)
        or not rows
        or not all(isinstance(row, dict) and isinstance(row.get("config"), dict) for row in rows)
    ):
        kind = printable(config.get("class_name", "")) if isinstance(config, dict) else ""
        raise UnreadableError(path, f"its model {kind} is no network of layers that could be drawn.")
    is_chain = config.get("class_name") == "Sequential"
    counts: Counter[str] = Counter()
    layers: list[KerasLayer] = []
    if is_chain and rows and rows[0].get("class_name") != "InputLayer":
        first = rows[0]["config"]
        shape = first.get("batch_input_shape") or first.get("batch_shape") or whole.get("build_input_shape")
        layers.append(KerasLayer("input", "InputLayer", {"batch_shape": shape, "name": "input"}, (), {}))
    for row in rows:
        kind, own = str(row.get("class_name", "")), row["config"]
        name = str(own.get("name") or row.get("name") or kind.lower())
        stem = snake(kind)
        numbered = f"{stem}_{counts[stem]}" if counts[stem] else stem
        counts[stem] += 1
        sources = (layers[-1].name,) if is_chain and layers else tuple(_sources(row.get("inbound_nodes")))
        layers.append(KerasLayer(name, kind, own, sources, _weights_of(kind, own, name, numbered, tensors)))
    outputs = tuple(_sources(whole.get("output_layers"))) if not is_chain else (layers[-1].name,)
    return KerasFile(path, version, tuple(layers), outputs or (layers[-1].name,))


def snake(kind: str) -> str:
    """Returns a class's name as Keras numbers its layers: `BatchNormalization` → `batch_normalization`."""
    spaced = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


def _sources(value: Any) -> Iterator[str]:
    """Names of layers in the places where Keras 2 and 3 keep who feeds whom, in order."""
    if isinstance(value, dict):
        history = value.get("config", {}).get("keras_history") if isinstance(value.get("config"), dict) else None
        if isinstance(history, list) and history:
            yield str(history[0])
        else:
            yield from _sources(value.get("args"))
    elif isinstance(value, list):
        if len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int):
            yield value[0]
        else:
            for each in value:
                yield from _sources(each)


def _weights_of(
    kind: str, config: Mapping[str, Any], name: str, numbered: str, tensors: Mapping[str, Array]
) -> dict[str, Array]:
    """The tensors of one layer by name: those of `.h5` files have names, those of `.keras` files are numbered."""
    found: dict[str, Array] = {}
    names = [each for each in NAMES.get(kind, ("kernel", "bias")) if _has(config, each)]
    for path, tensor in tensors.items():
        parts = path.split("/")
        if parts[0] in ("layers", "_layer_checkpoint_dependencies") and parts[1:3] == [numbered, "vars"]:
            at = int(parts[3]) if parts[3].isdecimal() else len(names)
            if at < len(names):
                found[names[at]] = tensor
        elif parts[0] == name:
            key = parts[-1].split(":")[0]
            found["kernel" if key == "depthwise_kernel" and kind == "DepthwiseConv2D" else key] = tensor
    return found


def _has(config: Mapping[str, Any], name: str) -> bool:
    """Whether a layer has a weight, by its settings."""
    switch = {"bias": "use_bias", "gamma": "scale", "beta": "center"}.get(name)
    return switch is None or config.get(switch, True) is not False
