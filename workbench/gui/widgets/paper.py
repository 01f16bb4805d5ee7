"""What pictures of samples and signals are drawn with, by the theme: the paper, and the colours of signed values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.gui.widgets.theme import Theme
from workbench.insight.colours import DIVERGING, DIVERGING_LIGHT
from workbench.inspection.portraits import DARK_PAPER, LIGHT_PAPER, Paper


def paper_of(theme: Theme) -> Paper:
    """Returns the paper that goes with a set of colours."""
    return DARK_PAPER if theme.name == "dark" else LIGHT_PAPER


def signed_colours(theme: Theme) -> NDArray[np.uint8]:
    """Returns 256 colours from negative values to positive ones, (256, 3)."""
    return DIVERGING if theme.name == "dark" else DIVERGING_LIGHT
