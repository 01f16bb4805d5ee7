"""The studio in Look: sliders for the parts of a code, the picture drawn anew, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.gui.look_page import opened
from workbench.gui.insight.panel import LookPanel
from workbench.insight.latent.edits import Decoded, LatentEdits
from workbench.project.new_project import create
from workbench.project.probes import DrawnProbe, SampleProbe

SMALL = {"batches": 1, "batch": 2, "people": 2, "test": 4}


@pytest.fixture
def look(qtbot: QtBot, tmp_path: Path) -> Iterator[LookPanel]:
    """The panel on an inverse graphics network, its graphics code selected and seen."""
    path = tmp_path / "heads.cnn"
    project, _ = create("dcign32", ("heads", SMALL), tmp_path)
    panel = opened(qtbot, project, path, "graphics_code")
    yield panel
    panel.shut_down()


def drawing(look: LookPanel) -> Decoded:
    assert look.answer is not None
    found = look.answer.drawing
    assert found is not None
    return found


def pixels(picture: NDArray[Any] | None) -> NDArray[Any]:
    assert picture is not None
    return picture


def settled(qtbot: QtBot, look: LookPanel) -> Decoded:
    qtbot.waitUntil(lambda: not look.is_busy, timeout=20_000)
    return drawing(look)


def test_a_code_is_looked_at_with_its_traversals_and_sliders(look: LookPanel) -> None:
    assert look.header.view == "factors"
    assert look.close_up.currentWidget() is look.studio
    names = [slider.accessibleName() for slider in look.studio.rows.sliders.values()]
    assert names == ["azimuth", "elevation", "light", "identity 1", "identity 2", "identity 3", "identity 4"]
    found = drawing(look)
    assert np.array_equal(found.moved, found.unmoved)
    assert not look.studio.reset.isEnabled()
    assert np.array_equal(pixels(found.other), pixels(found.swapped))
    assert look.studio.sample.probe == SampleProbe("test", 1)
    for latent, slider in look.studio.rows.sliders.items():
        assert slider.value() == round(found.own[latent] * 100)


def test_a_slider_draws_the_picture_anew_and_reset_brings_it_back(qtbot: QtBot, look: LookPanel) -> None:
    own, slider = drawing(look), look.studio.rows.sliders[2]
    picture = look.answer.picture if look.answer else None
    slider.setFocus()
    for _ in range(4):
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    found = settled(qtbot, look)
    assert found.values[2] == pytest.approx(own.own[2] + 2.0, abs=0.01)
    assert {latent: found.values[latent] for latent in (0, 1, 3)} == {latent: own.own[latent] for latent in (0, 1, 3)}
    assert not np.array_equal(found.moved, found.unmoved)
    assert np.array_equal(found.unmoved, own.unmoved)
    assert look.answer is not None
    assert look.answer.picture is picture, "the grid is not drawn again for a slider"
    assert look.studio.reset.isEnabled()
    qtbot.mouseClick(look.studio.reset, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    found = settled(qtbot, look)
    assert np.array_equal(found.moved, own.moved)
    assert slider.value() == round(own.own[2] * 100)


def test_another_sample_begins_at_its_own_code(qtbot: QtBot, look: LookPanel) -> None:
    look.studio.rows.sliders[0].setValue(250)
    assert settled(qtbot, look).values[0] == 2.5
    look.session.look_at(SampleProbe("test", 2))
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.request.probe == SampleProbe("test", 2))
    found = settled(qtbot, look)
    assert found.values == found.own
    assert look.answer is not None
    assert look.answer.truth == "", "which factor varies is no class of a picture"


def test_a_part_is_swapped_with_the_second_picture(qtbot: QtBot, look: LookPanel) -> None:
    own = drawing(look)
    tick = look.studio.rows.ticks["identity"]
    assert tick.accessibleName() == "identity from B"
    tick.setFocus()
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    found = settled(qtbot, look)
    assert all(found.values[latent] != own.own[latent] for latent in (3, 4, 5, 6))
    assert {latent: found.values[latent] for latent in (0, 1, 2)} == {latent: own.own[latent] for latent in (0, 1, 2)}
    assert not np.array_equal(found.moved, own.moved)
    assert not np.array_equal(pixels(found.swapped), pixels(own.other))
    for latent, slider in look.studio.rows.sliders.items():
        assert slider.value() == round(found.values[latent] * 100)
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    assert np.array_equal(settled(qtbot, look).moved, own.moved)


def test_all_parts_of_the_second_picture_make_the_second_picture(qtbot: QtBot, look: LookPanel) -> None:
    for tick in look.studio.rows.ticks.values():
        tick.click()
    found = settled(qtbot, look)
    assert np.array_equal(found.moved, pixels(found.other))
    assert np.array_equal(pixels(found.swapped), found.unmoved)
    look.studio.reset.click()
    found = settled(qtbot, look)
    assert np.array_equal(found.moved, found.unmoved)
    assert not any(tick.isChecked() for tick in look.studio.rows.ticks.values())


def test_the_later_of_hand_and_tick_wins(qtbot: QtBot, look: LookPanel) -> None:
    ticks, sliders = look.studio.rows.ticks, look.studio.rows.sliders
    ticks["light"].click()
    taken = settled(qtbot, look).values[2]
    sliders[2].setValue(321)
    assert settled(qtbot, look).values[2] == pytest.approx(3.21)
    assert not ticks["light"].isChecked(), "nothing of it is taken any more"
    ticks["light"].click()
    assert settled(qtbot, look).values[2] == taken
    ticks["identity"].click()
    sliders[4].setValue(-123)
    found = settled(qtbot, look)
    assert found.values[4] == pytest.approx(-1.23)
    assert found.values[3] != found.own[3]
    assert ticks["identity"].isChecked(), "the rest of it is still taken"


def test_another_second_picture_is_chosen(qtbot: QtBot, look: LookPanel) -> None:
    before = drawing(look).other
    look.studio.rows.ticks["azimuth"].click()
    first = settled(qtbot, look).values[0]
    qtbot.keyClick(look.studio.sample.number, Qt.Key.Key_Up)
    found = settled(qtbot, look)
    assert look.answer is not None
    assert look.answer.request.other == SampleProbe("test", 2)
    assert found.values[0] != first
    assert not np.array_equal(pixels(found.other), pixels(before))
    assert "test:2" in look.studio.small.toolTip()
    look.session.look_at(SampleProbe("test", 3))
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.request.probe == SampleProbe("test", 3))
    assert look.studio.rows.ticks["azimuth"].isChecked(), "the same part is painted over other pictures"
    assert settled(qtbot, look).values[0] == found.values[0]


def test_a_picture_from_elsewhere_loads_no_data_until_a_second_one_is_wanted(qtbot: QtBot, look: LookPanel) -> None:
    look.session.look_at(DrawnProbe.of(np.zeros((1, 32, 32), np.uint8)))
    found = settled(qtbot, look)
    assert found.other is None
    look.studio.rows.ticks["light"].click()
    found = settled(qtbot, look)
    assert found.other is not None
    assert found.values[2] != found.own[2]


def test_a_latent_that_goes_far_is_not_cut_off_by_its_slider(qtbot: QtBot, look: LookPanel) -> None:
    found = drawing(look)
    far = replace(found, values={**found.values, 0: 9.5})
    look.studio.rows.show_drawing(far, LatentEdits())
    assert look.studio.rows.sliders[0].value() == 950


@pytest.mark.parametrize("width", [300, 700, 1280])
def test_the_studio_does_not_stick_out_sideways(qtbot: QtBot, look: LookPanel, width: int) -> None:
    look.resize(width, 500)
    body, viewport = look.room.widget(), look.room.viewport()
    assert body is not None
    assert viewport is not None
    qtbot.waitUntil(lambda: body.width() <= viewport.width())
    last = list(look.studio.rows.sliders.values())[-1]
    if width < 560:
        assert last.mapTo(look.studio, last.rect().bottomLeft()).y() < look.studio.height(), (
            "the panel scrolls, it is whole"
        )


def test_other_nodes_have_their_unit_again(qtbot: QtBot, look: LookPanel) -> None:
    conv = look.session.graph.named("conv1").id
    look.session.select([conv])
    qtbot.waitUntil(lambda: look.answer is not None and look.answer.request.node == conv, timeout=20_000)
    assert look.close_up.currentWidget() is look.unit
    assert look.header.view == "feature-maps"
    assert look.answer is not None
    assert look.answer.drawing is None
