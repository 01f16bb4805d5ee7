"""Number fields that take sums: `2*64` and Enter gives 128."""

from __future__ import annotations

import math

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QValidator
from PyQt6.QtWidgets import QDoubleSpinBox, QSpinBox

from workbench.gui.inspector.sums import worked_out

DECIMALS = 15  # as many as a double has; fewer would change what the document holds
FROM_ZERO = 0.001  # the first step away from nothing
ROOM = 10  # digits that every field has room for
LETTERS = frozenset("0123456789.+-*/() eE")
Answer = tuple[QValidator.State, str, int]


def _judged(value: float | None, low: float, high: float, text: str | None, at: int) -> Answer:
    """Whether a text can stay as it is, may become a value, or cannot be typed."""
    text = text or ""
    if value is not None and low <= value <= high:
        return QValidator.State.Acceptable, text, at
    can_become = set(text) <= LETTERS
    return (QValidator.State.Intermediate if can_become else QValidator.State.Invalid), text, at


class WholeField(QSpinBox):
    """A field for a whole number."""

    def validate(self, input: str | None, pos: int) -> Answer:
        value = worked_out(input or "")
        is_whole = value is not None and value == int(value)
        return _judged(value if is_whole else None, self.minimum(), self.maximum(), input, pos)

    def valueFromText(self, text: str | None) -> int:  # noqa: N802 - Qt's name
        value = worked_out(text or "")
        return self.value() if value is None else int(value)


class NumberField(QDoubleSpinBox):
    """A field for any number, written as short as it can be; its steps are as large as the number's second digit."""

    def _sum(self, text: str | None) -> float | None:
        return worked_out((text or "").replace(self.locale().decimalPoint(), "."))

    def validate(self, input: str | None, pos: int) -> Answer:
        plain = (input or "").replace(self.locale().decimalPoint(), ".")
        state, _, at = _judged(self._sum(input), self.minimum(), self.maximum(), plain, pos)
        return state, input or "", at

    def valueFromText(self, text: str | None) -> float:  # noqa: N802 - Qt's name
        value = self._sum(text)
        return self.value() if value is None else float(value)

    def textFromValue(self, v: float) -> str:  # noqa: N802 - Qt's name
        return short_text(v).replace(".", self.locale().decimalPoint())

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        value = self.value()
        for _ in range(abs(steps)):
            value = stepped(value, is_up=steps > 0)
        self.setValue(value)
        self.selectAll()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._roomy(super().sizeHint())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._roomy(super().minimumSizeHint())

    def _roomy(self, hint: QSize) -> QSize:
        """Qt makes room for the smallest and the largest number, which may be the shortest ones."""
        short = self.fontMetrics().horizontalAdvance(
            max(self.textFromValue(self.minimum()), self.textFromValue(self.maximum()), key=len)
        )
        room = self.fontMetrics().horizontalAdvance("0" * ROOM)
        return hint + QSize(max(0, room - short), 0)


def short_text(value: float) -> str:
    """The shortest text that means the same number: 0.1, 0.004, 1e-06, 12."""
    text = repr(float(value))
    return text.removesuffix(".0")


def stepped(value: float, *, is_up: bool) -> float:
    """The next number up or down in the second digit of the value: 0.1 → 0.11, 0.1 → 0.099."""
    if value == 0:
        return FROM_ZERO if is_up else -FROM_ZERO
    size = math.floor(math.log10(abs(value)) + 1e-9)
    shrinks = is_up == (value < 0)
    if shrinks and abs(value) <= 10.0**size * (1 + 1e-9):
        size -= 1  # below a power of ten the digits are smaller
    step = 10.0 ** (size - 1)
    return round(value + (step if is_up else -step), DECIMALS)
