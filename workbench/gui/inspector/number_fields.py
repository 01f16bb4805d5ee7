"""Number fields that take sums: `2*64` and Enter gives 128."""

from __future__ import annotations

from PyQt6.QtGui import QValidator
from PyQt6.QtWidgets import QDoubleSpinBox, QSpinBox

from workbench.gui.inspector.sums import worked_out

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
    """A field for any number."""

    def _sum(self, text: str | None) -> float | None:
        return worked_out((text or "").replace(self.locale().decimalPoint(), "."))

    def validate(self, input: str | None, pos: int) -> Answer:
        plain = (input or "").replace(self.locale().decimalPoint(), ".")
        state, _, at = _judged(self._sum(input), self.minimum(), self.maximum(), plain, pos)
        return state, input or "", at

    def valueFromText(self, text: str | None) -> float:  # noqa: N802 - Qt's name
        value = self._sum(text)
        return self.value() if value is None else float(value)
