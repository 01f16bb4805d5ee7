"""Browsing 50,000 samples in the Data workspace: how long the window's thread takes for a frame, and for a choice.

    python bench/data_browsing.py [--quick]

A frame is one step of the scroll bar and the painting that follows: the CPU time of the window's own thread, which
does not hang on what else the machine does, and beside it the wall time, in which it waits for Python's lock too. Steps
of 40 pixels, and jumps to random places, in a widget of 1200×800 pixels. The ratio says how much longer frames after
jumps take if the portraits in sight are made on the window's thread. A choice is another order, class, or search.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import figures
import numpy as np
from figures import Figure
from PyQt6.QtWidgets import QApplication
from window import wait

from workbench.core.values import Value
from workbench.data.spec import Array, Dataset
from workbench.gui.data.browser import SampleBrowser
from workbench.gui.widgets.theme import DARK
from workbench.inspection.browsing import AS_READ, BY_CLASS, MIXED
from workbench.inspection.portraits import portrait
from workbench.inspection.sample_search import ANY, BY_LOSS, LEAST_SURE, WRONG
from workbench.training.verdicts import Verdicts

MANY, QUICK = 50_000, 20_000
STEPS, JUMPS, PIXELS = 300, 60, 40
FRAME_MS = 16.0
CLASSES = tuple(f"class {number}" for number in range(10))
WORDS = ("", "�", *(f"word{number}" for number in range(4998)))


def repeated(count: int, sample: Array) -> Array:
    """Returns so many samples that share the memory of a few, of which each has its own."""
    return np.broadcast_to(sample, (count // len(sample) + 1, *sample.shape)).reshape(-1, *sample.shape[1:])[:count]


def fields_of(kind: str, count: int) -> dict[str, tuple[Value, Array]]:
    """Returns the fields of one kind of data with their arrays."""
    chance = np.random.default_rng(0)

    def shades(*shape: int) -> Array:
        return repeated(count, chance.integers(0, 256, (50, *shape)).astype(np.uint8))

    match kind:
        case "pictures":
            return {"image": (Value((3, 32, 32), dtype="uint8"), shades(3, 32, 32))}
        case "masks":
            mask = repeated(count, chance.integers(0, 5, (50, 64, 64)))
            value = Value((64, 64), "mask", "int64", CLASSES[:5])
            return {"image": (Value((3, 64, 64), dtype="uint8"), shades(3, 64, 64)), "mask": (value, mask)}
        case "series":
            return {"series": (Value((8, 128)), repeated(count, chance.normal(size=(50, 8, 128)).astype(np.float32)))}
        case "clips":
            return {"clip": (Value((1, 8, 32, 32), dtype="uint8"), shades(1, 8, 32, 32))}
        case "texts":
            return {"text": (Value((60,), "tokens", "int64", WORDS), chance.integers(0, 5000, (count, 60)))}
    items, names = chance.integers(0, 4998, (count, 1)), Value((1,), "tokens", "int64", WORDS[2:])
    return {
        "user": (names, items[::-1].copy()),
        "item": (names, items),
        "rating": (Value((), "scalar"), items[:, 0] % 5),
    }


def data_of(kind: str, count: int) -> Dataset:
    """Returns so many samples of one kind, with classes but for ratings."""
    fields = fields_of(kind, count)
    if kind != "ratings":
        fields["label"] = Value((), "class", "int64", CLASSES), np.random.default_rng(1).integers(0, 10, count)
    return Dataset({name: value for name, (value, _) in fields.items()},
                   {"train": {name: array for name, (_, array) in fields.items()}})  # fmt: skip


class Frames:
    """The milliseconds of frames: `cpu` of the window's thread, and `wall`."""

    def __init__(self, browser: SampleBrowser, places: list[int], makes: Callable[[int], object] | None = None) -> None:
        """Scrolls to places and paints; between two frames the window hears of thumbnails that are made.

        Args:
            browser: shows the samples.
            places: of the scroll bar.
            makes: makes the portrait of a sample on this thread, before it is painted.
        """
        self.cpu: list[float] = []
        self.wall: list[float] = []
        for place in places:
            cpu, wall = time.thread_time(), time.perf_counter()
            browser.scrolled.bar.setValue(place)
            for sample, _ in browser.grid._samples if makes is not None else ():
                assert makes is not None
                makes(sample.number)
            browser.grid.repaint()
            self.cpu.append(1e3 * (time.thread_time() - cpu))
            self.wall.append(1e3 * (time.perf_counter() - wall))
            for _ in range(3):
                QApplication.processEvents()


