"""How a chart of bars shares its width: figures whole, bars never too short to read, names what is left."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontMetrics

LEAST_BAR = 60.0
BREAK = re.compile(r"[\s_,/-]+")
GAP = 6.0


@dataclass(frozen=True)
class BarColumns:
    """The widths of names and bars in a row, from left to right with gaps between; the figures stand at its end.

    Attributes:
        names: of the column of names.
        bar: of the longest bar.
        figures: of the column of figures.
    """

    names: float
    bar: float
    figures: float

    @classmethod
    def of(cls, width: float, *, widest_name: float, figures: float) -> BarColumns:
        """Shares a width: names get what they need as far as the bars keep their least length."""
        rest = max(0.0, width - figures - 2 * GAP)
        names = min(widest_name, max(0.0, rest - LEAST_BAR))
        return cls(names, max(0.0, rest - names), figures)

    def bar_left(self) -> float:
        """Returns where the bars begin."""
        return self.names + GAP


def in_lines(metrics: QFontMetrics, text: str, width: float, most: int = 2) -> list[str]:
    """Returns a text in so many lines at most, broken behind blanks, hyphens, commas and underscores.

    A word that is too long for a line is broken anywhere; what is left over is cut in the middle of the last line.
    """
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most - 1 and metrics.horizontalAdvance(rest) > width:
        fits = next((n for n in range(len(rest), 1, -1) if metrics.horizontalAdvance(rest[:n].rstrip()) <= width), 1)
        breaks = [place.end() for place in BREAK.finditer(rest[: fits + 1]) if place.end() <= fits]
        end = breaks[-1] if breaks else fits
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, shortened(metrics, rest, width)]


def shortened(metrics: QFontMetrics, name: str, width: float) -> str:
    """Returns a name cut in its middle where there is no room for it: names of classes often differ at their ends."""
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(width))
