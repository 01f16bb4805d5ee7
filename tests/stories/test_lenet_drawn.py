"""LeNet-5 from an empty canvas: by mouse in at most 30 actions, and by keys alone with all its settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QTreeWidgetItemIterator, QWidget
from pytestqt.qtbot import QtBot

from tests.stories.page_objects import LEFT, Drawer
from workbench.core.resources import example
from workbench.project.document import Project
from workbench.project.new_project import create

LAYERS = (
    "Input", "Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear", "ReLU", "Linear",
    "ReLU", "Linear", "CrossEntropyLoss",
)  # fmt: skip
SETTINGS = {  # place in LAYERS → settings that are not the layer's own
    1: {"out_channels": "6", "kernel_size": "5", "padding": "2"},
    4: {"out_channels": "16", "kernel_size": "5", "padding": "0"},
    8: {"out_features": "120"}, 10: {"out_features": "84"}, 12: {"out_features": "10"},
}  # fmt: skip


class Counter(Drawer):
    """Counts what it does with the mouse: a click, a double-click, a turn of the wheel, a number typed into a field."""

    actions = 0

    def double_clicks_layer(self, layer: str) -> None:
        """Adds a layer from the list; where it is out of sight the list is scrolled first."""
        tree = self.window.palette_list.tree
        rows = QTreeWidgetItemIterator(tree)
        while (item := rows.value()) is not None and item.data(0, Qt.ItemDataRole.UserRole) != layer:
            rows += 1
        assert item is not None
        viewport = tree.viewport()
        assert viewport is not None
        if not viewport.rect().contains(tree.visualItemRect(item)):
            tree.scrollToItem(item)
            self.actions += 1
        place = tree.visualItemRect(item).center()
        self.qtbot.mouseClick(viewport, LEFT, pos=place)
        self.qtbot.mouseDClick(viewport, LEFT, pos=place)
        self.actions += 1

    def fills(self, name: str, text: str) -> None:
        """Types into a field of the node that was added just now, which is selected."""
        self.types(self.field(name), text)
        self.actions += 1

    def field(self, name: str) -> QWidget:
        body = self.window.inspector.widget()
        assert body is not None
        return next(each for each in body.findChildren(QWidget) if each.accessibleName() == name)


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path) -> Counter:
    made = Counter(qtbot, example("lenet5-digits.cnn"), tmp_path, is_copy=True)
    made.begins_empty()
    return made


def shapes(project: Project) -> list[tuple[str, tuple[int, ...]]]:
    """Layers in their order with what they give: what a network is, whatever its nodes are called."""
    from workbench.core.graph import Port
    from workbench.model.shapes import infer

    found, graph = infer(project.graph), project.graph
    rows = []
    for id_ in graph.order:
        layer = found.layers[id_]
        value = found.values.get(Port(id_, layer.output_ports[0])) if layer.output_ports else None
        rows.append((graph.nodes[id_].layer, tuple(value.shape) if value is not None else ()))
    return sorted(rows)


@pytest.mark.slow
def test_by_mouse(person: Counter) -> None:
    for number, layer in enumerate(LAYERS):
        person.double_clicks_layer(layer)
        for name, text in SETTINGS.get(number, {}).items():
            person.fills(name, text)
    person.window.menus.actions["fix_problems"].trigger()  # a Target for the loss
    person.actions += 1
    person.sees(lambda: not person.problems)
    assert shapes(person.window.session.project) == shapes(create("lenet5", None, Path.cwd())[0])
    assert person.actions <= 30


@pytest.mark.slow
def test_by_keys(qtbot: QtBot, person: Counter) -> None:
    canvas = person.window.canvas
    for number, layer in enumerate(LAYERS):
        person.searches(layer)
        wanted = SETTINGS.get(number, {})
        if wanted:
            canvas.setFocus()
            qtbot.keyClick(canvas, Qt.Key.Key_Return)
            for _ in range(30):
                focus = QApplication.focusWidget()
                assert focus is not None
                assert person.window.inspector.isAncestorOf(focus)
                if focus.accessibleName() in wanted:
                    line = focus if isinstance(focus, QLineEdit) else focus.findChild(QLineEdit)
                    assert line is not None
                    line.selectAll()  # as Tab does
                    qtbot.keyClicks(focus, wanted.pop(focus.accessibleName()))
                    qtbot.keyClick(focus, Qt.Key.Key_Return)
                if not wanted:
                    break
                qtbot.keyClick(focus, Qt.Key.Key_Tab)
            assert wanted == {}
            focus = QApplication.focusWidget()
            assert focus is not None
            qtbot.keyClick(focus, Qt.Key.Key_Escape)
            assert canvas.hasFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_F8)  # a Target for the loss
    person.sees(lambda: not person.problems)
    assert shapes(person.window.session.project) == shapes(create("lenet5", None, Path.cwd())[0])
