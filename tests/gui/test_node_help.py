"""F1 helps with the selected node, and ? shows the keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QTreeWidget
from pytestqt.qtbot import QtBot

from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.node_help import about, show_node_help
from workbench.layers.spec import REGISTRY


def open_dialog(window: MainWindow) -> QDialog:
    """The dialog that is seen; it is closed with the window."""
    found = [each for each in window.findChildren(QDialog) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def rows(dialog: QDialog) -> dict[str, list[str]]:
    tree = dialog.findChild(QTreeWidget)
    assert tree is not None
    items = [tree.topLevelItem(number) for number in range(tree.topLevelItemCount())]
    return {item.text(0): [item.text(1), item.text(2)] for item in items if item is not None}


@pytest.mark.parametrize(("node", "setting", "value"), [("conv", "out_channels", "4"), ("fc", "out_features", "3")])
def test_f1_helps_with_the_selected_node(qtbot: QtBot, window: MainWindow, node: str, setting: str, value: str) -> None:
    window.session.select([window.session.graph.named(node).id])
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_F1)
    dialog = open_dialog(window)
    assert dialog.windowTitle().startswith(f"{node}: ")
    assert rows(dialog)[setting][0] == value
    assert rows(dialog)[setting][1]
    dialog.close()


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Question])
def test_without_a_node_and_by_the_question_mark_the_keys_are_shown(
    qtbot: QtBot, window: MainWindow, key: Qt.Key
) -> None:
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, key)
    dialog = open_dialog(window)
    assert dialog.windowTitle() == "Keys"
    dialog.close()


def test_every_layer_has_help(qtbot: QtBot, window: MainWindow) -> None:
    graph = window.session.graph
    node = graph.named("conv")
    for name, cls in REGISTRY.items():
        assert about(cls), name
        assert [field for field, info in cls.model_fields.items() if not info.description] == [], name
    show_node_help(window, replace(node, layer="Gone<b>"))
    dialog = open_dialog(window)
    assert "Gone<b>" in dialog.windowTitle()
    dialog.close()
