"""A setting that is one of some values, or none, is chosen from a list."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from workbench.data.sources.folder import PictureFolder
from workbench.data.sources.pairs import Pairs
from workbench.gui.forms.editors import make_editor
from workbench.gui.widgets.fields import ComboBox


@pytest.mark.parametrize(("cls", "name", "value"), [(Pairs, "degrade", "blur"), (PictureFolder, "channels", 3)])
def test_the_values_and_none_are_offered(qtbot: QtBot, cls: Any, name: str, value: Any) -> None:
    told: list[Any] = []
    editor = make_editor(cls.model_fields[name], told.append)
    qtbot.addWidget(editor.widget)
    assert isinstance(editor.widget, ComboBox)
    assert editor.widget.itemText(0) == "none"
    editor.show(value)
    assert told == [], "nobody has chosen it"
    assert editor.widget.currentData() == value
    editor.widget.setCurrentIndex(0)
    editor.widget.setCurrentIndex(editor.widget.findData(value))
    assert told == [None, value]
    editor.show("what is no choice")
    assert editor.widget.currentText() == "none"
