"""Weights that a training begins with: those that came with the project, and what of them fits the network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbench.core.errors import UsageError, printable
from workbench.core.files import exists, make_folder, read_bytes, write_file
from workbench.core.graph import Graph, Port
from workbench.core.values import Shape, shape_text
from workbench.model.plan import terms_of
from workbench.model.shapes import Shapes, infer
from workbench.project.document import Project, SetSetting, setting
from workbench.project.storage import files_folder

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.weights import Fit, Weights

LARGEST = 8_000_000_000  # bytes


class Beginning(NamedTuple):
    """What a training begins with.

    Attributes:
        tensors: by state_dict key; empty to begin with random numbers.
        fresh: names of the nodes that begin with random numbers all the same.
        notes: sentences for people.
    """

    tensors: Mapping[str, Tensor]
    fresh: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def weights_file(path: Path) -> Path:
    """Returns where a project keeps weights that came from elsewhere."""
    return files_folder(path) / "weights.safetensors"


def own_weights(path: Path) -> Weights:
    """Returns the weights that came with a project.

    Raises:
        UsageError: none did.
        UnreadableError: their file is damaged.
    """
    from workbench.model.weights import read_weights

    stored = weights_file(path)
    if not exists(stored):
        raise UsageError(
            f"The training is to start from the project's weights (training.pretrained), but {printable(stored.name)} "
            f"is not in {printable(stored.parent.name)}. Import the network again with weights, or switch that off."
        )
    return read_weights(stored)


def bring_along(before: Path, path: Path) -> None:
    """Copies the weights that came with a project to where it is saved now, unless they are there.

    Raises:
        WriteError: they cannot be written.
    """
    old, new = weights_file(before), weights_file(path)
    if old != new and exists(old) and not exists(new):
        make_folder(new.parent)
        write_file(new, [read_bytes(old, LARGEST)])


class Loadable(NamedTuple):
    """Weights of a file, beside the network that they are for.

    Attributes:
        tensors: all weights of the network: those of the file where they fit, else its own first random ones.
        fit: how they go together.
        origin: name of the file.
    """

    tensors: Mapping[str, Tensor]
    fit: Fit
    origin: str

    def report(self) -> str:
        """Returns what fits and what does not, as one sentence."""
        return f"{printable(self.origin)}: {self.fit.report()}."


def loadable(project: Project, file: Path, *, by_order: bool = False) -> Loadable:
    """Compares the weights of a file with a project's network; nothing is changed.

    Args:
        project: with the network.
        file: with the weights.
        by_order: whether weights are matched by their order and shapes, and not by their names.

    Raises:
        WorkbenchError: the network has problems, or the file is damaged or holds no weights.
    """
    from workbench.model.network import Network
    from workbench.model.weights import fit, load_into, named_by_order, read_weights

    network = Network(project.graph, seed=project.training_config().seed)
    tensors: Mapping[str, Tensor] = read_weights(file)
    if by_order:
        tensors = named_by_order(network.modules, tensors)
    found = fit(network.modules, tensors)
    load_into(network.modules, tensors, partly=True)
    return Loadable(network.modules.state_dict(), found, file.name)


def begin_with(project: Project) -> SetSetting:
    """Returns the edit by which a project's trainings begin with its weights."""
    return setting(project, "training", ("pretrained",), True)


def keep_weights(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Writes weights that come with a project beside its file.

    Raises:
        WriteError: they cannot be written.
    """
    import safetensors.torch

    stored = weights_file(path)
    make_folder(stored.parent)
    plain = {name: each.detach().cpu().contiguous() for name, each in tensors.items()}
    write_file(stored, [safetensors.torch.save(plain, metadata={"format": "pt"})])


def fitted(graph: Graph, weights: Mapping[str, Tensor] | None) -> Beginning:
    """Returns weights with what they are used for: a last layer of another shape begins anew, and that is said.

    Whatever else does not fit is left to whoever loads them, who refuses it.
    """
    from workbench.model.weight_names import named_as

    if not weights:
        return Beginning({})
    shapes = infer(graph)
    ours = {
        f"{graph.nodes[id_].name}.{key}"
        for id_, layer in shapes.layers.items()
        if id_ in shapes.inputs
        for key in layer.parameters(*shapes.inputs[id_])
    }
    theirs = named_as(ours, weights)
    fresh, notes = [], []
    for id_, needed in last_layers(graph, shapes).items():
        name = graph.nodes[id_].name
        others = {key: tuple(theirs[f"{name}.{key}"].shape) for key in needed if f"{name}.{key}" in theirs}
        unlike = [key for key, shape in others.items() if shape != needed[key]]
        if unlike:
            fresh.append(name)
            key = unlike[0]
            notes.append(
                f"{name} begins anew: its {key} is {shape_text(needed[key])}, in the weights it is "
                f"{shape_text(others[key])}. All other layers begin with the weights."
            )
    return Beginning(weights, tuple(fresh), tuple(notes))


def last_layers(graph: Graph, shapes: Shapes) -> dict[str, Mapping[str, Shape]]:
    """Returns the last layers with weights before each prediction: node id → their weights' shapes."""
    found: dict[str, Mapping[str, Shape]] = {}
    for term in terms_of(graph):
        port: Port | None = term.prediction
        while port is not None:
            layer = shapes.layers.get(port.node)
            weights = layer.parameters(*shapes.inputs[port.node]) if layer and port.node in shapes.inputs else {}
            if weights:
                found[port.node] = weights
                break
            coming = list(graph.incoming[port.node].values())
            port = coming[0] if len(coming) == 1 else None
    return found