def late(values: list[float]) -> float:
    """Returns the 99th percentile."""
    return sorted(values)[int(0.99 * len(values))]


def scrolled(browser: SampleBrowser, kind: str, count: int) -> list[Figure]:
    """Measures the frames of one kind of data."""
    dataset = data_of(kind, count)
    browser.show_dataset(dataset)
    wait(0.5)
    most = browser.scrolled.bar.maximum()
    jumps = np.random.default_rng(2).integers(0, most, JUMPS).tolist()
    steps = Frames(browser, [place * PIXELS for place in range(STEPS)])
    jumped = Frames(browser, jumps)
    browser.scrolled.bar.setValue(most // 2)
    wait(5, lambda: not browser.scrolled.thumbnails.is_busy)
    filled = Frames(browser, [most // 2 + step % 2 for step in range(STEPS // 3)])
    theirs = Frames(browser, jumps[: JUMPS // 3], lambda number: portrait(dataset, "train", number))
    ratio, of = statistics.median(theirs.cpu) / statistics.median(jumped.cpu), f"{count:,} {kind}"
    return [
        figures.at_most("data", f"{of}: frame while scrolling, p99", late(steps.cpu), FRAME_MS, "ms"),
        figures.at_most("data", f"{of}: frame after a jump, p99", late(jumped.cpu), FRAME_MS, "ms"),
        figures.at_most("data", f"{of}: frame with all thumbnails, p99", late(filled.cpu), FRAME_MS, "ms"),
        figures.plain("data", f"{of}: wall time of a frame, median", statistics.median(steps.wall), "ms"),
        figures.plain("data", f"{of}: portraits on the window's thread", ratio, "x"),
    ]


def timed(work: Callable[[], object]) -> float:
    """Returns the milliseconds until the window answers again."""
    started = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - started)


def chosen(browser: SampleBrowser, count: int) -> list[Figure]:
    """Measures what another order, class or search takes."""
    from workbench.inspection.judging import Judged

    dataset, chance = data_of("texts", count), np.random.default_rng(3)
    truth, said = dataset.splits["train"]["label"], chance.integers(0, 10, count)
    judged = Judged(Verdicts(chance.random(count), CLASSES, truth, said, chance.random(count)), "run-001")
    browser.verdicts_wanted.connect(lambda: browser.show_verdicts(judged))
    browser.show_dataset(dataset)
    spent = {order: timed(lambda order=order: browser.order.setCurrentText(order))  # type: ignore[misc]
             for order in (BY_CLASS, BY_LOSS, LEAST_SURE, MIXED)}  # fmt: skip
    spent["wrong only"] = timed(lambda: browser.answers.setCurrentText(WRONG))
    browser.answers.setCurrentText(ANY)
    spent["one class"] = timed(lambda: browser.of_class.setCurrentIndex(3))
    browser.of_class.setCurrentIndex(0)
    begun = time.perf_counter()
    spent["a letter typed"] = timed(lambda: browser.search.setText("word77"))
    wait(20, lambda: len(browser.scrolled.numbers) > 0)
    answer = 1e3 * (time.perf_counter() - begun)
    worst = max(spent, key=lambda name: spent[name])
    return [
        figures.at_most("data", f"{count:,} texts: the longest choice ({worst})", spent[worst], 4 * FRAME_MS, "ms"),
        figures.at_most("data", f"{count:,} texts: a word searched, until it is shown", answer, 300, "ms"),
    ]


def measure(quick: bool) -> list[Figure]:
    """Frames of every kind of data, and choices."""
    app = QApplication.instance() or QApplication([])
    browser = SampleBrowser(DARK)
    browser.resize(1200, 800)
    browser.show()
    browser.order.setCurrentText(AS_READ)
    count = QUICK if quick else MANY
    found: list[Figure] = []
    for kind in ("pictures", "texts") if quick else ("pictures", "masks", "series", "clips", "texts", "ratings"):
        found += scrolled(browser, kind, count)
    found += chosen(browser, count)
    browser.shut_down()
    del app
    return found


if __name__ == "__main__":
    figures.run(measure)
