"""The probe: what is sent through the network, three ways to choose it, and what the network makes of it."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QMimeData, pyqtSignal
from PyQt6.QtGui import QColor, QResizeEvent
from PyQt6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFileDialog,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import WorkbenchError, printable
from workbench.core.graph import Port
from workbench.data.loading import source_of
from workbench.data.pictures import SUFFIXES
from workbench.gui.document.picture_taker import PictureTaker
from workbench.gui.document.session import Session
from workbench.gui.insight.probe_controls import DrawControls, PictureControls, SampleControls, tool_button
from workbench.gui.insight.probe_display import ProbeDisplay
from workbench.gui.insight.probe_from_mime import picture_file, probe_of
from workbench.gui.widgets.halves import Halves
from workbench.gui.widgets.labels import ShortLabel, plain_tip
from workbench.gui.widgets.theme import Theme
from workbench.insight.receptive_field import Box
from workbench.inspection.probe_loader import centring
from workbench.inspection.render_request import RenderResult
from workbench.model.receptive_field import spatial
from workbench.project.probes import DrawnProbe, PictureProbe, Probe, SampleProbe

SAMPLE, PICTURE, DRAW = range(3)
WAYS = (
    ("Sample", "A sample of the data"),
    ("Picture", "A picture file, or one from the clipboard"),
    ("Draw", "Draw with the mouse"),
)
NO_PICTURE = "This network takes no picture: choose a sample of the data"
WRONG = {
    -1: ("Previous wrong sample", "◀✗", "Alt+Left"),
    1: ("Next wrong sample", "✗▶", "Alt+Right"),
}
MNIST = (1, 28, 28)
FILES = f"Pictures ({' '.join(f'*{suffix}' for suffix in sorted(SUFFIXES))})"


class ProbeSide(QWidget):
    """Chooses the session's probe and shows it.

    Signals:
        refused(str): something dropped or pasted is no picture.
        wrong_requested(int, str): the next (1) or previous (-1) sample that the weights of a run get wrong is wanted.
    """

    refused = pyqtSignal(str)
    wrong_requested = pyqtSignal(int, str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run = ""  # whose weights are looked at
        self._fitted: tuple[int, int, int] | None = None
        self.display = display = ProbeDisplay(theme)
        self.input, self.pad, self.words, self.bars = display.input, display.pad, display.words, display.bars
        self.frames = display.frames
        self.sample, self.picture, self.draw = SampleControls(), PictureControls(), DrawControls()
        self.pictures = PictureTaker(session, self)
        self.pictures.refused.connect(self.refused)
        self.pictures.taken.connect(self._on_taken)
        self._said = ShortLabel()
        self._said.hide()
        self._build()
        self.sample.sample_chosen.connect(self._on_sample_chosen)
        self.picture.open_requested.connect(self.open_picture)
        self.picture.paste_requested.connect(self.paste)
        self.draw.pen_changed.connect(self._on_pen_changed)
        self.draw.colour_changed.connect(self._on_colour_changed)
        self.draw.clear_requested.connect(self.pad.clear)
        self.draw.centred_changed.connect(self._on_centred_changed)
        self.pad.stroke_drawn.connect(self._on_stroke_drawn)
        self.pad.stroke_finished.connect(self._on_stroke_finished)
        session.probe_changed.connect(self._on_probe_changed)
        session.document_changed.connect(self._on_document_changed)
        self._fit_ways()
        self._fit_pad()
        self._on_probe_changed()

    def _build(self) -> None:
        self.ways = QButtonGroup(self)
        tabs, ways = Halves(), []
        for number, (text, tip) in enumerate(WAYS):
            button = tool_button(text, tip)
            button.setCheckable(True)
            button.setAutoRaise(True)
            self.ways.addButton(button, number)
            ways.append(button)
        self.wrong = tuple(self._wrong_button(step) for step in (-1, 1))
        tabs.put(ways, self.wrong, apart=True)
        self.ways.idClicked.connect(self._on_way_clicked)
        self._controls = QStackedWidget()
        for controls in (self.sample, self.picture, self.draw):
            self._controls.addWidget(controls)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(tabs)
        layout.addWidget(self._controls)
        layout.addWidget(self._said)
        layout.addWidget(self.display, 1)

    def _wrong_button(self, step: int) -> QToolButton:
        name, text, key = WRONG[step]
        button = tool_button(text, f"{name}, the surest mistake first ({key})", name)
        button.setAutoRaise(True)
        button.clicked.connect(lambda: self.walk_wrong(step))
        return button

    def walk_wrong(self, step: int) -> None:
        """Asks for the next (1) or previous (-1) sample that the weights that are looked at get wrong."""
        self.wrong_requested.emit(step, self._run)

    def say(self, text: str) -> None:
        """Says something about the sample that is looked at; "" takes it away."""
        self._said.setText(text)
        self._said.setVisible(bool(text))

    @property
    def input_places(self) -> tuple[int, ...] | None:
        """How many places the network's input has along each axis: a picture has two, a text one, a clip three."""
        if self.input_shape is not None:
            return self.input_shape[1:]
        known = self._session.analysis.shapes.values
        first = next((node for node in self._session.graph if node.layer == "Input"), None)
        value = known.get(Port(first.id, "y")) if first is not None else None
        sizes = spatial(value)
        return sizes if len(sizes) in (1, 3) else None

    @property
    def input_shape(self) -> tuple[int, int, int] | None:
        """Channels, height and width of the network's input, where it is a picture."""
        return next((shape for shape in _inputs(self._session) if shape is not None), None)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.display.set_theme(theme)

    def show_answer(self, answer: RenderResult) -> None:
        """Shows the probe as the network sees it, and what the network says."""
        self.sample.show_sizes(dict(answer.sizes))
        self._run = answer.run
        self.display.show_answer(answer)
        self.display.arrange(self.width(), self.height())

    def clear(self, text: str = "") -> None:
        """Takes away what is of another sample, with words in its place."""
        self.display.clear(text)

    def show_box(self, box: Box | None) -> None:
        """Marks what a position sees; on the pad where it was drawn, though the network sees it centred."""
        self.display.show_box(box, centring(self.pad.pixels()) if self.draw.centre.isChecked() else (0, 0))

    def open_picture(self) -> None:
        """Asks for a picture file."""
        name, _ = QFileDialog.getOpenFileName(self, "Open picture", "", FILES)
        if name:
            self.take(Path(name))

    def paste(self) -> None:
        """Takes the clipboard's picture."""
        clipboard = QApplication.clipboard()
        self.take(clipboard.mimeData() if clipboard is not None else None)

    def take(self, source: Path | QMimeData | None) -> None:
        """Looks at a picture from elsewhere, which the document keeps; or says why it cannot be."""
        try:
            if isinstance(source, Path):
                probe: Probe = picture_file(source)
            else:
                data = source_of(self._session.project.data_config())
                probe = probe_of(source, self.input_shape or (3, 224, 224), data)
            if isinstance(probe, PictureProbe):
                self.pictures.take((probe.path,))
                return
            if isinstance(probe, DrawnProbe):
                self.draw.centre.setChecked(False)
            self._session.look_at(probe, keep=True)
        except WorkbenchError as error:
            self.refused.emit(str(error))

    def _on_taken(self, paths: list[Path]) -> None:
        """Says that the project has changed: it keeps the pictures."""
        what = printable(paths[-1].name) if len(paths) == 1 else f"{len(paths)} pictures"
        keeps = "is" if len(paths) == 1 else "are"
        self.say(f"{what} {keeps} kept with the project now; Undo takes it back.")

    def _drawn(self) -> DrawnProbe:
        return DrawnProbe.of(self.pad.pixels(), is_centred=self.draw.centre.isChecked())

    def _on_way_clicked(self, way: int) -> None:
        self._show_way(way)
        if way == SAMPLE:
            self._session.look_at(self.sample.probe)
        elif way == DRAW:
            self._session.look_at(self._drawn())
        elif not isinstance(self._session.probe, PictureProbe):
            what = "the drawing" if isinstance(self._session.probe, DrawnProbe) else str(self._session.probe)
            self.say(f"Drop a picture here, open or paste one. Until then {what} is shown.")

    def _show_way(self, way: int) -> None:
        button = self.ways.button(way)
        if button is not None:
            button.setChecked(True)
        self._controls.setCurrentIndex(way)
        self.display.show_pad(is_on=way == DRAW)
        for each in self.wrong:
            each.setVisible(way == SAMPLE)

    def _on_sample_chosen(self, probe: SampleProbe) -> None:
        self._session.look_at(probe)

    def _on_stroke_drawn(self) -> None:
        if self.ways.checkedId() == DRAW:
            self._session.look_at(self._drawn())

    def _on_stroke_finished(self) -> None:
        self._session.look_at(self._drawn(), keep=True)

    def _on_centred_changed(self, is_centred: bool) -> None:
        if self.ways.checkedId() == DRAW:
            self._session.look_at(self._drawn(), keep=self.pad.has_ink)

    def _on_pen_changed(self, width: float) -> None:
        self.pad.pen_width = width

    def _on_colour_changed(self, colour: QColor) -> None:
        self.pad.colour = colour

    def _on_probe_changed(self) -> None:
        """Shows the way that the probe came, wherever it was chosen."""
        probe = self._session.probe
        self.say("")
        self.frames.leave()
        if isinstance(probe, DrawnProbe):
            self._show_way(DRAW)
            if probe.is_centred != self.draw.centre.isChecked():
                self.draw.centre.blockSignals(True)
                self.draw.centre.setChecked(probe.is_centred)
                self.draw.centre.blockSignals(False)
            if self.pad.shape != probe.shape or self.pad.pixels().tobytes() != probe.data:
                self.pad.show_pixels(probe.pixels)
        elif isinstance(probe, PictureProbe):
            self._show_way(PICTURE)
        elif isinstance(probe, SampleProbe):
            self._show_way(SAMPLE)
            self.sample.show_probe(probe)
            if not self._session.project.probes:
                self.pad.wipe()

    def _on_document_changed(self, edit: object) -> None:
        self._fit_ways()
        if not isinstance(self._session.probe, DrawnProbe):
            self._fit_pad()

    def _fit_ways(self) -> None:
        """Offers pictures and drawing where the network takes a picture, or where what it takes is not known."""
        known = _inputs(self._session)
        takes_none = bool(known) and not any(known)
        for number in (PICTURE, DRAW):
            button = self.ways.button(number)
            assert button is not None
            button.setEnabled(not takes_none)
            button.setToolTip(plain_tip(NO_PICTURE if takes_none else WAYS[number][1]))

    def _fit_pad(self) -> None:
        """Paper as large as the network's input; digits are centred unless somebody says otherwise."""
        shape = self.input_shape
        if shape is not None and shape != self._fitted:
            self._fitted = shape
            self.pad.set_shape(*shape)
            self.draw.centre.setChecked(shape == MNIST)
            self.draw.pen.setValue(self.pad.pen_width)
        self.draw.colour.setVisible(self.pad.shape[0] == 3)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.display.arrange(self.width(), self.height())


def _inputs(session: Session) -> list[tuple[int, int, int] | None]:
    """Channels, height and width of what each Input of the network gives; None where that is no picture."""
    known = session.analysis.shapes.values
    found = [known[port] for node in session.graph if node.layer == "Input" and (port := Port(node.id, "y")) in known]
    return [
        (value.shape[0], value.shape[1], value.shape[2]) if len(value.shape) == 3 and value.shape[0] in (1, 3) else None
        for value in found
    ]
