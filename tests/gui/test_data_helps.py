"""In the Data workspace: rare classes are weighed by one button, and a long reading is told and can be stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.data import listening
from workbench.gui.data.augmentation import AugmentationPreview
from workbench.gui.data.panel import DataPanel
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme
from workbench.project.new_project import create

WAIT = 20_000


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A hundred pictures, of which ten are of the second class."""
    random = np.random.default_rng(0)
    for number in range(100):
        folder = tmp_path / "pictures" / ("rare" if number % 10 == 0 else "usual")
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 255, (12, 12), np.uint8)).save(folder / f"{number:03}.png")
    return tmp_path / "pictures"


@pytest.fixture
def panel(qtbot: QtBot, pictures: Path) -> DataPanel:
    project, _ = create("lenet5", ("folder", {"path": str(pictures)}), pictures)
    made = DataPanel(Session(project), theme.DARK)
    qtbot.addWidget(made, before_close_func=lambda widget: widget.shut_down())
    made.resize(1200, 800)
    return made


def test_classes_are_weighed_by_a_button_and_alike_again(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show()
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=WAIT)
    button = panel._weigh
    assert button.text() == "Weigh the classes"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    weights = panel._session.graph.named("loss").params["class_weights"]
    assert weights[0] / weights[1] == pytest.approx(9, rel=0.15), "rare comes first by its name"
    assert button.text() == "Let all classes count alike"
    panel._session.undo_stack.undo()
    assert "class_weights" not in panel._session.graph.named("loss").params
    assert button.text() == "Weigh the classes"


def test_a_reading_says_how_far_it_is_and_stops(qtbot: QtBot, panel: DataPanel) -> None:
    told = listening.ReadingProgress(3, 100, 7.0)
    panel.reader._hearing.hear(told)
    panel.reader._tell()
    assert panel._status.text() == "Reading the data: 3 of 100 files, 7 s left …"
    assert not panel._stop.isHidden()
    qtbot.mouseClick(panel._stop, Qt.MouseButton.LeftButton)
    with pytest.raises(listening.ReadingStopped):
        panel.reader._hearing.hear(told)


def test_a_stopped_reading_is_told_and_read_again_on_request(
    qtbot: QtBot, panel: DataPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "EVERY_SECONDS", 0)
    monkeypatch.setattr("workbench.gui.data.reader._Hearing.hear", _stopped)
    panel.show()
    qtbot.waitUntil(lambda: "was stopped" in panel._status.text(), timeout=WAIT)
    assert panel.dataset is None
    assert panel._stop.isHidden()
    monkeypatch.undo()
    panel.source.again_wanted.emit()
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=WAIT)


def _stopped(_: object, progress: listening.ReadingProgress) -> None:
    raise listening.ReadingStopped


def test_the_preview_shows_series_as_training_has_them(qtbot: QtBot, tmp_path: Path) -> None:
    from dataclasses import replace

    from workbench.data.loading import load

    rows = ["\t".join([str(n % 2), *(f"{np.sin(n + k / 3):.4f}" for k in range(30))]) for n in range(20)]
    (tmp_path / "a_TRAIN.tsv").write_text("\n".join(rows))
    project, _ = create("fcn1d", ("series", {"path": str(tmp_path / "a_TRAIN.tsv")}), tmp_path)
    project = replace(project, data={**project.data, "augment": {"time_warp": 0.5, "jitter": 0.3}})
    preview = AugmentationPreview(Session(project), theme.DARK)
    qtbot.addWidget(preview, before_close_func=lambda widget: widget.shut_down())
    preview.resize(600, 500)
    preview.show()
    preview.show_dataset(load(project.data_config(), tmp_path))
    qtbot.waitUntil(lambda: len(preview.grid._samples) == 12, timeout=WAIT)
    pictures = [sample.pixels for sample, _ in preview.grid._samples]
    assert all(each is not None for each in pictures)
    assert len({each.tobytes() for each in pictures if each is not None}) == 12
