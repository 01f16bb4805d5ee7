"""Numpy's files: `.npz` with pictures and whatever is known about each, or `.npy` with pictures alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pydantic import Field

from workbench.data.array_fields import converted_bytes, images
from workbench.data.array_parts import SampleArray, read_arrays
from workbench.data.paths import locate
from workbench.data.series_arrays import holds_series
from workbench.data.spec import Dataset, Reads, Source, source

IMAGE_NAMES = ("image", "images", "img", "imgs", "x", "data", "pictures", "arr_0", "array")
PICTURES = SampleArray("image", "picture", IMAGE_NAMES, (3, 4), images, partial(converted_bytes, are_pictures=True))


@source(name="npz", title="Numpy arrays (.npz, .npy)", reads=Reads("file", "Numpy arrays", ("*.npz", "*.npy")))
class Npz(Source):
    """Reads an array of pictures, a class for each, and every other array of as many entries as numbers to predict.

    `x_train, y_train, x_test, y_test` and `train_images, train_labels, ...` are understood as splits. The pictures
    become the field `image`, the classes `label`; the others keep their names.
    """

    path: str = Field(min_length=1, max_length=4096, description="The .npz or .npy file")
    image: str | None = Field(None, max_length=200, description="Name of the array of pictures; guessed by default")
    label: str | None = Field(
        None, max_length=200, description="Name of the array of classes; guessed by default; empty for none"
    )

    @classmethod
    def claim(cls, path: Path) -> int:
        if path.suffix.lower() not in (".npz", ".npy"):
            return 0
        return 1 if holds_series(path) else 2

    def load(self, folder: Path) -> Dataset:
        return read_arrays(locate(self.path, folder), PICTURES, self.image, self.label)
