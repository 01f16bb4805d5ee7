"""Tables on the terminal, wide enough where nobody limits the width."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

WIDE = 200


def print_table(
    titles: Sequence[str],
    rows: Iterable[Sequence[str] | None],
    *,
    numbers_from: int = 99,
    wrapped: Collection[str] = (),
) -> None:
    """Prints rows under titles.

    Args:
        titles: of the columns.
        rows: cells for each column; None draws a line.
        numbers_from: columns from this one on are aligned to the right.
        wrapped: titles of the columns that take several lines where there is little room; the others stay whole.
    """
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, title in enumerate(titles):
        justify: Literal["left", "right"] = "right" if number >= numbers_from else "left"
        table.add_column(title, justify=justify, no_wrap=title not in wrapped, overflow="fold")
    for row in rows:
        if row is None:
            table.add_section()
        else:
            table.add_row(*row)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE
    Console(highlight=False, markup=False, width=max(width, 100)).print(table)
