"""Settings of the program that hold from its start: the size of its text, how many threads train, and how nicely."""

from __future__ import annotations

from PyQt6.QtWidgets import QApplication

from workbench.core.process import GIVES_WAY, MOST_THREADS, request_niceness, request_threads
from workbench.gui.widgets.user_settings import Settings

SMALLEST_TEXT, LARGEST_TEXT = 7, 24  # points; one less is the system's own size
NICENESS = {"": GIVES_WAY, "even": 0, "spare": 15}  # of a training, by what is remembered


def apply_kept(app: QApplication, settings: Settings) -> None:
    """Gives the program the size of text, and trainings the threads and the niceness, that are remembered."""
    size, threads = settings.number("text_size"), settings.number("threads")
    font = app.font()
    own = app.property("own_text_size")
    if own is None:
        app.setProperty("own_text_size", font.pointSizeF())
        own = font.pointSizeF()
    font.setPointSizeF(float(size) if SMALLEST_TEXT <= size <= LARGEST_TEXT else own)
    app.setFont(font)
    request_threads(threads if threads <= MOST_THREADS else 0)
    request_niceness(NICENESS.get(settings.text("training_share"), GIVES_WAY))
