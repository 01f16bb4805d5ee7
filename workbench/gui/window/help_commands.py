"""Commands that help: the search, the help of a layer, the table of keys, versions."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from workbench.core.graph import Node
from workbench.gui.document.session import Session
from workbench.gui.editor.view import CanvasView
from workbench.gui.window.menus import Menus


class HelpCommands:
    """Opens what explains the program; each dialog is imported when it is opened first."""

    def __init__(self, menus: Menus, session: Session, canvas: CanvasView, window: QWidget) -> None:
        """Prepares the commands.

        Args:
            menus: all commands and their keys.
            session: the open project.
            canvas: shows what was found.
            window: dialogs stand over it.
        """
        self._menus, self._session, self._canvas, self._window = menus, session, canvas, window

    def search_commands(self) -> None:
        """Finds a command, or a node, by its name."""
        from workbench.gui.window.help import CommandSearch

        search = CommandSearch(self._menus, self._session.graph, self._window)
        search.node_chosen.connect(self._canvas.reveal_node)
        search.frame_chosen.connect(self._canvas.framing.select)
        search.show_search()

    def show_help(self) -> None:
        """What the layer of the selected node does; without a node the table of keys."""
        from workbench.gui.window.node_help import show_node_help

        session = self._session
        nodes = [session.graph.nodes[id_] for id_ in session.selection if id_ in session.graph.nodes]
        if nodes:
            show_node_help(self._window, nodes[-1])
        else:
            self.show_keys()

    def show_layer_help(self, layer: str) -> None:
        """What a layer of the list does."""
        from workbench.gui.window.node_help import show_node_help

        show_node_help(self._window, Node("", layer, layer))

    def show_keys(self) -> None:
        """The table of all keys."""
        from workbench.gui.window.help import show_keys

        show_keys(self._menus, self._window)

    def show_about(self) -> None:
        """Versions and licences."""
        from workbench.gui.window.help import show_about

        show_about(self._window)
