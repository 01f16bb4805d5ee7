"""A newcomer's story, by mouse and keys only: train, watch, look, draw, save, close, open again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.gui.conftest import end_unasked
from tests.gui.panels import panels_of
from tests.gui.runs_page import row_count
from workbench.core.resources import example
from workbench.gui.document.session import Session
from workbench.gui.insight.panel import LookPanel
from workbench.gui.widgets import theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.new_dialog import NewDialog
from workbench.project import storage
from workbench.project.probes import DrawnProbe

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
LONG = 60_000


class Person:
    """Somebody at a window, with a mouse and a keyboard."""

    def __init__(self, qtbot: QtBot, project: Path, folder: Path, *, is_copy: bool) -> None:
        self.qtbot = qtbot
        session = Session(storage.load(project), None if is_copy else project)
        self.window = MainWindow(session, theme.DARK, Settings(folder / "settings.ini"), folder / "state")
        qtbot.addWidget(self.window, before_close_func=end_unasked)
        self.window.show()
        qtbot.waitExposed(self.window)
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.canvas.fit()
        self.window.load_rest()

    @property
    def look(self) -> LookPanel:
        assert self.window.panels is not None
        return self.window.panels.look

    def goes_to(self, workspace: str) -> None:
        self.qtbot.mouseClick(self.window.workspaces.buttons[workspace], LEFT)

    def clicks_node(self, name: str) -> None:
        box = self.window.scene.box_of(self.window.session.graph.named(name).id)
        place = self.window.canvas.mapFromScene(box.mapToScene(QPointF(30, 12)))
        self.qtbot.mouseClick(self.window.canvas.viewport(), LEFT, pos=place)

    def double_clicks(self, place: QPoint) -> None:
        """On the canvas."""
        self.qtbot.mouseDClick(self.window.canvas.viewport(), LEFT, pos=place)

    def sees(self, what: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(what, timeout=LONG)

    def picks_view(self, title: str) -> None:
        box = self.look.header.findChild(QComboBox)
        assert box is not None
        box.setFocus()
        self.qtbot.keyClick(box, Qt.Key.Key_Home)
        while box.currentText() != title and box.currentIndex() + 1 < box.count():
            self.qtbot.keyClick(box, Qt.Key.Key_Down)
        assert box.currentText() == title, [box.itemText(row) for row in range(box.count())]

    def units(self) -> int:
        """How many tiles the grid shows."""
        picture = self.look.grid._picture
        return len(picture.units) if picture is not None else 0

    def draws(self, *places: tuple[float, float]) -> None:
        """A line through places of the paper, in input pixels."""
        pad = self.look.probe.pad
        rect = pad.paper_rect()
        zoom = rect.width() / pad.shape[2]
        points = [QPoint(int(rect.left() + x * zoom), int(rect.top() + y * zoom)) for x, y in places]
        self.qtbot.mousePress(pad, LEFT, pos=points[0])
        for point in points[1:]:
            self.qtbot.mouseMove(pad, point)
        self.qtbot.mouseRelease(pad, LEFT, pos=points[-1])

    def answers_dialog(self, kind: type[QWidget], answer: Callable[[QWidget], None]) -> None:
        """Does something in the next dialog of that kind, again and again until it closes, as people do."""
        timer = QTimer(self.window)
        answered: list[QWidget] = []

        def look_for() -> None:
            found = [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]
            if found:
                answered[:] = found[:1]
                answer(found[0])
            elif answered:
                timer.stop()

        timer.timeout.connect(look_for)
        timer.start(100)


def press_button(text: str) -> Callable[[QWidget], None]:
    def press(dialog: QWidget) -> None:
        buttons = dialog.findChildren(QAbstractButton)
        for button in [each for each in buttons if each.text().replace("&", "") == text][:1]:
            button.click()  # a file dialog names it otherwise while what is typed is a folder; it is asked again

    return press


def set_epochs(person: Person, count: int) -> None:
    """Types into the number field for epochs."""
    panel = panels_of(person.window).train
    assert panel is not None
    box = panel.form.editors["epochs"].widget.findChild(QSpinBox) or panel.form.editors["epochs"].widget
    box.setFocus()
    line = box if isinstance(box, QLineEdit) else box.findChild(QLineEdit)
    assert line is not None
    line.selectAll()
    person.qtbot.keyClicks(line, str(count))
    person.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert person.window.session.project.training["epochs"] == count


@pytest.mark.slow
def test_the_first_hour(qtbot: QtBot, tmp_path: Path) -> None:
    person = Person(qtbot, example("lenet5-digits.cnn"), tmp_path, is_copy=True)
    window = person.window
    person.goes_to("Train")
    set_epochs(person, 2)
    qtbot.mouseClick(window.strip.buttons["toggle"], LEFT)
    panel = panels_of(window).train
    assert panel is not None
    person.sees(lambda: len(panel.curves.batches) > 20)  # the curve moves
    early = len(panel.curves.batches)
    person.sees(lambda: len(panel.curves.batches) > early)
    person.sees(lambda: "Finished" in window.strip.status.text())

    person.goes_to("Look")
    person.clicks_node("conv1")
    person.sees(lambda: person.units() == 6)
    person.picks_view("Filters")
    person.sees(lambda: "run-001" in person.look.header.note)
    person.picks_view("Deconvnet")
    person.sees(lambda: person.units() == 6)
    qtbot.mouseClick(person.look.grid, LEFT, pos=person.look.grid.tile_rect(3).center().toPoint())
    person.sees(lambda: person.look.unit.caption.startswith("unit 3"))
    person.sees(lambda: person.look.unit.down._image is not None)

    button = person.look.probe.ways.button(2)
    assert button is not None
    qtbot.mouseClick(button, LEFT)
    person.draws((14, 5), (14, 12), (14, 22))
    person.sees(lambda: bool(person.look.probe.bars.rows) and dict(person.look.probe.bars.rows)["1"] > 0.5)
    assert isinstance(window.session.probe, DrawnProbe)

    file = tmp_path / "mine.cnn"

    def types_name(dialog: QWidget) -> None:
        line = dialog.findChild(QLineEdit)
        assert line is not None
        line.selectAll()
        qtbot.keyClicks(line, str(file))
        press_button("Save")(dialog)

    person.answers_dialog(QFileDialog, types_name)
    qtbot.keyClick(window, Qt.Key.Key_S, CTRL)
    person.sees(file.exists)
    drawn = window.session.probe
    window.activateWindow()  # after a dialog the window manager does this
    person.sees(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Q, CTRL)
    person.sees(lambda: not window.isVisible())

    again = Person(qtbot, file, tmp_path, is_copy=False)
    assert again.window.workspaces.current == "Look"
    assert again.window.session.probe == drawn
    again.clicks_node("conv1")
    again.sees(lambda: "run-001" in again.look.header.note)
    again.sees(lambda: dict(again.look.probe.bars.rows).get("1", 0) > 0.5)
    runs = panels_of(again.window).train
    assert runs is not None
    again.sees(lambda: row_count(runs.runs) == 1)
    assert not again.window.isWindowModified()
    again.window.close()


def drop(window: MainWindow, path: Path) -> None:
    """Drops a file or folder on the middle of the canvas, as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    viewport = window.canvas.viewport()
    assert viewport is not None
    place, action, keys = viewport.rect().center(), Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, action, data, LEFT, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(place), action, data, LEFT, keys))


