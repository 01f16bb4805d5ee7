"""New from a template: a gallery with a picture of each network, and the data that it is to be fitted to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import SENTENCE, UsageError, WorkbenchError, shown
from workbench.data.spec import REGISTRY as SOURCES
from workbench.gui.editor.scene import Scene
from workbench.gui.session import Session
from workbench.gui.theme import Theme
from workbench.gui.widgets.labels import plain_label
from workbench.gui.worker import Job
from workbench.project.creation import create
from workbench.project.document import Project
from workbench.project.templates.spec import REGISTRY, Pencil, Samples, Template

PICTURE = QSize(216, 124)
OWN = "own"
FIRST = "lenet5"
ROLE = Qt.ItemDataRole.UserRole
SMALL = Samples((1, 28, 28))


def picture_of(cls: type[Template], theme: Theme, scale: float = 2.0) -> QPixmap:
    """A template's network as the canvas would draw it, small."""
    pencil = Pencil(cls.samples or SMALL)
    cls().draw(pencil)
    session = Session(Project.new(pencil.graph(), {}, {}))
    scene = Scene(session, theme)
    pixmap = QPixmap(PICTURE * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(QColor(theme.canvas))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    margin = 8.0
    target = QRectF(margin, margin, PICTURE.width() - 2 * margin, PICTURE.height() - 2 * margin)
    scene.render(painter, target, scene.itemsBoundingRect(), Qt.AspectRatioMode.KeepAspectRatio)
    painter.end()
    scene.deleteLater()
    session.deleteLater()
    return pixmap


class NewDialog(QDialog):
    """Chooses a template and its data.

    Attributes:
        project: what was made, once the dialog was accepted.
    """

    def __init__(self, theme: Theme, data: str = "", parent: QWidget | None = None) -> None:
        """Opens the gallery.

        Args:
            theme: colours of the pictures.
            data: `NAME:PATH` of data that is chosen already, or "".
            parent: the window.
        """
        super().__init__(parent)
        self.project: Project | None = None
        self._job: Job | None = None
        self.setWindowTitle("New network")
        self.list = QListWidget()
        self.source = QComboBox()
        self.path = QLineEdit()
        self.browse = QPushButton("Browse…")
        self._about = plain_label("", wraps=True, faint=True)
        self._message = plain_label("", wraps=True)
        self._fill(theme)
        self._lay_out()
        self._connect()
        if data:
            name, _, path = data.partition(":")
            self.source.setCurrentIndex(self.source.findData(name))
            self.path.setText(path)
        self._on_source()

    def _fill(self, theme: Theme) -> None:
        """The gallery and the choice of data."""
        self.list.setAccessibleName("Templates")
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setIconSize(PICTURE)
        self.list.setSpacing(8)
        self.list.setUniformItemSizes(True)
        for name, cls in REGISTRY.items():
            picture = picture_of(cls, theme)
            icon = QIcon(picture)
            icon.addPixmap(picture, QIcon.Mode.Selected)  # in its own colours, not tinted
            item = QListWidgetItem(icon, cls.title)
            item.setData(ROLE, name)
            item.setToolTip((cls.__doc__ or "").strip().splitlines()[0])
            self.list.addItem(item)
        self.source.setAccessibleName("Data")
        self.source.addItem("Data that the template is made for", OWN)
        for name, source in SOURCES.items():
            self.source.addItem(source.title, name)
        self.path.setAccessibleName("Path of the data")
        self.path.setPlaceholderText("Folder or file")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(plain_label("Data"))
        row.addWidget(self.source, 2)
        row.addWidget(self.path, 3)
        row.addWidget(self.browse)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        create_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        assert create_button is not None
        self.create_button = create_button
        self.create_button.setText("Create")
        layout = QVBoxLayout(self)
        layout.addWidget(self.list, 1)
        for widget in (self._about, self._message):
            layout.addWidget(widget)
        layout.addLayout(row)
        layout.addWidget(self.buttons)
        self.resize(760, 560)

    def _connect(self) -> None:
        self.source.currentIndexChanged.connect(self._on_source)
        self.browse.clicked.connect(self._on_browse)
        self.list.currentItemChanged.connect(self._on_item)
        self.list.itemActivated.connect(self._begin)
        self.buttons.accepted.connect(self._begin)
        self.buttons.rejected.connect(self.reject)
        self.choose(FIRST)

    @property
    def template(self) -> str:
        """The template that is chosen."""
        item = self.list.currentItem()
        return str(item.data(ROLE)) if item is not None else ""

    def choose(self, template: str) -> None:
        """Chooses a template by its name."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None and item.data(ROLE) == template:
                self.list.setCurrentRow(row)

    def _on_item(self) -> None:
        cls = REGISTRY[self.template]
        self._about.setText(" ".join((cls.__doc__ or "").split()))

    def _on_source(self) -> None:
        name = self.source.currentData()
        takes_path = name != OWN and SOURCES[name].takes_path
        self.path.setVisible(takes_path)
        self.browse.setVisible(takes_path)

    def _on_browse(self) -> None:
        if self.source.currentData() == "npz":
            found, _ = QFileDialog.getOpenFileName(self, "Data", self.path.text(), "NumPy archives (*.npz)")
        else:
            found = QFileDialog.getExistingDirectory(self, "Data", self.path.text())
        if found:
            self.path.setText(found)

    def _choice(self) -> tuple[str, dict[str, Any]] | None:
        """The data that is chosen; None for the template's own.

        Raises:
            UsageError: a path is needed.
        """
        name = self.source.currentData()
        if name == OWN:
            return None
        path = self.path.text().strip()
        if SOURCES[name].needs_path and not path:
            raise UsageError("Choose the folder or file of the data.")
        return name, {"path": str(Path(path).expanduser().absolute())} if path and SOURCES[name].takes_path else {}

    def _begin(self) -> None:
        """Makes the project on a thread: the data is looked at for it."""
        if self._job is not None:
            return
        try:
            choice, template = self._choice(), self.template
        except WorkbenchError as error:
            self._say(str(error))
            return
        self._say("Looking at the data …")
        self.create_button.setEnabled(False)

        def work() -> Iterator[Any]:
            yield create(template, choice, Path.cwd())

        self._job = Job(work, parent=self)
        self._job.events.connect(self._on_made)
        self._job.ended.connect(self._on_ended)
        self._job.start()

    def _on_made(self, answers: list[tuple[Project, tuple[str, ...]]]) -> None:
        self.project = answers[-1][0]

    def _on_ended(self, error: str) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        self.create_button.setEnabled(True)
        if error:
            self._say(error)
        elif self.project is not None:
            self.accept()

    def _say(self, text: str) -> None:
        self._message.setText(shown(text, SENTENCE))

    def reject(self) -> None:
        if self._job is not None:
            self._job.abandon()
            self._job = None
            self.project = None
        super().reject()
