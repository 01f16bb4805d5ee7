"""One row of the form: the name of a setting, its field, and a button that sets it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic.fields import FieldInfo
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from workbench.core.values import Params
from workbench.gui.forms.editors import make_editor, written
from workbench.gui.widgets.labels import plain_label, plain_tip

LEAST_FIELD = 76  # width of a field in a narrow inspector, however long its longest choice is


class SettingRow:
    """The widgets of one setting.

    Attributes:
        label: its name.
        field: what it is changed with.
        default: what it is if nothing else is said.
    """

    def __init__(self, name: str, info: FieldInfo, changed: Callable[[Any], None], reset: Callable[[], None]) -> None:
        self._name = name
        self.default = info.default
        self._editor = make_editor(info, changed)
        self._editor.widget.setAccessibleName(name)
        self._editor.widget.setMinimumWidth(LEAST_FIELD)
        self._tip = info.description or ""
        self._editor.widget.setToolTip(plain_tip(self._tip))
        self.label = plain_label(name)
        self.label.setToolTip(plain_tip(self._tip))
        self.reset = QToolButton()
        self.reset.setText("↺")
        self.reset.setAutoRaise(True)
        self.reset.setAccessibleName(f"Set {name} back")
        self.reset.setToolTip(plain_tip(f"Back to the default, {written(info.default) or 'none'}"))
        self.reset.clicked.connect(lambda: reset())
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.field = QWidget()
        layout = QHBoxLayout(self.field)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._editor.widget, 1)
        layout.addWidget(self.reset)

    def show_values(self, settings: list[Params]) -> None:
        """Shows the value of the first of these nodes, and whether the others have another."""
        values = [params.get(self._name, self.default) for params in settings]
        try:
            self._editor.show(values[0])
        except (TypeError, ValueError):
            self._editor.show(self.default)
        differs = any(value != values[0] for value in values)
        self.label.setText(f"{self._name} ≠" if differs else self._name)
        self.label.setToolTip(plain_tip(f"{self._tip}. The selected nodes differ." if differs else self._tip))
        self.reset.setVisible(any(self._name in params and params[self._name] != self.default for params in settings))