@pytest.mark.slow
def test_own_pictures_in_a_vgg(qtbot: QtBot, tmp_path: Path, shared_data: Path) -> None:
    """A folder of pictures is dropped, a network made for it from a template, trained and looked at."""
    person = Person(qtbot, example("lenet5-digits.cnn"), tmp_path, is_copy=True)
    window = person.window

    def creates(dialog: QWidget) -> None:
        assert isinstance(dialog, NewDialog)
        if dialog.create_button.isEnabled():  # while the data is looked at it is not
            dialog.choose("vgg11")
            qtbot.mouseClick(dialog.create_button, LEFT)

    def answers(dialog: QWidget) -> None:
        person.answers_dialog(NewDialog, creates)
        press_button("New network for it…")(dialog)

    person.answers_dialog(QMessageBox, answers)
    drop(window, shared_data / "cifar10_small")
    person.sees(lambda: "features.0" in window.session.graph.by_name)
    assert window.session.analysis.problems == []
    label = window.session.analysis.shapes.layers[window.session.graph.named("label").id].output()
    assert len(label.classes) == 10
    qtbot.mouseClick(window.strip.buttons["one_batch"], LEFT)
    person.sees(lambda: window.runner.state == "paused" and window.strip.bar.value() == 1)
    person.goes_to("Look")
    person.clicks_node("features.3")
    person.sees(lambda: person.units() == 128)
    person.picks_view("Deconvnet")
    person.sees(lambda: person.look.unit.down._image is not None)
    qtbot.mouseClick(window.strip.buttons["stop"], LEFT)
    person.sees(lambda: window.runner.state == "idle")
    person.answers_dialog(QMessageBox, press_button("Don't save"))
    assert window.close()
