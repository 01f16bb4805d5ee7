"""Pictures of what a network has learnt: maps shown beside pyqtgraph and torchvision, and the way back beside Captum.

    QT_QPA_PLATFORM=offscreen python bench/browse.py [--quick]

Maps: from the numbers that a layer gives to the painted grid of 800×800 pixels; beside it an `ImageItem` for each map,
kept and filled anew, and torchvision's `make_grid` painted as one image. Deconvnet: 16 units at their strongest
positions, from the sample to the pictures' numbers with the forward pass; beside it Captum's `NeuronDeconvolution`, one
unit after the other, on the same weights; the largest difference is told relative to the largest number. Another unit
clicked: the renderer that has drawn the whole grid is asked for another one. CPU time, one thread, medians, memory kept
by the process as the product keeps it; the variants take turns, and ratios are formed within a round.
"""

from __future__ import annotations

import math
import os
import statistics
import tempfile
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import torch
from figures import Figure, at_least, at_most, cpu_ms, plain, run
from numpy.typing import NDArray
from PyQt6.QtGui import QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QApplication, QWidget
from torch import Tensor

from workbench.core import process
from workbench.core.graph import Graph, Port
from workbench.gui.insight.grid import TileGrid
from workbench.gui.widgets.theme import DARK
from workbench.insight.spec import REGISTRY, ViewContext
from workbench.insight.spots import strongest_spots
from workbench.inspection.render_request import RenderRequest
from workbench.inspection.renderer import Renderer
from workbench.model.network import Network
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.probes import SampleProbe
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.project.templates.spec import GraphBuilder, Samples

SIDE = 800
UNITS = 16
MAPS = ((512, 28), (512, 14), (64, 224))
WAYS = (("lenet5", "conv2", 28, 10.0), ("vgg11", "features.8", 224, 20.0), ("vgg11", "features.3", 224, 20.0),
        ("resnet18", "layer2.1.conv2", 224, 0.0))  # fmt: skip
GROWTH = (64, 512, 2048)


class _Canvas(QWidget):
    """Paints one image over all its room."""

    image: QImage | None = None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self.image is not None:
            painter.drawImage(self.rect(), self.image)
        painter.end()


def rounds(variants: Mapping[str, Callable[[], object]], count: int) -> dict[str, list[float]]:
    """Returns the CPU milliseconds of each variant in each round, after one that does not count."""
    found: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(count + 1):
        for name, work in variants.items():
            spent = cpu_ms(work)
            if number:
                found[name].append(spent)
    return found


def ratio(found: Mapping[str, list[float]], name: str) -> float:
    """Returns how many times dearer a variant is than ours."""
    return statistics.median(theirs / ours for theirs, ours in zip(found[name], found["ours"], strict=True))


def maps_context(count: int, side: int) -> tuple[ViewContext, Port]:
    """Returns a node that gives so many maps, whose numbers are known."""
    builder = GraphBuilder(Samples((1, side, side)))
    port = builder.add("Conv2d", "conv", builder.image(), out_channels=count, kernel_size=1, padding=0)
    builder.add("Output", "out", port)
    graph = builder.graph()
    return ViewContext(Network(graph), graph, port.node), port


