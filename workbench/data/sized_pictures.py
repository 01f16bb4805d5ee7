"""What sources have in common that bring picture files to one size."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from workbench.core.errors import UnreadableError
from workbench.data.chunks import zeros
from workbench.data.many_files import FileReport, in_threads
from workbench.data.pictures import Pixels, Resize, fit, measure
from workbench.data.placing import current
from workbench.data.spec import Source
from workbench.data.streamed import StreamedSamples

MOST_SIDE = 8192
MOST_MEASURED = 50_000  # files whose size is looked at, evenly among all, before the pictures get theirs
SMALLER = "Set width and height to make the pictures smaller."
USUAL_SIDE = 128  # largest side that is chosen without asking where the pictures differ

Shape = tuple[int, int, int]
NO_SHAPE: Shape = (1, 1, 1)


class SizedPictures(Source):
    """Options for the size of pictures, and the size that is chosen without them.

    Without `width` and `height` the pictures keep the size that more than half of them share; where there is none
    they become squares as large as the median of their shorter sides, at most 128.
    """

    path: str = Field(min_length=1, max_length=4096, description="Folder of pictures")
    width: int | None = Field(None, ge=1, le=MOST_SIDE, description="Width of every picture, in pixels")
    height: int | None = Field(None, ge=1, le=MOST_SIDE, description="Height of every picture, in pixels")
    channels: Literal[1, 3] | None = Field(None, description="1 for grey, 3 for colour; by default as the pictures are")
    resize: Resize = Field("crop", description="What happens to pictures of other proportions")

    @model_validator(mode="after")
    def _both_sides(self) -> Self:
        if (self.width is None) != (self.height is None):
            raise ValueError("width and height must be given together")
        return self

    def fit(self, picture: Pixels, shape: tuple[int, ...]) -> Pixels:
        channels, height, width = shape
        return fit(picture, channels, height, width, self.resize)

    def whole_size(self, size: tuple[int, int]) -> tuple[int, int]:
        return (self.height, self.width) if self.height and self.width else size

    def shape_of(self, paths: Sequence[Path]) -> tuple[Shape, list[str]]:
        """Returns channels, height and width of every picture, and what is to be said about it."""
        if self.channels and self.height and self.width:
            return (self.channels, self.height, self.width), []
        shape, notes = self.common_shape(measured(paths[:: 1 + len(paths) // MOST_MEASURED]))
        if len(paths) > MOST_MEASURED and notes:
            notes[0] += f" They were looked for in {MOST_MEASURED:,} of {len(paths):,} pictures at most."
        return shape, notes

    def decode_all(self, root: Path, paths: Sequence[Path], shape: Shape) -> tuple[Pixels, list[FileReport]]:
        """Reads pictures at one size.

        Args:
            root: named in errors.
            paths: of the pictures.
            shape: channels, height and width of each.

        Returns:
            All pictures in order, (N, C, H, W), and what happened to each; unreadable ones stay black.

        Raises:
            UnreadableError: together they need too much memory.
        """
        count = len(paths)
        channels, height, width = shape
        amount = count * channels * height * width
        if current().decide(root, amount, SMALLER, can_stream=True) == "files":
            return self._streamed(paths, shape)
        pixels = zeros((count, height, width, channels)).transpose(0, 3, 1, 2)  # as the data set keeps them

        def decode(index: int) -> FileReport:
            try:
                picture, notes = self.decode(paths[index])
            except UnreadableError as error:
                return FileReport(problem=error.reason)
            pixels[index] = self.fit(picture, shape)
            return FileReport(notes)

        return pixels, list(in_threads(decode, range(count)))

    def _streamed(self, paths: Sequence[Path], shape: Shape) -> tuple[Pixels, list[FileReport]]:
        """Pictures that are read whenever they are wanted; of their files only those are known that have no header."""
        import numpy as np

        def read(index: int) -> Pixels:
            return self.fit(self.decode(paths[index])[0], shape)

        def look(path: Path) -> FileReport:
            try:
                measure(path)
            except UnreadableError as error:
                return FileReport(problem=error.reason)
            return FileReport()

        identity = hashlib.blake2b(f"{shape} {self.resize}".encode(), digest_size=16)
        for path in paths:
            identity.update(f"{path.parent.name}/{path.name}\n".encode(errors="surrogateescape"))
        reports = list(in_threads(look, paths)) if len(paths) <= MOST_MEASURED else [FileReport()] * len(paths)
        numbers = np.arange(len(paths), dtype=np.int64)
        return StreamedSamples(read, shape, identity.digest(), numbers).as_array(), reports

    def common_shape(self, found: Sequence[Shape | None]) -> tuple[Shape, list[str]]:
        """Returns the shape for pictures of these shapes (None: unreadable), and what is to be said about it."""
        import numpy as np

        shapes = [shape for shape in found if shape is not None]
        if not shapes:
            return NO_SHAPE, []  # the reasons are reported when the files are decoded
        channels = self.channels or max(shape[0] for shape in shapes)
        if self.height and self.width:
            return (channels, self.height, self.width), []
        sizes = Counter(shape[1:] for shape in shapes)
        (height, width), count = sizes.most_common(1)[0]
        if 2 * count <= len(shapes):
            height = width = min(USUAL_SIDE, int(np.median([min(size) for size in sizes.elements()])))
        notes = []
        if len(sizes) > 1:
            notes.append(
                f"The pictures have {len(sizes):,} different sizes; all were brought to {width}×{height} pixels "
                f"(resize: {self.resize}). Set width and height for another size."
            )
        return (channels, height, width), notes


def measured(paths: Sequence[Path]) -> list[Shape | None]:
    """Returns channels, height and width of each picture file; None for those that cannot be read."""

    def shape(path: Path) -> Shape | None:
        try:
            return measure(path)
        except UnreadableError:
            return None

    return list(in_threads(shape, paths))
