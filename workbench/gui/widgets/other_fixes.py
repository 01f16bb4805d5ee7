"""The button beside that of a problem's first fix: the others, in a menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtWidgets import QMenu, QToolButton

from workbench.core.errors import printable
from workbench.gui.widgets.labels import plain_tip
from workbench.model.mending import Fix


class OtherFixes(QToolButton):
    """Opens a menu of the fixes of a problem after its first one; hidden where there is none."""

    def __init__(self, mend: Callable[[Fix], object]) -> None:
        """Prepares the button.

        Args:
            mend: applies the fix that is chosen.
        """
        super().__init__()
        self._mend = mend
        self.setText("Or")
        self.setAccessibleName("Other fixes of this problem")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))
        self.hide()

    def offer(self, fixes: Sequence[Fix]) -> None:
        """Shows what may be chosen.

        Args:
            fixes: all of the problem, the first one too.
        """
        fill(self.menu(), others := fixes[1:], self._mend)
        self.setToolTip(plain_tip("\n".join(fix.text for fix in others)))
        self.setVisible(bool(others))


def fill(menu: QMenu | None, fixes: Sequence[Fix], mend: Callable[[Fix], object]) -> None:
    """Puts fixes into a menu, in place of what was in it.

    Args:
        menu: where they go.
        fixes: one entry each.
        mend: applies the one that is chosen.
    """
    assert menu is not None
    menu.clear()
    for fix in fixes:
        action = menu.addAction(printable(fix.text).replace("&", "&&"))
        assert action is not None
        action.triggered.connect(lambda _=False, fix=fix: mend(fix))
