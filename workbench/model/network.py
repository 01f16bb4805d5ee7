"""The drawn graph as torch modules: one set of weights, and two torch.fx programs over it, to train and to predict."""

from __future__ import annotations

import linecache
import operator
import re
import warnings
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, fx, nn

from workbench.core.errors import WorkbenchError, printable
from workbench.core.graph import Graph, Node, Port
from workbench.core.names import is_within
from workbench.core.seeds import DRAWING, stream_seed
from workbench.core.values import Shape
from workbench.model.plan import Plan, PlanError, Term, arguments, make_plan
from workbench.model.shapes import infer

INITIALISERS = (
    "constant_ dirac_ eye_ kaiming_normal_ kaiming_uniform_ normal_ ones_ orthogonal_ "
    "sparse_ trunc_normal_ uniform_ xavier_normal_ xavier_uniform_ zeros_"
).split()
INITIALISER_CALL = re.compile(r"(?P<name>[a-z_]+)(\((?P<numbers>[-+.0-9e, ]*)\))?")  # normal_(0, 0.01)

# What a module may have so that the one engine serves every kind of network.
HOOKS = ("sample_indices", "loss_scale", "update", "after_step")


@dataclass(frozen=True)
class TrainOutput:
    """What the training program gives for one batch: losses, and prediction and target of those that compare."""

    losses: Mapping[str, Tensor]
    predictions: Mapping[str, Tensor]
    targets: Mapping[str, Tensor]


