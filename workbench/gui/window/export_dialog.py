"""Export…: what can be written, with its options and a preview."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontDatabase, QPixmap
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.files import read_bytes
from workbench.core.values import bytes_text, shape_text
from workbench.gui.document.session import Session
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.layouts import clear
from workbench.model.exports.base_metadata import metadata_of
from workbench.model.exports.spec import REGISTRY, Exporter, Painter
from workbench.model.layer_table import totals

MOST_SHOWN = 40_000  # characters of a preview
LARGEST = 64 * 2**20
BYTES = 4  # of a weight


class ExportDialog(QDialog):
    """Lists every exporter; the preview is what would be written, as far as it can be read or seen.

    Attributes:
        chosen: name of the exporter.
        options: what was chosen of its options.
    """

    def __init__(self, session: Session, paint: Painter, parent: QWidget | None = None) -> None:
        """Prepares the dialog.

        Args:
            session: the open project.
            paint: draws the canvas for pictures.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._session, self._paint = session, paint
        self._names = sorted(REGISTRY, key=lambda name: REGISTRY[name].title.lower())
        self.options: dict[str, str] = {}
        self.boxes: dict[str, ComboBox] = {}
        self.list = QListWidget()
        self.text, self.picture = QPlainTextEdit(), QLabel()
        self._about = plain_label("", wraps=True, faint=True)
        self._form = QFormLayout()
        self._previews = QStackedWidget()
        self._lay_out()
        self.list.addItems([REGISTRY[name].title for name in self._names])
        self.list.currentRowChanged.connect(lambda _: self._on_chosen())
        self.list.setCurrentRow(self._names.index("python"))

    @property
    def chosen(self) -> str:
        """The name of the exporter that is chosen."""
        return self._names[max(0, self.list.currentRow())]

    def choose(self, name: str) -> None:
        """Chooses an exporter by its name."""
        self.list.setCurrentRow(self._names.index(name))

    def _lay_out(self) -> None:
        self.list.setAccessibleName("Kinds of export")
        self.list.setMaximumWidth(230)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Preview")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.picture.setAccessibleName("Preview as a picture")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumSize(1, 1)  # so that a large picture does not widen the dialog
        self._previews.addWidget(self.text)
        self._previews.addWidget(self.picture)
        right = QVBoxLayout()
        right.addWidget(self._about)
        right.addLayout(self._form)
        right.addWidget(self._previews, 1)
        row = QHBoxLayout()
        row.addWidget(self.list)
        row.addLayout(right, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        export = buttons.addButton("Export…", QDialogButtonBox.ButtonRole.AcceptRole)
        assert export is not None
        export.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.list.itemActivated.connect(lambda _: self.accept())
        layout = QVBoxLayout(self)
        layout.addLayout(row, 1)
        layout.addWidget(buttons)
        self.resize(900, 560)

    def _on_chosen(self) -> None:
        """Shows the options and the preview of another exporter."""
        cls = REGISTRY[self.chosen]
        self.options = {option.name: option.choices[0] for option in cls.options}
        clear(self._form)
        self.boxes = {}
        for option in cls.options:
            box = ComboBox()
            box.addItems(option.choices)
            box.setAccessibleName(option.title)
            box.setToolTip(plain_tip(option.about))
            box.currentTextChanged.connect(lambda text, name=option.name: self._set(name, text))
            self._form.addRow(plain_label(option.title), box)
            self.boxes[option.name] = box
        self._about.setText(printable(cls.summary(), SENTENCE))
        self._show_preview()

    def _set(self, name: str, choice: str) -> None:
        self.options[name] = choice
        self._show_preview()

    def _show_preview(self) -> None:
        cls = REGISTRY[self.chosen]
        self.picture.clear()
        self.text.clear()
        try:
            if cls.is_picture:
                self._show_picture()
            elif cls.is_text:
                self.text.setPlainText(_shortened(self._written(cls)))
            else:
                self.text.setPlainText(self._described())
        except WorkbenchError as error:
            self.text.setPlainText(printable(str(error), SENTENCE))
        self._previews.setCurrentWidget(self.picture if cls.is_picture else self.text)

    def _show_picture(self) -> None:
        drawn = self._paint(self._session.graph, ".png", **self.options)
        pixmap = QPixmap()
        pixmap.loadFromData(drawn)
        size = self._previews.size()
        self.picture.setPixmap(
            pixmap.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        )

    def _written(self, cls: type[Exporter]) -> str:
        """The text that would be written; code comes without its weights."""
        graph = self._session.graph
        if cls.has_weights:
            from workbench.model.source import python_source

            return python_source(graph, "network.safetensors")
        with tempfile.TemporaryDirectory(prefix="cnn-workbench-") as folder:
            out = Path(folder) / f"network{cls.suffix}"
            cls.write(None, graph, out, **self.options)
            return read_bytes(out, LARGEST).decode("utf-8", "replace")

    def _described(self) -> str:
        """What a file of weights holds, in lines."""
        graph, analysis = self._session.graph, self._session.analysis
        if analysis.shapes.faults:
            return "The network has problems, so it cannot be written yet."
        weights = totals(graph)["parameters"]
        lines = [f"{weights:,} parameters, about {bytes_text(weights * BYTES)}", ""]
        for id_, layer in analysis.shapes.layers.items():
            if layer.data_field and id_ in analysis.shapes.inputs and graph.nodes[id_].layer == "Input":
                value = layer.outputs()[layer.output_ports[0]]
                lines.append(f"input {getattr(layer, 'field', '')}: {shape_text(value.shape)}")
        lines += [f"{key}: {text}" for key, text in metadata_of(graph).items()]
        return "\n".join(printable(line, SENTENCE) for line in lines)


def _shortened(text: str) -> str:
    """A text as far as a preview shows it."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}\n…"
