"""Another layer in a node's place: by a drop on the node, by Ctrl+R, in one step; and drops never cover a node."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QDragMoveEvent, QDropEvent
from pytestqt.qtbot import QtBot

from tests.graph_factories import changed, drawn, line, picture, wired
from tests.gui.canvas_page import Canvas
from workbench.core.graph import Edge, Graph, GraphError, Node, Port
from workbench.editing.replacing import layers_instead, replaced
from workbench.editing.room import BOX, free_spot
from workbench.gui.editor.palette import Palette, layer_data
from workbench.gui.editor.wiring import HintItem
from workbench.gui.window.main_window import MainWindow
from workbench.layers.spec import REGISTRY
from workbench.model.shapes import infer
from workbench.project.document import SetSetting

LEFT, NONE, COPY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def hover(canvas: Canvas, place: QPoint, layer: str) -> None:
    data = layer_data(layer)  # Qt does not keep it
    canvas.view.dragMoveEvent(QDragMoveEvent(place, COPY, data, LEFT, NONE))


def drop(canvas: Canvas, place: QPoint, layer: str) -> None:
    data = layer_data(layer)
    canvas.view.dropEvent(QDropEvent(QPointF(place), COPY, data, LEFT, NONE))


def hints(canvas: Canvas) -> list[str]:
    return [item.text for item in canvas.scene.items() if isinstance(item, HintItem)]


def after(graph: Graph, name: str, layer: str) -> Graph:
    """The graph with a layer in a node's place; undoing gives the graph that was."""
    edit = replaced(graph, infer(graph), graph.named(name).id, layer).edit
    made = edit.apply(graph)
    assert edit.inverse().apply(made) == graph
    assert edit.text == f"Replace {name} by {layer}"
    return made


def test_the_wires_the_id_and_the_place_stay() -> None:
    graph = drawn("lenet5")
    before = graph.named("relu1")
    made = after(graph, "relu1", "Tanh")
    node = made.nodes[before.id]
    assert (node.name, node.layer, node.position) == ("tanh1", "Tanh", before.position)
    assert made.edges == graph.edges
    assert list(made.nodes) == list(graph.nodes)
    assert infer(made).faults == {}


@pytest.mark.parametrize(
    ("name", "layer", "called"),
    [("relu", "Tanh", "relu"), ("relu7", "Tanh", "tanh1"), ("relu7", "Sigmoid", "sigmoid1"), ("edges", "Tanh", "edges"),
     ("block.relu2", "Tanh", "block.tanh1"), ("relu7x", "Tanh", "relu7x")],
)  # fmt: skip
def test_names_of_the_program_change_and_those_of_people_stay(name: str, layer: str, called: str) -> None:
    graph = line(picture(), (name, "ReLU", {}))
    assert [node.name for node in after(graph, name, layer)][1] == called


def test_a_name_that_is_taken_gets_the_next_number() -> None:
    graph = line(picture(), ("tanh1", "Tanh", {}), ("relu1", "ReLU", {}))
    assert [node.name for node in after(graph, "relu1", "Tanh")] == ["image", "tanh1", "tanh2"]
    both = line(picture(), ("pool4", "MaxPool2d", {"kernel_size": 3}))
    assert after(both, "pool4", "AvgPool2d").named("pool4").params == {"kernel_size": 3}


def test_settings_that_the_new_layer_has_and_accepts_stay() -> None:
    settings = {"out_channels": 6, "kernel_size": 5, "padding": "same", "stride": 2, "bias": False}
    graph = line(picture(), ("conv1", "Conv2d", settings))
    assert after(graph, "conv1", "ConvTranspose2d").named("deconv1").params == {
        key: value for key, value in settings.items() if key != "padding"
    }
    assert after(graph, "conv1", "ReLU").named("relu1").params == {}


def test_flags_stay_where_they_mean_something() -> None:
    graph = changed(line(picture(), ("conv1", "Conv2d", {})), "conv1", frozen=True, bypass=True,
                    init={"weight": "zeros_", "bias": "ones_"})  # fmt: skip
    conv = after(graph, "conv1", "ConvTranspose2d").named("deconv1")
    assert (conv.frozen, conv.bypass, conv.init) == (True, True, {"weight": "zeros_", "bias": "ones_"})
    tanh = after(graph, "conv1", "Tanh").named("tanh1")
    assert (tanh.frozen, tanh.bypass, tanh.init) == (False, True, {})
    norm = after(graph, "conv1", "BatchNorm2d").named("bn1")
    assert (norm.frozen, norm.init) == (True, {"bias": "ones_"})
    joint = after(graph, "conv1", "Add").named("add1")
    assert not joint.bypass


