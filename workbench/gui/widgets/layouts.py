"""Widgets of layouts that come and go."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtWidgets import QFormLayout, QLayout, QLayoutItem


def clear(layout: QLayout) -> None:
    """Takes all widgets out of a layout, and the rows of a form too.

    They are hidden now and deleted when the events of this moment are through: Qt crashes where a field is gone that is
    just getting the focus, as when the value of the field that is left makes a form anew.

    Args:
        layout: with widgets alone.
    """
    for item in _taken(layout):
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _taken(layout: QLayout) -> Iterator[QLayoutItem]:
    if isinstance(layout, QFormLayout):
        while layout.rowCount():
            row = layout.takeRow(0)
            yield from (item for item in (row.labelItem, row.fieldItem) if item is not None)
    else:
        while (item := layout.takeAt(0)) is not None:
            yield item
