"""Folders of IDX files, as MNIST, Fashion-MNIST and their like come in."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from workbench.core.files import is_folder
from workbench.data.idx_file import read_folder
from workbench.data.idx_names import holds_pairs
from workbench.data.paths import locate
from workbench.data.spec import Dataset, Reads, Source, source


@source(name="idx", title="IDX files (MNIST and its like)", reads=Reads("folder"))
class Idx(Source):
    """Reads `train-images-idx3-ubyte[.gz]`, `train-labels-idx1-ubyte[.gz]` and the same for `t10k` or `test`."""

    path: str = Field(min_length=1, max_length=4096, description="Folder with the files")
    limit: int | None = Field(None, ge=1, description="Take only that many of the first samples of each split")

    @classmethod
    def claim(cls, path: Path) -> int:
        return 2 if is_folder(path) and holds_pairs(path) else 0

    def load(self, folder: Path) -> Dataset:
        return read_folder(locate(self.path, folder), self.limit)
