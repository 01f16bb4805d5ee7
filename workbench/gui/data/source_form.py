"""Which data: the choice of a source with its options, applied as one undoable step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFormLayout, QPushButton, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.setting_words import title_of
from workbench.core.values import Json
from workbench.data.loading import source_of
from workbench.data.spec import REGISTRY
from workbench.gui.data.path_field import PathField
from workbench.gui.document.session import Session
from workbench.gui.forms.editors import Editor, make_editor
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.layouts import clear
from workbench.project.data_choice import choose_data

USE, AGAIN = "Use this data", "Read again"


class SourceForm(QWidget):
    """The source of the project's data; nothing changes before Apply.

    Signals:
        again_wanted(): the data of the project is to be read again, where its files have changed.
        edited(str, object): another source, or other options of it, are in the form: its name, and the options.
    """

    again_wanted = pyqtSignal()
    edited = pyqtSignal(str, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: object = None
        self._options: dict[str, Json] = {}
        self.editors: dict[str, Editor] = {}
        self.source = ComboBox()
        self.source.setAccessibleName("Data source")
        self.source.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.source.setMinimumContentsLength(12)
        for name, cls in REGISTRY.items():
            self.source.addItem(cls.title, name)
        self.place = PathField()
        self.path, self.browse = self.place.line, self.place.browse
        self.apply = QPushButton(USE)
        self._message = plain_label("", wraps=True)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.source, self.place):
            layout.addWidget(widget)
        layout.addLayout(self._form)
        layout.addWidget(self._message)
        layout.addWidget(self.apply)
        self.source.currentIndexChanged.connect(self._on_source)
        self.place.changed.connect(self._on_chosen)
        self.path.textEdited.connect(self._on_path)
        self.path.returnPressed.connect(self._on_apply)
        self.apply.clicked.connect(self._on_apply)
        session.document_changed.connect(self._on_document_changed)
        self.refresh()

    @property
    def name(self) -> str:
        """The source that is chosen in the form."""
        return str(self.source.currentData())

    @property
    def options(self) -> dict[str, Json]:
        """Its options in the form, without those that have their defaults."""
        return dict(self._options)

    def _on_document_changed(self, edit: object) -> None:
        if self._chosen() != self._shown:  # what is typed and not applied outlives other changes
            self.refresh()
        else:
            self._show_apply()

    def _chosen(self) -> tuple[object, object]:
        """The source and its options in the document."""
        data = self._session.project.data
        return data.get("source"), data.get("options")

    def refresh(self) -> None:
        """Shows what the document has."""
        self._shown = self._chosen()
        data: Mapping[str, Any] = self._session.project.data
        options = data.get("options", {})
        self._options = dict(options) if isinstance(options, Mapping) else {}
        at = self.source.findData(data.get("source", "digits"))
        self.source.blockSignals(True)
        self.source.setCurrentIndex(max(at, 0))
        self.source.blockSignals(False)
        self._rebuild()

    def _on_source(self) -> None:
        self._options = {}
        self._rebuild()

    def _rebuild(self) -> None:
        """Rows for the options of the source."""
        cls = REGISTRY[self.name]
        clear(self._form)
        self.editors = {}
        self.place.show_source(cls)
        self.path.setText(str(self._options.get("path", "")))
        self.source.setToolTip(plain_tip(cls.title))
        for name, info in cls.model_fields.items():
            if name != "path" and name not in cls.hidden:
                editor = make_editor(info, partial(self._on_option, name))
                title = title_of(name, info)
                editor.widget.setAccessibleName(title)
                editor.widget.setToolTip(plain_tip(info.description or ""))
                editor.show(self._options.get(name, info.default))
                self._form.addRow(plain_label(title), editor.widget)
                self.editors[name] = editor
        self._say("")
        self._show_apply()

    def _show_apply(self) -> None:
        data = self._session.project.data
        same = self.name == data.get("source", "digits") and self._options == dict(data.get("options", {}) or {})
        self.apply.setText(AGAIN if same else USE)
        tip = "Read the files that have changed since" if same else "Read it, and use it for this network"
        self.apply.setToolTip(plain_tip(tip))
        self.edited.emit(self.name, self.options)

    def _say(self, text: str) -> None:
        self._message.setText(printable(text, SENTENCE))
        self._message.setVisible(bool(text))

    def _on_option(self, name: str, value: Any) -> None:
        self._say("")  # what was said is of another choice
        if value is None or value == REGISTRY[self.name].model_fields[name].default:
            self._options.pop(name, None)
        else:
            self._options[name] = value
        self._show_apply()

    def _on_path(self, text: str) -> None:
        self._say("")
        self._options["path"] = text
        if not text:
            del self._options["path"]
        self._show_apply()

    def _on_chosen(self, text: str) -> None:
        """Takes a file or folder that was chosen in a dialog, and reads it if nothing is left to be said."""
        self._on_path(text)
        lacking = self._lacking()
        if lacking:
            self.ask_for(lacking)
        else:
            self._on_apply()

    def _lacking(self) -> list[str]:
        """The options that say which data it is, and that nobody has chosen yet."""
        cls = REGISTRY[self.name]
        needed = [name for name in self.editors if cls.model_fields[name].is_required() or name == cls.chosen_by]
        return [name for name in needed if not self._options.get(name)]

    def ask_for(self, names: list[str]) -> None:
        """Says which options have to be given, and leads to the first of them."""
        fields = REGISTRY[self.name].model_fields
        told = " and ".join(title_of(name, fields[name]) for name in names)
        fetch = ", and whether it may be fetched (download)" if "download" in self.editors else ""
        self._say(f"Now choose {told}{fetch}. Then press “{USE}”.")
        self.editors[names[0]].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_apply(self) -> None:
        if self.apply.text() == AGAIN:
            self.again_wanted.emit()
            return
        try:
            edit = choose_data(self._session.project, self.name, self._options, self._session.path)
            source_of(self._session.project.apply(edit).data_config())
            self._session.push(edit)
        except WorkbenchError as error:
            self._say(str(error))
