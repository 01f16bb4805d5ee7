"""What a right-click offers on the input, on the pictures of a unit and on the bars of the classes."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QObject, QPoint, QPointF
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QAbstractButton

from workbench.gui.insight.pixel_image import PixelImage
from workbench.gui.insight.probe_side import ProbeSide
from workbench.gui.insight.unit_side import UnitSide
from workbench.gui.widgets.context_menu import LINE, ContextMenu, Entries, Entry


class SideMenus(QObject):
    """Offers what clicks, keys and buttons beside them do."""

    def __init__(self, probe: ProbeSide, unit: UnitSide) -> None:
        super().__init__(probe)
        self._probe, self._unit = probe, unit
        ContextMenu(probe.input, self._of_input)
        ContextMenu(probe.bars, self._of_bars)
        ContextMenu(unit.map, self._of_map)
        for picture in (unit.down, unit.filter):
            ContextMenu(picture, partial(_of_picture, picture))

    def _of_input(self, place: QPoint | None) -> Entries:
        probe = self._probe
        before, after = probe.wrong
        return [
            _copy(probe.input),
            Entry("Paste a picture", probe.paste, "Take the picture that was copied"),
            Entry("Open a picture…", probe.open_picture, "Choose a picture file"),
            LINE,
            _pressing(before, before.accessibleName()),
            _pressing(after, after.accessibleName()),
        ]

    def _of_map(self, place: QPoint | None) -> Entries:
        unit = self._unit
        pixel = unit.map.pixel_at(QPointF(place)) if place is not None else None
        send = [Entry("Send this position back", lambda: unit.position_chosen.emit(pixel))] if pixel else []
        strongest = Entry(
            "Send the strongest position back", unit.strongest.click, is_of_use=not unit.strongest.isHidden()
        )
        return [_copy(unit.map), LINE, *send, strongest]

    def _of_bars(self, place: QPoint | None) -> Entries:
        bars = self._probe.bars
        row = bars.row_at(place.y()) if place is not None else None
        one = [Entry(f"Copy {row[0]}: {row[1]:.2%}", lambda: _to_clipboard(_line(row)))] if row else []
        everything = "\n".join(map(_line, bars.shares))
        return [*one, Entry("Copy all probabilities", lambda: _to_clipboard(everything))] if bars.shares else []


def _of_picture(picture: PixelImage, place: QPoint | None) -> Entries:
    return [_copy(picture)]


def _line(row: tuple[str, float]) -> str:
    """A class as spreadsheets read it."""
    return f"{row[0]}\t{row[1]:.6f}"


def _to_clipboard(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)


def _copy(picture: PixelImage) -> Entry:
    """Copies a picture with its own pixels."""

    def copy() -> None:
        clipboard, image = QGuiApplication.clipboard(), picture.image
        if clipboard is not None and image is not None:
            clipboard.setImage(image)

    return Entry("Copy the picture", copy, is_of_use=picture.image is not None)


def _pressing(button: QAbstractButton, text: str) -> Entry:
    return Entry(text, button.click, is_of_use=button.isEnabled() and not button.isHidden())
