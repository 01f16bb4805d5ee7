"""The chosen sample, large: its mask or the predicted one over it, the frames of a clip, a user's top list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, printable
from workbench.data.spec import Dataset
from workbench.gui.data.samples import paint_whole
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.colour_names import ColourNames
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.frame_slider import FrameSlider
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.opacity_row import OpacityRow
from workbench.gui.widgets.paper import paper_of
from workbench.gui.widgets.pixels import image_of
from workbench.gui.widgets.theme import Theme
from workbench.inspection.mask_overlays import MASKS, TRUE, mask_field
from workbench.inspection.ratings import top_lines
from workbench.inspection.sample_views import (
    NetworkPlace,
    SampleRequest,
    SampleViewer,
    ShownSample,
    frames_in,
    is_clip,
)

DRAIN_MS = 15
NOTHING = "Click a sample to see it here, as large as there is room."


class SampleImage(QWidget):
    """A picture, as large as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image: QImage | None = None
        self.setMinimumSize(QSize(120, 160))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The chosen sample")

    def show_image(self, image: QImage | None) -> None:
        """Shows another picture, or none."""
        self.image = image
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self.image is not None:
            paint_whole(painter, QRectF(self.rect()), self.image)
        painter.end()


class SampleDetail(QWidget):
    """Shows one sample at a time; what it draws, and what the network says, is worked out on a thread."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._request: SampleRequest | None = None
        self._run, self._version = "", 0
        self._viewer, self._job = SampleViewer(), LatestJob(self)
        self.title, self.note = plain_label("", bold=True, wraps=True), plain_label("", wraps=True, faint=True)
        self.image, self.words, self.colours = SampleImage(), plain_label("", wraps=True), ColourNames(theme)
        self.over, self.opacity = ComboBox(), OpacityRow()
        self.frames = FrameSlider()
        self.top = plain_label("", wraps=True)
        self._masks = QWidget()
        self._name_fields()
        self._build()
        self.over.currentIndexChanged.connect(self._on_view)
        self.opacity.changed.connect(self._on_view)
        self.frames.moved.connect(self._on_view)
        self.show_dataset(None)

    def _name_fields(self) -> None:
        self.over.addItems(MASKS)
        self.over.setCurrentText(TRUE)
        self.over.setAccessibleName("What lies over the picture")
        self.over.setToolTip(plain_tip("The predicted mask is that of the trained network"))

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        masks = QVBoxLayout(self._masks)
        masks.addWidget(self.over)
        masks.addWidget(self.opacity)
        masks.setContentsMargins(0, 0, 0, 0)
        above, below = (self.title, self._masks, self.frames, self.words), (self.colours, self.top, self.note)
        for part in (*above, self.image, *below):
            layout.addWidget(part, 1 if isinstance(part, SampleImage) else 0)
        layout.addStretch(0)  # below words

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.colours.theme = theme
        self.colours.update()
        self._on_view()

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Takes another data set, of which no sample is chosen yet."""
        self._request = None
        self._job.abandon()
        self._viewer = SampleViewer()  # which lets go of the data before
        self._masks.setVisible(dataset is not None and bool(mask_field(dataset)))
        self.frames.show_frames(0, is_clip=True)  # until there is a sample whose frames they are
        self._clear(NOTHING)
        self.title.setText("")

    def show_sample(self, dataset: Dataset, split: str, number: int, label: str) -> None:
        """Shows another sample; of a clip its middle frame."""
        self.frames.stop()
        self.frames.show_frames(frames_in(dataset), is_clip=is_clip(dataset))
        self._request = SampleRequest(dataset, split, number)
        what = label.replace("\n", " · ")
        title = f"{split} {number}" if what == str(number) else f"{split} {number}: {what}"
        self.title.setText("\n".join(filter(None, (title, printable(dataset.file_of(split, number))))))
        self._clear("")
        self._on_view()

    def forget_answers(self, run: str | None = None) -> None:
        """What the network said holds no longer, or another run is asked from now on; it is asked where it is seen."""
        self._version += 1
        if run is not None:
            self._run = run
        self._on_view()

    def _clear(self, text: str) -> None:
        self._show(None, text)
        self.colours.show_colours(())
        self.note.setText("")
        self._show_top([])

    def _on_view(self) -> None:
        """Draws the sample as it is to be seen now, if somebody sees it."""
        self.opacity.setEnabled(self.over.currentIndex() > 0)
        if self._request is not None and self.isVisible():
            self._job.run_when_free(self._draw)

    def _draw(self) -> None:
        if self._request is None:
            return
        opacity, session = self.opacity.opacity, self._session
        request = replace(
            self._request,
            mask=self.over.currentText(),
            opacity=opacity,
            frame=self.frames.frame,
            paper=paper_of(self.colours.theme),
        )
        viewer, place = self._viewer, NetworkPlace(session.project, session.run_path, self._run, self._version)

        def work() -> Iterator[ShownSample]:
            return viewer.views(request, place)

        self._job.run(work, on_events=self._on_shown, on_ended=self._on_ended, drain_ms=DRAIN_MS)

    def _on_shown(self, shown: list[ShownSample]) -> None:
        last, now = shown[-1], self._request
        asked = last.request
        is_same = now is not None and asked.dataset is now.dataset
        if now is None or not is_same or (asked.split, asked.number) != (now.split, now.number):
            return  # of another sample
        self._show(image_of(last.pixels) if last.pixels is not None else None, last.text)
        self.colours.show_colours(last.colours)
        self._show_top(top_lines(last.top, asked.dataset))
        self.note.setText("\n".join(printable(line, SENTENCE) for line in last.note.split("\n")))

    def _show(self, image: QImage | None, text: str) -> None:
        """Shows a picture, or a text in its place."""
        self.image.show_image(image)
        self.image.setVisible(not text)
        self.words.setText(text)
        self.words.setVisible(bool(text))

    def _show_top(self, lines: list[str]) -> None:
        self.top.setText("\n".join(lines))
        self.top.setVisible(bool(lines))

    def _on_ended(self, error: str) -> None:
        if error:
            self.note.setText(printable(error, SENTENCE))

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._on_view()

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self.frames.stop()
        self._job.shut_down()
