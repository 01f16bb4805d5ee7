"""Thumbnails of samples: made on a thread in the order in which they are wanted, and kept, so many at most."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import sleep

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage

from workbench.data.spec import Dataset
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.pixels import image_of
from workbench.inspection.mask_overlays import mask_field
from workbench.inspection.portraits import LIGHT_PAPER, OPACITY, Paper, Portrait, thumbnail

MOST, MOST_BYTES = 4_000, 200_000_000  # that are kept
DRAIN_MS = 15  # how long a thumbnail that is made may wait before it is drawn
FORMAT = QImage.Format.Format_RGB32  # which the screen has, so that nothing is converted while it is painted
REST_S = 0.0005  # after each thumbnail, in which the window's thread gets Python's lock: frames take half as long


@dataclass(frozen=True)
class Thumbnail:
    """How a sample is drawn: an image, or a text where it is shown in words.

    Attributes:
        image: None where it is shown in words.
        text: the words.
        side: what it was made for.
        opacity: of the mask over it; None where none lies there.
    """

    image: QImage | None
    text: str
    side: int
    opacity: float | None = None

    def suffices(self, side: int, opacity: float) -> bool:
        """Returns whether it has all the pixels that can be seen at a size, and a mask of that opacity."""
        is_whole = self.image is None or max(self.image.width(), self.image.height()) < self.side
        return (is_whole or self.side >= side) and self.opacity in (None, opacity)

    @property
    def bytes(self) -> int:
        """How much memory it takes, roughly."""
        return self.image.sizeInBytes() if self.image is not None else len(self.text)


@dataclass(frozen=True)
class _Order:
    """A thumbnail that is to be made."""

    dataset: Dataset
    split: str
    number: int
    side: int
    paper: Paper
    opacity: float

    @property
    def masked(self) -> float | None:
        """The opacity, where a mask lies over the sample."""
        return self.opacity if mask_field(self.dataset) else None

    def made(self) -> Portrait:
        """Makes it, on a thread."""
        return thumbnail(self.dataset, self.split, self.number, self.side, self.paper, self.opacity)


@dataclass
class _Queue:
    """What a thread takes its orders from, one by one; another thread has another queue."""

    orders: deque[_Order] = field(default_factory=deque)

    def work(self) -> Iterator[tuple[_Order, Portrait]]:
        """On a thread: makes what is wanted by then."""
        while True:
            try:
                order = self.orders.popleft()
            except IndexError:
                return
            yield order, order.made()
            sleep(REST_S)


class Thumbnails(QObject):
    """Thumbnails of one data set.

    Signals:
        made(): there are more of them.

    Attributes:
        opacity: of the masks of those that are wanted from now on, from 0 to 1.
    """

    made = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self._paper, self.opacity = LIGHT_PAPER, OPACITY
        self._kept: OrderedDict[tuple[str, int], Thumbnail] = OrderedDict()
        self._bytes = 0
        self._queue = _Queue()
        self._job = LatestJob(self)

    @property
    def is_busy(self) -> bool:
        """Whether there are some still to be made."""
        return self._job.is_busy

    def forget(self) -> None:
        """Drops all of them, and those under way."""
        self._dataset = None
        self._queue = _Queue()
        self._kept.clear()
        self._bytes = 0
        self._job.abandon()

    def set_paper(self, paper: Paper) -> None:
        """Draws on other paper from now on."""
        if paper != self._paper:
            self._paper = paper
            self.forget()

    def of(self, split: str, number: int) -> Thumbnail | None:
        """Returns the thumbnail of a sample; None while it is not made."""
        return self._kept.get((split, number))

    def want(self, dataset: Dataset, split: str, numbers: Sequence[int], side: int) -> None:
        """Makes the thumbnails of samples, in this order; those that were wanted before and are not made are dropped.

        Args:
            dataset: the data; thumbnails of other data are dropped.
            split: of the samples.
            numbers: of the samples in their split.
            side: how high and wide they are drawn at most, in pixels of the screen.
        """
        if dataset is not self._dataset:
            self.forget()
            self._dataset = dataset
        orders: deque[_Order] = deque()
        for number in numbers:
            known = self._kept.get((split, number))
            if known is None or not known.suffices(side, self.opacity):
                orders.append(_Order(dataset, split, number, side, self._paper, self.opacity))
            else:
                self._kept.move_to_end((split, number))
        self._queue.orders = orders
        self._job.run_when_free(self._begin)

    def _begin(self) -> None:
        if self._queue.orders:
            self._job.run(self._queue.work, on_events=self._on_made, on_ended=self._on_ended, drain_ms=DRAIN_MS)

    def _on_made(self, made: list[tuple[_Order, Portrait]]) -> None:
        for order, portrait in made:
            if order.dataset is self._dataset and order.paper == self._paper:
                image = None if portrait.pixels is None else image_of(portrait.pixels).convertToFormat(FORMAT)
                self._keep((order.split, order.number), Thumbnail(image, portrait.text, order.side, order.masked))
        self.made.emit()

    def _keep(self, key: tuple[str, int], found: Thumbnail) -> None:
        before = self._kept.pop(key, None)
        self._bytes += found.bytes - (before.bytes if before is not None else 0)
        self._kept[key] = found
        while len(self._kept) > MOST or (self._bytes > MOST_BYTES and len(self._kept) > 1):
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.bytes

    def _on_ended(self, error: str) -> None:
        if error:
            self._queue.orders = deque()  # a mistake in the program is told once, not for each sample

    def shut_down(self) -> None:
        """Ends the thread and waits for it."""
        self._queue.orders = deque()
        self._job.shut_down()
