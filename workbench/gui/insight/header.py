"""The line over the Look panel: node, view, what the colours mean, where the weights are from, and saving."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import WorkbenchError, printable
from workbench.core.files import write_file
from workbench.gui.forms.number_fields import NumberField
from workbench.gui.insight.run_choice import RunChoice
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.labels import ShortLabel, plain_label
from workbench.insight.spec import REGISTRY, View
from workbench.insight.tiling import npz, png, range_text
from workbench.inspection.render_request import RenderResult

MOST_NOISE = 0.5
SAVE, SAVE_SHORT = "Save picture…", "Save…"
LEAST_VIEW = 96  # width of the box of views where there is no room, whatever they are called


class Header(QWidget):
    """What is looked at.

    Signals:
        view_chosen(): another view.
        noise_chosen(): other noise to add to whole pictures.
        run_requested(): the network shall be trained.
    """

    view_chosen = pyqtSignal()
    noise_chosen = pyqtSignal()
    run_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: RenderResult | None = None
        self._title = ShortLabel(bold=True)
        self._views = ComboBox()
        self._views.setAccessibleName("View")
        self._views.setToolTip("What is shown of the selected node")
        self._views.setMinimumWidth(LEAST_VIEW)
        self._views.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._views.currentIndexChanged.connect(self._on_view_changed)
        self._noise = _noise_field()
        self._noise.valueChanged.connect(self._on_noise_changed)
        self.save = QToolButton()
        self.save.setText(SAVE)
        self.save.setToolTip("Write this view as a PNG, and its numbers beside it as NPZ")
        self.save.setEnabled(False)
        self.save.clicked.connect(self._on_save)
        self.train = QToolButton()
        self.train.setText("▶ Train")
        self.train.setToolTip("Train the network; until then its first random weights are shown")
        self.train.clicked.connect(self.run_requested)
        self.train.hide()
        self.runs = RunChoice()
        self._note = plain_label("", faint=True, wraps=True)
        self._problem = plain_label("", wraps=True)
        self._problem.setForegroundRole(QPalette.ColorRole.BrightText)
        self._problem.hide()
        top = QHBoxLayout()
        top.setSpacing(8)
        for widget in (self._title, self._views, self._noise, self._note, self.runs, self.train, self.save):
            top.addWidget(widget, 1 if widget is self._note else 0)
        self._top, self._below = top, QVBoxLayout(self)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.setSpacing(4)
        self._below.addLayout(top)
        self._below.addWidget(self._problem)

    @property
    def view(self) -> str:
        """Name of the chosen view; "" where there is none."""
        return self._views.currentData() or ""

    @property
    def noise(self) -> float:
        """How much noise is to be added to the sample first; 0 where the view adds none."""
        return self._noise.value() if self._takes_noise() else 0.0

    def _takes_noise(self) -> bool:
        return bool(self.view) and REGISTRY[self.view].takes_whole

    @property
    def note(self) -> str:
        """What is said about the picture."""
        return self._note.text()

    @property
    def problem(self) -> str:
        """What is wrong, or ""."""
        return self._problem.text()

    def set_narrow(self, is_narrow: bool) -> None:
        """Puts the note and the noise below the buttons where there is no room beside them."""
        self.save.setText(SAVE_SHORT if is_narrow else SAVE)
        self.runs.set_roomy(has_room=not is_narrow)
        for widget in (self._noise, self._note):
            self._top.removeWidget(widget)
            self._below.removeWidget(widget)
        if is_narrow:
            self._below.insertWidget(1, self._noise)
            self._below.insertWidget(2, self._note)
        else:
            self._top.insertWidget(2, self._noise)
            self._top.insertWidget(3, self._note, 1)

    def choose(self, view: str) -> None:
        """Chooses a view by its name, where it is offered."""
        self._views.setCurrentIndex(max(0, self._views.findData(view)))

    def show_node(self, name: str, views: Sequence[type[View]]) -> None:
        """Offers the views of a node; the one that was chosen stays where it can, unless one was made for the node."""
        before = "" if self._title.text() != printable(name) and any(cls.is_particular for cls in views) else self.view
        self._title.setText(printable(name))
        self._views.blockSignals(True)
        self._views.clear()
        for cls in sorted(views, key=lambda each: (not each.is_particular, each.title != "Feature maps")):
            self._views.addItem(cls.title, cls.name)
        self._views.setCurrentIndex(max(self._views.findData(before), 0) if views else -1)
        self._views.blockSignals(False)
        self._title.setVisible(bool(name))
        self._views.setVisible(bool(views))
        self._noise.setVisible(self._takes_noise())
        self.save.setVisible(bool(views))

    def show_answer(self, answer: RenderResult) -> None:
        """Says what the colours mean and where the weights are from."""
        self._answer = answer
        picture = answer.picture
        parts = [range_text(picture), picture.note] if picture is not None else []
        if picture is not None and picture.made is not None:
            parts.insert(0, f"{int(picture.made.sum())} of {len(picture.units)} tiles are made")
        parts.append(f"weights: {answer.origin}" if answer.is_trained else f"{answer.origin}: first random weights")
        if answer.is_edited:
            parts.append("the network was edited since")
        if answer.request.node in answer.untrained:
            parts.append("this node is untrained")
        self._note.setText(" · ".join([*parts, *answer.notes]))
        self.train.setVisible(not answer.is_trained)

    def forget(self) -> None:
        """Takes away what was said of other weights."""
        self._answer = None
        self._note.setText("")
        self.train.hide()
        self.tell("")

    def tell(self, problem: str) -> None:
        """Says what is wrong; "" takes it away."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _on_view_changed(self, index: int) -> None:
        self._noise.setVisible(self._takes_noise())
        self.view_chosen.emit()

    def _on_noise_changed(self, value: float) -> None:
        self.noise_chosen.emit()

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save picture", f"{self._file_name()}.png", "Pictures (*.png)")
        if name:
            self.save_to(Path(name))

    def _file_name(self) -> str:
        return f"{self._title.text()}-{self.view}"

    def save_to(self, path: Path) -> None:
        """Writes the picture that is shown as PNG, and its numbers as NPZ beside it."""
        answer = self._answer
        if answer is None or answer.picture is None:
            return
        title = f"{self._views.currentText()} of {self._title.text()}"
        try:
            write_file(path.with_suffix(".png"), [png(answer.picture, title)])
            write_file(path.with_suffix(".npz"), [npz(answer.picture)])
        except WorkbenchError as error:
            self.tell(str(error))
            return
        self._note.setText(f"{path.with_suffix('.png').name} and {path.with_suffix('.npz').name} are saved.")


def _noise_field() -> NumberField:
    """How much noise is added to whole pictures; what is typed counts when it is complete."""
    field = NumberField(step=0.05)
    field.setAccessibleName("Noise")
    field.setToolTip("Adds noise to the picture first, to see it go: its standard deviation, where white is 1")
    field.setPrefix("noise ")
    field.setRange(0, MOST_NOISE)
    field.setKeyboardTracking(False)
    return field
