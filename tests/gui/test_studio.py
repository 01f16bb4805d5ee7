"""The studio in Look: sliders for the parts of a code, the picture drawn anew, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from workbench.gui import theme
from workbench.gui.insight.panel import LookPanel
from workbench.gui.session import Session
from workbench.insight.studio import Drawing
from workbench.project import storage
from workbench.project.creation import create
from workbench.project.probes import SampleProbe

SMALL = {"batches": 1, "batch": 2, "people": 2, "test": 4}


@pytest.fixture
def look(qtbot: QtBot, tmp_path: Path) -> Iterator[LookPanel]:
    """The panel on an inverse graphics network, its graphics code selected and seen."""
    path = tmp_path / "heads.cnn"
    project, _ = create("dcign32", ("heads", SMALL), tmp_path)
    storage.save(project, path)
    session = Session(storage.load(path), path)
    panel = LookPanel(session, theme.DARK, lambda: path)
    qtbot.addWidget(panel)
    panel.resize(1280, 420)
    panel.show()
    session.select([session.graph.named("graphics_code").id])
    qtbot.waitUntil(lambda: panel._answer is not None and not panel.is_busy, timeout=30_000)
    yield panel
    panel.shut_down()


def drawing(look: LookPanel) -> Drawing:
    assert look._answer is not None
    found = look._answer.drawing
    assert found is not None
    return found


def settled(qtbot: QtBot, look: LookPanel) -> Drawing:
    qtbot.waitUntil(lambda: not look.is_busy, timeout=20_000)
    return drawing(look)


def test_a_code_is_looked_at_with_its_traversals_and_sliders(look: LookPanel) -> None:
    assert look.header.view == "factors"
    assert look.close_up.currentWidget() is look.studio
    names = [slider.accessibleName() for slider in look.studio.sliders.values()]
    assert names == ["azimuth", "elevation", "light", "identity 1", "identity 2", "identity 3", "identity 4"]
    found = drawing(look)
    assert np.array_equal(found.moved, found.unmoved)
    assert not look.studio.reset.isEnabled()
    for latent, slider in look.studio.sliders.items():
        assert slider.value() == round(found.own[latent] * 100)


def test_a_slider_draws_the_picture_anew_and_reset_brings_it_back(qtbot: QtBot, look: LookPanel) -> None:
    own, slider = drawing(look), look.studio.sliders[2]
    picture = look._answer.picture if look._answer else None
    slider.setFocus()
    for _ in range(4):
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    found = settled(qtbot, look)
    assert found.values[2] == pytest.approx(own.own[2] + 2.0, abs=0.01)
    assert {latent: found.values[latent] for latent in (0, 1, 3)} == {latent: own.own[latent] for latent in (0, 1, 3)}
    assert not np.array_equal(found.moved, found.unmoved)
    assert np.array_equal(found.unmoved, own.unmoved)
    assert look._answer is not None
    assert look._answer.picture is picture, "the grid is not drawn again for a slider"
    assert look.studio.reset.isEnabled()
    qtbot.mouseClick(look.studio.reset, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    found = settled(qtbot, look)
    assert np.array_equal(found.moved, own.moved)
    assert slider.value() == round(own.own[2] * 100)


def test_another_sample_begins_at_its_own_code(qtbot: QtBot, look: LookPanel) -> None:
    look.studio.sliders[0].setValue(250)
    assert settled(qtbot, look).values[0] == 2.5
    look._session.look_at(SampleProbe("test", 2))
    qtbot.waitUntil(lambda: look._answer is not None and look._answer.request.probe == SampleProbe("test", 2))
    found = settled(qtbot, look)
    assert found.values == found.own
    assert look._answer is not None
    assert look._answer.truth == "", "which factor varies is no class of a picture"


def test_other_nodes_have_their_unit_again(qtbot: QtBot, look: LookPanel) -> None:
    conv = look._session.graph.named("conv1").id
    look._session.select([conv])
    qtbot.waitUntil(lambda: look._answer is not None and look._answer.request.node == conv, timeout=20_000)
    assert look.close_up.currentWidget() is look.unit
    assert look.header.view == "feature-maps"
    assert look._answer is not None
    assert look._answer.drawing is None
