"""The size of pictures is seen while it is chosen, and never that of another choice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from workbench.gui.data.panel import DataPanel
from workbench.gui.data.size_preview import NO_PICTURES
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme

WAIT = 20_000


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for number, name in enumerate(("cat", "dog")):
        folder = tmp_path / "pictures" / name
        folder.mkdir(parents=True)
        pixels = np.full((20, 40, 3), 100 * number, np.uint8)
        for copy in range(3):
            Image.fromarray(pixels).save(folder / f"{copy}.png")
    return tmp_path / "pictures"


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> Iterator[DataPanel]:
    made = DataPanel(session, theme.DARK)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.shut_down()


def labels(panel: DataPanel) -> list[str]:
    return [sample.label for sample, _ in panel.sizes.grid._samples]


def test_a_size_is_shown_before_it_is_used(qtbot: QtBot, panel: DataPanel, pictures: Path) -> None:
    assert panel.sizes.isHidden(), "this data has no files of pictures"
    panel.source.source.setCurrentIndex(panel.source.source.findData("folder"))
    panel.source.path.setText(str(pictures))
    panel.source.path.textEdited.emit(str(pictures))
    qtbot.waitUntil(lambda: labels(panel) == ["40×20", "→ 40×20"] * 3, timeout=WAIT)
    panel.source._on_option("width", 12)
    assert labels(panel) == []
    assert panel.sizes.grid.empty_text == "Data source folder: width and height must be given together."
    panel.source._on_option("height", 16)
    assert labels(panel) == [], "nothing is shown of the choice before"
    qtbot.waitUntil(lambda: labels(panel) == ["40×20", "→ 12×16"] * 3, timeout=WAIT)
    assert "options" not in panel._session.project.data or "width" not in panel._session.project.data["options"]
    panel.source.source.setCurrentIndex(panel.source.source.findData("digits"))
    assert panel.sizes.isHidden()
    assert labels(panel) == []


def test_a_folder_that_is_not_there_shows_nothing(qtbot: QtBot, panel: DataPanel, pictures: Path) -> None:
    panel.source.source.setCurrentIndex(panel.source.source.findData("folder"))
    panel.source.path.textEdited.emit(str(pictures))
    qtbot.waitUntil(lambda: len(labels(panel)) == 6, timeout=WAIT)
    panel.source.path.textEdited.emit(str(pictures / "gone" / "too"))
    assert labels(panel) == []
    qtbot.waitUntil(lambda: panel.sizes.grid.empty_text == NO_PICTURES, timeout=WAIT)
    assert labels(panel) == []
