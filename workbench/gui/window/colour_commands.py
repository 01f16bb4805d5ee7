"""The command that colours boxes by what they cost, and measures their times where it has to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from PyQt6.QtCore import QObject

from workbench.gui.document.session import Session
from workbench.gui.editor.colouring import MEASURES
from workbench.gui.editor.view import CanvasView
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.choice_popup import ChoicePopup

BY_KIND = "Kind of layer"


class ColourCommands(QObject):
    """Chooses what boxes are coloured by."""

    def __init__(self, session: Session, canvas: CanvasView, say: Callable[[str], None]) -> None:
        """Prepares the command.

        Args:
            session: the open project.
            canvas: whose boxes are coloured.
            say: shows what is measured, or why it cannot be.
        """
        super().__init__(canvas)
        self._session, self._canvas, self._say = session, canvas, say
        self._colouring = canvas.overlays.colouring
        self._job = LatestJob(self)
        self._popup: ChoicePopup | None = None
        self._colouring.outdated.connect(lambda: say("The network has changed since its times were measured."))

    def colour_by_cost(self) -> None:
        """Lists what boxes can be coloured by."""
        names = ["", *MEASURES]
        texts = [MEASURES[name].title if name else BY_KIND for name in names]
        popup = ChoicePopup("Colour by", texts, self._canvas)
        popup.chosen.connect(lambda number: self.colour_by(names[number]))
        self._popup = popup
        popup.open_at(self._canvas.mapToGlobal(self._canvas.mapFromScene(self._canvas.middle())))

    def colour_by(self, name: str) -> None:
        """Colours by one of `MEASURES`, or by kind for ""."""
        self._job.abandon()
        if name and MEASURES[name].of is None:
            self._measure()
        else:
            self._colouring.show(name)

    def _measure(self) -> None:
        """Measures on a thread, and colours by what comes of it."""
        graph = self._session.graph

        def work() -> Iterator[Any]:
            from workbench.inspection.timing import node_times

            yield from node_times(graph)

        def on_events(answers: list[Mapping[str, float]]) -> None:
            if self._session.graph is graph:
                self._colouring.show("time", answers[-1])

        def on_ended(error: str) -> None:
            self._say(f"The time of nodes cannot be measured: {error}" if error else "")

        self._say("Measuring how long each node takes …")
        self._job.run(work, on_events=on_events, on_ended=on_ended)

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._job.shut_down()