class _Shown:
    """So many maps of one size, to be shown in three ways; each call shows other numbers than the last."""

    def __init__(self, count: int, side: int) -> None:
        import pyqtgraph

        self._numbers = [torch.rand(1, count, side, side) for _ in range(2)]
        self._context, self._port = maps_context(count, side)
        self._columns, self._turn = math.ceil(math.sqrt(count)), 0
        self._grid, self._canvas, self._items = TileGrid(DARK), _Canvas(), pyqtgraph.GraphicsLayoutWidget()
        self._widgets: tuple[QWidget, ...] = (self._grid, self._canvas, self._items)
        for widget in self._widgets:
            widget.resize(SIDE, SIDE)
            widget.show()
        box = self._items.addViewBox()
        box.setAspectLocked(True)
        self._drawn = [pyqtgraph.ImageItem() for _ in range(count)]
        for number, item in enumerate(self._drawn):
            item.setPos(number % self._columns * (side + 1), number // self._columns * (side + 1))
            box.addItem(item)
        QApplication.processEvents()

    def _values(self) -> Tensor:
        self._turn += 1
        return self._numbers[self._turn % 2]

    def ours(self) -> None:
        """Shows them as the product does."""
        seen = replace(self._context, known={self._port: self._values()})
        self._grid.show_picture(REGISTRY["feature-maps"].render(seen))
        self._grid.repaint()

    def item_per_map(self) -> None:
        """Shows them in an item each, which are there already."""
        for item, each in zip(self._drawn, self._values()[0].numpy(), strict=True):
            item.setImage(each)
        self._items.viewport().repaint()

    def torchvision(self) -> None:
        """Shows them as one picture that torchvision makes."""
        from torchvision.utils import make_grid

        maps = self._values()[0].unsqueeze(1)
        one = make_grid(maps, nrow=self._columns, padding=1, normalize=True, scale_each=True)
        grey = np.ascontiguousarray((one[0] * 255).byte().numpy())
        self._canvas.image = QImage(
            grey.tobytes(), grey.shape[1], grey.shape[0], grey.shape[1], QImage.Format.Format_Grayscale8
        )
        self._canvas.repaint()

    def close(self) -> None:
        """Closes the windows."""
        for widget in self._widgets:
            widget.close()


def showing(count: int, side: int, times: int) -> list[Figure]:
    """Measures how long maps take from their numbers to the screen."""
    shown = _Shown(count, side)
    found = rounds({"ours": shown.ours, "items": shown.item_per_map, "torchvision": shown.torchvision}, times)
    shown.close()
    spent, name = statistics.median(found["ours"]), f"{count} maps of {side}x{side}"
    items, torchvision = ratio(found, "items"), ratio(found, "torchvision")
    if (count, side) != (512, 28):
        return [
            plain("10", f"{name} shown", spent, "ms"),
            plain("10", f"{name}: an item each", items, "x"),
            plain("10", f"{name}: make_grid", torchvision, "x"),
        ]
    return [
        at_most("10", f"{name} shown", spent, 8, "ms"),
        at_least("10", f"{name}: an item each", items, 5),
        at_least("10", f"{name}: make_grid", torchvision, 3),
    ]


def drawn(name: str, side: int) -> tuple[Graph, Network]:
    """Returns a template's network for pictures of that size, with first weights."""
    builder = GraphBuilder(Samples((1 if side == 28 else 3, side, side)))
    TEMPLATES[name]().build(builder)
    graph = builder.graph()
    network = Network(graph, seed=3)
    network.set_training(False)
    return graph, network


def way_back(template: str, node: str, side: int, goal: float, times: int) -> list[Figure]:
    """Measures the deconvnet of 16 units against Captum."""
    from captum.attr import NeuronDeconvolution

    graph, network = drawn(template, side)
    shape = next(iter(network.inputs.values()))
    fields = {name: torch.rand(1, *shape, generator=torch.Generator().manual_seed(1)) for name in network.inputs}
    context = ViewContext(network, graph, graph.named(node).id, fields, units=tuple(range(UNITS)))
    activation = context.activation()[0, :UNITS]
    places = [divmod(int(each.argmax()), each.shape[1]) for each in activation]
    deconvolution = NeuronDeconvolution(network.predict_program, network.modules.get_submodule(node))
    picture = next(iter(fields.values())).clone().requires_grad_(True)
    results: dict[str, NDArray[Any]] = {}

    def ours() -> None:
        fresh = replace(context, ways={}, known={})
        spots = strongest_spots(fresh.activation(), fresh.units)
        results["ours"] = fresh.way_down().down(spots).numpy()

    def captum() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pictures = [deconvolution.attribute(picture, (unit, *place)) for unit, place in enumerate(places)]
        results["captum"] = np.stack([each[0].detach().numpy() for each in pictures])

    found = rounds({"ours": ours, "captum": captum}, times)
    strengths = np.array([float(each.max()) for each in activation])[:, None, None, None]
    theirs, fires = results["captum"] * strengths, strengths[:, 0, 0, 0] > 0
    apart = float(np.abs(theirs - results["ours"])[fires].max() / np.abs(theirs[fires]).max())
    spent, text = statistics.median(found["ours"]), f"deconvnet of {UNITS} units, {template} {node} at {side}"
    figure = at_least("11", f"{text}: Captum", ratio(found, "captum"), goal) if goal else plain(
        "11", f"{text}: Captum", ratio(found, "captum"), "x")  # fmt: skip
    return [figure, plain("11", text, spent, "ms"), at_most("11", f"{text}: largest difference", apart, 1e-5, "")]


def clicking(count: int, folder: Path, times: int) -> list[Figure]:
    """Measures a whole grid of deconvnets, and another unit clicked when it is there."""
    builder = GraphBuilder(Samples((1, 28, 28)))
    port = builder.add("MaxPool2d", "pool", builder.add("ReLU", "relu", builder.add("Conv2d", "one", builder.image())))
    port = builder.add("ReLU", "last", builder.add("Conv2d", "two", port, out_channels=count))
    scores = builder.add("Linear", "scores", builder.add("Flatten", "flat", port), out_features=10)
    builder.classify(scores)
    project, path = Project("bench", builder.graph(), {"source": "digits"}, {}), folder / f"{count}.cnn"
    storage.save(project, path)
    asked = RenderRequest(project, path, SampleProbe("test", 0), node=port.node, view="deconvnet", has_thumbnails=False)
    grid_ms, click_ms, renderer = [], [], Renderer()
    for number in range(times + 1):
        renderer.render(replace(asked, view="feature-maps", node=project.graph.named("one").id))
        renderer.show_weights(None)  # so that nothing is kept
        renderer.render(replace(asked, view="feature-maps"))
        spent = cpu_ms(lambda: renderer.render(asked))
        clicks = [cpu_ms(lambda unit=unit: renderer.render(replace(asked, unit=unit))) for unit in range(1, 8)]  # type: ignore[misc]
        if number:
            grid_ms.append(spent)
            click_ms.append(statistics.median(clicks))
    grid, click = statistics.median(grid_ms), statistics.median(click_ms)
    found = [plain("growth", f"deconvnet grid of {count} units", grid, "ms"),
             plain("growth", f"another unit of {count} clicked", click, "ms")]  # fmt: skip
    return [*found, at_least("11", f"grid of {count} units: a click", grid / click, 30)] if count == 512 else found


def measure(quick: bool) -> list[Figure]:
    """Returns all figures; quick: fewer rounds, and no network at 224 pixels but one."""
    process.prepare()  # memory as in the product, for all variants alike
    torch.manual_seed(0)
    torch.set_num_threads(1)
    app = QApplication.instance() or QApplication([])
    found: list[Figure] = []
    for count, side in MAPS:
        found += showing(count, side, 5 if quick else 9)
    for template, node, side, goal in WAYS[:1] if quick else WAYS:
        found += way_back(template, node, side, goal, 5 if side == 28 else 1)
    with tempfile.TemporaryDirectory() as folder:
        for count in GROWTH[:2] if quick else GROWTH:
            found += clicking(count, Path(folder), 2)
    del app
    return found


if __name__ == "__main__":
    run(measure)
