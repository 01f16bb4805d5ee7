"""Which factor varies in the next batch: in turn, or drawn by ratios; only for data that has factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PyQt6.QtWidgets import QCheckBox, QFormLayout, QPushButton, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.values import Json
from workbench.gui.document.session import Session
from workbench.gui.forms.number_fields import DECIMALS, NumberField
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.layouts import clear
from workbench.project.document import CompositeEdit
from workbench.project.settings import setting_edit

SETTING = "data.ratios"


class RatiosForm(QWidget):
    """How often each factor is the one that varies; without any ratio they take turns."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._factors: tuple[str, ...] = ()
        self.in_turn = QCheckBox("Factors take turns")
        self.in_turn.setToolTip("Each factor varies in as many batches as the others; else it is drawn by ratios")
        self.ratios: dict[str, NumberField] = {}
        self._rows = QWidget()
        self._form = QFormLayout(self._rows)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._message = plain_label("", wraps=True)
        self.fix = QPushButton("Let the factors take turns")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(plain_label("Factors", bold=True))
        for widget in (self.in_turn, self._rows, self._message, self.fix):
            layout.addWidget(widget)
        self.in_turn.clicked.connect(self._on_in_turn)
        self.fix.clicked.connect(self._take_turns)
        session.document_changed.connect(self.refresh)
        self.show_factors(())

    def show_factors(self, factors: Sequence[str]) -> None:
        """Shows the factors of other data; nothing for data without."""
        self._factors = tuple(factors)
        clear(self._form)
        self.ratios = {name: self._field(name) for name in self._factors}
        for name, field in self.ratios.items():
            self._form.addRow(plain_label(printable(name)), field)
        self.setVisible(bool(self._factors))
        self.refresh()

    def _field(self, name: str) -> NumberField:
        field = NumberField()
        field.setDecimals(DECIMALS)
        field.setRange(0.0, 1e6)
        field.setKeyboardTracking(False)
        field.setAccessibleName(f"ratio of {name}")
        field.setToolTip("How often it varies, against the others; 0 never")
        field.valueChanged.connect(partial(self._on_ratio, name))
        return field

    def _values(self) -> Mapping[str, Json]:
        values = self._session.project.data.get("ratios", {})
        return values if isinstance(values, Mapping) else {}

    def refresh(self) -> None:
        """Shows what the document has."""
        values = self._values()
        self.in_turn.setChecked(not values)
        self._rows.setVisible(bool(values))
        for name, field in self.ratios.items():
            value = values.get(name, 1.0)
            field.blockSignals(True)
            field.setValue(float(value) if isinstance(value, int | float) else 1.0)
            field.blockSignals(False)
        self._say(self._trouble(values))

    def _trouble(self, values: Mapping[str, Json]) -> str:
        """What is wrong with the ratios for this data, or ""."""
        strange = [name for name in values if name not in self._factors]
        if strange and self._factors:
            return f'There is a ratio of "{printable(strange[0])}", which is no factor of this data.'
        if values and self._factors and not any(values.get(name, 1.0) for name in self._factors):
            return "Each ratio is 0, so that there would be no factor to draw."
        return ""

    def _say(self, text: str) -> None:
        self._message.setText(printable(text, SENTENCE))
        self._message.setVisible(bool(text))
        self.fix.setVisible(bool(text))

    def _on_in_turn(self, is_on: bool) -> None:
        if is_on:
            self._take_turns()
        else:
            self._put(dict.fromkeys(self._factors, 1.0), "Draw factors by ratios")

    def _take_turns(self) -> None:
        self._put({}, "Let factors take turns")

    def _on_ratio(self, name: str, value: float) -> None:
        ratios = {**{each: field.value() for each, field in self.ratios.items()}, name: value}
        self._put(ratios, f"Set ratio of {name}", merges=True)

    def _put(self, ratios: dict[str, float], label: str, *, merges: bool = False) -> None:
        if ratios == self._values():
            return
        try:
            edit = setting_edit(self._session.project, SETTING, ratios)
            self._session.push(CompositeEdit((edit,), label, merges))
        except WorkbenchError as error:
            self.refresh()
            self._say(str(error))
