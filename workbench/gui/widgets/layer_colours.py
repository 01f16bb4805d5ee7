"""Colours that layers and values bring with them: of a group of layers, and of the wires of a kind."""

from __future__ import annotations

from PyQt6.QtGui import QColor

from workbench.core.values import KINDS
from workbench.layers.groups import group_named


def group_colour(group: str) -> QColor:
    """Returns the header colour of nodes of a palette group."""
    return QColor(group_named(group).colour)


def wire_colour(kind: str) -> QColor:
    """Returns the colour of wires of a kind."""
    return QColor(KINDS.get(kind, KINDS["map"]).colour)
