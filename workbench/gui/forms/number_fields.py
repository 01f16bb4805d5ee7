"""Number fields that take sums: `2*64` and Enter gives 128.

Anything can be typed or pasted into them, in any language's digits and decimal sign. What is no number, or out of
bounds, is refused aloud when the field is left; no key is swallowed, since `0,003` without its comma is 3.
"""

from __future__ import annotations

import math

from PyQt6.QtCore import QCoreApplication, QPoint, QSize
from PyQt6.QtGui import QStatusTipEvent, QValidator, QWheelEvent
from PyQt6.QtWidgets import QDoubleSpinBox, QSpinBox, QToolTip, QWidget

from workbench.core.errors import printable
from workbench.core.expressions import evaluate
from workbench.core.number_text import AmbiguousError, plain_number
from workbench.gui.widgets.fields import leave_wheel, turn
from workbench.gui.widgets.labels import plain_tip

DECIMALS = 15  # as many as a double has; fewer would change what the document holds
RUNGS, SMALLEST_RATIO, TINY = (1, 2, 3, 5), 1e-5, 1e-12  # steps of rates; the first one from nothing, and the last
FROM_ZERO = 0.001  # the first step away from nothing
ROOM = 10  # digits that every field has room for
Validity = tuple[QValidator.State, str, int]


def value_of(text: str, field: QWidget) -> float | None:
    """Returns what a text typed into a field means in the field's language; None if it is no number or may be two."""
    try:
        return evaluate(plain_number(text, field.locale().decimalPoint()))
    except AmbiguousError:
        return None


class Refusals:
    """Says what a field does not take, once the field is left: in the status bar and beside the field."""

    def __init__(self, field: QSpinBox | QDoubleSpinBox, *, is_whole: bool) -> None:
        self._field, self._is_whole = field, is_whole
        self._refused = ""
        field.editingFinished.connect(self._tell)

    def note(self, text: str) -> None:
        """Keeps a text that the field cannot take, until its editing has ended."""
        self._refused = text

    def _tell(self) -> None:
        refused, self._refused = self._refused, ""
        if not refused:
            return
        field = self._field
        name = printable(field.accessibleName() or "the number")
        told = f"{self._reason(refused)} {name} stays {field.cleanText()}."
        QCoreApplication.sendEvent(field, QStatusTipEvent(told))
        QToolTip.showText(field.mapToGlobal(QPoint(0, field.height())), plain_tip(told), field)

    def _reason(self, text: str) -> str:
        field = self._field
        try:
            value = evaluate(plain_number(text, field.locale().decimalPoint()))
        except AmbiguousError as error:
            return str(error)
        if value is None:
            return f'"{printable(text)}" is no number.'
        if self._is_whole and value != int(value):
            return f'"{printable(text)}" is no whole number.'
        low, high = (short_text(each) for each in (field.minimum(), field.maximum()))
        return f'"{printable(text)}" is not between {low} and {high}.'


class WholeField(QSpinBox):
    """A field for a whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        leave_wheel(self)
        self._refusals = Refusals(self, is_whole=True)

    def wheelEvent(self, e: QWheelEvent | None) -> None:
        turn(self, e, super().wheelEvent)

    def validate(self, input: str | None, pos: int) -> Validity:
        value = value_of(bare(self, input), self)
        is_taken = value is not None and value == int(value) and self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if is_taken else QValidator.State.Intermediate), input or "", pos

    def fixup(self, str: str | None) -> str:
        self._refusals.note(bare(self, str))
        return str or ""

    def valueFromText(self, text: str | None) -> int:
        value = value_of(bare(self, text), self)
        return self.value() if value is None else int(value)


class NumberField(QDoubleSpinBox):
    """A field for any number, written as short as it can be."""

    def __init__(self, parent: QWidget | None = None, *, step: float | None = None, by_ratio: bool = False) -> None:
        """Makes a field.

        Args:
            parent: owner.
            step: of the arrows; by default as large as the number's second digit.
            by_ratio: whether the arrows go 1, 2, 3, 5, 10 instead, as for rates, of which the size counts.
        """
        super().__init__(parent)
        leave_wheel(self)
        self._step, self._by_ratio = step, by_ratio
        if step is not None:
            self.setSingleStep(step)
        self._refusals = Refusals(self, is_whole=False)

    def wheelEvent(self, e: QWheelEvent | None) -> None:
        turn(self, e, super().wheelEvent)

    def validate(self, input: str | None, pos: int) -> Validity:
        value = value_of(bare(self, input), self)
        is_taken = value is not None and self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if is_taken else QValidator.State.Intermediate), input or "", pos

    def fixup(self, str: str | None) -> str:
        self._refusals.note(bare(self, str))
        return str or ""

    def valueFromText(self, text: str | None) -> float:
        value = value_of(bare(self, text), self)
        return self.value() if value is None else float(value)

    def textFromValue(self, v: float) -> str:
        return short_text(v).replace(".", self.locale().decimalPoint())

    def stepBy(self, steps: int) -> None:
        if self._step is not None:
            super().stepBy(steps)
            return
        value = self.value()
        for _ in range(abs(steps)):
            value = (stepped_by_ratio if self._by_ratio else stepped)(value, is_up=steps > 0)
        self.setValue(value)
        self.selectAll()

    def sizeHint(self) -> QSize:
        return self._roomy(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._roomy(super().minimumSizeHint())

    def _roomy(self, hint: QSize) -> QSize:
        """Qt makes room for the smallest and the largest number, which may be the shortest ones."""
        short = self.fontMetrics().horizontalAdvance(
            max(self.textFromValue(self.minimum()), self.textFromValue(self.maximum()), key=len)
        )
        room = self.fontMetrics().horizontalAdvance("0" * ROOM)
        return hint + QSize(max(0, room - short), 0)


def bare(field: QSpinBox | QDoubleSpinBox, text: str | None) -> str:
    """Returns what a field holds without what stands before and behind the number."""
    return (text or "").removeprefix(field.prefix()).removesuffix(field.suffix())


def short_text(value: float) -> str:
    """The shortest text that means the same number: 0.1, 0.004, 1e-06, 12."""
    text = repr(float(value))
    return text.removesuffix(".0")


def stepped_by_ratio(value: float, *, is_up: bool) -> float:
    """The next number up or down of 1, 2, 3, 5, 10, 20 …, at any size: 0.003 → 0.005, 0.001 → 0.0005; 0 → 0.00001."""
    if value <= 0:
        return SMALLEST_RATIO if is_up else 0.0
    if not is_up and value < TINY:
        return value
    size = math.floor(math.log10(value) + 1e-9)
    rungs = [digit * 10.0**power for power in (size - 1, size, size + 1) for digit in RUNGS]
    found = (
        min(r for r in rungs if r > value * (1 + 1e-9)) if is_up else max(r for r in rungs if r < value * (1 - 1e-9))
    )
    return round(found, DECIMALS)


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
