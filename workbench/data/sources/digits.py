"""The digits that come with the program."""

from __future__ import annotations

from pathlib import Path

from workbench.core.resources import resource
from workbench.data.idx_file import read_folder
from workbench.data.spec import Dataset, Source, source


@source(name="digits", title="Handwritten digits (a part of MNIST)")
class Digits(Source):
    """6,000 digits to learn from and 1,000 to test with, 28×28 grey, as many of each class; needs no download."""

    def load(self, folder: Path) -> Dataset:
        return read_folder(resource("digits"))
