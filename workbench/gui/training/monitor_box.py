"""By what the best epoch is chosen: a choice of what the network as it is drawn reports."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QFocusEvent
from PyQt6.QtWidgets import QComboBox

from workbench.core.errors import printable
from workbench.gui.document.session import Session
from workbench.gui.forms.editors import Changed, Editor
from workbench.project.monitoring import monitor_choices
from workbench.training.metric_names import title_of


class MonitorBox(QComboBox):
    """The metrics of the network; looked for when somebody is about to choose."""

    def __init__(self, session: Session, changed: Changed) -> None:
        super().__init__()
        self._session, self._stored = session, ""
        self.currentIndexChanged.connect(lambda index: changed(self.itemData(index)))

    def show_monitor(self, name: str) -> None:
        """Shows the project's choice, which may be of another network."""
        self._stored = name
        self._fill()

    def _fill(self) -> None:
        known = monitor_choices(self._session.project)
        names = known if self._stored in known else [*known, self._stored]
        blocked = self.blockSignals(True)
        if [self.itemData(number) for number in range(self.count())] != names:
            self.clear()
            for name in names:
                self.addItem(printable(title_of(name)), name)
        self.setCurrentIndex(self.findData(self._stored))
        self.blockSignals(blocked)

    def showPopup(self) -> None:
        self._fill()
        super().showPopup()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        self._fill()
        super().focusInEvent(event)


def monitor_maker(session: Session) -> Callable[[Changed], Editor]:
    """Returns what makes the field for `training.monitor`."""

    def maker(changed: Changed) -> Editor:
        box = MonitorBox(session, changed)
        return Editor(box, lambda value: box.show_monitor(str(value)))

    return maker
