"""A network drawn without a window, for the command line."""

from __future__ import annotations

from PyQt6.QtWidgets import QApplication

from workbench.core.graph import Graph
from workbench.gui.document.session import Session
from workbench.gui.editor.picture import picture_of
from workbench.gui.editor.scene import Scene
from workbench.gui.widgets.theme import LIGHT
from workbench.project.document import Project


def paint(graph: Graph, suffix: str, *, colours: str, background: str) -> bytes:
    """Returns the bytes of a picture of a network, as the canvas draws it.

    Args:
        graph: the network; groups are folded as they are in it.
        suffix: of the picture's file.
        colours: "light" or "dark".
        background: "plain", or "none" for a clear one.
    """
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    scene = Scene(Session(Project.new(graph, {}, {})), LIGHT)
    return picture_of(scene, suffix, "network", is_clear=background == "none", colours=colours)
