"""Commands for how the window looks and where its keyboard is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QDockWidget, QWidget

from workbench.gui.inspector.panel import Inspector
from workbench.gui.widgets import theme as themes
from workbench.gui.widgets.appearance import Appearance
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.workspaces import Workspaces


class ViewCommands:
    """Changes colours and settings of the program, and goes from panel to panel."""

    def __init__(
        self,
        workspaces: Workspaces,
        docks: Mapping[str, QDockWidget],
        inspector: Inspector,
        *,
        stops: Callable[[list[QDockWidget]], list[QWidget]],
        appearance: Appearance,
        settings: Settings,
        window: QWidget,
    ) -> None:
        """Prepares the commands.

        Args:
            workspaces: arrange the panels.
            docks: the panels by name.
            inspector: has the fields of what is selected.
            stops: returns, for the panels that are seen, where the keyboard goes one after the other; the first of
                them is the canvas, which takes it itself.
            appearance: the colours.
            settings: remember them.
            window: dialogs stand over it.
        """
        self._workspaces, self._docks, self._inspector, self._stops = workspaces, docks, inspector, stops
        self._appearance, self._settings, self._window = appearance, settings, window

    @property
    def is_dark(self) -> bool:
        """Whether the colours are the dark ones."""
        return self._appearance.theme is themes.DARK

    def toggle_theme(self) -> None:
        """Changes between light and dark."""
        self._appearance.set_theme(themes.LIGHT if self.is_dark else themes.DARK)
        self._settings.keep("theme", self._appearance.theme.name)

    def show_settings(self) -> None:
        """The settings of the program."""
        from workbench.gui.window.preferences import Preferences

        dialog = Preferences(self._settings, self._appearance, self._workspaces.reset, self._window)
        dialog.exec()
        dialog.deleteLater()

    def edit_settings(self) -> None:
        """Moves the keyboard to the first field of what is selected."""
        if not self._docks["Inspector"].isVisible():
            self._workspaces.show("Build")
        self._inspector.begin()

    def focus_next_panel(self, step: int = 1) -> None:
        """Moves the keyboard to the next panel."""
        stops = self._stops([dock for dock in self._docks.values() if dock.isVisible()])
        focus = QApplication.focusWidget()
        at = next((i for i, stop in enumerate(stops) if focus and (stop is focus or stop.isAncestorOf(focus))), 0)
        stop = stops[(at + step) % len(stops)]
        inside = [] if stop is stops[0] else stop.findChildren(QWidget)
        takers = [each for each in inside if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible()]
        (takers[0] if takers else stop).setFocus(Qt.FocusReason.TabFocusReason)

    def focus_previous_panel(self) -> None:
        """Moves the keyboard to the panel before."""
        self.focus_next_panel(-1)
