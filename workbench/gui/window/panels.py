"""The panels that need heavy libraries, and so come after the first picture of the window, one by one."""

from __future__ import annotations

import importlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
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
TURN_MS = 10  # between two panels: time for what the user does meanwhile


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
        for part in (self.runs, self.data, self.train, self.look, self.compare.networks):
            part.shut_down()


def panels_one_by_one(
    session: Session, runner: Runner, appearance: Appearance, parent: QObject
) -> Generator[None, None, Panels]:
    """Makes the panels and returns them; it yields after each, since one takes up to a tenth of a second."""
    from workbench.gui.data.panel import DataPanel
    from workbench.gui.insight.panel import LookPanel
    from workbench.gui.training.compare import ComparePanel
    from workbench.gui.training.curves import Curves
    from workbench.gui.training.panel import TrainPanel
    from workbench.gui.training.rate_plot import RatePlot
    from workbench.gui.training.runs_list import RunsList

    runs, theme = RunsList(session, runner, parent), appearance.theme
    yield
    curves = Curves(theme)
    yield
    rate = RatePlot(session, theme)
    yield
    train = TrainPanel(session, runner, runs, theme=theme, curves=curves, rate=rate)
    yield
    data = DataPanel(session, theme)
    yield
    look = LookPanel(session, theme, lambda: session.run_path)
    yield
    compare = ComparePanel(session, runner, runs, theme)
    yield
    for panel in (data, train, look, compare):
        if appearance.theme is not theme:  # changed meanwhile
            panel.set_theme(appearance.theme)
        appearance.theme_changed.connect(panel.set_theme)
    return Panels(runs, data, train, look, compare)


class PanelMaker(QObject):
    """Makes the panels, one for each turn of the event loop, so that the window answers meanwhile.

    Signals:
        made(object): all are there, as `Panels`.
    """

    made = pyqtSignal(object)

    def __init__(self, steps: Generator[None, None, Panels], parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Generator[None, None, Panels] | None = steps
        self._has_begun = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._take_step)

    def start(self) -> None:
        """Begins; what is under way already goes on."""
        if self._steps is not None:
            self._timer.start(TURN_MS)

    def finish(self) -> None:
        """Makes at once what is still missing: somebody needs it now."""
        while self._steps is not None:
            self._take_step()

    def end(self) -> None:
        """Makes no more; but what has begun is finished first, since half of the panels cannot be shut down."""
        if self._has_begun:
            self.finish()
        self._steps = None
        self._timer.stop()

    def _take_step(self) -> None:
        assert self._steps is not None
        self._has_begun, steps, self._steps = True, self._steps, None  # none are left if one fails
        try:
            next(steps)
        except StopIteration as end:
            self.made.emit(end.value)
        else:
            self._steps = steps
        finally:
            if self._steps is None:
                self._timer.stop()


NEEDED = (
    "data.panel", "insight.panel", "training.compare", "training.panel", "training.runs_list",
    "training.matrix_counter", "window.wrong_walk",
)  # fmt: skip
SHOWN = ("data", "insight", "training.metrics")  # whose things the panels list
OFFERED = ("layers", "project.blocks", "project.templates", "model.imports", "model.exports")  # in menus and dialogs


def import_panels() -> None:
    """Imports what the panels and their connections need; on a thread, so that it is there when they are made."""
    importlib.import_module("pyqtgraph")
    for name in NEEDED:
        importlib.import_module(f"workbench.gui.{name}")
    _load_registries(SHOWN)


def import_choices() -> None:
    """Imports what menus and dialogs offer; on a thread, so that the first one is there at once."""
    _load_registries(OFFERED)


def _load_registries(packages: Iterable[str]) -> None:
    for package in packages:
        importlib.import_module(f"workbench.{package}.spec").REGISTRY.load()
