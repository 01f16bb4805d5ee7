"""A form for settings of the document outside the graph, made from their declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PyQt6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.setting_words import field_at, heading_of, idle_reason, settings_below, title_of, value_at
from workbench.gui.document.session import Session
from workbench.gui.forms.editors import Changed, Editor, make_editor
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.project.settings import setting_edit


class SettingsForm(QWidget):
    """Some settings of a section, each an undoable change of the document."""

    def __init__(
        self,
        session: Session,
        cls: type[BaseModel],
        place: str,
        names: Iterable[str] = (),
        makers: Mapping[str, Callable[[Changed], Editor]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Makes a row for each setting; of one with parts, such as `optimizers`, a row for each setting of a part.

        Rows are named by their path below the place: `lr`, `optimizers.SGD.momentum`.

        Args:
            session: holds the document.
            cls: declares the settings.
            place: their path in the document: `training`, `data`, `data.augment`.
            names: which settings, in this order; all of them if empty.
            makers: for a setting whose field says more than its declaration can, what makes it.
            parent: owner.
        """
        super().__init__(parent)
        self._session, self._cls, self._place = session, cls, place
        self.editors: dict[str, Editor] = {}
        self._makers = makers or {}
        self._idle: dict[str, str] = {}
        self._of_use: Collection[str] | None = None  # the rows that are shown; None for all
        self._rows = form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        self._add_rows(names or cls.model_fields)
        self._message = plain_label("", wraps=True)
        self._message.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self._message)
        session.document_changed.connect(self._on_document_changed)
        self.refresh()

    def _add_rows(self, names: Iterable[str]) -> None:
        self._below: dict[QWidget, list[str]] = {}  # the rows below each heading
        above, below = "", list[str]()
        for name in names:
            for path, info in settings_below(self._cls.model_fields[name], name):
                heading = heading_of(info)
                if heading not in ("", above):
                    label = plain_label(heading, faint=True)
                    self._rows.addRow(label)
                    below = self._below[label] = []
                self._add_row(path, info)
                if heading:
                    below.append(path)
                above = heading

    def _add_row(self, name: str, info: FieldInfo) -> None:
        changed = partial(self.change, name)
        editor = self._makers[name](changed) if name in self._makers else make_editor(info, changed)
        title = title_of(name, info)
        editor.widget.setAccessibleName(title)
        label = plain_label(title)
        for widget in (editor.widget, label):
            widget.setToolTip(plain_tip(self._about(name)))
        self._rows.addRow(label, editor.widget)
        self.editors[name] = editor

    def _about(self, name: str, reason: str = "") -> str:
        """What a setting does, why it does nothing as things are, and what it is called in the file."""
        lines = (self._info(name).description, reason, f"In the file: {self._place}.{name}")
        return "\n".join(line for line in lines if line)

    def _info(self, name: str) -> FieldInfo:
        info = field_at(self._cls, name.split("."))
        assert info is not None  # whoever made the row had it
        return info

    def _values(self) -> Mapping[str, Any]:
        """The settings as the document has them; those not named are missing."""
        section, *path = self._place.split(".")
        values: Any = getattr(self._session.project, section)
        for part in path:
            values = values.get(part, {}) if isinstance(values, Mapping) else {}
        return values if isinstance(values, Mapping) else {}

    def refresh(self) -> None:
        """Shows what the document has."""
        values = self._values()
        for name, editor in self.editors.items():
            path = name.split(".")
            try:
                editor.show(value_at(self._cls, path, values))
            except (TypeError, ValueError):
                editor.show(value_at(self._cls, path, {}))
            is_shown = not idle_reason(self._cls, path, values) and self._is_of_use(name, values)
            self._rows.setRowVisible(editor.widget, is_shown)
        for heading, names in self._below.items():
            is_shown = any(self._rows.isRowVisible(self.editors[name].widget) for name in names)
            self._rows.setRowVisible(heading, is_shown)

    def _is_of_use(self, name: str, values: Mapping[str, Any]) -> bool:
        """Whether a row is shown: one that is of use, or that is set all the same, so that it can be put back."""
        if self._of_use is None or name in self._of_use:
            return True
        path = name.split(".")
        return bool(value_at(self._cls, path, values) != value_at(self._cls, path, {}))

    def show_only(self, names: Collection[str] | None) -> None:
        """Shows the rows that are of use, and those that are set all the same; None shows all."""
        self._of_use = names
        self.refresh()

    def set_idle(self, name: str, reason: str) -> None:
        """Greys out a setting that changes nothing as things are, and says why; with no reason it is of use again."""
        if self._idle.get(name, "") == reason:
            return
        self._idle[name] = reason
        widget = self.editors[name].widget
        widget.setEnabled(not reason)
        widget.setToolTip(plain_tip(self._about(name, reason)))

    def _on_document_changed(self, edit: object) -> None:
        self._say("")
        self.refresh()

    def change(self, name: str, value: Any) -> None:
        """Gives a setting another value, as one undoable step; one that it cannot have is said and put back."""
        if value_at(self._cls, name.split("."), self._values()) == value:
            return
        try:
            self._session.push(setting_edit(self._session.project, f"{self._place}.{name}", value))
        except WorkbenchError as error:
            self.refresh()
            self._say(str(error))

    def _say(self, text: str) -> None:
        self._message.setText(printable(text, SENTENCE))
        self._message.setVisible(bool(text))
