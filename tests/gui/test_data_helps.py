"""In the Data workspace: rare classes are weighed by one button, and a long reading is told and can be stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from workbench.core.values import Value
from workbench.data import listening
from workbench.data.spec import Dataset
from workbench.gui.data.augmentation import AugmentationPreview
from workbench.gui.data.panel import DataPanel
from workbench.gui.data.sample_filters import SampleFilters
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme
from workbench.inspection.sample_search import ANY, BY_LOSS, BY_VERDICT, WRONG
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


@pytest.mark.parametrize("is_undone", [False, True])
def test_leaving_a_field_for_one_of_the_source_keeps_what_is_typed_there(
    qtbot: QtBot, panel: DataPanel, is_undone: bool
) -> None:
    """The value of the field that is left is taken while the other one gets the focus: it must be there still."""
    panel.show()
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=WAIT)
    panel.activateWindow()
    width, batch = panel.source.editors["width"].widget, panel.splits.editors["batch_size"].widget
    panel.source._on_option("height", 9)
    batch.setFocus()
    qtbot.keyClick(batch, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(batch, "32")
    width.setFocus()
    assert panel._session.project.data["batch_size"] == 32
    assert panel.source.editors["width"].widget is width
    assert panel.source._options["height"] == 9
    if is_undone:  # another source makes the rows anew, though one of them has the focus
        width.setFocus()
        panel.source.source.setCurrentIndex(panel.source.source.findData("masks"))
        qtbot.wait(0)
        assert panel.source.editors["width"].widget is not width


def test_classes_are_weighed_by_a_button_and_alike_again(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show()
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=WAIT)
    button = panel.weighing.button
    assert button.text() == "Weigh the classes"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    weights = panel._session.graph.named("loss").params["class_weights"]
    assert weights[0] / weights[1] == pytest.approx(9, rel=0.15), "rare comes first by its name"
    assert button.text() == "Take the weights away"
    assert panel.weighing.weights.text().splitlines()[1] == f"loss: rare {weights[0]:.3g}, usual {weights[1]:.3g}"
    panel._session.undo_stack.undo()
    assert "class_weights" not in panel._session.graph.named("loss").params
    assert button.text() == "Weigh the classes"
    assert not panel.weighing.weights.isVisible()


def test_a_reading_says_how_far_it_is_and_stops(qtbot: QtBot, panel: DataPanel) -> None:
    told = listening.ReadingProgress(3, 100, 7.0)
    panel.reader._watch.hearing.hear(told)
    panel.reader._watch.look()
    assert panel._status.text() == "Reading the data: 3 of 100 files, 7 s left …"
    assert not panel._stop.isHidden()
    qtbot.mouseClick(panel._stop, Qt.MouseButton.LeftButton)
    with pytest.raises(listening.ReadingStopped):
        panel.reader._watch.hearing.hear(told)


def test_a_stopped_reading_is_told_and_read_again_on_request(
    qtbot: QtBot, panel: DataPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "EVERY_SECONDS", 0)
    monkeypatch.setattr("workbench.gui.threads.reading_watch.Hearing.hear", _stopped)
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


def test_only_what_changes_this_data_is_offered_and_what_is_set_all_the_same(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show()
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=WAIT)
    rows = panel.augment._rows
    is_shown = {name: rows.isRowVisible(editor.widget) for name, editor in panel.augment.editors.items()}
    assert is_shown["rotate"]
    assert is_shown["brightness"]
    assert not is_shown["jitter"]
    assert not is_shown["token_drop"]
    headings = {label.text() for label in panel.augment.findChildren(QLabel) if label.isVisibleTo(panel.augment)}
    assert "Geometry" in headings
    assert "Texts" not in headings
    panel.augment.change("token_drop", 0.2)
    assert rows.isRowVisible(panel.augment.editors["token_drop"].widget)
    panel.augment.change("token_drop", 0.0)
    assert not rows.isRowVisible(panel.augment.editors["token_drop"].widget)


def test_data_that_is_missing_has_a_button_for_ones_own(
    qtbot: QtBot, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _ = create("lenet5", ("folder", {"path": str(pictures)}), pictures)
    moved = pictures.rename(tmp_path / "elsewhere")
    made = DataPanel(Session(project), theme.DARK)
    qtbot.addWidget(made, before_close_func=lambda widget: widget.shut_down())
    made.show()
    qtbot.waitUntil(lambda: made._own.isVisible(), timeout=WAIT)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(moved))
    qtbot.mouseClick(made._own, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: made.dataset is not None, timeout=WAIT)
    assert not made._own.isVisible()
    assert made._session.undo_stack.count() == 1


def test_what_no_network_can_say_of_masks_is_not_offered(qtbot: QtBot) -> None:
    filters = SampleFilters()
    qtbot.addWidget(filters)
    fields = {"image": Value((1, 4, 4), "map", "uint8"), "label": Value((4, 4), "mask", "int64", ("a", "b"))}
    arrays: dict[str, Any] = {"image": np.zeros((3, 1, 4, 4), np.uint8), "label": np.zeros((3, 4, 4), np.int64)}
    with_classes = {**fields, "label": Value((), "class", "int64", ("a", "b"))}
    filters.show_dataset(Dataset(with_classes, {"train": {**arrays, "label": np.zeros(3, np.int64)}}))
    filters.answers.setCurrentText(WRONG)
    assert filters.choice.answers == WRONG
    filters.show_dataset(Dataset(fields, {"train": arrays}))
    assert filters.choice.answers == ANY
    assert filters.choice.order not in BY_VERDICT
    enabled = {box.itemText(at): bool(box.model().index(at, 0).flags() & Qt.ItemFlag.ItemIsEnabled)
               for box in (filters.order, filters.answers) for at in range(box.count())}  # fmt: skip
    assert not any(enabled[each] for each in (*BY_VERDICT, WRONG))
    assert enabled[BY_LOSS]
