"""Look lays what a network predicts over the picture, where that is a mask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from tests.gui.look_page import opened
from workbench.gui.insight.panel import LookPanel
from workbench.inspection.mask_overlays import DIFFERENCE, MASKS, PICTURE, PREDICTED, TRUE
from workbench.project.new_project import create
from workbench.project.probes import PictureProbe, SampleProbe

SIDE = 32


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> LookPanel:
    """The panel on a network that predicts masks of two classes."""
    chance = np.random.default_rng(0)
    for name in ("images", "masks"):
        (tmp_path / "data" / name).mkdir(parents=True)
    for number in range(12):
        array = chance.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
        Image.fromarray(array).save(tmp_path / "data" / "images" / f"{number}.png")
        Image.fromarray((array[..., 0] > 128).astype(np.uint8)).save(tmp_path / "data" / "masks" / f"{number}.png")
    project, _ = create("small-unet", ("masks", {"path": str(tmp_path / "data")}), tmp_path)
    node = next(node.name for node in project.graph if node.layer == "Conv2d")
    return opened(qtbot, project, tmp_path / "masks.cnn", node)


def colours(panel: LookPanel) -> np.ndarray:
    """The pixels of the probe as it is shown."""
    image = panel.probe.input.image
    assert image is not None
    return np.array([image.pixelColor(column, row).getRgb()[:3] for row in range(SIDE) for column in range(SIDE)])


def test_the_predicted_mask_is_shown_first_and_the_others_are_offered(qtbot: QtBot, panel: LookPanel) -> None:
    over, answer = panel.probe.display.over, panel.answer
    assert answer is not None
    assert over.isVisible()
    assert tuple(over.itemText(number) for number in range(over.count())) == MASKS
    assert over.currentText() == PREDICTED
    seen = {}
    for what in MASKS:
        over.setCurrentText(what)
        seen[what] = colours(panel)
        assert np.array_equal(seen[what], answer.overlays[what].pixels().reshape(-1, 3)), what
    assert len({each.tobytes() for each in seen.values()}) == 4
    assert "of the pixels are right" in panel.probe.input.caption
    assert panel.probe.display.colours.accessibleName() == "Colours: predicted as something else"
    over.setCurrentText(PICTURE)
    assert panel.probe.display.colours.isHidden()
    panel.shut_down()


def test_the_opacity_of_masks_is_chosen_and_stays(qtbot: QtBot, panel: LookPanel) -> None:
    display, answer = panel.probe.display, panel.answer
    assert answer is not None
    opacity = display.opacity.slider
    assert opacity.isVisible()
    masked = answer.overlays[PREDICTED]
    assert masked.opaque is not None
    for percent, pixels in ((0, masked.picture), (100, masked.opaque), (25, masked.pixels(0.25))):
        opacity.setValue(percent)
        assert np.array_equal(colours(panel), pixels.reshape(-1, 3)), percent
    display.over.setCurrentText(PICTURE)
    assert not opacity.isEnabled()
    panel.session.look_at(SampleProbe("train", 3))
    qtbot.waitUntil(lambda: "train:3" in panel.probe.input.caption, timeout=20_000)
    assert opacity.value() == 25
    panel.shut_down()


def test_the_chosen_mask_stays_for_the_next_sample(qtbot: QtBot, panel: LookPanel) -> None:
    panel.probe.display.over.setCurrentText(DIFFERENCE)
    before = colours(panel)
    panel.session.look_at(SampleProbe("train", 3))
    qtbot.waitUntil(lambda: "train:3" in panel.probe.input.caption, timeout=20_000)
    assert panel.probe.display.over.currentText() == DIFFERENCE
    assert not np.array_equal(colours(panel), before)
    panel.shut_down()


def test_a_picture_of_elsewhere_has_no_true_mask(qtbot: QtBot, panel: LookPanel, tmp_path: Path) -> None:
    panel.probe.display.over.setCurrentText(TRUE)
    Image.new("RGB", (SIDE, SIDE), "teal").save(tmp_path / "new.png")
    panel.session.look_at(PictureProbe(tmp_path / "new.png"))
    over = panel.probe.display.over
    qtbot.waitUntil(lambda: "new.png" in panel.probe.input.caption, timeout=20_000)
    assert [over.itemText(number) for number in range(over.count())] == [PICTURE, PREDICTED]
    assert over.currentText() == PREDICTED
    panel.shut_down()
