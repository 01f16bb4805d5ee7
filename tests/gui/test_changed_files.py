"""Files that change on the disk: Data and Look show what a training reads, and never what is gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.data.loading import load
from workbench.gui.data.panel import DataPanel
from workbench.gui.data.source_form import AGAIN
from workbench.gui.window.main_window import MainWindow


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow) -> DataPanel:
    window.menus.do("show_data")
    assert window.panels is not None
    found = window.panels.data
    qtbot.waitUntil(lambda: found.dataset is not None, timeout=20_000)
    return found


def brighten(folder: Path) -> None:
    """Makes every picture of the data white."""
    with np.load(folder / "small.npz") as file:
        arrays = dict(file)
    white = {name: np.full_like(array, 255) if name.startswith("x") else array for name, array in arrays.items()}
    np.savez(folder / "small.npz", **white)


def is_white(panel: DataPanel) -> bool:
    return panel.dataset is not None and int(panel.dataset.splits["train"]["image"].min()) == 255


@pytest.mark.parametrize("how", ["visit", "button", "run"])
def test_data_shows_what_the_files_hold_now(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, tmp_path: Path, how: str
) -> None:
    assert not is_white(panel)
    brighten(tmp_path)
    if how == "visit":
        window.menus.do("show_build")
        window.menus.do("show_data")
    elif how == "button":
        assert panel.source.apply.text() == AGAIN
        qtbot.mouseClick(panel.source.apply, Qt.MouseButton.LeftButton)
    else:
        with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
            window.runner.run()
    qtbot.waitUntil(lambda: is_white(panel), timeout=20_000)


def test_what_has_not_changed_stays_as_it_is(qtbot: QtBot, window: MainWindow, panel: DataPanel) -> None:
    before, shown = panel.dataset, []
    panel.browser.show_dataset = lambda *_: shown.append(1)  # type: ignore[method-assign]
    panel.reader.look_again()
    qtbot.waitUntil(lambda: not panel.reader.is_busy, timeout=20_000)
    assert panel.dataset is before
    assert not shown


def test_files_that_are_gone_are_said_and_read_again_once_they_are_back(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, tmp_path: Path
) -> None:
    file = (tmp_path / "small.npz").rename(tmp_path / "away.npz")
    panel.reader.look_again()
    qtbot.waitUntil(lambda: panel.dataset is None and "small.npz" in panel._status.text(), timeout=20_000)
    file.rename(tmp_path / "small.npz")
    qtbot.mouseClick(panel.source.apply, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=20_000)


def test_look_shows_the_sample_that_a_training_has_read(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, tmp_path: Path
) -> None:
    assert window.panels is not None
    look = window.panels.look
    window.menus.do("show_look")
    window.session.select([window.session.graph.named("conv").id])

    def pictures() -> tuple[bytes, bytes] | None:
        """The sample, and its feature maps."""
        answer = look.answer
        if answer is None or answer.image is None or answer.picture is None:
            return None
        return answer.image.tobytes(), np.asarray(answer.picture.values).tobytes()

    qtbot.waitUntil(lambda: pictures() is not None and not look.is_busy, timeout=20_000)
    before = pictures()
    assert before is not None
    brighten(tmp_path)
    load(window.session.project.data_config(), tmp_path)  # as a training does
    look.refresh()
    qtbot.waitUntil(lambda: (now := pictures()) is not None and now[0] != before[0] and now[1] != before[1])
