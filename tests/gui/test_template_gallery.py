"""The gallery of new networks: groups, search, keys, and nothing that can be chosen while something else is made."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from workbench.gui.threads.worker import wait_for_abandoned
from workbench.gui.widgets import theme
from workbench.gui.window import new_dialog as module
from workbench.gui.window.new_dialog import NewDialog
from workbench.gui.window.template_gallery import PICTURE, ROLE, Gallery, icon_of
from workbench.gui.window.template_pictures import picture_of
from workbench.project.templates.spec import GROUPS, grouped
from workbench.project.templates.spec import REGISTRY as TEMPLATES


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[NewDialog]:
    made = NewDialog(theme.DARK)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.reject()
    wait_for_abandoned()


def seen(gallery: Gallery) -> list[str]:
    """Names of the tiles that are seen."""
    items = [gallery.item(row) for row in range(gallery.count())]
    return [item.data(ROLE) for item in items if item is not None and item.data(ROLE) and not item.isHidden()]


def test_groups_come_in_their_order_with_the_most_usual_first(dialog: NewDialog) -> None:
    names = [name for templates in grouped().values() for name in templates]
    assert seen(dialog.list) == [*names, "blank"]
    assert names[0] == "lenet5"
    headings = [item.text() for item in dialog.list._headings]
    assert headings == [*GROUPS, "Nothing yet"]
    boxes = {item.text(): dialog.list.visualItemRect(item) for item in dialog.list._headings}
    assert boxes[GROUPS[0]].top() < dialog.list.visualItemRect(dialog.list.currentItem()).top() < boxes[GROUPS[1]].top()


@pytest.mark.parametrize(("width", "height"), [(760, 560), (500, 400), (1400, 900)])
def test_names_are_whole_at_every_size(qtbot: QtBot, dialog: NewDialog, width: int, height: int) -> None:
    dialog.resize(width, height)
    gallery = dialog.list
    for row in range(gallery.count()):
        item = gallery.item(row)
        assert item is not None
        if item.data(ROLE):
            room = item.sizeHint()
            flags = int(Qt.TextFlag.TextWordWrap)
            needed = gallery.fontMetrics().boundingRect(0, 0, room.width() - 8, 1000, flags, item.text())
            assert needed.height() <= 2 * gallery.fontMetrics().height(), item.text()
            assert needed.width() <= room.width()


@pytest.mark.parametrize(
    ("words", "found"),
    [("resnet-1", ["resnet18"]), ("SPARSE linear", ["sparse-digits"]), ("segment u-net", ["unet", "small-unet"])],
)
def test_typing_finds_and_chooses(qtbot: QtBot, dialog: NewDialog, words: str, found: list[str]) -> None:
    qtbot.keyClicks(dialog.search, words)
    assert seen(dialog.list) == found
    assert dialog.template == found[0]
    dialog.search.clear()
    assert dialog.template == found[0]
    assert len(seen(dialog.list)) > 10


def test_what_is_not_found_cannot_be_created(qtbot: QtBot, dialog: NewDialog) -> None:
    qtbot.keyClicks(dialog.search, "nonsense")
    assert dialog.template == ""
    assert not dialog.create_button.isEnabled()
    assert "Try another word" in dialog._about.text()
    dialog.search.clear()
    assert dialog.create_button.isEnabled()


def test_keys_walk_over_headings(qtbot: QtBot, dialog: NewDialog) -> None:
    dialog.list.setFocus()
    qtbot.keyClick(dialog.list, Qt.Key.Key_End)
    assert dialog.template == "blank"
    qtbot.keyClick(dialog.list, Qt.Key.Key_Home)
    assert dialog.template == "lenet5"
    met = {dialog.template}
    for _ in range(80):
        qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
        met.add(dialog.template)
    assert "" not in met
    assert "blank" in met


def test_the_data_a_template_is_made_for_is_named(dialog: NewDialog) -> None:
    dialog.choose("dcign32")
    heads = dialog.source.itemText(0)
    dialog.choose("lenet5")
    assert dialog.source.itemText(0) != heads
    assert "digits" in dialog.source.itemText(0).lower()
    dialog.choose("textcnn")
    assert dialog.source.itemText(0) == "What it is made for: sentences as rows of numbers of words, chosen later"


def test_nothing_else_is_chosen_while_one_is_made(dialog: NewDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr(module, "create", lambda *_: (gate.wait(60), (module.blank(None), ()))[1])
    dialog.create_button.click()
    assert not dialog.list.isEnabled()
    assert not dialog.search.isEnabled()
    assert dialog.work.isVisible()
    gate.set()


def pictures(gallery: Gallery) -> dict[str, bytes]:
    """What each tile shows, by its name."""
    items = [item for row in range(gallery.count()) if (item := gallery.item(row)) is not None and item.data(ROLE)]
    return {item.data(ROLE): bytes_of(item.icon().pixmap(PICTURE)) for item in items}


def bytes_of(pixmap: QPixmap) -> bytes:
    image = pixmap.toImage()
    return bytes(image.constBits().asarray(image.sizeInBytes()))


def test_pictures_come_one_by_one_those_in_sight_first(qtbot: QtBot) -> None:
    made = NewDialog(theme.DARK)
    qtbot.addWidget(made)
    names = [name for templates in grouped().values() for name in templates]
    first = pictures(made.list)
    assert len({first[name] for name in names}) == 1, "nothing is drawn before the window is seen"
    assert first["blank"] != first[names[0]]
    made.show()
    qtbot.waitExposed(made)
    made.list.scrollToBottom()
    wanted = made.list.next_without_picture()
    assert wanted in names[-12:]
    qtbot.waitUntil(lambda: pictures(made.list)[wanted] != first[wanted])
    assert pictures(made.list)[names[30]] == first[names[30]]
    qtbot.waitUntil(lambda: not made.list.next_without_picture(), timeout=30_000)
    last = pictures(made.list)
    assert all(last[name] != first[name] for name in names)
    for name in ("lenet5", "unet"):
        assert last[name] == bytes_of(icon_of(picture_of(TEMPLATES[name], theme.DARK)).pixmap(PICTURE))
    made.reject()


def test_a_closed_gallery_draws_no_more(qtbot: QtBot, dialog: NewDialog) -> None:
    dialog.reject()
    assert dialog.list.next_without_picture()
    assert not dialog._drawer._timer.isActive()
