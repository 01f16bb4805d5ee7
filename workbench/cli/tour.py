"""`tour`: the real window, driven through the whole story, with a picture of every step."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import Take, say


def run(take: Take, file: Path | None, out: Path, size: str, theme: str) -> int:
    """Takes the tour.

    Args:
        take: opens the window for it, as the entry module gives it.
        file: the project; the example if None.
        out: folder of the pictures.
        size: `1280x800`, or several behind commas.
        theme: `dark`, `light` or `both`.
    """
    say(f"The tour takes a minute or two; its pictures go to {out.absolute()}.")
    count = take(str(file) if file else "", out, size, theme)
    say(f"{count} pictures are in {out.absolute()}.")
    return 0
