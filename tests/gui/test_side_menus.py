"""A right-click on a plot, a matrix cell, a picture, a class bar or a layer offers what clicks and keys do there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QContextMenuEvent, QGuiApplication
from PyQt6.QtWidgets import QAbstractScrollArea, QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from tests.gui.test_context_menus import choose, enabled, opened
from tests.gui.test_drawn_run import panel, shows, window_of
from workbench.gui.insight.panel import LookPanel
from workbench.gui.insight.pixel_image import PixelImage
from workbench.gui.training.confusion import ConfusionMatrix
from workbench.gui.training.panel import TrainPanel
from workbench.gui.training.plot import Plot
from workbench.gui.widgets import theme
from workbench.gui.window.main_window import MainWindow

__all__ = ["opened", "panel", "window_of"]  # fixtures
MOUSE, KEYBOARD = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard


def right_click(widget: QWidget, place: QPoint) -> None:
    viewport = widget.viewport() if isinstance(widget, QAbstractScrollArea) else None
    target = viewport or widget
    QApplication.sendEvent(target, QContextMenuEvent(MOUSE, place, target.mapToGlobal(place)))


def menu_key(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QContextMenuEvent(KEYBOARD, QPoint(), QPoint()))


def on_plot(qtbot: QtBot, plot: Plot) -> None:
    place = plot.mapFromScene(plot.getViewBox().sceneBoundingRect().center())
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.RightButton, pos=place)


def test_a_plot_of_a_training(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel, opened: list[QMenu], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    on_plot(qtbot, panel.curves.loss)
    menu = opened[-1]
    assert "Follow the run" not in enabled(menu)  # it follows already
    choose(menu, "Logarithmic axis")
    assert panel.log.isChecked()
    choose(menu, "Smoothing over 100 batches")
    assert panel.smoothing.value() == 100
    panel.curves.loss.getViewBox().sigRangeChangedManually.emit((True, True))
    on_plot(qtbot, panel.curves.loss)
    marked = [action.text() for action in opened[-1].actions() if action.isChecked()]
    assert marked == ["Logarithmic axis", "Smoothing over 100 batches"]
    choose(opened[-1], "Follow the run")
    assert not panel.curves.loss.is_free
    asked: list[str] = []

    def name(parent: QWidget, title: str, usual: str, kinds: str) -> tuple[str, str]:
        asked.append(kinds)
        return str(tmp_path / f"saved{len(asked)}"), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    menu_key(panel.curves.measure)
    assert "Logarithmic axis" not in enabled(opened[-1])
    choose(opened[-1], "Save as a picture…")
    choose(opened[-1], "Save the numbers…")
    assert (tmp_path / "saved1.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "saved2.csv").read_text().startswith("epoch,")


def test_a_plot_of_runs_side_by_side(
    qtbot: QtBot, window_of: MainWindow, opened: list[QMenu], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window_of.menus.do("show_compare")
    compare = panels_of(window_of).compare
    assert compare is not None
    on_plot(qtbot, compare.plot)
    assert enabled(opened[-1]) == ["Save as a picture…", ""]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "compared"), ""))
    choose(opened[-1], "Save as a picture…")
    assert (tmp_path / "compared.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("cell", [(0, 1), (2, 0)])
def test_a_cell_of_a_confusion_matrix(qtbot: QtBot, opened: list[QMenu], cell: tuple[int, int]) -> None:
    matrix = ConfusionMatrix(theme.DARK)
    qtbot.addWidget(matrix)
    matrix.resize(400, 400)
    counts = np.array([[5, 2, 0], [0, 9, 1], [3, 0, 4]])
    matrix.show_counts(counts, ("a", "b", "c"))
    side = matrix._grid().width() / 3
    corner = matrix._grid().topLeft()
    place = QPointF(corner.x() + (cell[1] + 0.5) * side, corner.y() + (cell[0] + 0.5) * side).toPoint()
    right_click(matrix, place)
    with qtbot.waitSignal(matrix.cell_chosen) as told:
        choose(opened[-1], "Show these pictures")
    assert tuple(told.args) == cell
    menu_key(matrix)  # of the cell at which the keyboard is
    with qtbot.waitSignal(matrix.cell_chosen) as told:
        choose(opened[-1], "Show these pictures")
    assert tuple(told.args) == cell
    right_click(matrix, QPoint(round(corner.x() + 2.5 * side), round(corner.y() + 0.5 * side)))
    assert enabled(opened[-1]) == []  # there are none
    count = len(opened)
    right_click(matrix, QPoint(1, 1))
    matrix.show_counts(None)
    menu_key(matrix)
    assert len(opened) == count
    matrix.show_counts(None, can_count=True)
    menu_key(matrix)
    with qtbot.waitSignal(matrix.count_requested):
        choose(opened[-1], "Count it now")


@pytest.fixture
def look(qtbot: QtBot, window: MainWindow) -> LookPanel:
    window.menus.do("show_look")
    assert window.panels is not None
    panel = window.panels.look
    name = next(node.name for node in window.session.graph if node.layer == "Conv2d")
    window.session.select([window.session.graph.named(name).id])
    qtbot.waitUntil(lambda: panel.answer is not None and not panel.is_busy, timeout=30_000)
    return panel


def copied_size() -> tuple[int, int]:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    image = clipboard.image()
    return image.width(), image.height()


def test_pictures_of_look(qtbot: QtBot, look: LookPanel, opened: list[QMenu]) -> None:
    qtbot.waitUntil(lambda: look.probe.input.image is not None and look.unit.map.image is not None, timeout=20_000)
    for picture in (look.probe.input, look.unit.map, look.unit.down):
        right_click(picture, QPoint(4, 4))
        choose(opened[-1], "Copy the picture")
        assert picture.image is not None
        assert copied_size() == (picture.image.width(), picture.image.height())
    right_click(look.probe.input, QPoint(4, 4))
    assert {"Paste a picture", "Open a picture…", "Next wrong sample"} <= set(enabled(opened[-1]))
    with qtbot.waitSignal(look.probe.wrong_requested) as told:
        choose(opened[-1], "Next wrong sample")
    assert told.args[0] == 1
    center = look.unit.map.picture_rect().center().toPoint()
    right_click(look.unit.map, center)
    with qtbot.waitSignal(look.unit.position_chosen) as told:
        choose(opened[-1], "Send this position back")
    assert told.args == [look.unit.map.pixel_at(QPointF(center))]


def test_an_empty_picture_has_nothing_to_copy(qtbot: QtBot, look: LookPanel, opened: list[QMenu]) -> None:
    look.probe.input.show_pixels(None, "input")
    menu_key(look.probe.input)
    assert "Copy the picture" not in enabled(opened[-1])
    assert isinstance(look.probe.input, PixelImage)


@pytest.mark.parametrize("number", [0, 2])
def test_a_class_bar(qtbot: QtBot, look: LookPanel, opened: list[QMenu], number: int) -> None:
    bars = look.probe.bars
    bars.show_shares((("a", 0.25), ("b & c", 0.5), ("d", 0.25)), "a")
    right_click(bars, QPoint(5, round((number + 0.5) * bars.row_height)))
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    choose(opened[-1], f"Copy {'ad'[number // 2]}: 25.00%")
    assert clipboard.text() == f"{'ad'[number // 2]}\t0.250000"
    choose(opened[-1], "Copy all probabilities")
    assert clipboard.text().splitlines()[1] == "b & c\t0.500000"
    bars.show_shares((), "")
    count = len(opened)
    menu_key(bars)
    assert len(opened) == count


@pytest.mark.parametrize("layer", ["Conv2d", "Dropout"])
def test_a_layer_of_the_list(qtbot: QtBot, window: MainWindow, opened: list[QMenu], layer: str) -> None:
    tree = window.palette_list.tree
    (item,) = tree.findItems(layer, Qt.MatchFlag.MatchRecursive | Qt.MatchFlag.MatchExactly)
    tree.scrollToItem(item)
    before = len(window.session.graph.nodes)
    right_click(tree, tree.visualItemRect(item).center())
    choose(opened[-1], f"Add {layer}")
    assert len(window.session.graph.nodes) == before + 1
    tree.setCurrentItem(item)
    menu_key(tree)
    with qtbot.waitSignal(window.palette_list.help_requested) as told:
        choose(opened[-1], f"Help for {layer}")
    assert told.args == [layer]
    for dialog in window.findChildren(QWidget):
        if dialog.isWindow() and dialog is not window and dialog.isVisible():
            assert layer in dialog.windowTitle()
            dialog.close()
    header = tree.topLevelItem(0)
    assert header is not None
    tree.setCurrentItem(header)
    count = len(opened)
    menu_key(tree)
    assert len(opened) == count