class Network:
    """Weights and the two programs over them.

    Attributes:
        modules: a tree of torch modules named as the nodes are; its state_dict has torchvision's keys where names do.
        terms: the terms of the objective.
        fields: data fields that the training program takes.
        inputs: data fields that the predicting program takes, with the shape of one sample.
        predict_program: the predicting program.
        predict_ports: where in it each port's value is.
        results: names of what the predicting program gives, and the ports they come from.
    """

    def __init__(self, graph: Graph, *, seed: int = 0) -> None:
        """Builds the modules; every node's weights start from a stream of their own, made of seed and name.

        Raises:
            PlanError: the graph has problems.
            WorkbenchError: an initialiser is unknown or does not fit its weight.
        """
        shapes = infer(graph)
        predict = make_plan(graph, "predict")
        has_loss = any(layer.is_loss for layer in shapes.layers.values())
        self.modules = _modules(graph, predict, seed)
        self._predict_calls = frozenset(predict.calls)
        self._drawn_frozen = [
            node.name for node in graph if (node.frozen or node.bypass) and node.name in predict.calls
        ]
        self._frozen = self._drawn_frozen
        for name in self._frozen:
            self.modules.get_submodule(name).requires_grad_(False)
        self._hooked_modules = {name: self._with(name) for name in HOOKS}
        self._every_module = tuple(self.modules.modules())
        self.predict_program, self.predict_ports = _program(self.modules, predict)
        self._graph = graph
        self._train: fx.GraphModule | None = None
        self.terms: tuple[Term, ...] = ()
        self.fields: tuple[str, ...] = ()
        if has_loss:
            self._set_losses({})
        self.inputs: dict[str, Shape] = {
            step.field: predict.values[Port(step.node.id, step.outputs[0])].shape
            for step in predict.steps
            if step.field
        }
        self.results = dict(predict.results)

    def _with(self, name: str) -> list[nn.Module]:
        """The modules of nodes that are not frozen and have an attribute of that name."""
        frozen = {id(self.modules.get_submodule(node)) for node in self._frozen}
        return [each for each in self.modules.modules() if hasattr(each, name) and id(each) not in frozen]

    def _set_losses(self, losses: Mapping[str, float]) -> None:
        plan = make_plan(self._graph, "train", losses)
        self._train = _program(self.modules, plan)[0]
        self.terms, self.fields = plan.terms, plan.fields

    def enter_stage(self, train: Iterable[str], losses: Mapping[str, float]) -> None:
        """Lets some nodes learn from some losses; the others stand still as if they were frozen.

        Args:
            train: names of nodes and groups; without any, all that are not frozen in the drawing learn.
            losses: loss node → its weight, in the place of its own; 0 leaves it out, with all that only it needs.

        Raises:
            PlanError: a name is none of the network's, or no loss is left.
        """
        wanted = list(train)
        owners = [node.name for node in self._graph if node.name in self._predict_calls]
        for name in wanted:
            if not any(is_within(owner, name) for owner in owners):
                raise PlanError(
                    f'There is no node or group "{printable(name)}" that could learn. There are: {_few(owners)}.'
                )
        kept = {owner for owner in owners if any(is_within(owner, name) for name in wanted)} if wanted else set(owners)
        self._frozen = [*self._drawn_frozen, *(owner for owner in owners if owner not in kept)]
        for owner in owners:
            self.modules.get_submodule(owner).requires_grad_(owner not in self._frozen)
        self._hooked_modules = {name: self._with(name) for name in HOOKS}
        self._set_losses(losses)

    def train_batch(self, fields: Mapping[str, Tensor]) -> TrainOutput:
        """Losses, predictions and targets of one batch; each field is (N, ...)."""
        if self._train is None:
            raise WorkbenchError("The network has no loss node, so it cannot be trained.")
        return TrainOutput(*self._train(*(fields[name] for name in self.fields)))

    def predict(self, fields: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The results for one batch, by name; each field is (N, ...)."""
        results: dict[str, Tensor] = self.predict_program(*(fields[name] for name in self.inputs))
        return results

    def objective(
        self, losses: Mapping[str, Tensor], step: int | None = None, *, part: tuple[int, int] | None = None
    ) -> Tensor:
        """The weighted sum of the losses, one number.

        Args:
            losses: of one batch, by loss node.
            step: of the optimiser, whose weights count; None for the weights behind every warm-up.
            part: how many samples the batch has, and how many all batches of this step have together; the objectives of
                these batches then add up to that of one large batch.
        """
        weights = [term.weight(step) * (term.share(*part) if part else 1.0) for term in self.terms]
        weighed = [(losses[term.name], weight) for term, weight in zip(self.terms, weights, strict=True)]
        first, *others = [loss if weight == 1.0 else loss * weight for loss, weight in weighed]
        return sum(others, start=first)

    def summed(self, losses: Mapping[str, Tensor], samples: int, step: int | None = None) -> float:
        """The objective of a batch as a sum over its samples, whether its losses are means or sums."""
        totals = {term.name: term.samples_in(samples) for term in self.terms}
        if len(set(totals.values())) == 1:
            return float(self.objective(losses, step).detach()) * totals[self.terms[0].name]
        return sum(float(losses[term.name].detach()) * term.weight(step) * totals[term.name] for term in self.terms)

    def begin_batch(self, indices: Tensor, gathered: int = 0) -> None:
        """Sets `sample_indices` and `loss_scale` on the modules that have them.

        Args:
            indices: of the samples.
            gathered: how many samples all batches of this step have together; only these, if it is 0.
        """
        for module in self._hooked_modules["sample_indices"]:
            module.sample_indices = indices
        term = next((term for term in self.terms if term.prediction), None)
        for module in self._hooked_modules["loss_scale"]:
            module.loss_scale = term.scale(gathered or len(indices)) if term else 1.0  # type: ignore[assignment]

    def end_step(self) -> None:
        """After a step of the optimiser: modules with `update()` learn, then those with `after_step()` tidy up."""
        with torch.no_grad():
            for hook in ("update", "after_step"):
                for module in self._hooked_modules[hook]:
                    getattr(module, hook)()

    def sample_state(self) -> dict[str, Tensor]:
        """What modules remember about single samples, by `<node>.<name>`."""
        found = {}
        for node, module in self.modules.named_modules():
            for name, tensor in getattr(module, "sample_state", {}).items():
                found[f"{node}.{name}"] = tensor
        return found

    def load_sample_state(self, tensors: Mapping[str, Tensor]) -> None:
        """Gives back what `sample_state` gave."""
        for key, tensor in tensors.items():
            node, _, name = key.rpartition(".")
            self.modules.get_submodule(node).sample_state[name] = tensor  # type: ignore[index, operator]

    def remember_samples(self, key: str, indices: Tensor, rows: Tensor) -> None:
        """Lets a module remember about some samples what another process has found.

        Args:
            key: as `sample_state` has it.
            indices: of the samples, (N,).
            rows: what is remembered of each, (N, ...).
        """
        node, _, name = key.rpartition(".")
        known: dict[str, Tensor] = self.modules.get_submodule(node).sample_state  # type: ignore[assignment]
        tensor = known.get(name, rows[:0].to(next(self.modules.parameters()).device))
        lacking = max(0, int(indices.max()) + 1 - len(tensor))
        tensor = torch.cat([tensor, tensor.new_zeros(lacking, *rows.shape[1:])]) if lacking else tensor
        tensor[indices.to(tensor.device)] = rows.to(tensor)
        known[name] = tensor

    def learning_by_rule(self) -> list[nn.Parameter]:
        """The weights that learn by the rule of their module's `update()`."""
        return [each for module in self._hooked_modules["update"] for each in module.parameters() if each.requires_grad]

    def set_training(self, is_training: bool) -> None:
        """Switches dropout and batch norm; frozen nodes stay as in prediction.

        It does what `nn.Module.train` does, without the search through every module that torch makes at each step.
        """
        for module in self._every_module:
            module.__dict__["training"] = is_training
        for name in self._frozen:
            self.modules.get_submodule(name).eval()

    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The weights that the optimiser trains, by their keys; modules with `update()` see to their own."""
        own = {id(weight) for module in self._hooked_modules["update"] for weight in module.parameters()}
        every = self.modules.named_parameters()
        return ((name, weight) for name, weight in every if weight.requires_grad and id(weight) not in own)

    def trained(self) -> int:
        """How many numbers are trained, by whomever."""
        return sum(weight.numel() for weight in self.modules.parameters() if weight.requires_grad)

    def first_nonfinite(self, fields: Mapping[str, Tensor]) -> str:
        """Name of the first node whose output has NaN or Inf for this batch; "" if every output is finite."""
        assert self._train is not None
        finder = _NonFiniteFinder(self._train)
        with torch.no_grad():
            finder.run(*(fields[name] for name in self.fields))
        return finder.found

    def is_image_network(self) -> bool:
        """Whether weights with four axes make channels_last worth while."""
        return any(weight.dim() == 4 for weight in self.modules.parameters())

    def code(self) -> str:
        """The predicting program as Python text, made by torch.fx."""
        return str(self.predict_program.code)


def _few(names: list[str]) -> str:
    """The first of many names, for a sentence."""
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")


class _NonFiniteFinder(fx.Interpreter):
    """Runs a program node by node and remembers the first one that gives NaN or Inf."""

    found = ""

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if not self.found and isinstance(result, Tensor) and result.is_floating_point() and not result.isfinite().all():
            self.found = str(n.args[0] if n.op == "call_function" else n.target)  # a getitem: its node
        return result


@cache
def _hear_of_even_kernels() -> None:
    """Takes torch's warning about even kernels with padding "same", which it gives once in a process.

    It is of no use to somebody who draws: the layer's form says what "same" does, and nothing is slow or wrong.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.conv1d(torch.zeros(1, 1, 2, device="cpu"), torch.zeros(1, 1, 2, device="cpu"), padding="same")


def _modules(graph: Graph, plan: Plan, seed: int) -> nn.Module:
    """The tree of modules, in the order of the flow."""
    if any(call.kwargs.get("padding") == "same" for call in plan.calls.values()):
        _hear_of_even_kernels()
    root = nn.Module()
    with DRAWING, torch.random.fork_rng(devices=[]):
        for name, call in plan.calls.items():
            # Not torch.manual_seed, which asks every kind of device there could be: a third of what building costs.
            torch.default_generator.manual_seed(stream_seed(seed, "weights", name))
            module = call.build()
            _initialise(module, graph.by_name[name])
            _put(root, name, module)
    return root


def _put(root: nn.Module, name: str, module: nn.Module) -> None:
    """Hangs a module into the tree at its dotted name."""
    *folders, last = name.split(".")
    for folder in folders:
        if folder not in root._modules:
            root.add_module(folder, nn.Module())
        root = root.get_submodule(folder)
    root.add_module(last, module)


def _initialise(module: nn.Module, node: Node) -> None:
    """Applies the node's own initialisers: parameter name → name in torch.nn.init, with numbers in brackets."""
    for parameter, text in node.init.items():
        weight = module._parameters.get(parameter)
        call = INITIALISER_CALL.fullmatch(str(text))
        initialiser = call["name"] if call else str(text)
        words = (call["numbers"] or "").split(",") if call else []
        if weight is None or initialiser not in INITIALISERS:
            known = (
                ", ".join(INITIALISERS) if weight is not None else ", ".join(dict(module.named_parameters())) or "none"
            )
            what = "initialiser" if weight is not None else "weight"
            wrong = initialiser if weight is not None else parameter
            raise WorkbenchError(f'{node.name} has no {what} "{wrong}". There are: {known}.')
        try:
            getattr(nn.init, initialiser)(weight, *(float(word) for word in words if word.strip()))
        except (ValueError, TypeError) as error:
            raise WorkbenchError(f"{node.name}: {text} does not fit its {parameter}: {error}.") from None
    if isinstance(module, nn.Embedding | nn.EmbeddingBag) and module.padding_idx is not None and "weight" in node.init:
        with torch.no_grad():
            module.weight[module.padding_idx].zero_()  # as torch itself begins: what fills up says nothing


def _program(root: nn.Module, plan: Plan) -> tuple[fx.GraphModule, dict[Port, fx.Node]]:
    """The plan as a torch.fx program over the modules, and where in it each port is."""
    graph = fx.Graph()
    known: dict[Port, fx.Node] = {}
    fields = {name: graph.placeholder(argument) for name, argument in arguments(plan.fields).items()}
    for step in plan.steps:
        taken = (fields[step.field],) if step.field else tuple(known[source] for source in step.sources)
        if step.node.bypass:
            known[Port(step.node.id, step.outputs[0])] = taken[0]
        elif step.outputs:
            like: dict[str, Any] = {"like": next(iter(fields.values()))} if step.layer.is_constant and fields else {}
            result = graph.call_module(step.module, taken, like)
            for number, name in enumerate(step.outputs):
                port = Port(step.node.id, name)
                known[port] = (
                    graph.call_function(operator.getitem, (result, number)) if len(step.outputs) > 1 else result
                )
    if plan.purpose == "train":
        losses = {term.name: known[term.port] for term in plan.terms}
        predictions = {term.name: known[term.prediction] for term in plan.terms if term.prediction}
        graph.output((losses, predictions, {term.name: known[term.target] for term in plan.terms if term.target}))
    else:
        graph.output({name: known[port] for name, port in plan.results.items()})
    program = fx.GraphModule(root, graph)
    weakref.finalize(program, _forget_source, type(program).forward.__code__.co_filename)
    return program, known


def _forget_source(name: str) -> None:
    """Drops the source text of a program that is gone; torch.fx would keep that of every network ever built."""
    loader = getattr(torch.fx.graph_module, "_loader", None)
    getattr(loader, "eval_cache", {}).pop(name, None)
    linecache.cache.pop(name, None)
