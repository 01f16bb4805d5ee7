"""What is typed or pasted into a number field is understood or refused aloud, in every language."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QLocale, Qt
from PyQt6.QtGui import QGuiApplication, QKeyEvent, QStatusTipEvent
from PyQt6.QtWidgets import QDoubleSpinBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.core.errors import UsageError
from workbench.gui.forms.editors import make_editor
from workbench.gui.forms.number_fields import DECIMALS, NumberField, WholeField
from workbench.layers.target import Target
from workbench.project.new_project import create
from workbench.project.settings import assign, parse_assignment
from workbench.training.config import Stage

LANGUAGES = ("en_US", "de_DE", "de_CH", "fr_FR", "tr_TR", "hi_IN", "ar_EG", "fa_IR")


class Listener(QWidget):
    """A window that keeps what its fields say."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QStatusTipEvent):
            self.said.append(event.tip())
        return super().event(event)


@pytest.fixture
def window(qtbot: QtBot) -> Listener:
    window = Listener()
    QVBoxLayout(window)
    qtbot.addWidget(window)
    window.show()
    return window


def put(window: Listener, field: QSpinBox | QDoubleSpinBox, language: str) -> QLineEdit:
    field.setLocale(QLocale(language))
    field.setKeyboardTracking(False)
    field.setAccessibleName("rate")
    layout = window.layout()
    assert layout is not None
    layout.addWidget(field)
    line = field.lineEdit()
    assert line is not None
    return line


def number(window: Listener, language: str, high: float = 1e6) -> tuple[NumberField, QLineEdit]:
    field = NumberField()
    field.setDecimals(DECIMALS)
    field.setRange(0, high)
    field.setValue(0.5)
    return field, put(window, field, language)


def enter(qtbot: QtBot, line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    for letter in text:  # QTest knows the keys of ASCII alone
        QCoreApplication.sendEvent(line, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter))
    qtbot.keyClick(line, Qt.Key.Key_Return)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("text", "value"), [("0,004", 0.004), ("0.004", 0.004), ("12,5", 12.5), ("1e-3", 0.001)])
def test_both_decimal_signs_are_understood(
    qtbot: QtBot, window: Listener, language: str, text: str, value: float
) -> None:
    field, line = number(window, language)
    enter(qtbot, line, text)
    assert field.value() == value
    assert window.said == []
    enter(qtbot, line, line.text())  # what it shows means the same
    assert field.value() == value


@pytest.mark.parametrize(("language", "text"), [("ar_EG", "٠٫٢٥"), ("fa_IR", "۰٫۲۵"), ("hi_IN", "०.२५")])
def test_digits_of_the_language(qtbot: QtBot, window: Listener, language: str, text: str) -> None:
    field, line = number(window, language)
    enter(qtbot, line, text)
    assert field.value() == 0.25


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "told"), [("fast", '"fast" is no number. rate stays 0'), ("7", '"7" is not between 0 and 1. rate stays 0')]
)
def test_what_is_not_taken_is_said(qtbot: QtBot, window: Listener, language: str, text: str, told: str) -> None:
    field, line = number(window, language, high=1)
    enter(qtbot, line, text)
    assert field.value() == 0.5
    assert [said.startswith(told) for said in window.said] == [True]


@pytest.mark.parametrize(("language", "text"), [("en_US", "2,500"), ("de_DE", "2.500")])
def test_what_may_be_two_numbers_is_said(qtbot: QtBot, window: Listener, language: str, text: str) -> None:
    field, line = number(window, language)
    enter(qtbot, line, text)
    assert field.value() == 0.5
    assert window.said[0].startswith(f'"{text}" may be 2500 or 2.500')


@pytest.mark.parametrize(("pasted", "value"), [("0,07", 0.07), (" 0.07 ", 0.07), ("lr = 0,07", 0.5)])
def test_pasted_text(qtbot: QtBot, window: Listener, pasted: str, value: float) -> None:
    field, line = number(window, "en_US")
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(pasted)
    line.selectAll()
    line.paste()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert field.value() == value
    assert bool(window.said) == (value == 0.5)


@pytest.mark.parametrize(
    ("text", "value", "told"), [("2*8", 16, ""), ("3,5", 4, "no whole number"), ("x", 4, "no number")]
)
def test_a_whole_field(qtbot: QtBot, window: Listener, text: str, value: int, told: str) -> None:
    field = WholeField()
    field.setRange(0, 100)
    field.setValue(4)
    enter(qtbot, put(window, field, "de_DE"), text)
    assert field.value() == value
    assert [told in said for said in window.said] == ([True] if told else [])


def test_a_field_with_words_before_the_number_and_steps_of_its_own(qtbot: QtBot, window: Listener) -> None:
    field = NumberField(step=0.25)
    field.setPrefix("noise ")
    line = put(window, field, "en_US")
    enter(qtbot, line, "0,5")
    assert (field.value(), field.text()) == (0.5, "noise 0.5")
    field.stepBy(-1)
    assert field.value() == 0.25


@pytest.mark.parametrize(("text", "value"), [("0,02", 0.02), ("", None), ("much", "much"), ("1,500", "1,500")])
def test_a_number_that_may_be_missing(qtbot: QtBot, text: str, value: object) -> None:
    found: list[object] = []
    editor = make_editor(Stage.model_fields["lr"], found.append)
    assert isinstance(editor.widget, QLineEdit)
    qtbot.addWidget(editor.widget)
    editor.widget.setLocale(QLocale("en_US"))
    editor.widget.setText(text)
    editor.widget.editingFinished.emit()
    assert found == [value]


@pytest.mark.parametrize("text", ["training.lr=0,02", "data.validation_share= 0,3", "conv1.stride=,5"])
def test_a_decimal_comma_on_the_command_line_is_answered(text: str) -> None:
    project, _ = create("lenet5", None, Path())
    with pytest.raises(UsageError, match=r"Decimals stand behind a point here: [0-9]*\.[0-9]+\."):
        assign(project, *parse_assignment(text))


@pytest.mark.parametrize(
    ("names", "text"),
    [(("0", "1"), "0, 1"), (("box", "fox × ox"), "box, fox × ox"), (("a, b", "c"), '["a, b", "c"]'),
     ((" a", "b"), '[" a", "b"]'), ((), ""), (("[1]",), '["[1]"]')],
)  # fmt: skip
def test_names_come_back_as_they_are(qtbot: QtBot, names: tuple[str, ...], text: str) -> None:
    found: list[object] = []
    editor = make_editor(Target.model_fields["classes"], found.append)
    assert isinstance(editor.widget, QLineEdit)
    qtbot.addWidget(editor.widget)
    editor.show(names)
    assert editor.widget.text() == text
    editor.widget.editingFinished.emit()
    assert found == [list(names)]
