"""An exported graph made into a module again, of torch's own modules and of functions that layers compute.

A step of the file is only ever a name that is looked up in tables (`pt2_operators`); everything else becomes a step
that stands for what is not understood, with the shape that the file has for it. The module is on the meta device and
has no numbers.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, fx, nn

from workbench.core.errors import UnreadableError
from workbench.layers.spec import REGISTRY
from workbench.model.translation.pt2_arguments import Arguments
from workbench.model.translation.pt2_file import ExportedStep, Pt2File
from workbench.model.translation.pt2_operators import FUNCTIONS, MODULES
from workbench.model.translation.traced import PARTED, not_understood

ATEN = "torch.ops.aten."
SAME = frozenset({"clone", "contiguous", "detach", "alias", "to", "_to_copy", "lift_fresh_copy"})
DROPOUTS: Mapping[str, Any] = {"dropout": nn.Dropout, "feature_dropout": nn.Dropout2d, "alpha_dropout": nn.AlphaDropout}
RESHAPES = frozenset({"view", "reshape", "_unsafe_view", "flatten", "unflatten"})
PARTS = PARTED | {"split_with_sizes"}


class Rebuilding:
    """Builds the module."""

    def __init__(self, file: Pt2File) -> None:
        self._file = file
        self._given = Arguments(file)
        self._functions = {name for _, cls in REGISTRY.items() for name in cls.functions}  # that layers compute

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The numbers of the module's weights, by its own keys."""
        return self._given.tensors

    def build(self) -> fx.GraphModule:
        """Returns the module with one input.

        Raises:
            UnreadableError: nothing goes in, or nothing comes out.
        """
        file = self._file
        if not file.inputs or not file.outputs:
            raise UnreadableError(file.path, "nothing goes into its network, or nothing comes out of it.")
        self._given.values[file.inputs[0]] = self._given.graph.placeholder("image")
        for step in file.steps:
            self._add(step)
        given = [self._given.values[name] for name in file.outputs if name in self._given.values]
        if not given:
            raise UnreadableError(file.path, "nothing that it gives depends on what goes in.")
        self._given.graph.output(given[0] if len(given) == 1 else tuple(given))
        record = fx.GraphModule(self._given.root, self._given.graph)
        record.graph.eliminate_dead_code()
        record.recompile()
        return record

    def _add(self, step: ExportedStep) -> None:
        """Adds a step; one that has to do with neither samples nor weights is left out."""
        name = self._name(step)
        tensors = [self._given.values[each] for each in _tensors_of(step) if each in self._given.values]
        if name in ("t", "permute", "transpose") and self._given.is_weight(step, "self"):
            self._given.turned[step.outputs[0]] = step.arguments["self"]["as_tensor"]["name"]
            return
        if not tensors or not step.outputs:
            return
        try:
            made = self._made(name, step)
        except (LookupError, TypeError, ValueError):
            made = None
        if made is None:
            for output in step.outputs:
                if output in self._file.shapes:
                    self._keep(step, output, self._unknown(step, output, tensors))
            return
        if step.several and name in PARTS:
            for number, output in enumerate(step.outputs):
                self._keep(step, output, self._given.graph.call_function(operator.getitem, (made, number)))
        else:
            self._keep(step, step.outputs[0], made)

    def _name(self, step: ExportedStep) -> str:
        return step.target.removeprefix(ATEN).partition(".")[0] if step.target.startswith(ATEN) else step.target

    def _keep(self, step: ExportedStep, name: str, node: fx.Node) -> None:
        if step.path:
            node.meta["nn_module_stack"] = {step.path: (step.path, "")}
        self._given.values[name] = node

    def _unknown(self, step: ExportedStep, output: str, tensors: list[fx.Node]) -> fx.Node:
        shape = tuple(1 if size is None else size for size in self._file.shapes[output][1:])
        kind = self._name(step)
        return self._given.graph.call_function(not_understood, (kind, shape, *tensors))

    def _made(self, name: str, step: ExportedStep) -> fx.Node | None:
        """The step as a call of a module or a function; None if neither is known."""
        plain = name.rstrip("_") if not name.startswith("_") else name
        if plain in MODULES:
            return self._module(*MODULES[plain](self._given, step))
        if plain in SAME:
            return self._given.graph.call_function(torch.clone, (self._given.source(step),))
        if plain in DROPOUTS:
            return self._dropout(DROPOUTS[plain], step)
        if plain in RESHAPES:
            shape = self._file.shapes[step.outputs[0]][1:]
            if None in shape:
                raise ValueError("a size depends on the batch")
            return self._given.graph.call_function(torch.reshape, (self._given.tensor(step, "self"), (-1, *shape)))
        if plain in FUNCTIONS:
            function, arguments = FUNCTIONS[plain](self._given, step)
            return self._given.graph.call_function(function, *arguments)
        if (plain in self._functions or plain in PARTS) and hasattr(torch.ops.aten, plain):
            return self._aten(plain, step)
        return None

    def _aten(self, plain: str, step: ExportedStep) -> fx.Node:
        """A function of torch's own by its name; settings that layers do not know are refused later."""
        overload = step.target.removeprefix(ATEN).partition(".")[2]
        packet = getattr(torch.ops.aten, plain)
        if overload not in packet.overloads():
            raise LookupError(overload)
        function = getattr(packet, overload)
        leading: list[Any] = []
        named: dict[str, Any] = {}
        for key, argument in step.arguments.items():
            value = self._given.plain_value(argument)
            if key == "alpha" and plain in ("add", "sub"):
                if value != 1:
                    raise ValueError("alpha is no setting of the layer")
            elif key in ("self", "input", "other", "tensors", "mat2", "split_size", "split_sizes", "chunks"):
                leading.append(value)
            else:
                named[key] = value
        return self._given.graph.call_function(function, tuple(leading), named)

    def _dropout(self, kind: type[nn.Dropout], step: ExportedStep) -> fx.Node:
        """Dropout as a module: the file has what it does in training or without, the layer has both."""
        path = self._free(f"{step.path}.dropout" if step.path else "dropout")
        self._given.place(path, kind(float(self._given.plain_value(step.arguments["p"]))))
        return self._given.graph.call_module(path, (self._given.tensor(step, "input"),))

    def _free(self, path: str) -> str:
        """A path that no module of the network has."""
        number, found = 1, path
        while found in self._given.paths:
            number += 1
            found = f"{path}{number}"
        return found

    def _module(self, module: nn.Module, weights: Mapping[str, str], source: fx.Node) -> fx.Node:
        """A call of a module; its path is that of its first weight in the file.

        Args:
            module: without numbers.
            weights: its key → name in the graph.
            source: what goes in.
        """
        known = {key: self._file.weights[name] for key, name in weights.items()}
        first = known.get("weight") or next(iter(known.values()))
        path = first.rpartition(".")[0] or first
        if path not in self._given.paths:
            self._given.place(path, module)
        for key, own in known.items():
            self._given.tensors[f"{path}.{key}"] = self._given.numbers(own)
        return self._given.graph.call_module(path, (source,))


def _tensors_of(step: ExportedStep) -> Iterator[str]:
    """The names of all tensors that go into a step."""
    for argument in step.arguments.values():
        if "as_tensor" in argument:
            yield argument["as_tensor"]["name"]
        for each in argument.get("as_tensors", ()):
            yield each["name"]
