"""The panels that need heavy libraries, and so come after the first picture of the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QWidget

from workbench.gui.document.session import Session
from workbench.gui.training.runner import Runner
from workbench.gui.widgets.appearance import Appearance

if TYPE_CHECKING:
    from workbench.gui.data.panel import DataPanel
    from workbench.gui.insight.panel import LookPanel
    from workbench.gui.training.compare import ComparePanel
    from workbench.gui.training.panel import TrainPanel
    from workbench.gui.training.runs_list import RunsList

TITLES = ("Data", "Train", "Look", "Compare")


@dataclass(frozen=True)
class Panels:
    """All of them, and the list of runs that they share."""

    runs: RunsList
    data: DataPanel
    train: TrainPanel
    look: LookPanel
    compare: ComparePanel

    def by_title(self) -> Iterator[tuple[str, QWidget]]:
        """The panels with their titles."""
        return zip(TITLES, (self.data, self.train, self.look, self.compare), strict=True)

    def shut_down(self) -> None:
        """Ends their work and waits for it."""
        for part in (self.runs, self.data, self.train, self.look):
            part.shut_down()


def make_panels(session: Session, runner: Runner, appearance: Appearance, parent: QObject) -> Panels:
    """Makes the panels; this is what imports torch's and pyqtgraph's company."""
    from workbench.gui.data.panel import DataPanel
    from workbench.gui.insight.panel import LookPanel
    from workbench.gui.training.compare import ComparePanel
    from workbench.gui.training.panel import TrainPanel
    from workbench.gui.training.runs_list import RunsList

    runs, theme = RunsList(session, runner, parent), appearance.theme
    panels = Panels(
        runs,
        data=DataPanel(session, theme),
        train=TrainPanel(session, runner, runs, theme),
        look=LookPanel(session, theme, lambda: session.run_path),
        compare=ComparePanel(session, runner, runs, theme),
    )
    for panel in (panels.data, panels.train, panels.look, panels.compare):
        appearance.theme_changed.connect(panel.set_theme)
    return panels
