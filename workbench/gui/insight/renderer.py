"""What the Look panel asks for, computed on its worker thread: a second network, never the one that is learning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import WorkbenchError
from workbench.core.graph import Graph
from workbench.insight.spec import REGISTRY, Picture, Scene
from workbench.project.document import Project

if TYPE_CHECKING:
    from workbench.data.spec import Dataset
    from workbench.model.network import Network

SPLITS = ("test", "validation", "train")


@dataclass(frozen=True)
class Request:
    """What is to be seen.

    Attributes:
        project: as it is now; a running training may have an older graph, matched by node id.
        path: of its file, or where its untitled runs are.
        node: id of the node looked at.
        view: name of the view.
        sample: number of the sample in the first split there is.
        drawn: a drawn picture (C, H, W) in bytes in place of a sample, or None.
    """

    project: Project
    path: Path
    node: str
    view: str
    sample: int
    drawn: NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class Answer:
    """What there is to see.

    Attributes:
        request: what was asked for.
        picture: the view.
        image: the sample itself, (H, W, 3) bytes; None where the input is no picture.
        shares: class names and probabilities, best first; empty where the network scores no classes.
        origin: where the weights are from.
        truth: name of the sample's class, or "".
        samples: how many samples there are.
    """

    request: Request
    picture: Picture
    image: NDArray[np.uint8] | None
    shares: tuple[tuple[str, float], ...]
    origin: str
    truth: str
    samples: int


class Renderer:
    """Keeps network and data between requests; used by one thread at a time."""

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._network: Network | None = None
        self._origin = ""
        self._live: dict[str, NDArray[Any]] | None = None
        self._is_stale = True
        self._data: tuple[object, Dataset] | None = None

    def show_weights(self, weights: Mapping[str, NDArray[Any]] | None) -> None:
        """Weights of a running training (copied here), or None: those of the newest run again."""
        self._live = None if weights is None else {name: array.copy() for name, array in weights.items()}
        self._is_stale = True

    def render(self, request: Request) -> Answer:
        """Computes one answer.

        Raises:
            WorkbenchError: the network has problems, or there is nothing to look at.
        """
        import torch

        torch.set_num_threads(1)
        network = self._ready(request)
        view = REGISTRY[request.view]
        if not any(port.node == request.node for port in network.predict_ports):
            name = request.project.graph.nodes[request.node].name
            raise WorkbenchError(f"{name} does not lead to a result, so it is never computed.")
        array, truth, samples = self._sample(request, network)
        field = next(iter(network.inputs))
        tensor = torch.from_numpy(np.ascontiguousarray(array))[None]
        fields = {field: tensor.float() / 255 if tensor.dtype == torch.uint8 else tensor}
        picture = view.render(Scene(network, request.project.graph, request.node, fields))
        return Answer(request, picture, _image(array), self._shares(network, fields), self._origin, truth, samples)

    def _ready(self, request: Request) -> Network:
        """The network with the weights to look at."""
        from workbench.model.network import Network

        graph = request.project.graph
        if self._network is None or graph is not self._graph:
            self._network, self._graph, self._is_stale = Network(graph), graph, True
        if self._is_stale:
            self._load(request, self._network)
            self._is_stale = False
        self._network.set_training(False)
        return self._network

    def _load(self, request: Request, network: Network) -> None:
        import torch

        from workbench.core.errors import UsageError
        from workbench.model.weights import load_into
        from workbench.project.runs import trained_weights

        if self._live is not None:
            load_into(network.modules, {k: torch.from_numpy(v) for k, v in self._live.items()}, partly=True)
            self._origin = "the running training"
            return
        try:
            weights, self._origin = trained_weights(request.project, request.path)
        except UsageError:
            self._origin = "not trained yet"
            return
        load_into(network.modules, weights, partly=True)

    def _sample(self, request: Request, network: Network) -> tuple[NDArray[Any], str, int]:
        if request.drawn is not None:
            return request.drawn, "", 0
        dataset = self._dataset(request)
        split = next(name for name in SPLITS if dataset.size(name))
        number = min(request.sample, dataset.size(split) - 1)
        field = next(iter(network.inputs))
        labels = [name for name, value in dataset.fields.items() if value.kind == "class" and value.classes]
        truth = ""
        if labels:
            truth = dataset.fields[labels[0]].classes[int(dataset.splits[split][labels[0]][number])]
        return dataset.splits[split][field][number], truth, dataset.size(split)

    def _dataset(self, request: Request) -> Dataset:
        from workbench.data.loading import load

        config = request.project.data_config()
        if self._data is None or self._data[0] != config:
            self._data = (config, load(config, request.path.resolve().parent))
        return self._data[1]

    def _shares(self, network: Network, fields: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
        import torch

        terms = [term for term in network.terms if term.layer.activation == "softmax"]
        results = [name for name, port in network.results.items() if terms and port == terms[0].prediction]
        if not results:
            return ()
        with torch.inference_mode():
            scores = network.predict(fields)[results[0]][0]
        if scores.dim() != 1:
            return ()
        shares = torch.softmax(scores, 0).tolist()
        names = terms[0].classes or tuple(str(number) for number in range(len(shares)))
        return tuple(sorted(zip(names, shares, strict=True), key=lambda pair: -pair[1]))


def _image(array: NDArray[Any]) -> NDArray[np.uint8] | None:
    """A sample (C, H, W) as (H, W, 3) bytes; None if it is no picture."""
    if array.ndim != 3 or array.shape[0] not in (1, 3):
        return None
    pixels = array if array.dtype == np.uint8 else np.clip(array * 255, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(pixels.transpose(1, 2, 0), (*pixels.shape[1:], 3)))
