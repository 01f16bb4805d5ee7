"""The paper that samples are drawn on, by the theme."""

from __future__ import annotations

from workbench.gui.widgets.theme import Theme
from workbench.inspection.portraits import DARK_PAPER, LIGHT_PAPER, Paper


def paper_of(theme: Theme) -> Paper:
    """Returns the paper that goes with a set of colours."""
    return DARK_PAPER if theme.name == "dark" else LIGHT_PAPER
