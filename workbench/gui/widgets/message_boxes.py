"""Short dialogs: a message, or a choice between two or three answers."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from workbench.core.errors import SENTENCE, printable
from workbench.gui.widgets.glyphs import large

Button = QMessageBox.StandardButton


def tell(window: QWidget | None, title: str, text: str) -> None:
    """Tells something that went wrong and waits until it is read."""
    box = message_box(window, title, printable(text, SENTENCE), "alert-outline")
    box.exec()
    box.deleteLater()


def ask(
    window: QWidget | None, text: str, answers: Mapping[Button, str], *, more: str = "", usual: Button | None = None
) -> Button:
    """Asks and gives the answer; Escape is the last one.

    Args:
        window: the dialog stands over it.
        text: the question.
        answers: what the buttons say, by standard button, the usual answer first.
        more: a second paragraph, smaller.
        usual: what Enter answers, if not the first.
    """
    box = message_box(window, "", text, "help-circle-outline")
    box.setInformativeText(more)
    for button, label in answers.items():
        made = box.addButton(button)
        if made is not None:
            made.setText(label)
    buttons = list(answers)
    box.setDefaultButton(usual or buttons[0])
    box.setEscapeButton(buttons[-1])
    answer = Button(box.exec())
    box.deleteLater()
    return answer


def message_box(window: QWidget | None, title: str, text: str, glyph: str) -> QMessageBox:
    """Returns a box with a plain text and a flat glyph beside it, as all of the program's have; not yet shown.

    Args:
        window: the box stands over it.
        title: of the box; "" is the program's name.
        text: what it says, as it is.
        glyph: a name in the program's set of icons.
    """
    box = QMessageBox(window)
    box.setIconPixmap(large(glyph))
    box.setWindowTitle(title or "CNN Workbench")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    return box
