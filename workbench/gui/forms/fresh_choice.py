"""A choice among what there is when somebody is about to choose, and what the project says even if it is not there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtGui import QFocusEvent

from workbench.core.errors import printable
from workbench.gui.forms.editors import Changed, Editor
from workbench.gui.widgets.fields import ComboBox


class FreshChoice(ComboBox):
    """Looks for its choices whenever it is opened or gets the keyboard."""

    def __init__(
        self, choices: Callable[[], Sequence[str]], changed: Changed, title: Callable[[str], str] = lambda name: name
    ) -> None:
        """Begins with the first choice.

        Args:
            choices: returns the names that can be chosen now.
            changed: called with the name that was chosen.
            title: returns what people read for a name.
        """
        super().__init__()
        self._choices, self._title = choices, title
        self._stored = choices()[0]
        self._fill()
        self.currentIndexChanged.connect(lambda index: changed(self.itemData(index)))

    def show_choice(self, name: str) -> None:
        """Shows the project's choice, which may be of another machine or network."""
        self._stored = name
        self._fill()

    def _fill(self) -> None:
        known = list(self._choices())
        names = known if self._stored in known else [*known, self._stored]
        blocked = self.blockSignals(True)
        if [self.itemData(number) for number in range(self.count())] != names:
            self.clear()
            for name in names:
                self.addItem(printable(self._title(name)), name)
        self.setCurrentIndex(self.findData(self._stored))
        self.blockSignals(blocked)

    def showPopup(self) -> None:
        self._fill()
        super().showPopup()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        self._fill()
        super().focusInEvent(event)


def choice_editor(box: FreshChoice) -> Editor:
    """Returns the field of a form that is such a choice."""
    return Editor(box, lambda value: box.show_choice(str(value)))
