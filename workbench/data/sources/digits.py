"""The digits that come with the program."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from workbench.core.resources import resource
from workbench.data.idx_file import read_folder
from workbench.data.spec import Dataset, Source, source


@source(name="digits", title="Handwritten digits (a part of MNIST)")
class Digits(Source):
    """6,000 digits to learn from and 1,000 to test with, 28×28 grey, as many of each class; needs no download."""

    labelled: int | None = Field(None, ge=10, description="Learn only from that many of the first; the test keeps all")

    def load(self, folder: Path) -> Dataset:
        found = read_folder(resource("digits"))
        if self.labelled is None:
            return found
        few = {name: array[: self.labelled] for name, array in found.splits["train"].items()}
        return Dataset(found.fields, {**found.splits, "train": few}, found.notes)
