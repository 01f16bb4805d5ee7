"""Commands that walk through what the network gets wrong."""

from __future__ import annotations

from collections.abc import Callable

from workbench.gui.window.panels import Panels


class LookCommands:
    """Goes from one wrong sample to the next in the Look panel."""

    def __init__(
        self, panels: Callable[[], Panels | None], show: Callable[[str], None], say: Callable[[str], None]
    ) -> None:
        """Prepares the commands.

        Args:
            panels: returns the panels that come late; None while they are still loading.
            show: shows a workspace by its name.
            say: shows a passing message.
        """
        self._panels, self._show, self._say = panels, show, say

    def next_wrong(self, step: int = 1) -> None:
        """Looks at the next sample that the network gets wrong, the surest mistake first."""
        panels = self._panels()
        if panels is None:
            self._say("The Look panel is still loading.")
            return
        if not panels.look.isVisible():
            self._show("Look")
        panels.look.probe.walk_wrong(step)

    def previous_wrong(self) -> None:
        """Looks at the one before."""
        self.next_wrong(-1)
