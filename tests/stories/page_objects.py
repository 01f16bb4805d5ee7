"""Hands for drawing a network in the window: layers from the list and the search, wires, settings, data."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QPoint, QPointF, QSize, Qt
from PyQt6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QWidget

from tests.stories.test_newcomer import CTRL, LEFT, Person, press_button
from workbench.core.graph import Port
from workbench.editing.node_text import Side
from workbench.gui.data.panel import DataPanel
from workbench.gui.data.source_form import AGAIN
from workbench.gui.editor.palette import SearchPopup, layer_data
from workbench.gui.training.panel import TrainPanel
from workbench.gui.window.new_dialog import NewDialog

NONE = Qt.KeyboardModifier.NoModifier
CLEAR = 30.0  # how far from every box a place is empty, in canvas pixels


class Drawer(Person):
    """Somebody who draws a network on an empty canvas."""

    @property
    def train(self) -> TrainPanel:
        assert self.window.panels is not None
        return self.window.panels.train

    @property
    def data(self) -> DataPanel:
        assert self.window.panels is not None
        return self.window.panels.data

    @property
    def viewport(self) -> QWidget:
        viewport = self.window.canvas.viewport()
        assert viewport is not None
        return viewport

    @property
    def problems(self) -> list[str]:
        """What is wrong with the network and its data, as the window says it."""
        wrong = [problem.message for problem in self.window.session.analysis.problems]
        return wrong + [problem.message for problem in self.data._problems()]

    def begins_empty(self) -> None:
        """Takes the empty canvas from the gallery of new networks."""

        def creates(dialog: QWidget) -> None:
            assert isinstance(dialog, NewDialog)
            if dialog.create_button.isEnabled():
                dialog.list.setFocus()
                self.qtbot.keyClick(dialog.list, Qt.Key.Key_End)
                self.qtbot.mouseClick(dialog.create_button, LEFT)

        self.answers_dialog(NewDialog, creates)
        self.qtbot.keyClick(self.window, Qt.Key.Key_N, CTRL)
        self.sees(lambda: len(self.window.session.graph.nodes) == 0)
        self.is_in_front()

    def is_in_front(self) -> None:
        """After a dialog or a popup the window manager does this."""
        self.window.activateWindow()
        self.sees(self.window.isActiveWindow)

    def chooses_data(self, source: str, **options: int) -> None:
        """Picks a source in the Data workspace, types its options, and takes it."""
        self.goes_to("Data")
        form = self.data.source
        self.picks(form.source, source)
        for name, value in options.items():
            self.types(form.editors[name].widget, str(value))
        self.qtbot.mouseClick(form.apply, LEFT)
        self.sees(lambda: self.data.dataset is not None and not self.data.reader.is_busy and form.apply.text() == AGAIN)

    def picks(self, box: QComboBox, data: object) -> None:
        """Walks through a box with the arrow keys."""
        box.setFocus()
        self.qtbot.keyClick(box, Qt.Key.Key_Home)
        while box.currentData() != data and box.currentText() != data and box.currentIndex() + 1 < box.count():
            self.qtbot.keyClick(box, Qt.Key.Key_Down)
        assert data in (box.currentData(), box.currentText())

    def types(self, widget: QWidget, text: str) -> None:
        """Types over what a field has, and presses Enter."""
        line = widget if isinstance(widget, QLineEdit) else widget.findChild(QLineEdit)
        assert line is not None
        line.setFocus()
        line.selectAll()
        self.qtbot.keyClicks(line, text)
        self.qtbot.keyClick(line, Qt.Key.Key_Return)

    def sets(self, node: str, **settings: str) -> None:
        """Selects a node and types settings in the inspector; of a choice its entry."""
        self.clicks_node(node)
        for name, text in settings.items():
            body = self.window.inspector.widget()
            assert body is not None
            field = next(each for each in body.findChildren(QWidget) if each.accessibleName() == name)
            if isinstance(field, QComboBox):
                self.picks(field, text)
            else:
                self.types(field, text)

    def clicks_node(self, name: str) -> None:
        self.window.canvas.fit()
        super().clicks_node(name)
        assert [self.window.session.graph.nodes[id_].name for id_ in self.window.session.selection] == [name]

    def searches(self, layer: str) -> str:
        """Tab on the canvas, a few letters and Enter; the new node's name."""
        self.window.canvas.setFocus()
        self.qtbot.keyClick(self.window.canvas, Qt.Key.Key_Tab)
        return self._takes_from_popup(layer)

    def _takes_from_popup(self, layer: str) -> str:
        popup = next(
            each for each in QApplication.topLevelWidgets() if isinstance(each, SearchPopup) and each.isVisible()
        )
        self.qtbot.keyClicks(popup.search, layer)
        assert popup.names()[0] == layer
        self.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
        self.is_in_front()
        return self.newest

    @property
    def newest(self) -> str:
        """The name of the node that was added last."""
        return next(reversed(self.window.session.graph.nodes.values())).name

    def drags(self, layer: str) -> str:
        """Drags a layer from the list to an empty place of the canvas; the new node's name."""
        place, data, action = self.empty_place(), layer_data(layer), Qt.DropAction.CopyAction
        for event in (
            QDragEnterEvent(place, action, data, LEFT, NONE),
            QDragMoveEvent(place, action, data, LEFT, NONE),
            QDropEvent(QPointF(place), action, data, LEFT, NONE),
        ):
            QApplication.sendEvent(self.viewport, event)
        return self.newest

    def empty_place(self) -> QPoint:
        """A place of the canvas with room for a node, as far up and left as there is one; zooms out until there is."""
        canvas = self.window.canvas
        canvas.fit()
        while True:
            boxes = [box.scene_box().adjusted(-110, -60, 110, 60) for box in self.window.scene.boxes()]
            for y in range(40, self.viewport.height() - 120, 20):
                for x in range(60, self.viewport.width() - 60, 20):
                    if not any(box.contains(canvas.mapToScene(QPoint(x, y))) for box in boxes):
                        return QPoint(x, y)
            canvas.zoom_out()

    def port(self, node: str, side: Side, port: str) -> QPoint:
        scene, id_ = self.window.scene, self.window.session.graph.named(node).id
        box = scene.box_of(id_)
        return self.window.canvas.mapFromScene(box.mapToScene(box.place_of(side, Port(id_, port))))

    def pulls(self, source: str, target: str) -> None:
        """Pulls a wire from an output, `node.port`, to an input."""
        self.waits_until_still()
        self.window.canvas.fit()
        (node, port), (other, end) = source.rsplit(".", 1), target.rsplit(".", 1)
        self._drags_wire(self.port(node, "out", port), self.port(other, "in", end))
        graph = self.window.session.graph
        assert graph.incoming[graph.named(other).id].get(end) == Port(graph.named(node).id, port)

    def pulls_out(self, source: str, layer: str) -> str:
        """Pulls a wire to an empty place, and takes a layer from what fits; the new node's name."""
        self.waits_until_still()
        place = self.empty_place()
        node, port = source.rsplit(".", 1)
        self._drags_wire(self.port(node, "out", port), place)
        return self._takes_from_popup(layer)

    def waits_until_still(self) -> None:
        """Until the nodes have their pictures and every panel its size: no port moves away under the hand then."""
        sizes: list[QSize] = []

        def is_still() -> bool:
            sizes.append(self.window.canvas.size())
            return len(sizes) > 1 and sizes[-2] == sizes[-1] and not self.look.is_busy

        self.sees(is_still)

    def _drags_wire(self, start: QPoint, end: QPoint) -> None:
        self.qtbot.mousePress(self.viewport, LEFT, pos=start)
        for share in (0.3, 0.7, 1.0):
            self.qtbot.mouseMove(self.viewport, start + (end - start) * share)
        self.qtbot.mouseRelease(self.viewport, LEFT, pos=end)

    def mends(self, node: str) -> None:
        """Presses the button of the fix on a node."""
        self.waits_until_still()
        self.window.canvas.fit()
        box = self.window.scene.box_of(self.window.session.graph.named(node).id)
        place = self.window.canvas.mapFromScene(box.mapToScene(box.fix_rect().center()))
        self.qtbot.mouseClick(self.viewport, LEFT, pos=place)

    def tidies(self) -> None:
        """Lays the network out in order."""
        self.window.canvas.setFocus()
        self.qtbot.keyClick(self.window.canvas, Qt.Key.Key_L, CTRL)
        self.window.scene.changes.gliding.stop()
        self.window.canvas.fit()

    def presses(self, name: str) -> None:
        """A button of the run strip."""
        self.qtbot.mouseClick(self.window.strip.buttons[name], LEFT)

    def saves_as(self, file: Path) -> None:
        """Saves an untitled project under a name."""

        def types_name(dialog: QWidget) -> None:
            line = dialog.findChild(QLineEdit)
            assert line is not None
            line.selectAll()
            self.qtbot.keyClicks(line, str(file))
            press_button("Save")(dialog)

        self.is_in_front()
        self.answers_dialog(QFileDialog, types_name)
        self.qtbot.keyClick(self.window, Qt.Key.Key_S, CTRL)
        self.sees(file.exists)
        self.is_in_front()

    def leaves(self) -> None:
        """Quits; nothing is left to be saved."""
        assert not self.window.isWindowModified()
        self.qtbot.keyClick(self.window, Qt.Key.Key_Q, CTRL)
        self.sees(lambda: not self.window.isVisible())
