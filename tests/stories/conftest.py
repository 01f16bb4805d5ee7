"""Stories use what the tests of the window use."""

from tests.gui.conftest import libraries_set_aside, nothing_left, widgets_kept

__all__ = ["libraries_set_aside", "nothing_left", "widgets_kept"]
