"""Messages that matter are cards, whole and without long paths; a broken picture leaves the one before."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from workbench.core.edits import RemoveEdge
from workbench.core.files import WriteError
from workbench.core.graph import Port
from workbench.gui.insight.panel import LookPanel
from workbench.gui.widgets.cards import MOST_CARDS, without_long_paths
from workbench.gui.window.main_window import MainWindow
from workbench.project.probes import PictureProbe, SampleProbe
from workbench.project.settings import setting_edit
from workbench.training.saving import Saver


def texts(window: MainWindow) -> list[str]:
    return [card.text.text() for card in window.cards.cards]


def test_a_training_that_fails_is_a_card(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "small.npz").unlink()
    with qtbot.waitSignal(window.runner.failed, timeout=60_000):
        window.runner.run()
    (card,) = window.cards.cards
    assert card.isVisible()
    assert card.text.text().startswith("small.npz: ")
    assert str(tmp_path) not in card.text.text()
    assert str(tmp_path / "small.npz") in card.whole
    qtbot.mouseClick(card.copy, Qt.MouseButton.LeftButton)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == card.whole
    clipboard.clear()
    qtbot.mouseClick(card.away, Qt.MouseButton.LeftButton)
    assert window.cards.cards == []


def test_a_full_disk_is_a_card(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise WriteError("There is no room for /a/very/long/place/best.json.", errno.ENOSPC)

    monkeypatch.setattr(Saver, "_write_best", full)
    with qtbot.waitSignal(window.runner.troubled, timeout=60_000):
        window.runner.run()
    assert any("no room for best.json" in text for text in texts(window))
    window.runner.shut_down()


def test_what_kept_a_run_from_beginning_goes_with_the_next(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.cards.show_message("This is about something else.")
    away = (tmp_path / "small.npz").rename(tmp_path / "away.npz")
    with qtbot.waitSignal(window.runner.failed, timeout=60_000):
        window.runner.run()
    assert len(texts(window)) == 2
    away.rename(tmp_path / "small.npz")
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.run()
    assert texts(window) == ["This is about something else."]


def test_what_is_only_worth_knowing_is_no_card(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.run()
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    assert texts(window) == []


def test_cards_do_not_fill_the_window(window: MainWindow) -> None:
    for number in range(MOST_CARDS + 2):
        window.cards.show_message(f"message {number}")
    window.cards.show_message("message 3")
    assert texts(window) == ["message 3", "message 4", "message 2"]
    window.session.replace(window.session.project, window.session.path)
    assert texts(window) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/me/p/data/x.npz: it is damaged.", "data/x.npz: it is damaged."),
        ("The place /mnt/usb/run-1/best.json is gone; 1/2 done.", "The place best.json is gone; 1/2 done."),
        ('"/mnt/usb/best.json" and C:\\Users\\me\\best.pt', '"best.json" and best.pt'),
        ("loss / gradient is NaN at 3/4", "loss / gradient is NaN at 3/4"),
    ],
)
def test_paths_are_told_short(text: str, told: str) -> None:
    assert without_long_paths(text, Path("/home/me/p")) == told


def broken(folder: Path, kind: str) -> Path:
    """A picture file that cannot be read: empty, or cut off after its header."""
    path = folder / f"{kind}.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 40), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[: 0 if kind == "empty" else 300])
    return path


@pytest.mark.parametrize("kind", ["empty", "cut"])
def test_a_broken_picture_keeps_the_one_before(qtbot: QtBot, window: MainWindow, tmp_path: Path, kind: str) -> None:
    window.session.look_at(SampleProbe("test", 2))
    window.drops.take(broken(tmp_path, kind))
    qtbot.waitUntil(lambda: bool(window.cards.cards), timeout=20_000)
    assert texts(window)[0].startswith(f"{kind}.png")
    assert "What was looked at before stays." in texts(window)[0]
    assert window.session.probe == SampleProbe("test", 2)
    assert window.session.project.probes == ()
    assert window.workspaces.current != "Look"


def test_of_several_pictures_the_sound_ones_are_kept(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    good = tmp_path / "good.png"
    Image.fromarray(np.full((8, 8), 90, np.uint8)).save(good)
    window.drops.take(good, broken(tmp_path, "cut"))
    qtbot.waitUntil(lambda: window.session.probe == PictureProbe(good), timeout=20_000)
    assert texts(window)[0].startswith("cut.png")


def test_a_broken_picture_that_is_opened_in_look_keeps_the_one_before(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    look = panels_of(window).look
    assert isinstance(look, LookPanel)
    window.menus.do("show_look")
    look.probe.take(broken(tmp_path, "cut"))
    qtbot.waitUntil(lambda: bool(texts(window)), timeout=20_000)
    assert texts(window)[0].startswith("cut.png")
    assert window.session.probe == SampleProbe()
    assert window.session.project.probes == ()


def test_a_loss_that_rises_offers_a_lower_rate(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    for name, value in (("lr", 100.0), ("schedule", "constant"), ("epochs", 500)):
        session.push(setting_edit(session.project, f"training.{name}", value))
    window.runner.run()
    qtbot.waitUntil(lambda: bool(window.cards.cards), timeout=60_000)
    (card,) = window.cards.cards
    assert card.action is not None
    assert card.action.text() == "Stop and set the rate to 10"
    qtbot.mouseClick(card.action, Qt.MouseButton.LeftButton)
    assert session.project.training["lr"] == 10.0
    assert window.cards.cards == []
    qtbot.waitUntil(lambda: window.runner.state == "idle", timeout=20_000)
    session.undo_stack.undo()
    assert session.project.training["lr"] == 100.0


@pytest.mark.parametrize("rate", [0.5, 3e-4])
def test_a_card_about_a_run_that_is_over_only_sets_the_rate(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, rate: float
) -> None:
    window.runner.one_batch()
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    window.runner.troubled.emit("The loss rose.", rate)
    (card,) = window.cards.cards
    assert card.action is not None
    assert card.action.text() == f"Stop and set the rate to {rate:.3g}"
    window.runner.stop()
    qtbot.waitUntil(lambda: window.runner.state == "idle", timeout=20_000)
    assert card.action.text() == f"Set the rate to {rate:.3g}"
    qtbot.mouseClick(card.action, Qt.MouseButton.LeftButton)
    assert window.session.project.training["lr"] == rate
    assert window.runner.state == "idle"


def test_a_card_about_a_run_goes_with_the_next(qtbot: QtBot, window: MainWindow) -> None:
    window.runner.troubled.emit("The loss rose.", 0.1)
    assert len(window.cards.cards) == 1
    window.runner.one_batch()
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    assert not window.cards.cards
    window.runner.shut_down()


def test_a_card_about_a_run_that_could_not_start_goes_with_the_data_that_it_was_about(
    qtbot: QtBot, window: MainWindow
) -> None:
    session, graph = window.session, window.session.graph
    loss = graph.named("loss")
    (wire,) = [edge for edge in graph.edges if edge.target == Port(loss.id, "target")]
    session.push(RemoveEdge(wire, graph.edges.index(wire)))
    window.runner.run()
    qtbot.waitUntil(lambda: bool(window.cards.cards), timeout=20_000)
    session.push(setting_edit(session.project, "training.epochs", 3))
    assert len(window.cards.cards) == 1, "it is still so"
    session.push(setting_edit(session.project, "data.test_share", 0.3))
    assert window.cards.cards == []


def test_what_was_said_of_missing_data_goes_when_others_are_chosen(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "small.npz").rename(tmp_path / "moved.npz")
    with qtbot.waitSignal(window.runner.failed, timeout=60_000):
        window.runner.run()
    assert "there is no such file" in window.strip.status.text()
    session = window.session
    session.push(setting_edit(session.project, "training.epochs", 3))
    assert len(window.cards.cards) == 1, "it is still missing"
    session.push(setting_edit(session.project, "data.options.path", "moved.npz"))
    assert window.cards.cards == []
    assert "there is no such file" not in window.strip.status.text()
