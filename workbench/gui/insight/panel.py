"""The Look panel: a probe, the grid of a view of the selected node, and one unit, large; all linked, all live."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from workbench.gui.document.session import Session
from workbench.gui.insight.close_up import CloseUp
from workbench.gui.insight.entry import PictureEntry
from workbench.gui.insight.grid import TileGrid
from workbench.gui.insight.header import Header
from workbench.gui.insight.pixel_readout import Hover
from workbench.gui.insight.probe_side import ProbeSide
from workbench.gui.insight.render_queue import RenderQueue
from workbench.gui.insight.responsive_layout import ResponsiveLayout, ScrollRoom
from workbench.gui.insight.side_menus import SideMenus
from workbench.gui.insight.studio_side import StudioSide
from workbench.gui.insight.subject import Subject
from workbench.gui.insight.tile_menu import TileMenu
from workbench.gui.insight.unit_side import LOOKING, UnitSide
from workbench.gui.insight.view_stack import Middle
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.paper import paper_of, signed_colours
from workbench.gui.widgets.theme import Theme
from workbench.insight.latent.codes import is_code
from workbench.inspection.network_loading import LiveWeights
from workbench.inspection.render_request import RenderRequest, RenderResult
from workbench.training.events import SnapshotTaken

DELAY_MS = 15
PATIENCE_MS = 150  # how long the sample before may still be seen while the answer for another one is under way
NARROW_HEADER = 900


class LookPanel(QWidget):
    """What the selected node has learnt, or makes of a probe.

    Signals:
        thumbnails_ready(object): node id → small picture (H, W, 3) of what the node gives for the probe.
        run_requested(): the network shall be trained.
    """

    thumbnails_ready = pyqtSignal(object)
    run_requested = pyqtSignal()

    def __init__(
        self, session: Session, theme: Theme, run_path: Callable[[], Path], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.wants_thumbnails = True
        self.session, self._run_path, self._theme = session, run_path, theme
        self._looker = RenderQueue(self)
        self.answer: RenderResult | None = None  # what is shown until the next one comes
        self._position: tuple[int, int] | None = None
        self._subject = Subject(session)
        self._build(theme)
        self._timer, self._patience = QTimer(self), QTimer(self)
        for timer, wait, then in ((self._timer, DELAY_MS, self._ask), (self._patience, PATIENCE_MS, self._on_late)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(then)
        self._looker.answered.connect(self._on_answered)
        self._looker.failed.connect(self._on_failed)
        session.selection_changed.connect(self._on_selection_changed)
        session.document_changed.connect(self._on_document_changed)
        session.probe_changed.connect(self.studio.put_back)
        session.probe_changed.connect(self.refresh)
        self._connect_parts()
        PictureEntry(self, self.probe.take, self.probe.paste)
        TileMenu(self.grid, self.header.save)
        SideMenus(self.probe, self.unit)
        self._fill_views()

    def _build(self, theme: Theme) -> None:
        self.header = Header()
        self.probe = ProbeSide(self.session, theme)
        self.grid = TileGrid(theme)
        self.unit = UnitSide(theme)
        self.studio = StudioSide(theme)
        self.close_up = CloseUp(self.unit, self.studio, theme)
        self.hovered = plain_label(" ", faint=True)
        self.hovered.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # no word moves a tile
        self._hover = Hover(self.session, self.grid, self.unit, self.probe, self.hovered)
        tiles = _above_each_other(self.grid, self.hovered)
        self.middle = Middle(tiles, theme, lambda: self._looker.wanted(self._request()))
        body = QWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        self._parts = ResponsiveLayout(self.probe, self.grid, self.middle, self.close_up, body, layout)
        self.room = ScrollRoom()
        self.room.resized.connect(self._arrange)
        self.room.setWidget(body)
        layout.addWidget(self.header)
        layout.addWidget(self.room, 1)

    def _connect_parts(self) -> None:
        self.header.view_chosen.connect(self.middle.show_tiles)
        self.header.view_chosen.connect(self._on_view_chosen)
        self.header.noise_chosen.connect(self.refresh)
        self.header.runs.chosen.connect(self.look_again)
        self.header.run_requested.connect(self.run_requested)
        self.probe.refused.connect(self.header.tell)
        self.probe.frames.moved.connect(self.refresh)
        self.grid.unit_chosen.connect(self._on_unit_chosen)
        self.grid.missing_seen.connect(self.refresh)
        self.unit.position_chosen.connect(self._on_position_chosen)
        self.studio.changed.connect(self.refresh)
        self.studio.measure_requested.connect(self.middle.measure)
        self.middle.turned.connect(self._arrange)

    @property
    def wants_snapshots(self) -> bool:
        """Whether somebody would see the weights of a running training."""
        return self.wants_thumbnails or self.isVisible()

    @property
    def is_busy(self) -> bool:
        """Whether something newer than what is shown is asked for or under way."""
        return self._timer.isActive() or self._looker.is_busy

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self._theme = theme
        for part in (self.probe, self.grid, self.close_up, self.middle.measures):
            part.set_theme(theme)
        self.refresh()

    def choose_view(self, name: str) -> None:
        """Chooses a view by its name, where the selected node has it."""
        self.header.choose(name)

    def _on_selection_changed(self, ids: list[str]) -> None:
        self._position = None
        self.studio.forget()
        self.middle.show_tiles()
        self._fill_views()

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:
            self.header.runs.choose("")
            self._subject.forget()
            self.studio.forget()
            self._forget()
        self._fill_views()

    def _forget(self) -> None:
        """Takes away what is of the project before."""
        self._show(None, LOOKING)
        self.probe.clear(LOOKING)
        self.header.forget()
        self.thumbnails_ready.emit({})

    def _fill_views(self) -> None:
        """Offers the views that have something to show of the selected node."""
        subject, node, views = self._subject, self._subject.chosen, self._subject.views
        self.header.show_node(node.name if node else "", views)
        if not views:
            self._show(None, subject.empty_text)
        elif self.answer is None or self.answer.request.node != subject.node:
            self._show(None, LOOKING)
        self.refresh()

    def _on_view_chosen(self) -> None:
        self._show(None, LOOKING)
        self.refresh()

    def _on_late(self) -> None:
        """Takes away what is of another sample, when the answer for this one takes long."""
        if self.is_busy and self.answer is not None and self._subject.has_another_sample_than(self.answer):
            self._show(None, LOOKING)
            self.probe.clear(LOOKING)

    def refresh(self) -> None:
        """Asks for everything anew, a moment later."""
        if not self._timer.isActive():
            self._timer.start()

    def show_live(self, snapshot: SnapshotTaken) -> None:
        """Weights of the running training."""
        if self.wants_snapshots:
            weights = {name: array.copy() for name, array in snapshot.weights.items()}
            self._looker.show_weights(LiveWeights(snapshot.step, weights))
            self.refresh()
        snapshot.release()

    def show_run(self, run: str) -> None:
        """The weights of a run by its name, and no longer those of a training; "" is the best run."""
        self.header.runs.choose(run)

    def look_again(self) -> None:
        """Looks at the weights that are chosen, as they are now."""
        self._looker.show_weights(None)
        self.refresh()

    def _ask(self) -> None:
        if self.isVisible() or self.wants_thumbnails:
            self._looker.ask(self._request())
            self._patience.start()

    def _request(self) -> RenderRequest:
        view = self.header.view if self.isVisible() else ""
        id_, shapes, probe = self._subject.node if view else "", self.session.analysis.shapes, self.session.probe
        other = self.studio.other_for(probe) if is_code(shapes.layers.get(id_)) else None
        return RenderRequest(
            self.session.project, self._run_path(), probe, self.header.runs.run, id_, view, self.grid.chosen,
            self._position, self.wants_thumbnails, signed_colours(self._theme), self.studio.changes, other,
            self.header.noise, self.grid.seen, paper_of(self._theme), self.probe.frames.chosen,
        )  # fmt: skip

    def _on_answered(self, answer: RenderResult) -> None:
        if answer.request.project.uuid != self.session.project.uuid:
            return  # of the document before
        if answer.thumbnails is not None:
            self.thumbnails_ready.emit(answer.thumbnails)
        if self._subject.has_another_sample_than(answer):
            return  # the one for this sample follows
        self.probe.show_answer(answer)
        self.header.show_answer(answer)
        self.middle.compare()
        self.header.tell(answer.problem or " ".join(self.session.probe_notes))
        request = answer.request
        if request.node and (request.node, request.view) == (self._subject.node, self.header.view):
            self._show(answer if answer.picture is not None else None, answer.problem)

    def _on_failed(self, error: str) -> None:
        self.header.forget()
        self.header.tell(error)
        self.probe.clear()
        self.thumbnails_ready.emit({})
        if self.header.view:
            self._show(None, error)

    def _show(self, answer: RenderResult | None, empty: str = "") -> None:
        self.answer = answer
        self.grid.show_picture(answer.picture if answer else None, empty)
        self.header.save.setEnabled(answer is not None and answer.picture is not None and answer.picture.made is None)
        chosen = answer if answer is not None and answer.request.unit == self.grid.chosen else None
        self.probe.display.show_detail(chosen.detail if chosen else None, signed_colours(self._theme))
        if answer is not None and chosen is None:
            self.unit.show_waiting(f"unit {self.grid.chosen}")
            self.refresh()  # another unit was chosen since, or this node has no such unit
        elif answer is None and empty == LOOKING:
            self.unit.show_waiting("unit")
        else:
            self.unit.show_unit(f"unit {self.grid.chosen}" if answer else "unit", answer.detail if answer else None)
        self.close_up.show_answer(answer, self.grid.chosen)
        self._hover.show(answer)
        self._arrange()

    def _arrange(self) -> None:
        """Shares the room out again: another size, or something else to show."""
        self._parts.arrange(self.room.width(), shows_node=bool(self.header.view))

    def _on_unit_chosen(self, unit: int) -> None:
        self._position = None
        self.unit.show_waiting(f"unit {unit}")
        self.probe.display.show_detail(None)
        self.close_up.show_answer(self.answer, unit)
        self.refresh()

    def _on_position_chosen(self, position: tuple[int, int] | None) -> None:
        self._position = position
        detail = self.answer.detail if self.answer is not None else None
        if position is None and detail is not None and detail.best_plane is not None:
            self.probe.frames.show_plane(detail.best_plane, detail.planes)
        self.refresh()

    def shut_down(self) -> None:
        """Ends the worker and waits for it."""
        self._timer.stop()
        self._patience.stop()
        self._looker.shut_down()
        self.probe.pictures.shut_down()
        self.middle.measures.shut_down()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.header.set_narrow(self.width() < NARROW_HEADER)


def _above_each_other(large: QWidget, line: QWidget) -> QWidget:
    """A widget with a line of words below it."""
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(large, 1)
    column.addWidget(line)
    return both
