"""Hints on the canvas: another colour than problems, a card with their fix, and no obstacle."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.gui.canvas_page import Canvas
from workbench.core.graph import Graph
from workbench.core.graph_edits import set_param
from workbench.gui.widgets.theme import DARK
from workbench.project.templates.spec import GraphBuilder, Samples


def hinted(layer: str) -> Graph:
    builder = GraphBuilder(Samples((1, 8, 8), scores=3))
    port = builder.add("Linear", "fc", builder.add("Flatten", "flat", builder.image()), out_features=3)
    builder.add(
        "CrossEntropyLoss", "loss", builder.add(layer, "last", port), builder.add("Target", "label", field="label")
    )
    return builder.graph()


def edge_colours(canvas: Canvas, name: str) -> set[str]:
    """Colours along the upper edge of a node."""
    item = canvas.item(name)
    picture = canvas.viewport.grab().toImage()
    box = item.scene_box()
    left, right = canvas.at(box.topLeft()), canvas.at(box.topRight())
    return {picture.pixelColor(left.x() + 20, y).name() for y in range(left.y() - 3, right.y() + 4)}


@pytest.mark.parametrize("layer", ["Softmax", "ReLU"])
def test_a_hint_stands_on_its_node_in_its_own_colour(qtbot: QtBot, layer: str) -> None:
    canvas = Canvas(qtbot, hinted(layer))
    shown = canvas.item("last").shown
    assert shown.is_hint
    assert shown.fix == "Bypass last"
    assert "Hint: " in canvas.item("last").toolTip()
    assert canvas.session.derived.problems == []
    canvas.view.fit()
    assert QColor(DARK.hint).name() in edge_colours(canvas, "last")
    assert QColor(DARK.wrong).name() not in edge_colours(canvas, "last")


def test_the_card_tells_hints_behind_problems_and_follows_them(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, hinted("Softmax"))
    card = canvas.view.overlays.card
    assert card._title.text() == "1 hint"
    canvas.scene.do(set_param(canvas.graph.named("fc"), "out_features", 0))
    assert card._title.text() == "1 problem"
    canvas.undo()
    qtbot.mouseClick(card.fix, Qt.MouseButton.LeftButton)
    assert canvas.graph.named("last").bypass
    assert not card.isVisible()
