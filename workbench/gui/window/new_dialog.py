"""New from a template: a gallery with a picture of each network, and the data that it is to be fitted to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import SENTENCE, UsageError, WorkbenchError, printable
from workbench.core.files import expanded
from workbench.core.graph import Graph
from workbench.data.spec import REGISTRY as SOURCES
from workbench.gui.data.path_field import PathField
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.theme import Theme
from workbench.gui.window.template_gallery import Gallery
from workbench.gui.window.template_pictures import PictureDrawer, blank_picture, empty_picture
from workbench.project.document import Project
from workbench.project.new_project import create
from workbench.project.templates.spec import REGISTRY, grouped

OWN = "own"
FIRST = "lenet5"
BLANK = "blank"
NOTHING_YET = "Begin with nothing: add layers by Tab or from the list, and draw wires between them."
NOT_FOUND = "No template is called so. Try another word, or begin with an empty canvas."


def blank(choice: tuple[str, dict[str, Any]] | None) -> Project:
    """A project without a network, with the data that was chosen."""
    data = {"source": choice[0], "options": choice[1]} if choice is not None else {}
    return Project.new(Graph(), data, {})


class NewDialog(QDialog):
    """Chooses a template and its data.

    Attributes:
        project: what was made, once the dialog was accepted.
        notes: what a person should know about its data.
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
        self.notes: tuple[str, ...] = ()
        self._job = LatestJob(self)
        self.setWindowTitle("New network")
        self.list = Gallery(theme, empty_picture(theme))
        self._drawer = PictureDrawer(self.list, theme)
        self.search = QLineEdit()
        self.source = ComboBox()
        self.place = PathField()
        self.path = self.place.line
        self._about = plain_label("", wraps=True, faint=True)
        self._message = plain_label("", wraps=True)
        self.work = QProgressBar()
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
        self.work.setRange(0, 0)  # how long it takes is not known
        self.work.setTextVisible(False)
        self.work.setMaximumHeight(6)
        self.work.setAccessibleName("The network is made")
        self.work.hide()
        self.search.setPlaceholderText("Search a network")
        self.search.setAccessibleName("Search a network")
        self.search.setClearButtonEnabled(True)
        for group, templates in grouped().items():
            self.list.add_heading(group)
            for name, cls in templates.items():
                about = (cls.__doc__ or "").strip().splitlines()[0]
                self.list.add_tile(name, cls.title, about)
        self.list.add_heading("Nothing yet")
        self.list.add_tile(BLANK, "Empty canvas", NOTHING_YET)
        self.list.show_picture(BLANK, blank_picture(theme))
        self.source.setAccessibleName("Data")
        self.source.addItem("", OWN)
        for name, source in SOURCES.items():
            self.source.addItem(source.title, name)
        self.path.setAccessibleName("Path of the data")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(plain_label("Data"))
        row.addWidget(self.source, 2)
        row.addWidget(self.place, 3)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        create_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        assert create_button is not None
        self.create_button = create_button
        self.create_button.setText("Create")
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        for widget in (self._about, self._message, self.work):
            layout.addWidget(widget)
        layout.addLayout(row)
        layout.addWidget(self.buttons)
        self.resize(760, 560)

    def _connect(self) -> None:
        self.source.currentIndexChanged.connect(self._on_source)
        self.path.textChanged.connect(lambda: self._say(""))  # what was said is of another choice
        self.list.currentItemChanged.connect(self._on_item)
        self.search.textChanged.connect(self.list.search)
        self.list.itemActivated.connect(self._begin)
        self.buttons.accepted.connect(self._begin)
        self.buttons.rejected.connect(self.reject)
        self.choose(FIRST)

    @property
    def template(self) -> str:
        """The template that is chosen."""
        return self.list.chosen

    def choose(self, template: str) -> None:
        """Chooses a template by its name."""
        self.list.choose(template)

    def _on_item(self) -> None:
        self._say("")
        cls = REGISTRY.get(self.template)
        self.create_button.setEnabled(bool(self.template) and not self._job.is_busy)
        if cls is None:
            self._about.setText(NOTHING_YET if self.template else NOT_FOUND)
            self.source.setItemText(0, "Digits, until other data is chosen")
            return
        self._about.setText(" ".join((cls.__doc__ or "").split()))
        made_for = SOURCES.get(str(cls.data.get("source")))
        known = made_for.title if made_for else cls.reads or "its own data"
        self.source.setItemText(0, f"What it is made for: {known}" + ", chosen later" * bool(cls.reads))

    def _on_source(self) -> None:
        self._say("")
        name = self.source.currentData()
        self.place.show_source(None if name == OWN else SOURCES[name])

    def _on_browse(self) -> None:
        self.place.ask()

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
        return name, {"path": str(expanded(Path(path)).absolute())} if path and SOURCES[name].takes_path else {}

    def _begin(self) -> None:
        """Makes the project on a thread: the data is looked at for it."""
        if self._job.is_busy or not self.template:
            return
        try:
            choice, template = self._choice(), self.template
        except WorkbenchError as error:
            self._say(str(error))
            return
        self._say("Looking at the data …")
        self._set_idle(is_idle=False)

        def work() -> Iterator[Any]:
            yield (blank(choice), ()) if template == BLANK else create(template, choice, Path.cwd())

        self._job.run(work, on_events=self._on_made, on_ended=self._on_ended)

    def _set_idle(self, *, is_idle: bool) -> None:
        """While the network is made nothing else can be chosen, since it would not be what is made."""
        for part in (self.create_button, self.list, self.search, self.source, self.place):
            part.setEnabled(is_idle)
        self.work.setVisible(not is_idle)

    def _on_made(self, answers: list[tuple[Project, tuple[str, ...]]]) -> None:
        self.project, self.notes = answers[-1]

    def _on_ended(self, error: str) -> None:
        self._set_idle(is_idle=True)
        if error:
            self._say(error)
        elif self.project is not None:
            self.accept()

    def _say(self, text: str) -> None:
        self._message.setText(printable(text, SENTENCE))

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._drawer.start()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._drawer.stop()
        super().hideEvent(event)

    def reject(self) -> None:
        if self._job.is_busy:
            self._job.abandon()
            self.project = None
        super().reject()
