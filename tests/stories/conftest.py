"""Stories use what the tests of the window use."""

from tests.gui.conftest import nothing_left, widgets_kept

__all__ = ["nothing_left", "widgets_kept"]