def joined(*sources: str) -> Graph:
    """Two branches that meet in a node "join" of the class Concat, wired in this order, with a ReLU behind it."""
    graph = line(picture(), ("conv1", "Conv2d", {"padding": 1}))
    graph = replace(
        graph, nodes={**graph.nodes, "join": Node("join", "join", "Concat"), "end": Node("end", "end", "ReLU")}
    )
    for number, source in enumerate(sources):
        graph = wired(graph, f"{source}.y", f"join.x.{number}")
    return wired(graph, "join.y", "end.x")


def test_of_several_wires_the_first_goes_to_the_only_input_and_the_others_are_cut() -> None:
    graph = joined("conv1", "image", "conv1")
    made = replaced(graph, infer(graph), "join", "Tanh")
    assert made.text == "Replace join by Tanh (2 wires go: no port for them)"
    done = made.edit.apply(graph)
    assert done.incoming["join"] == {"x": Port("conv1", "y")}
    assert done.incoming["end"] == {"x": Port("join", "y")}
    assert made.edit.inverse().apply(done) == graph
    assert replaced(graph, infer(graph), "join", "Add").lost == ()
    assert after(graph, "join", "Add").incoming["join"] == graph.incoming["join"]


def test_a_single_wire_becomes_the_first_of_many() -> None:
    graph = line(picture(), ("relu1", "ReLU", {}), ("tanh1", "Tanh", {}))
    made = after(graph, "relu1", "Concat")
    assert made.incoming["relu1"] == {"x.0": Port("image", "y")}
    assert made.incoming["tanh1"] == {"x": Port("relu1", "y")}


def test_ports_of_the_same_name_keep_their_wires() -> None:
    graph = drawn("lenet5")
    loss = next(node for node in graph if node.layer == "CrossEntropyLoss")
    made = after(graph, loss.name, "MSELoss")
    assert made.incoming[loss.id] == graph.incoming[loss.id]
    lost = replaced(graph, infer(graph), loss.id, "ReLU")
    assert lost.edit.apply(graph).incoming[loss.id] == {"x": graph.incoming[loss.id]["prediction"]}
    assert [edge.target.name for edge in lost.lost] == ["target"]


def test_outputs_go_by_name_and_the_first_by_its_place() -> None:
    graph = line(picture(), ("pool1", "MaxPool2d", {}), ("relu1", "ReLU", {}), ("unpool1", "MaxUnpool2d", {}))
    graph = replace(graph, edges=(*graph.edges, Edge(Port("pool1", "switches"), Port("unpool1", "switches"))))
    made = replaced(graph, infer(graph), "pool1", "AvgPool2d")
    assert [edge.target.name for edge in made.lost] == ["switches"]
    done = made.edit.apply(graph)
    assert done.incoming["relu1"] == {"x": Port("pool1", "y")}
    back = replaced(done, infer(done), "unpool1", "Tanh").edit.apply(done)
    assert back.incoming["unpool1"] == {"x": Port("relu1", "y")}


@pytest.mark.parametrize("layer", ["ReLU", "Conv2d"])
def test_what_is_such_a_layer_already_is_refused(layer: str) -> None:
    graph = line(picture(), ("own", layer, {}))
    with pytest.raises(GraphError, match=f"own is a {layer} already"):
        replaced(graph, infer(graph), "own", layer)


def test_every_layer_can_take_the_place_of_every_node() -> None:
    graph = joined("conv1", "image")
    shapes = infer(graph)
    for node in graph:
        for layer in REGISTRY:
            if layer != node.layer:
                edit = replaced(graph, shapes, node.id, layer).edit
                assert edit.inverse().apply(edit.apply(graph)) == graph


def test_what_fits_there_comes_first_and_everything_is_listed() -> None:
    graph = drawn("lenet5")
    first, others = layers_instead(graph, infer(graph), graph.named("relu1").id)
    assert REGISTRY[first[0]].group == "Activation"
    assert {"Tanh", "BatchNorm2d", "Dropout"} <= set(first)
    assert {"Linear", "CrossEntropyLoss", "Input", "Flatten", "Conv1d"} <= set(others)
    assert sorted([*first, *others, "ReLU"]) == sorted(REGISTRY)
    first, _ = layers_instead(graph, infer(graph), graph.named("pool1").id)
    assert REGISTRY[first[0]].group == "Pooling"
    assert "MaxUnpool2d" in others


