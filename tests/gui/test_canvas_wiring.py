"""Wires by mouse: what fits is shown, snapped to and wired in one step; what does not is said."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn, line, picture
from tests.gui.canvas_page import Canvas
from workbench.core.graph import Port
from workbench.editing.adding import LooseEnd, added, added_to_end, layers_that_fit
from workbench.editing.wire_rules import WireCheck
from workbench.gui.editor.palette import SearchPopup
from workbench.gui.editor.wiring import HintItem
from workbench.model.shapes import infer


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def hint(canvas: Canvas) -> str:
    """What stands beside the pointer."""
    (item,) = [item for item in canvas.scene.items() if isinstance(item, HintItem)]
    return item.text


def test_while_a_wire_is_pulled_each_port_says_what_it_would_be(canvas: Canvas) -> None:
    start = canvas.port("pool2", "out", "y")
    end = canvas.port("fc1", "in", "x")
    canvas.pull(start, end)
    marks = {name: canvas.item(name).marks[("in", Port(canvas.id(name), "x"))] for name in ("conv1", "flatten", "fc1")}
    assert marks == {"conv1": "never", "flatten": "fits", "fc1": "fixable"}
    assert hint(canvas) == "Then: Insert Flatten before fc1"
    canvas.key(Qt.Key.Key_Escape)
    assert canvas.item("fc1").marks == {}
    canvas.let_go(end)
    assert canvas.steps == 0
    assert not [item for item in canvas.scene.items() if isinstance(item, HintItem)]


def test_a_wire_jumps_to_the_port_beside_the_pointer(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.scene.commands.cut_selection()
    beside = canvas.port("pool1", "in", "x") + (canvas.at(QPointF(0, 0)) - canvas.at(QPointF(20, 15)))
    canvas.drag(canvas.port("conv1", "out", "y"), beside)
    assert canvas.graph.incoming[canvas.id("pool1")] == {"x": Port(canvas.id("conv1"), "y")}
    assert canvas.steps == 2


def test_a_wire_dropped_on_a_box_takes_its_free_input(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.scene.commands.cut_selection()
    canvas.drag(canvas.port("conv1", "out", "y"), canvas.header("pool1"))
    assert canvas.graph.incoming[canvas.id("pool1")] == {"x": Port(canvas.id("conv1"), "y")}


def test_a_circle_is_refused_with_its_reason(canvas: Canvas) -> None:
    canvas.drag(canvas.port("pool2", "out", "y"), canvas.port("conv1", "in", "x"))
    assert canvas.told == ["The wires would go round in a circle."]
    assert canvas.steps == 0


def test_a_taken_off_end_goes_elsewhere_in_one_step(canvas: Canvas) -> None:
    before = canvas.graph
    canvas.drag(canvas.port("relu2", "in", "x"), canvas.port("pool2", "in", "x"))
    assert canvas.graph.incoming[canvas.id("pool2")] == {"x": Port(canvas.id("conv2"), "y")}
    assert canvas.graph.incoming[canvas.id("relu2")] == {}
    assert canvas.steps == 1
    canvas.undo()
    assert canvas.graph == before


def test_a_taken_off_end_let_go_over_nothing_cuts_the_wire(canvas: Canvas) -> None:
    end = canvas.at(canvas.scene.bounds().bottomLeft() + QPointF(60, -20))
    canvas.pull(canvas.port("relu2", "in", "x"), end)
    assert hint(canvas) == "Let go to cut the wire"
    canvas.let_go(end)
    assert canvas.graph.incoming[canvas.id("relu2")] == {}
    assert canvas.steps == 1
    assert canvas.searched == []


def test_a_taken_off_end_put_back_changes_nothing(canvas: Canvas) -> None:
    place = canvas.port("relu2", "in", "x")
    canvas.pull(place, canvas.header("image"))
    canvas.qtbot.mouseMove(canvas.viewport, place)
    canvas.let_go(place)
    assert canvas.steps == 0
    assert all(item.isVisible() for item in canvas.scene.edges.values())


def test_a_click_on_a_port_changes_nothing(canvas: Canvas) -> None:
    canvas.click(canvas.port("conv1", "out", "y"))
    canvas.click(canvas.port("conv1", "in", "x"))
    assert (canvas.steps, canvas.searched, canvas.told) == (0, [], [])


def test_a_wire_can_be_pulled_backwards(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.scene.commands.cut_selection()
    canvas.drag(canvas.port("pool1", "in", "x"), canvas.port("conv1", "out", "y"))
    assert canvas.graph.incoming[canvas.id("pool1")] == {"x": Port(canvas.id("conv1"), "y")}


def test_a_wire_over_nothing_asks_for_what_fits_and_is_wired_to_it(canvas: Canvas) -> None:
    canvas.drag(canvas.port("conv1", "out", "y"), canvas.at(canvas.scene.bounds().bottomLeft() + QPointF(60, -20)))
    (end,) = canvas.searched
    assert end == LooseEnd(Port(canvas.id("conv1"), "y"), "out")
    edit, node = added_to_end(canvas.graph, canvas.session.analysis.shapes, "ReLU", LooseEnd(end.port, "out"), (5, 9))
    assert canvas.scene.changes.do(edit)
    assert canvas.graph.incoming[node] == {"x": Port(canvas.id("conv1"), "y")}
    assert canvas.graph.nodes[node].position == (5.0, 9.0)
    assert canvas.steps == 1


def test_what_fits_behind_a_map_and_before_a_vector(canvas: Canvas) -> None:
    graph, shapes = canvas.graph, canvas.session.analysis.shapes
    behind = layers_that_fit(graph, shapes, LooseEnd(Port(canvas.id("conv1"), "y"), "out"))
    assert behind[0] == "BatchNorm2d"
    assert {"Conv2d", "MaxPool2d", "Add", "Flatten"} <= set(behind)
    assert not {"Linear", "Conv1d", "Input"} & set(behind)
    before = layers_that_fit(graph, shapes, LooseEnd(Port(canvas.id("fc1"), "x"), "in"))
    assert {"Flatten", "Linear", "ReLU"} <= set(before)
    assert not {"MaxPool2d", "CrossEntropyLoss"} & set(before)
    edit, node = added_to_end(graph, shapes, "Flatten", LooseEnd(Port(canvas.id("fc1"), "x"), "in"), (0, 0))
    assert edit.apply(graph).incoming[canvas.id("fc1")] == {"x": Port(node, "y")}


def test_the_search_lists_only_what_fits_in_its_order(qtbot: QtBot, canvas: Canvas) -> None:
    popup = SearchPopup(canvas.view, fitting=["ReLU", "Conv2d", "BatchNorm2d"])
    assert popup.names() == ["ReLU", "Conv2d", "BatchNorm2d"]
    qtbot.keyClicks(popup.search, "conv")
    assert popup.names() == ["Conv2d"]
    with qtbot.waitSignal(popup.chosen) as chosen:
        qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert chosen.args == ["Conv2d"]


@pytest.mark.parametrize(("port", "mark", "text"), [("x.0", "fixable", "Then:"), ("x.1", "fixable", "Then:")])
def test_a_sum_of_other_sizes_says_what_would_mend_it(port: str, mark: str, text: str) -> None:
    graph = drawn("small-resnet", (3, 32, 32))
    add = next(node for node in graph if node.layer == "Add")
    cut = next(edge for edge in graph.edges if edge.target == Port(add.id, port))
    image = next(node for node in graph if node.layer == "Input")
    trial = WireCheck(graph, infer(graph), LooseEnd(Port(image.id, "y"), "out"))
    assert trial.by_kind(cut.target).mark == "fits"
    verdict = trial.look(cut.target)
    assert verdict.mark == mark
    assert verdict.text.startswith(text)


def sparse(qtbot: QtBot) -> Canvas:
    graph = line(picture((1, 16, 16)), ("code1", "SparseCode2d", {"out_channels": 3, "kernel_size": 5}))
    return Canvas(qtbot, graph)


def test_the_output_that_fits_is_wired_where_a_wire_is_pulled_backwards(qtbot: QtBot) -> None:
    """A higher layer of codes takes the synthesis of the one below, which is its third output."""
    canvas = Canvas(qtbot, line(picture((1, 16, 16)), ("code2", "DeepSparseCode2d", {})))
    graph, shapes = canvas.graph, canvas.session.analysis.shapes
    end = LooseEnd(Port(canvas.id("code2"), "below"), "in")
    assert "SparseCode2d" in layers_that_fit(graph, shapes, end)
    edit, node = added_to_end(graph, shapes, "SparseCode2d", end, (0, 0))
    assert edit.apply(graph).incoming[canvas.id("code2")]["below"] == Port(node, "synthesis")


def test_outputs_and_inputs_of_one_name_are_wired_together() -> None:
    graph = drawn("dcign32", (1, 32, 32))
    shapes, code = infer(graph), graph.named("graphics_code").id
    both = {"mu": Port(code, "mu"), "logvar": Port(code, "logvar")}
    edit, node = added_to_end(graph, shapes, "GaussianKL", LooseEnd(Port(code, "mu"), "out"), (0, 0))
    assert edit.apply(graph).incoming[node] == both
    edit, node = added(graph, shapes, "GaussianKL", code, None)
    assert edit.apply(graph).incoming[node] == both
    edit, node = added(graph, shapes, "GaussianKL", graph.named("mu").id, None)
    assert set(edit.apply(graph).incoming[node]) == {"mu"}, "only those of the node before"


def test_ends_of_a_node_with_several_outputs_are_named(qtbot: QtBot) -> None:
    canvas = sparse(qtbot)
    item = canvas.item("code1")
    assert [name for name, _ in item.shown.outputs] == ["codes", "reconstruction", "synthesis"]
    picture_below = item.picture_rect().top()
    for name, _ in item.shown.outputs:
        assert item.place_of("out", Port(item.node.id, name)).y() < picture_below, "its picture covers no name"
    single = canvas.item("image")
    assert single.picture_rect().top() < single.place_of("out", Port(single.node.id, "y")).y()
