"""Which frame of a clip, or slice of a volume, is seen: a slider with words, and a button that plays clips."""

from __future__ import annotations

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from workbench.gui.widgets.fields import Slider
from workbench.gui.widgets.labels import plain_label, plain_tip

FRAME_MS = 120  # between two frames of a clip that is played


class FrameSlider(QWidget):
    """The choice of a frame; hidden until there are several.

    Signals:
        moved(): another frame is chosen, by hand or since the clip is played.

    Attributes:
        count: how many frames there are.
        is_clip: whether they are frames of a clip, which can be played, and not slices of a volume.
        chosen: the frame that somebody chose of this sample, counted from 0; None while that in the middle is seen.
    """

    moved = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider, self.which, self.play = Slider(), plain_label("", faint=True), QPushButton("Play")
        self.count, self.is_clip = 0, True
        self.chosen: int | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_next)
        self.play.setCheckable(True)
        self.play.setAccessibleName("Play")
        self.play.setToolTip(plain_tip("Show the frames one after the other"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.play, self.slider, self.which):
            layout.addWidget(widget, 1 if widget is self.slider else 0)
        self.slider.valueChanged.connect(self._on_moved)
        self.play.toggled.connect(self._on_play)
        self.show_frames(0, is_clip=True)

    @property
    def frame(self) -> int:
        """The chosen frame, counted from 0."""
        return self.slider.value()

    @property
    def word(self) -> str:
        """What they are called."""
        return "Frame" if self.is_clip else "Slice"

    def show_frames(self, count: int, *, is_clip: bool) -> None:
        """Offers the frames of another sample, of which that in the middle is seen; nothing is signalled.

        Args:
            count: how many there are; with less than two there is nothing to choose.
            is_clip: whether they are frames of a clip.
        """
        self.chosen = None
        self.count, self.is_clip = count, is_clip
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, count - 1))
        self.slider.setPageStep(max(1, count // 8))
        self.slider.setValue(count // 2)
        self.slider.blockSignals(False)
        self.slider.setAccessibleName(self.word)
        self.slider.setToolTip(plain_tip(f"Which {self.word.lower()} is seen (arrow keys, Home and End)"))
        self.play.setVisible(is_clip)
        self.setVisible(count > 1)
        self._show_text()

    def show_plane(self, plane: int, planes: int) -> None:
        """Chooses the frame that a plane of a map, of so many, is computed of."""
        self.slider.setValue(int((plane + 0.5) / planes * self.count))

    def leave(self) -> None:
        """Goes back to the middle, for another sample; plays no more."""
        self.stop()
        self.show_frames(self.count, is_clip=self.is_clip)

    def stop(self) -> None:
        """Plays no more."""
        self.play.setChecked(False)

    def _show_text(self) -> None:
        self.which.setText(f"{self.word} {self.frame + 1} of {self.count}")
        self.slider.setAccessibleDescription(self.which.text())

    def _on_moved(self) -> None:
        self.chosen = self.frame
        self._show_text()
        self.moved.emit()

    def _on_play(self, is_on: bool) -> None:
        self.play.setText("Pause" if is_on else "Play")
        if is_on:
            self._timer.start()
        else:
            self._timer.stop()

    def _on_next(self) -> None:
        self.slider.setValue((self.frame + 1) % max(1, self.count))

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self.stop()