def test_a_layer_dropped_on_a_node_replaces_it(canvas: Canvas) -> None:
    relu, before = canvas.item("relu2"), canvas.graph
    place = canvas.header("relu2") + QPoint(0, 6)
    hover(canvas, place, "Tanh")
    assert relu.is_lit
    assert hints(canvas) == ["Replace relu2 by Tanh"]
    drop(canvas, place, "Tanh")
    assert not relu.is_lit
    assert hints(canvas) == []
    assert canvas.graph.named("tanh1").id == relu.node.id
    assert canvas.graph.edges == before.edges
    assert canvas.selected() == ["tanh1"]
    assert canvas.steps == 1
    assert canvas.session.undo_stack.undoText() == "Replace relu2 by Tanh"
    canvas.undo()
    assert canvas.graph == before


def test_wires_that_go_are_told_before_and_after(canvas: Canvas) -> None:
    loss = next(node.name for node in canvas.graph if node.layer == "CrossEntropyLoss")
    hover(canvas, canvas.header(loss), "ReLU")
    assert hints(canvas) == [f"Replace {loss} by ReLU (1 wire goes: no port for it)"]
    drop(canvas, canvas.header(loss), "ReLU")
    assert canvas.told == [f"Replace {loss} by ReLU (1 wire goes: no port for it). Undo brings them back."]


def test_the_same_layer_again_changes_nothing_and_leaving_takes_the_marks_away(canvas: Canvas) -> None:
    hover(canvas, canvas.header("conv1"), "Conv2d")
    assert hints(canvas) == ["conv1 is a Conv2d already."]
    drop(canvas, canvas.header("conv1"), "Conv2d")
    assert (canvas.steps, canvas.told) == (0, ["conv1 is a Conv2d already."])
    hover(canvas, canvas.header("pool1"), "Tanh")
    canvas.view.dragLeaveEvent(None)
    assert hints(canvas) == []
    assert not canvas.item("pool1").is_lit


@pytest.mark.parametrize("beside", [QPoint(-4, 0), QPoint(0, -5), QPoint(-6, -6)])
def test_a_drop_close_to_a_node_does_not_cover_it(canvas: Canvas, beside: QPoint) -> None:
    corner = canvas.at(canvas.item("conv2").scene_box().topLeft())
    drop(canvas, corner + beside, "Target")
    (new,) = canvas.session.selection
    box = canvas.scene.nodes[new].scene_box()
    assert not [item for id_, item in canvas.scene.nodes.items() if id_ != new and item.scene_box().intersects(box)]
    assert canvas.steps == 1


def test_free_places_are_near_and_free() -> None:
    taken = [(x * 200.0, y * 130.0, 150.0, 106.0) for x in range(12) for y in range(12)]
    for wanted in ((0.0, 0.0), (1010.0, 640.0), (2200.0, 1430.0)):
        x, y = free_spot(taken, wanted)
        assert all(
            x + BOX[0] <= left or left + wide <= x or y + BOX[1] <= top or top + high <= y
            for left, top, wide, high in taken
        )
    assert free_spot(taken, (5000.0, 5.0)) == (5000.0, 5.0)
    assert free_spot(taken[:1], (20.0, 10.0)) == (20.0, 126.0)


def test_stages_follow_the_new_name(canvas: Canvas) -> None:
    before = canvas.session.project.training
    canvas.session.push(SetSetting("training", (), before, {"stages": [{"epochs": 1, "train": ["fc1"]}]}))
    canvas.scene.commands.replace_node(canvas.id("fc1"), "Conv2d")
    stages = canvas.session.project.training["stages"]
    assert isinstance(stages, list)
    assert stages[0]["train"] == ["conv3"]


def test_ctrl_r_searches_for_what_fits_and_replaces(qtbot: QtBot, window: MainWindow) -> None:
    node = window.session.graph.named("bn")
    window.session.select([node.id])
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    popup = window.tools.adder._popup
    assert popup is not None
    assert len(popup.names()) == len(REGISTRY) - 1
    qtbot.keyClicks(popup.search, "ide")
    assert popup.names()[0] == "Identity"
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert window.session.graph.nodes[node.id].layer == "Identity"
    assert window.session.graph.nodes[node.id].name == "bn"
    assert window.session.undo_stack.undoText() == "Replace bn by Identity"


def test_without_one_node_ctrl_r_says_what_to_do(window: MainWindow) -> None:
    window.session.select([])
    window.tools.adder.replace_selected()
    bar = window.statusBar()
    assert bar is not None
    assert bar.currentMessage() == "Select one node to replace it."


def test_of_equally_good_names_those_that_fit_come_first() -> None:
    palette = Palette(fitting=["Conv2d", "Tanh"], others=["Conv1d", "ReLU"])
    assert palette.names() == ["Conv2d", "Tanh", "Conv1d", "ReLU"]
    palette.search.setText("conv")
    assert palette.names() == ["Conv2d", "Conv1d"]
