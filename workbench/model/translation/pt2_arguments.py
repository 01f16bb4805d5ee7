"""What goes into the steps of an exported graph: samples on their way, weights, and plain settings."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, fx, nn

from workbench.core.errors import UnreadableError, printable
from workbench.model.translation.pt2_file import ExportedStep, Pt2File


class Arguments:
    """Gives the arguments of steps, and puts weights where their names say in a module without numbers.

    Attributes:
        graph: the record that grows.
        root: the module that it is of.
        values: name in the file's graph → step of the record.
        tensors: the numbers of the module's weights, by its own keys.
        paths: those of its modules.
        turned: transposed weights, as `addmm` takes them: name in the file's graph → name of the weight there.
    """

    def __init__(self, file: Pt2File) -> None:
        self._file = file
        self.graph, self.root = fx.Graph(), nn.Module()
        self.values: dict[str, fx.Node] = {}
        self.tensors: dict[str, Tensor] = {}
        self.paths: set[str] = set()
        self.turned: dict[str, str] = {}
        self._bare: dict[str, fx.Node] = {}

    @property
    def own(self) -> Mapping[str, str]:
        """The file's weights: name in the graph → own name."""
        return self._file.weights

    def is_weight(self, step: ExportedStep, key: str) -> bool:
        """Whether an argument of a step is one of the file's weights."""
        argument = step.arguments.get(key, {})
        return "as_tensor" in argument and argument["as_tensor"]["name"] in self._file.weights

    def weight(self, step: ExportedStep, key: str) -> Tensor:
        """The numbers of a weight that is an argument of a step.

        Raises:
            LookupError: it is none of the file's weights.
        """
        return self._file.tensors[self._file.weights[self.weight_name(step, key)]]

    def weight_name(self, step: ExportedStep, key: str) -> str:
        """The name in the graph of a weight that is an argument of a step, where it may be transposed.

        Raises:
            LookupError: it is none of the file's weights.
        """
        name: str = step.arguments[key]["as_tensor"]["name"]
        name = self.turned.get(name, name)
        if name not in self._file.weights:
            raise LookupError(name)
        return name

    def weights(self, step: ExportedStep, **keys: str) -> dict[str, str]:
        """The weights of a step: the module's key → name in the graph, without those that it does not have."""
        given = {own: step.arguments.get(key, {}) for own, key in keys.items()}
        return {own: self.weight_name(step, keys[own]) for own, each in given.items() if "as_tensor" in each}

    def source(self, step: ExportedStep) -> fx.Node:
        """What goes into a step first."""
        return self.tensor(step, "input" if "input" in step.arguments else "self")

    def shape(self, step: ExportedStep) -> tuple[int | None, ...]:
        """The shape of what goes into a step first, with its batch."""
        argument = step.arguments.get("input") or step.arguments["self"]
        return self._file.shapes[argument["as_tensor"]["name"]]

    def plain(self, step: ExportedStep, key: str, usual: Any) -> Any:
        """A setting of a step; what is usual where the file does not name it."""
        return self.plain_value(step.arguments[key]) if key in step.arguments else usual

    def tensor(self, step: ExportedStep, key: str) -> fx.Node:
        """The tensor that is an argument of a step.

        Raises:
            LookupError: it depends on nothing here.
            TypeError: the argument is no tensor.
        """
        value = self.plain_value(step.arguments[key])
        if not isinstance(value, fx.Node):
            raise TypeError(f"{key} is no tensor")
        return value

    def plain_value(self, argument: Mapping[str, Any]) -> Any:
        """An argument of the file as a value.

        Raises:
            LookupError: a tensor that depends on nothing here.
            ValueError: a kind that no layer takes, such as a size of the batch.
        """
        ((kind, value),) = argument.items()
        if kind in ("as_tensor", "as_optional_tensor"):
            inner = value if "name" in value else next(iter(value.values()))
            return self._named(inner["name"]) if isinstance(inner, Mapping) else None
        if kind in ("as_tensors", "as_optional_tensors"):
            return [self._named(each["name"]) for each in value]
        if kind == "as_none":
            return None
        if kind in ("as_int", "as_float", "as_bool", "as_string", "as_ints", "as_floats", "as_bools", "as_strings"):
            return tuple(value) if isinstance(value, list) else value
        if kind == "as_sym_int":
            return int(value["as_int"])
        if kind == "as_sym_ints":
            return tuple(int(each["as_int"]) for each in value)
        raise ValueError(f"an argument is {kind}")

    def _named(self, name: str) -> fx.Node:
        """A tensor of the graph; a weight that is no module's stands for itself."""
        if name in self.values:
            return self.values[name]
        path = self._file.weights[name]
        if path not in self._bare:
            numbers = self.numbers(path)
            meta = torch.empty(numbers.shape, dtype=numbers.dtype, device="meta")
            parent, name_there = self._parent_of(path)
            parent.register_parameter(name_there, nn.Parameter(meta, requires_grad=False))
            self.tensors[path] = numbers
            self._bare[path] = self.graph.get_attr(path)
        return self._bare[path]

    def numbers(self, name: str) -> Tensor:
        """The numbers of one of the file's weights, in float32 where they are no whole numbers.

        Raises:
            UnreadableError: they are missing in the file.
        """
        if name not in self._file.tensors:
            raise UnreadableError(self._file.path, f"the numbers of the weight {printable(name)} are missing in it.")
        found = self._file.tensors[name]
        return found.float() if found.is_floating_point() else found

    def place(self, path: str, module: nn.Module) -> None:
        """Puts a module where its path says."""
        parent, name = self._parent_of(path)
        parent.add_module(name, module)
        self.paths.update(accumulate(path.split("."), lambda before, part: f"{before}.{part}"))

    def _parent_of(self, path: str) -> tuple[nn.Module, str]:
        """The module that holds what has this path, made where it is not there, and the last part of the path."""
        *outer, last = path.split(".")
        parent = self.root
        for part in outer:
            if part not in parent._modules:
                parent.add_module(part, nn.Module())
            parent = getattr(parent, part)
        return parent, last
