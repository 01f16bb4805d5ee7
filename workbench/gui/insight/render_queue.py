"""Asks the renderer on a thread of its own: one request at a time, and of those that wait only the newest."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.gui.threads.latest_job import LatestJob
from workbench.inspection.measuring import MeasureRequest
from workbench.inspection.network_loading import LiveWeights
from workbench.inspection.render_request import RenderRequest, RenderResult
from workbench.inspection.renderer import Renderer


class RenderQueue(QObject):
    """Renders requests on a thread, the newest first.

    Signals:
        answered(object): an Answer; all that are computed arrive, in order, those of one request with more and more.
        failed(str): nothing could be computed, and why.
    """

    answered = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._renderer = Renderer()
        self._job = LatestJob(self)
        self._waiting: RenderRequest | None = None
        self._weights: list[LiveWeights | None] = []
        self._live: LiveWeights | None = None
        self._version = 0

    @property
    def is_busy(self) -> bool:
        """Whether an answer is under way."""
        return self._job.is_busy

    def wanted(self, request: RenderRequest) -> MeasureRequest:
        """What a measuring of the weights that are looked at needs."""
        return MeasureRequest(request, self._live, self._version, self._renderer.reader)

    def ask(self, request: RenderRequest) -> None:
        """Computes an answer, now or after the one under way; a request that waits is dropped for it."""
        self._waiting = request
        self._job.run_when_free(self._begin)

    def _begin(self) -> None:
        request, self._waiting = self._waiting, None
        assert request is not None
        if self._weights:
            self._renderer.show_weights(self._weights.pop())
            self._weights.clear()
        renderer = self._renderer

        def work() -> Iterator[RenderResult]:
            for answer in renderer.answers(request):
                yield answer
                waiting = self._waiting
                if waiting is not None and not waiting.can_wait_for(request):
                    return  # the tiles that are made are kept for it, if they are of what it asks for

        self._job.run(work, on_events=self._on_answers, on_ended=self._on_ended)

    def show_weights(self, live: LiveWeights | None) -> None:
        """Weights of the training under way from the next request on; None: those of the newest run."""
        self._weights.append(live)
        self._live, self._version = live, self._version + 1

    def shut_down(self) -> None:
        """Ends the thread and waits for it."""
        self._job.shut_down()

    def _on_answers(self, answers: list[RenderResult]) -> None:
        for answer in answers:
            self.answered.emit(answer)

    def _on_ended(self, error: str) -> None:
        if error:
            self.failed.emit(error)
