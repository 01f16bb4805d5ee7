"""The archive that torch.export writes, read by its JSON and raw numbers: nothing in it is ever run or unpickled.

The layout is torch's `torch.export.pt2_archive`: a zip of `models/model.json` (the graph, by
`torch._export.serde.schema`), `data/weights/model_weights_config.json`, and one raw file of numbers for each weight.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import open_plain
from workbench.core.status import plain_status
from workbench.core.strict_json import parse
from workbench.model.archives import DAMAGED, check_claim
from workbench.model.weight_kinds import not_fetched

LARGEST_JSON = 256 * 2**20
MOST_STEPS = 20_000
KNOWN_MAJOR = 8  # of the schema; a larger one may mean something else by the same names
# `ScalarType` of torch's schema.
DTYPES: Mapping[int, torch.dtype] = {
    1: torch.uint8, 2: torch.int8, 3: torch.int16, 4: torch.int32, 5: torch.int64, 6: torch.float16, 7: torch.float32,
    8: torch.float64, 12: torch.bool, 13: torch.bfloat16,
}  # fmt: skip


@dataclass(frozen=True)
class ExportedStep:
    """One call in the graph.

    Attributes:
        target: what is called, such as `torch.ops.aten.relu.default`.
        arguments: by name, in their order, as the file has them.
        outputs: names of the tensors that it gives.
        several: whether it gives them as a list.
        path: of the module that made the call; "" if the file does not say.
    """

    target: str
    arguments: Mapping[str, Any]
    outputs: tuple[str, ...]
    several: bool
    path: str


@dataclass(frozen=True)
class Pt2File:
    """What an archive holds.

    Attributes:
        path: of the file.
        version: of the torch that wrote it; "" if it does not say.
        steps: the calls in their order.
        inputs: names of the tensors that come from outside.
        outputs: names of the tensors that are given.
        weights: name in the graph → parameter, buffer or constant, by its own name.
        tensors: their numbers, by their own names.
        state: own names of those that a state_dict has: parameters, and buffers that are kept.
        shapes: of every tensor in the graph; None where a size depends on the batch.
    """

    path: Path
    version: str
    steps: tuple[ExportedStep, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    weights: Mapping[str, str]
    tensors: Mapping[str, Tensor]
    state: frozenset[str]
    shapes: Mapping[str, tuple[int | None, ...]]


def read_pt2(path: Path) -> Pt2File:
    """Reads an archive.

    Raises:
        UnreadableError: it is damaged, of another kind, or of a newer version.
    """
    with open_plain(path) as file:
        begins = file.read(64)
        if reason := not_fetched(begins):
            raise UnreadableError(path, reason)
        try:
            archive = zipfile.ZipFile(file)
            return _Reader(path, archive).read()
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            told = printable(f"{type(error).__name__}: {error}"[:100])
            raise UnreadableError(path, f"its graph is not as torch.export writes it ({told}).") from None
        except DAMAGED as error:
            raise UnreadableError(path, f"the archive is damaged ({printable(str(error))}).") from None


class _Reader:
    """Reads the members of one archive."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        members = archive.infolist()
        check_claim(path, sum(each.file_size for each in members), plain_status(path).st_size)
        self._members = {each.filename: each for each in members}

    def read(self) -> Pt2File:
        model = self._json("models/model.json")
        if model is None:
            raise UnreadableError(self._path, self._what_it_is())
        major = model["schema_version"]["major"]
        if type(major) is not int or major > KNOWN_MAJOR:
            told = f"it is of version {printable(str(major))} of torch.export's format; up to {KNOWN_MAJOR} is known."
            raise UnreadableError(self._path, told)
        graph, signature = model["graph_module"]["graph"], model["graph_module"]["signature"]
        if len(graph["nodes"]) > MOST_STEPS:
            raise UnreadableError(
                self._path, f"its graph has {len(graph['nodes']):,} steps; at most {MOST_STEPS:,} are read."
            )
        weights, inputs = self._inputs(signature["input_specs"])
        outputs = _outputs(signature["output_specs"])
        shapes = {name: _shape(row) for name, row in graph["tensor_values"].items()}
        if not shapes.keys() >= {*inputs, *outputs}:
            raise KeyError("a shape is missing")
        wanted = set(weights.values())
        tensors = self._tensors("data/weights", "model_weights_config.json", wanted)
        tensors |= self._tensors("data/constants", "model_constants_config.json", wanted - tensors.keys())
        return Pt2File(
            self._path,
            str(model.get("torch_version") or ""),
            tuple(_step(row) for row in graph["nodes"]),
            inputs,
            outputs,
            weights,
            tensors,
            _state(signature["input_specs"]),
            shapes,
        )

    def _what_it_is(self) -> str:
        names = list(self._members)
        if any(name.endswith("serialized_exported_program.json") for name in names):
            return (
                "it was written by torch 2.6 or earlier, which keeps weights pickled inside. Load it there and save it "
                "again with a newer torch, or export it as ONNX."
            )
        if any(name.startswith("code/") or "/code/" in name for name in names):
            return (
                "it is a TorchScript archive, whose network is code; code of files is not run here. Export the network "
                "with torch.export or as ONNX, or draw it and load the weights of this file."
            )
        if any(name.endswith("data.pkl") for name in names):
            return "it holds weights without a network. Draw or import the network and load this file as its weights."
        return "there is no models/model.json in it, so it is no archive of torch.export."

    def _member(self, ending: str) -> zipfile.ZipInfo | None:
        return next((self._members[name] for name in self._members if f"/{name}".endswith(f"/{ending}")), None)

    def _bytes(self, member: zipfile.ZipInfo) -> bytes:
        with self._archive.open(member) as file:
            data = file.read(member.file_size + 1)
        if len(data) != member.file_size:
            raise UnreadableError(self._path, f"{printable(member.filename)} in it is not as long as it claims.")
        return data

    def _json(self, ending: str) -> Any:
        member = self._member(ending)
        if member is None:
            return None
        if member.file_size > LARGEST_JSON:
            claimed = f"{printable(member.filename)} in it has {member.file_size:,} bytes"
            raise UnreadableError(self._path, f"{claimed}; at most {LARGEST_JSON:,} are read.")
        return parse(self._bytes(member), f"{self._path}/{printable(member.filename)}")

    @staticmethod
    def _inputs(specs: Sequence[Mapping[str, Any]]) -> tuple[dict[str, str], tuple[str, ...]]:
        """The weights by their names in the graph, and what comes from outside."""
        weights: dict[str, str] = {}
        outside: list[str] = []
        for spec in specs:
            ((kind, row),) = spec.items()
            if kind == "user_input":
                argument = row["arg"]
                outside += [argument["as_tensor"]["name"]] if "as_tensor" in argument else []
            elif kind in ("parameter", "buffer", "tensor_constant"):
                weights[row["arg"]["name"]] = str(row[f"{kind}_name"])
        return weights, tuple(outside)

    def _tensors(self, folder: str, config: str, wanted: set[str]) -> dict[str, Tensor]:
        table = self._json(f"{folder}/{config}")
        found = {}
        for name, row in (table or {"config": {}})["config"].items():
            if name not in wanted:
                continue
            if row["use_pickle"]:
                raise UnreadableError(self._path, f"the weight {printable(name)} is pickled in it, and is not read.")
            member = self._member(f"{folder}/{row['path_name']}")
            if member is None:
                raise UnreadableError(self._path, f"the numbers of the weight {printable(name)} are missing in it.")
            found[name] = self._tensor(name, row["tensor_meta"], self._bytes(member))
        return found

    def _tensor(self, name: str, meta: Mapping[str, Any], data: bytes) -> Tensor:
        dtype = DTYPES.get(meta["dtype"])
        if dtype is None:
            raise UnreadableError(self._path, f"the weight {printable(name)} has numbers of a kind that is not read.")
        sizes, strides = ([int(each["as_int"]) for each in meta[key]] for key in ("sizes", "strides"))
        start = int(meta["storage_offset"]["as_int"])
        last = start + sum((size - 1) * stride for size, stride in zip(sizes, strides, strict=True))
        is_empty = 0 in sizes
        if start < 0 or min([*sizes, *strides, 0]) < 0 or (not is_empty and (last + 1) * dtype.itemsize > len(data)):
            raise UnreadableError(self._path, f"the numbers of the weight {printable(name)} are cut short.")
        if is_empty:
            return torch.empty(sizes, dtype=dtype)
        flat = torch.frombuffer(bytearray(data[: len(data) // dtype.itemsize * dtype.itemsize]), dtype=dtype)
        return torch.as_strided(flat, sizes, strides, start).clone()


def _step(row: Mapping[str, Any]) -> ExportedStep:
    names: list[str] = []
    several = len(row["outputs"]) > 1
    for output in row["outputs"]:
        if "as_tensors" in output:
            several = True
            names += [each["name"] for each in output["as_tensors"]]
        elif "as_tensor" in output:
            names.append(output["as_tensor"]["name"])
        elif isinstance(output.get("as_sym_int"), Mapping):
            names.append(str(output["as_sym_int"].get("as_name", "")))
    arguments = {each["name"]: each["arg"] for each in row["inputs"]}
    stack = str((row.get("metadata") or {}).get("nn_module_stack", "")).split(";")
    last = stack[-1].split(",")
    return ExportedStep(str(row["target"]), arguments, tuple(names), several, last[1] if len(last) > 2 else "")


def _state(specs: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Own names of what a state_dict has."""
    parameters = [str(spec["parameter"]["parameter_name"]) for spec in specs if "parameter" in spec]
    buffers = [spec["buffer"] for spec in specs if "buffer" in spec]
    return frozenset([*parameters, *(str(row["buffer_name"]) for row in buffers if row.get("persistent", True))])


def _outputs(specs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Names of what is given to the user."""
    arguments = (spec["user_output"]["arg"] for spec in specs if "user_output" in spec)
    return tuple(argument["as_tensor"]["name"] for argument in arguments if "as_tensor" in argument)


def _shape(row: Mapping[str, Any]) -> tuple[int | None, ...]:
    return tuple(int(size["as_int"]) if "as_int" in size else None for size in row["sizes"])
