"""Colours of boxes: by what they cost, and by what differs from another network."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.core.graph_edits import remove, set_param
from workbench.gui.editor.tints import COLOURS, UNCHANGED, heat
from workbench.gui.training.network_differences import compared
from workbench.gui.widgets import theme
from workbench.gui.window.difference_dialog import DifferenceDialog
from workbench.inspection.timing import node_times


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    return Canvas(qtbot, drawn("lenet5"))


def test_what_costs_most_is_hottest_and_says_its_share(canvas: Canvas) -> None:
    colouring = canvas.view.overlays.colouring
    colouring.show("parameters")
    tint = canvas.item("fc1").tint
    assert tint is not None
    assert tint.colour == heat(1.0)
    assert canvas.item("fc1").numbers()[0] == "48.1k, 78%"
    assert canvas.view.overlays.legend.words == "Parameters: 61.7k · most: fc1 78%"
    colouring.show("")
    assert canvas.item("fc1").tint is None
    assert canvas.view.overlays.legend.isHidden()


def test_costs_follow_an_edit_and_fold_into_groups(canvas: Canvas) -> None:
    canvas.view.overlays.colouring.show("parameters")
    canvas.session.push(set_param(canvas.graph.named("fc1"), "out_features", 12))
    tint = canvas.item("fc1").tint
    assert tint is not None
    assert tint.text.startswith("4.8k")
    canvas.select("conv1", "conv2")
    canvas.scene.grouping.group_selection()
    canvas.scene.grouping.toggle_fold()
    (box,) = canvas.scene.groups.folded.values()
    assert box.tint is not None
    assert box.tint.text.startswith("2.6k")


def test_times_are_of_the_network_that_they_were_measured_of(canvas: Canvas, qtbot: QtBot) -> None:
    colouring = canvas.view.overlays.colouring
    times = list(node_times(canvas.graph, repeats=2))[-1]
    assert set(times) >= {canvas.id(name) for name in ("conv1", "pool1", "fc3")}
    assert all(seconds > 0 for seconds in times.values())
    colouring.show("time", times)
    assert canvas.item("conv1").tint is not None
    with qtbot.waitSignal(colouring.outdated):
        canvas.session.push(set_param(canvas.graph.named("fc1"), "out_features", 12))
    assert canvas.item("conv1").tint is None


def test_differences_are_drawn_and_nothing_can_be_changed(qtbot: QtBot) -> None:
    before = drawn("resnet18", (3, 64, 64))
    after = remove(before, before.named("layer2.0.relu1")).apply(before)
    after = set_param(after.named("layer3.1.conv1"), "bias", True).apply(after)
    dialog = DifferenceDialog(("one.cnn", before), ("two.cnn", after), theme.LIGHT)
    qtbot.addWidget(dialog)
    scene = dialog.scene
    assert list(dialog.ghosts) == ["layer2.0.relu1"]
    tints = {name: scene.nodes[after.named(name).id].tint for name in ("layer3.1.conv1", "layer3.1.conv2", "conv1")}
    assert [tint.colour for tint in tints.values() if tint] == [COLOURS["changed"], UNCHANGED, UNCHANGED]
    assert {"layer2.0", "layer3.1"} <= set(scene.groups.frames)
    assert "1 removed, 2 changed" in dialog.summary("one.cnn", "two.cnn")
    refused: list[str] = []
    scene.changes.refused.connect(refused.append)
    scene.changes.do(remove(dialog.session.graph, dialog.session.graph.named("fc")))
    assert refused == ["This network is only shown here. Change it where it is open."]
    dialog.list.setCurrentRow(0)
    assert dialog.list.item(0).text() == "- layer2.0.relu1 (ReLU)"


def test_differences_open_on_the_whole_network(qtbot: QtBot) -> None:
    before = drawn("resnet18", (3, 64, 64))
    after = remove(before, before.named("layer2.0.relu1")).apply(before)
    dialog = DifferenceDialog(("one.cnn", before), ("two.cnn", after), theme.LIGHT)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.list.currentRow() == -1
    dialog.list.setFocus()
    assert dialog.list.currentRow() == 0


def test_the_networks_of_two_runs_are_compared_in_words() -> None:
    before = drawn("lenet5")
    after = set_param(before.named("fc1"), "out_features", 12).apply(before)
    found = compared(("run-001", before), ("run-002", after))
    assert found.text == "Their networks differ: ~ fc1: out_features 120 → 12. Parameters 61,706 → 9,326."
    assert not compared(("run-001", before), ("run-002", before)).differs
