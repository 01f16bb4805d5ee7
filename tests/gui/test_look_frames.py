"""Look shows clips frame by frame and volumes slice by slice, and recordings as one curve for each electrode."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.graph_factories import line
from tests.gui.look_page import opened
from workbench.core.values import Json
from workbench.gui.insight.panel import LookPanel
from workbench.inspection.portraits import DARK_PAPER
from workbench.project.document import Project
from workbench.project.new_project import create
from workbench.project.probes import SampleProbe

FRAMES, SIDE = 8, 12


def seeing(qtbot: QtBot, path: Path, field: str) -> LookPanel:
    """The panel on a network of two convolutions, the second on half of the frames."""
    options = {"path": str(path)} | ({"frames": FRAMES} if field == "clip" else {})
    data: dict[str, Json] = {"source": "volumes" if field == "volume" else "clips", "options": options}
    graph = line(
        (field, "Input", {"shape": [1, FRAMES, SIDE, SIDE], "field": field}), ("conv1", "Conv3d", {"out_channels": 4}),
        ("pool1", "MaxPool3d", {"kernel_size": 2}), ("conv2", "Conv3d", {"out_channels": 4}), ("out", "Output", {}),
    )  # fmt: skip
    return opened(qtbot, Project("seen", graph, data, {}), path.parent / "seen.cnn", "conv1")


def clips(folder: Path) -> Path:
    """Clips that grow brighter from frame to frame, on a ground of noise."""
    noise = np.random.default_rng(0).integers(0, 40, (12, FRAMES, SIDE, SIDE, 1), np.uint8)
    frames = noise + (25 * np.arange(FRAMES, dtype=np.uint8))[:, None, None, None]
    np.savez(folder / "c.npz", clips=frames, label=np.arange(12) % 2)
    return folder / "c.npz"


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> LookPanel:
    return seeing(qtbot, clips(tmp_path), "clip")


def brightness(panel: LookPanel) -> int:
    image = panel.probe.input.image
    return max(image.pixelColor(x, y).red() for x in range(SIDE) for y in range(SIDE)) if image is not None else -1


def settle(qtbot: QtBot, panel: LookPanel) -> None:
    qtbot.waitUntil(lambda: not panel.is_busy, timeout=30_000)


def test_picture_maps_and_unit_follow_the_frame_that_keys_choose(qtbot: QtBot, panel: LookPanel) -> None:
    frames = panel.probe.frames
    assert frames.isVisible()
    assert frames.which.text() == "Frame 5 of 8", "the one in the middle"
    middle, answer = brightness(panel), panel.answer
    assert answer is not None
    assert answer.picture is not None
    panel.choose_view("feature-maps")
    qtbot.waitUntil(lambda: panel.answer is not None and panel.answer.request.view == "feature-maps", timeout=30_000)
    frames.slider.setFocus()
    qtbot.keyClick(frames.slider, Qt.Key.Key_Home)
    assert frames.which.text() == "Frame 1 of 8"
    qtbot.waitUntil(lambda: brightness(panel) < 70, timeout=30_000)
    settle(qtbot, panel)
    assert middle > 100
    assert panel.answer is not None
    first = panel.answer
    assert first.picture is not None
    assert first.detail is not None
    assert first.picture.note.endswith("plane 1 of 8")
    assert first.detail.plane == 0
    assert np.allclose(first.picture.values[0], first.detail.values)
    assert "of plane 1 of 8" in panel.unit.map.caption
    qtbot.keyClick(frames.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: "of plane 2 of 8" in panel.unit.map.caption, timeout=30_000)
    panel.shut_down()


def test_a_map_of_fewer_planes_is_seen_at_its_own_time(qtbot: QtBot, panel: LookPanel) -> None:
    panel.session.select([panel.session.graph.named("conv2").id])
    panel.choose_view("feature-maps")
    qtbot.waitUntil(lambda: panel.answer is not None and panel.answer.request.view == "feature-maps", timeout=30_000)
    panel.probe.frames.slider.setFocus()
    qtbot.keyClick(panel.probe.frames.slider, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: "of plane 4 of 4" in panel.unit.map.caption, timeout=30_000)
    assert panel.answer is not None
    assert panel.answer.picture is not None
    assert panel.answer.picture.note.endswith("plane 4 of 4")
    panel.unit.pixel_hovered.emit(1, 1)
    assert "planes 4 to 8" in panel.hovered.text(), "it sees the last frames"
    assert panel.probe.input._box is not None
    panel.shut_down()


def test_the_deconvnet_is_seen_in_the_frame_that_is_chosen(qtbot: QtBot, panel: LookPanel) -> None:
    panel.choose_view("deconvnet")
    panel.probe.frames.slider.setFocus()
    qtbot.keyClick(panel.probe.frames.slider, Qt.Key.Key_Home)
    qtbot.waitUntil(
        lambda: panel.answer is not None and panel.answer.picture is not None
        and "plane 1 of 8" in panel.answer.picture.note, timeout=30_000,
    )  # fmt: skip
    settle(qtbot, panel)
    assert panel.answer is not None
    detail = panel.answer.detail
    assert detail is not None
    assert detail.plane == 0
    assert detail.down_values is not None
    assert np.abs(detail.down_values).max() > 0, "it is sent back from the first frame, and seen there"
    panel.shut_down()


def test_strongest_leads_to_the_frame_where_the_unit_is_strongest(qtbot: QtBot, panel: LookPanel) -> None:
    detail = panel.answer.detail if panel.answer else None
    assert detail is not None
    assert detail.plane == detail.best_plane, "while nobody has chosen a frame"
    slider = panel.probe.frames.slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home if detail.plane else Qt.Key.Key_End)
    qtbot.waitUntil(panel.unit.strongest.isVisible, timeout=30_000)
    settle(qtbot, panel)
    qtbot.mouseClick(panel.unit.strongest, Qt.MouseButton.LeftButton)
    assert slider.value() == detail.plane
    qtbot.waitUntil(lambda: not panel.unit.strongest.isVisible() and not panel.is_busy, timeout=30_000)
    panel.shut_down()


def test_another_sample_is_seen_at_its_middle_and_plays_no_more(qtbot: QtBot, panel: LookPanel) -> None:
    frames = panel.probe.frames
    qtbot.mouseClick(frames.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: frames.which.text() == "Frame 7 of 8", timeout=30_000)
    panel.session.look_at(SampleProbe("train", 2))
    assert frames.which.text() == "Frame 5 of 8"
    assert not frames.play.isChecked()
    qtbot.waitUntil(lambda: "train:2" in panel.probe.input.caption, timeout=30_000)
    assert frames.chosen is None
    assert frames.isVisible()
    panel.shut_down()


def test_volumes_have_slices_and_nothing_to_play(qtbot: QtBot, tmp_path: Path) -> None:
    volumes = np.random.default_rng(0).integers(0, 256, (12, FRAMES, SIDE, SIDE), np.uint8)
    np.savez(tmp_path / "v.npz", volume=volumes, label=np.arange(12) % 2)
    panel = seeing(qtbot, tmp_path / "v.npz", "volume")
    assert panel.probe.frames.which.text() == "Slice 5 of 8"
    assert panel.probe.frames.play.isHidden()
    panel.shut_down()


def test_a_recording_is_a_curve_for_each_electrode_and_so_is_its_deconvnet(qtbot: QtBot, tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    np.savez(
        tmp_path / "e.npz", x=chance.normal(size=(20, 6, 64)).astype(np.float32), y=np.arange(20) % 2,
        channels=np.array([f"c{number}" for number in range(6)]), rate_hz=np.array(64.0),
    )  # fmt: skip
    project, _ = create("eegnet", ("eeg", {"path": str(tmp_path / "e.npz")}), tmp_path)
    node = next(node.name for node in project.graph if node.layer == "Conv2d")
    panel = opened(qtbot, project, tmp_path / "eeg.cnn", node)
    assert panel.probe.frames.isHidden()
    assert panel.probe.input._grid == panel.unit.down._grid == (6, 64)
    image = panel.probe.input.image
    assert image is not None
    ground = QColor(DARK_PAPER.ground).getRgb()[:3]
    for picture in (panel.probe.input, panel.unit.down):
        assert picture.image is not None
        assert picture.image.pixelColor(0, 0).getRgb()[:3] == ground, "curves on the paper of the theme"
    detail = panel.answer.detail if panel.answer else None
    assert detail is not None
    assert detail.down_values is not None
    assert detail.down_values.shape == (1, 6, 64)
    panel.unit.pixel_hovered.emit(2, 30)
    assert "electrodes × times" in panel.hovered.text()
    box = panel.probe.input._box
    assert box is not None
    assert (box.top, box.height) == (2, 1), "the band lies on the line of this electrode"
    panel.shut_down()
