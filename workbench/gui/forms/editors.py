"""One small widget for each type of setting; a dictionary from type to widget, no chain of cases."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from PyQt6.QtWidgets import QCheckBox, QLineEdit, QWidget

from workbench.core.expressions import evaluate
from workbench.core.setting_words import choice_words, is_by_ratio
from workbench.gui.forms.number_fields import DECIMALS, NumberField, WholeField, value_of
from workbench.gui.widgets.fields import ComboBox
from workbench.layers.settings import Bounds

Changed = Callable[[Any], None]
MOST = 2**31 - 1


class Editor:
    """A widget with a value.

    Attributes:
        widget: what is shown.
        show: puts a value into it without telling anybody.
    """

    def __init__(self, widget: QWidget, show: Callable[[Any], None]) -> None:
        self.widget = widget
        self._show = show

    def show(self, value: Any) -> None:
        """Shows a value; nothing is sent."""
        self.widget.blockSignals(True)
        self._show(value)
        self.widget.blockSignals(False)


def make_editor(info: FieldInfo, changed: Changed) -> Editor:
    """The editor for a setting, from its declaration."""
    kind = info.annotation
    if kind is bool:
        return _switch(changed)
    if get_origin(kind) is Literal and all(isinstance(choice, str) for choice in get_args(kind)):
        return _choice([str(choice) for choice in get_args(kind)], changed)
    if kind is int and not _is_nested(info):
        return _whole(info, changed)
    if kind is float:
        return _number(info, changed)
    kinds = set(get_args(kind))
    inside = [each for each in kinds if each is not type(None)]
    if type(None) in kinds and len(inside) == 1 and get_origin(inside[0]) is Literal:
        return _optional_choice(get_args(inside[0]), changed)
    if kinds in ({float, type(None)}, {int, type(None)}):
        return _optional_number(changed)
    if get_origin(kind) is tuple and set(get_args(kind)) == {str, ...}:
        return _names(changed)
    return _text(changed, "none" if type(None) in kinds else "")


def _is_nested(info: FieldInfo) -> bool:
    return any(type(each).__name__ == "BeforeValidator" for each in info.metadata) and not _bounds(info)


def _bounds(info: FieldInfo) -> tuple[float, float] | None:
    """Smallest and largest value that the declaration names."""
    low = high = None
    for each in info.metadata:
        if isinstance(each, Bounds):
            return each.low, each.high
        low = getattr(each, "ge", getattr(each, "gt", low))
        high = getattr(each, "le", getattr(each, "lt", high))
    return None if low is None and high is None else (low or 0, MOST if high is None else high)


def _switch(changed: Changed) -> Editor:
    box = QCheckBox()
    box.toggled.connect(changed)
    return Editor(box, lambda value: box.setChecked(bool(value)))


def _choice(choices: list[str], changed: Changed) -> Editor:
    box = ComboBox()
    for choice in choices:
        box.addItem(choice_words(choice), choice)
    box.currentIndexChanged.connect(lambda index: changed(box.itemData(index)))
    return Editor(box, lambda value: box.setCurrentIndex(box.findData(str(value))))


def _optional_choice(choices: Sequence[str | int], changed: Changed) -> Editor:
    """The editor for one of some values, or none."""
    box = ComboBox()
    for choice in (None, *choices):
        box.addItem("none" if choice is None else choice_words(str(choice)), choice)
    values = [None, *choices]
    box.currentIndexChanged.connect(lambda index: changed(values[index]))
    return Editor(box, lambda value: box.setCurrentIndex(values.index(value) if value in values else 0))


def _whole(info: FieldInfo, changed: Changed) -> Editor:
    box = WholeField()
    low, high = _bounds(info) or (-MOST, MOST)
    box.setRange(int(low), int(min(high, MOST)))
    box.setKeyboardTracking(False)
    box.valueChanged.connect(changed)
    return Editor(box, lambda value: box.setValue(int(value)))


def _number(info: FieldInfo, changed: Changed) -> Editor:
    box = NumberField(by_ratio=is_by_ratio(info))
    low, high = _bounds(info) or (-1e9, 1e9)
    box.setDecimals(DECIMALS)
    box.setRange(float(low), float(high))
    box.setKeyboardTracking(False)
    box.valueChanged.connect(changed)
    return Editor(box, lambda value: box.setValue(float(value)))


def _text(changed: Changed, empty: str) -> Editor:
    line = QLineEdit()
    line.setPlaceholderText(empty)
    line.editingFinished.connect(lambda: changed(parsed(line.text())))
    return Editor(line, lambda value: line.setText(written(value)))


def _optional_number(changed: Changed) -> Editor:
    """A line for a number or nothing; what is no number goes to the settings as it is, which say so."""
    line = QLineEdit()
    line.setPlaceholderText("none")

    def finished() -> None:
        text = line.text().strip()
        value = value_of(text, line)
        changed(text or None if value is None else value)

    line.editingFinished.connect(finished)
    return Editor(line, lambda value: line.setText(written(value)))


def _names(changed: Changed) -> Editor:
    """A line for a list of names, parted by commas; as JSON where a name has a comma itself."""
    line = QLineEdit()
    line.editingFinished.connect(lambda: changed(names_in(line.text())))
    return Editor(line, lambda value: line.setText(names_text(value)))


def names_text(names: Sequence[str]) -> str:
    """Names as people write them, so that `names_in` gives the same ones back."""
    plain = ", ".join(names)
    return plain if names_in(plain) == list(names) else json.dumps(list(names), ensure_ascii=False)


def names_in(text: str) -> Any:
    """The names in a text: a JSON list, or words parted by commas; blanks round them are no part of them."""
    if text.lstrip().startswith("["):
        with contextlib.suppress(ValueError):
            return json.loads(text)
    return [each.strip() for each in text.split(",") if each.strip()]


def written(value: Any) -> str:
    """A setting as people write it: 3 × 5, 0.1, same."""
    if isinstance(value, (list, tuple)):
        is_sizes = value and all(isinstance(each, int) for each in value)
        return " × ".join(map(str, value)) if is_sizes else ", ".join(map(str, value))
    return "" if value is None else str(value)


def parsed(text: str) -> Any:
    """What people write as a plain value: `3 x 5`, `3×5` and `3, 5` are lists of numbers or sums; nothing is null."""
    text = text.strip()
    if not text:
        return None
    parts = [part.strip() for part in text.replace("×", ",").replace("x", ",").split(",")]
    try:
        numbers = [_one(part) for part in parts if part]
    except ValueError:
        return text
    return numbers[0] if len(numbers) == 1 and "," not in text else numbers


def _one(text: str) -> Any:
    value = evaluate(text)
    return json.loads(text) if value is None else value
