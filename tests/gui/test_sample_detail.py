"""The chosen sample in the Data panel: opacity of masks, frames of clips, a user's top list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.test_data_browsing import many
from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.gui.data import sample_detail as module
from workbench.gui.data.panel import DataPanel
from workbench.gui.data.sample_detail import SampleDetail
from workbench.gui.document.session import Session
from workbench.gui.threads.worker import wait_for_abandoned
from workbench.gui.widgets import theme
from workbench.gui.window.main_window import MainWindow
from workbench.inspection.mask_overlays import DIFFERENCE
from workbench.inspection.sample_views import NetworkPlace, SampleRequest, SampleViewer, ShownSample

Answer = Callable[[SampleRequest], ShownSample]


def end(detail: SampleDetail) -> None:
    """Ends the threads of a detail, and those that were abandoned."""
    detail.shut_down()
    wait_for_abandoned()


@pytest.fixture
def detail(qtbot: QtBot, session: Session) -> SampleDetail:
    made = SampleDetail(session, theme.DARK)
    qtbot.addWidget(made, before_close_func=end)
    made.resize(320, 500)
    made.show()
    return made


def masks() -> Dataset:
    fields = {"image": Value((3, 2, 2), dtype="uint8"), "mask": Value((2, 2), "mask", "int64", ("a", "b"))}
    arrays: dict[str, NDArray[Any]] = {
        "image": np.full((4, 3, 2, 2), 100, np.uint8),
        "mask": np.ones((4, 2, 2), np.int64),
    }
    return Dataset(fields, {"train": arrays})


def clips() -> Dataset:
    frames = np.arange(8, dtype=np.uint8)[:, None, None] * np.ones((2, 1, 8, 3, 3), np.uint8) * 20
    return Dataset({"clip": Value((1, 8, 3, 3), dtype="uint8")}, {"train": {"clip": frames}})


def answer_with(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    """Puts an answer in the place of what is drawn on the thread."""

    def shown(viewer: SampleViewer, request: SampleRequest, place: NetworkPlace) -> Iterator[ShownSample]:
        yield answer(request)

    monkeypatch.setattr(SampleViewer, "views", shown)


def shade(detail: SampleDetail) -> int:
    """The blue of the first pixel; -1 where there is no picture."""
    return detail.image.image.pixelColor(0, 0).blue() if detail.image.image is not None else -1


def test_the_opacity_of_masks_goes_from_nothing_to_all(qtbot: QtBot, detail: SampleDetail) -> None:
    detail.show_dataset(masks())
    assert not detail._masks.isHidden()
    assert detail.frames.isHidden()
    detail.show_sample(masks(), "train", 1, "1")
    shades = []
    for percent in (0, 50, 100):
        detail.opacity.slider.setValue(percent)
        qtbot.waitUntil(lambda: not detail._job.is_busy and not detail._job.is_waiting, timeout=20_000)
        shades.append(detail.image.image.pixelColor(0, 0).getRgb()[:3])
        assert detail.opacity._percent.text() == f"{percent} %"
    assert shades[0] == (100, 100, 100)
    assert abs(shades[1][0] - (shades[0][0] + shades[2][0]) / 2) <= 1
    assert shades[2] != shades[0]
    assert "a" not in detail.colours.accessibleName().removeprefix("Colours: ").split(", ")


def test_frames_are_walked_and_played(qtbot: QtBot, detail: SampleDetail, monkeypatch: pytest.MonkeyPatch) -> None:
    data = clips()
    detail.show_dataset(data)
    assert detail.frames.isHidden(), "no frame of no sample"
    detail.show_sample(data, "train", 0, "0")
    assert not detail.frames.isHidden()
    assert detail._masks.isHidden()
    assert detail.frames.which.text() == "Frame 5 of 8"
    qtbot.waitUntil(lambda: shade(detail) == 80, timeout=20_000)
    detail.frames.slider.setFocus()
    qtbot.keyClick(detail.frames.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: shade(detail) == 100, timeout=20_000)
    detail.frames._timer.setInterval(1)
    qtbot.mouseClick(detail.frames.play, Qt.MouseButton.LeftButton)
    assert detail.frames.play.text() == "Pause"
    qtbot.waitUntil(lambda: detail.frames.slider.value() == 1, timeout=20_000)  # beyond the last one it begins again
    detail.show_sample(data, "train", 1, "1")
    assert not detail.frames._timer.isActive()
    assert detail.frames.slider.value() == 4
    detail.frames.play.setChecked(True)
    detail.hide()
    assert not detail.frames._timer.isActive()


def test_volumes_have_slices_and_nothing_to_play(detail: SampleDetail) -> None:
    data = Dataset({"scan": Value((1, 6, 3, 3))}, {"train": {"scan": np.zeros((2, 1, 6, 3, 3), np.float32)}})
    detail.show_dataset(data)
    detail.show_sample(data, "train", 0, "0")
    assert detail.frames.play.isHidden()
    assert detail.frames.which.text() == "Slice 4 of 6"


def test_what_is_of_another_sample_is_never_shown(
    qtbot: QtBot, detail: SampleDetail, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = {0: threading.Event(), 1: threading.Event()}
    begun: list[int] = []

    def slow(request: SampleRequest) -> ShownSample:
        begun.append(request.number)
        assert gates[request.number].wait(20)
        return ShownSample(request, text=f"sample {request.number}", top=(("Alien", 4.5),))

    answer_with(monkeypatch, slow)
    data = many(2)
    detail.show_sample(data, "train", 0, "class 0")
    qtbot.waitUntil(lambda: begun == [0], timeout=20_000)
    detail.show_sample(data, "train", 1, "class 1")
    assert detail.title.text() == "train 1: class 1"
    gates[0].set()
    qtbot.waitUntil(lambda: begun == [0, 1], timeout=20_000)
    assert detail.words.text() == ""
    assert detail.top.isHidden()
    gates[1].set()
    qtbot.waitUntil(lambda: detail.words.text() == "sample 1", timeout=20_000)
    assert detail.top.text().endswith("1. Alien   4.50")


def test_a_chosen_sample_is_shown_beside_the_overview(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.do("show_data")
    assert window.panels is not None
    panel: DataPanel = window.panels.data
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=20_000)
    panel.browser.grid.setFocus()
    panel.browser.scrolled.walk(1)
    assert panel.tabs.tabText(panel.tabs.currentIndex()) == "Sample"
    number = panel.browser.grid.chosen
    assert panel.detail.title.text().startswith(f"train {number}: ")
    qtbot.waitUntil(lambda: panel.detail.image.image is not None, timeout=20_000)
    assert panel.browser.grid.accessibleDescription() == panel.browser.label_of(number)
    panel.tabs.setCurrentIndex(2)
    panel.browser.scrolled.walk(1)
    assert panel.tabs.currentIndex() == 2, "augmentation stays in sight"


def test_a_training_makes_what_the_network_said_out_of_date(qtbot: QtBot, window: MainWindow) -> None:
    assert window.panels is not None
    data = window.panels.data
    version = data.detail._version
    with qtbot.waitSignal(window.runner.run_started, timeout=60_000):
        window.runner.one_epoch()
    assert data.detail._version > version, "although nobody has asked for verdicts"
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    window.runner.shut_down()


def test_other_weights_are_asked_anew(
    qtbot: QtBot, detail: SampleDetail, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[NetworkPlace] = []

    def shown(viewer: SampleViewer, request: SampleRequest, place: NetworkPlace) -> Iterator[ShownSample]:
        places.append(place)
        yield ShownSample(request, text="asked")

    monkeypatch.setattr(SampleViewer, "views", shown)
    detail.show_dataset(masks())
    detail.over.setCurrentText(DIFFERENCE)
    detail.show_sample(masks(), "train", 0, "0")
    qtbot.waitUntil(lambda: len(places) == 1 and not detail._job.is_busy, timeout=20_000)
    detail.forget_answers("run-007")
    qtbot.waitUntil(lambda: len(places) == 2 and not detail._job.is_busy, timeout=20_000)
    assert [(place.run, place.version) for place in places] == [("", 0), ("run-007", 1)]
    assert module.NOTHING not in detail.words.text()
