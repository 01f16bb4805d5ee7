"""Large networks: what an edit of them costs, what the canvas costs, and how soon one is open.

    QT_QPA_PLATFORM=offscreen python bench/scale.py [--quick] [--json]

DenseNet-121 as it is imported (430 nodes): a setting of a convolution in the middle is edited (another kernel of the
same output size; another width, by which the rest of its block changes), and shapes, or all that the window asks for,
are worked out, against FakeTensor, which runs the same network forward; the two take turns. The same edit in the
window's canvas, from the edit until it is painted. Moving the canvas and dragging a node at 2,000 nodes against 100.
DenseNet-201 with its folded groups, opened in a window that is there. CPU time of this process, medians; opening by the
clock, the first time and the third.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import canvas
import shapes
from canvas import paint
from figures import Figure, at_least, at_most, cpu_ms, plain, run
from window import application

from workbench.core.graph import Graph, Node
from workbench.core.values import Json
from workbench.gui.document.session import Session
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.view import CanvasView
from workbench.gui.widgets.theme import LIGHT
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.model.shapes import infer
from workbench.project.document import Project
from workbench.project.importing import Brought, bring_in, write_brought

EDITS: dict[str, list[dict[str, Json]]] = {
    "kernel": [{"kernel_size": 5, "padding": 2}, {"kernel_size": 3, "padding": 1}],
    "width": [{"out_channels": 40}, {"out_channels": 32}],
}
TIMES = 4  # each edit between two runs of FakeTensor


def middle(graph: Graph) -> Node:
    """Returns the 3x3 convolution nearest to the middle."""
    found = [graph.nodes[id_] for id_ in graph.order if graph.nodes[id_].layer == "Conv2d"]
    threes = [node for node in found if node.params.get("kernel_size", 3) == 3]
    return threes[len(threes) // 2]


class Edited:
    """A network while it is edited, of which shapes alone are asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        infer(graph)

    def edit(self, id_: str, **params: Json) -> None:
        """Gives a node other settings, and asks for the shapes."""
        self.graph = shapes.settings(self.graph, id_, **params).apply(self.graph)
        infer(self.graph)


def reinference(graph: Graph, rounds: int) -> list[Figure]:
    """What follows from an edit, against FakeTensor."""
    torchs, id_ = shapes.Torchs(graph), middle(graph).id
    networks: dict[str, Edited | shapes.Ours] = {"shapes": Edited(graph), "all": shapes.Ours(graph)}
    found: dict[str, list[float]] = {"fake": []}
    for _ in range(rounds):
        found["fake"].append(cpu_ms(torchs.shapes))
        for name, states in EDITS.items():
            for what, network in networks.items():
                took = [cpu_ms(partial(network.edit, id_, **state)) for _ in range(TIMES) for state in states]
                found.setdefault(f"{what} {name}", []).append(statistics.median(took))
    final = {name: statistics.median(values) for name, values in found.items()}
    ratio = {name: final["fake"] / value for name, value in final.items()}
    return [
        plain("scale", "nodes of the imported DenseNet-121", len(graph.nodes), ""),
        plain("scale", "FakeTensor forward, CPU", final["fake"], "ms"),
        at_least("scale", "FakeTensor / shapes after another kernel in the middle", ratio["shapes kernel"], 300),
        plain("scale", "FakeTensor / shapes after another width in the middle", ratio["shapes width"], "x"),
        plain("scale", "FakeTensor / all that follows from another kernel", ratio["all kernel"], "x"),
        plain("scale", "FakeTensor / all that follows from another width", ratio["all width"], "x"),
    ]


def until_painted(graph: Graph, times: int) -> list[Figure]:
    """An edit on the canvas, until the picture shows it."""
    session = Session(Project("scale", graph))
    scene = Scene(session, LIGHT)
    scene.changes.is_animated = False
    view = CanvasView(scene)
    view.resize(*canvas.VIEW)
    view.show()
    view.fit()
    paint()
    id_, found = middle(graph).id, {}

    def edit(**params: Json) -> None:
        session.push(shapes.settings(session.graph, id_, **params))
        paint()

    for name, states in EDITS.items():
        took = [cpu_ms(partial(edit, **state)) for _ in range(times) for state in states]
        found[name] = statistics.median(took), max(took)
    for each in (view, scene, session):
        each.deleteLater()
    paint()
    return [
        at_most("scale", f"another {name} until it is painted, {what}", value, 50, "ms")
        for name, both in found.items()
        for what, value in zip(("median", "latest"), both, strict=True)
    ]


def grown(frames: int) -> list[Figure]:
    """The canvas at 2,000 nodes against 100."""
    small, large = canvas.ours(100, frames), canvas.ours(2000, frames)
    return [
        at_most("scale", f"{name} at 2,000 nodes / at 100", large[name] / small[name], 2) for name in ("pan", "drag")
    ]


def opening(brought: Brought, folder: Path) -> list[Figure]:
    """A large folded network, opened in a window that is there."""
    write_brought(brought, folder / "large.cnn")
    window = MainWindow(
        Session(Project.new(canvas.network(20), {}, {})), LIGHT, Settings(folder / "s.ini"), folder / "state"
    )
    window.resize(*canvas.VIEW)
    window.show()
    window.load_rest()
    paint()
    took = []
    for _ in range(3):
        started = time.perf_counter()
        window.files.open_file(folder / "large.cnn")
        paint()
        took.append(time.perf_counter() - started)
    window.end_unasked()
    window.deleteLater()
    paint()
    return [
        plain("scale", "nodes of the imported DenseNet-201", len(brought.project.graph.nodes), ""),
        at_most("scale", "DenseNet-201 read, folded and painted in a window", took[0], 1.0, "s"),
        plain("scale", "the same again", took[-1], "s"),
    ]


def measure(quick: bool) -> list[Figure]:
    """Returns the figures of large networks."""
    app = application()
    graph = bring_in("torchvision:densenet121").project.graph
    found = reinference(graph, 3 if quick else 11)
    found += until_painted(graph, 3 if quick else 10)
    found += grown(5 if quick else 20)
    with tempfile.TemporaryDirectory() as folder:
        found += opening(bring_in("torchvision:densenet201"), Path(folder))
    app.processEvents()
    return found


if __name__ == "__main__":
    run(measure)
