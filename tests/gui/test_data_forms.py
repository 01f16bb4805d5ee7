"""Of data, what is asked for is what a source needs, and shares that change nothing are not offered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.test_sample_detail import masks
from workbench.core.values import Value
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.spec import Dataset
from workbench.gui.data.panel import OWN_PART, DataPanel
from workbench.gui.data.scrolled_samples import ScrolledSamples
from workbench.gui.data.source_form import SourceForm
from workbench.gui.document.session import Session
from workbench.gui.threads.worker import wait_for_abandoned
from workbench.gui.widgets import theme
from workbench.gui.window.main_window import MainWindow
from workbench.inspection.browsing import samples_of


def test_a_folder_that_is_chosen_for_a_source_that_needs_more_asks_for_that(
    qtbot: QtBot, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = SourceForm(session)
    qtbot.addWidget(form)
    form.show()
    qtbot.waitUntil(form.isActiveWindow, timeout=20_000)
    form.source.setCurrentIndex(form.source.findData("torchvision"))
    qtbot.waitUntil(form.editors["dataset"].widget.isVisible, timeout=20_000)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    before = session.project
    form.place.browse.click()
    assert session.project is before, "nothing is read while something is lacking"
    assert "whether it may be fetched" in form._message.text()
    lacking = next(name for name in form.editors if name in form._lacking())
    qtbot.waitUntil(form.editors[lacking].widget.hasFocus, timeout=20_000)


def test_no_share_is_offered_of_a_part_that_the_data_has(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.do("show_data")
    assert window.panels is not None
    panel: DataPanel = window.panels.data
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=20_000)
    dataset = panel.dataset
    assert dataset is not None
    for name in ("validation", "test"):
        widget = panel.splits.editors[f"{name}_share"].widget
        has_own = name in dataset.splits and name not in dataset.cut
        assert widget.isEnabled() != has_own
        assert (OWN_PART.format(name) in widget.toolTip()) == has_own
    assert "validation" in dataset.cut
    assert "test" not in dataset.cut, "the small project has a test part of its own"


def test_parts_that_are_cut_off_are_known(tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / "train" / name).mkdir(parents=True)
        (tmp_path / "test" / name).mkdir(parents=True)
        for number in range(6):
            array = np.random.default_rng(number + len(name)).integers(0, 256, (8, 8, 3), np.uint8)
            Image.fromarray(array).save(tmp_path / "train" / name / f"{number}.png")
            Image.fromarray(255 - array).save(tmp_path / "test" / name / f"{number}.png")
    whole = load(DataConfig(source="folder", options={"path": str(tmp_path)}), tmp_path)
    assert whole.cut == ("validation",)
    part = load(DataConfig(source="folder", options={"path": str(tmp_path / "train")}), tmp_path)
    assert part.cut == ("validation", "test")
    assert load(DataConfig(source="digits"), tmp_path).cut == ("validation",)


def shown(qtbot: QtBot, dataset: Dataset) -> ScrolledSamples:
    made = ScrolledSamples(theme.DARK)

    def end(widget: ScrolledSamples) -> None:
        widget.shut_down()
        wait_for_abandoned()

    qtbot.addWidget(made, before_close_func=end)
    made.resize(400, 300)
    made.show()
    made.show_numbers(dataset, "train", np.arange(4), lambda some: samples_of(dataset, "train", some))
    qtbot.waitUntil(lambda: all(drawn.image is not None for _, drawn in made.grid._samples), timeout=20_000)
    return made


def shade(samples: ScrolledSamples) -> int:
    drawn = samples.grid._samples[0][1]
    return drawn.image.pixelColor(0, 0).blue() if drawn.image is not None else -1


def test_the_opacity_of_masks_is_that_of_thumbnails_too(qtbot: QtBot) -> None:
    samples = shown(qtbot, masks())
    usual = shade(samples)
    samples.set_opacity(0.0)
    assert shade(samples) == usual, "until they are made"
    qtbot.waitUntil(lambda: shade(samples) == 100, timeout=20_000)
    samples.set_opacity(1.0)
    qtbot.waitUntil(lambda: shade(samples) not in (100, usual), timeout=20_000)


def test_thumbnails_without_masks_are_not_made_again(qtbot: QtBot) -> None:
    plain = Dataset({"image": Value((3, 2, 2), dtype="uint8")}, {"train": {"image": masks().splits["train"]["image"]}})
    samples = shown(qtbot, plain)
    before = samples.thumbnails.of("train", 0)
    samples.set_opacity(0.0)
    assert not samples.thumbnails.is_busy
    assert samples.thumbnails.of("train", 0) is before
