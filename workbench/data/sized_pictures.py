"""What sources have in common that bring picture files to one size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import prod
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from workbench.core.errors import UnreadableError
from workbench.core.setting_words import also_called
from workbench.data.chunks import zeros
from workbench.data.many_files import FileReport, in_threads, looked_at
from workbench.data.pictures import Resize, fit, is_deep, measure, read_picture
from workbench.data.placing import current
from workbench.data.spec import Source
from workbench.data.streamed import StreamedSamples, identity_of

MOST_SIDE = 8192
MOST_LOOKED_INTO = 500  # files whose bits are looked at, evenly among all
MOST_MEASURED = 2_000  # files whose size is looked at, evenly among all, before the pictures get theirs
SMALLER = "Set width and height to make the pictures smaller."
SIZE = also_called("size", "image_size", "img_size", "imgsz", "resolution", "shape")
USUAL_SIDE = 128  # largest side that is chosen without asking where the pictures differ

Shape = tuple[int, int, int]
NO_SHAPE: Shape = (1, 1, 1)


class SizedPictures(Source):
    """Options for the size of pictures, and the size that is chosen without them.

    Without `width` and `height` the pictures keep the size that more than half of them share; where there is none
    they become squares as large as the median of their shorter sides, at most 128.
    """

    path: str = Field(min_length=1, max_length=4096, description="Folder of pictures")
    width: int | None = Field(
        None, json_schema_extra=SIZE, ge=1, le=MOST_SIDE, description="Width of every picture, in pixels"
    )
    height: int | None = Field(
        None, json_schema_extra=SIZE, ge=1, le=MOST_SIDE, description="Height of every picture, in pixels"
    )
    channels: Literal[1, 3] | None = Field(None, description="1 for grey, 3 for colour; by default as the pictures are")
    resize: Resize = Field("crop", description="What happens to pictures of other proportions")
    bits: Literal[8, 16] | None = Field(
        None, description="Of grey levels: 16 keeps all as fractions, 8 makes bytes; by default as the files have them"
    )

    @model_validator(mode="after")
    def _both_sides(self) -> Self:
        if (self.width is None) != (self.height is None):
            raise ValueError("width and height must be given together")
        return self

    def fit(self, picture: Any, shape: tuple[int, ...]) -> Any:
        channels, height, width = shape
        return fit(picture, channels, height, width, self.resize)

    def whole_size(self, size: tuple[int, int]) -> tuple[int, int]:
        return (self.height, self.width) if self.height and self.width else size

    def decode(self, path: Path, into: Any = None) -> tuple[Any, tuple[str, ...]]:
        return read_picture(path, deep=self.bits != 8, into=into)

    def is_deep(self, paths: Sequence[Path]) -> bool:
        """Returns whether the pictures are kept as fractions, since some of them have more than 8 bits."""
        if self.bits is not None:
            return self.bits == 16
        return any(in_threads(_has_more_bits, paths[:: 1 + len(paths) // MOST_LOOKED_INTO], is_told=False))

    def shape_of(self, paths: Sequence[Path]) -> tuple[Shape, list[str]]:
        """Returns channels, height and width of every picture, and what is to be said about it."""
        if self.channels and self.height and self.width:
            return (self.channels, self.height, self.width), []
        shape, notes = self.common_shape(measured(paths[:: 1 + len(paths) // MOST_MEASURED]))
        if len(paths) > MOST_MEASURED and notes:
            notes[0] += f" They were looked for in {MOST_MEASURED:,} of {len(paths):,} pictures at most."
        return shape, notes

    def decode_all(
        self, root: Path, paths: Sequence[Path], shape: Shape, *, are_sizes_told: bool = False
    ) -> tuple[Any, list[FileReport]]:
        """Reads pictures at one size.

        Args:
            root: named in errors.
            paths: of the pictures.
            shape: channels, height and width of each.
            are_sizes_told: whether a note says already that the pictures have several sizes.

        Returns:
            All pictures in order, (N, C, H, W) of bytes or, where some have more bits, of fractions; and what happened
            to each. Unreadable ones stay black.

        Raises:
            UnreadableError: together they need too much memory.
        """
        count, is_deep, is_unmeasured = len(paths), self.is_deep(paths), len(paths) > MOST_MEASURED
        amount = count * prod(shape) * (4 if is_deep else 1)
        if current().decide(root, amount, SMALLER, can_stream=True) == "files":
            return self._streamed(paths, shape, is_deep=is_deep)
        pixels = blank(count, shape, is_deep=is_deep)

        def decode(index: int) -> FileReport:
            row = pixels[index]
            try:
                picture, notes = self.decode(paths[index], row)
            except UnreadableError as error:
                return FileReport(problem=error.reason)
            if picture is row:
                return FileReport(notes)
            if picture.shape != shape and is_unmeasured:
                notes = (*notes, *self._unforeseen(picture.shape, shape, are_sizes_told=are_sizes_told))
            pixels[index], more = stored(self.fit(picture, shape), is_deep=is_deep)
            return FileReport((*notes, *more))

        return pixels, list(in_threads(decode, range(count)))

    def _unforeseen(self, found: Shape, shape: Shape, *, are_sizes_told: bool) -> list[str]:
        """What a picture loses that was not among those measured before all got their shape."""
        notes = []
        if found[0] > shape[0] and not self.channels:
            notes.append("it has colours, which became grey as those looked at first are (channels=3 keeps them)")
        if found[1:] != shape[1:] and not (self.width or are_sizes_told):
            notes.append(f"it has another size than those looked at first; it was brought to {shape[2]}×{shape[1]}")
        return notes

    def _streamed(self, paths: Sequence[Path], shape: Shape, *, is_deep: bool) -> tuple[Any, list[FileReport]]:
        """Pictures that are read whenever they are wanted; of their files only those are known that have no header."""

        def read(index: int) -> Any:
            return stored(self.fit(self.decode(paths[index])[0], shape), is_deep=is_deep)[0]

        made = streamed_pictures(read, shape, self.identity(shape, paths), len(paths), is_deep=is_deep)
        return made, looked_at(measure, paths)

    def identity(self, shape: tuple[int, ...], paths: Sequence[Path], more: str = "") -> bytes:
        """Returns what tells pictures apart that are read from their files: these, and how they are brought to a size.

        Args:
            shape: of a sample.
            paths: of the files.
            more: what else makes samples others.
        """
        return identity_of(f"{shape} {self.resize}{more}", (f"{path.parent.name}/{path.name}" for path in paths))

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


def blank(count: int, shape: Shape, *, is_deep: bool) -> Any:
    """Returns black pictures (N, C, H, W), bytes or fractions, which lie in memory as a data set keeps them."""
    import numpy as np

    channels, height, width = shape
    if not is_deep:
        return zeros((count, height, width, channels)).transpose(0, 3, 1, 2)
    return zeros((count, height, width, channels * 4)).view(np.float32).transpose(0, 3, 1, 2)


def stored(picture: Any, *, is_deep: bool) -> tuple[Any, tuple[str, ...]]:
    """Returns a picture, bytes or fractions, as the data keeps it, and a note where that loses something."""
    import numpy as np

    is_bytes = picture.dtype == np.uint8
    if is_deep:
        return (picture / np.float32(255) if is_bytes else picture), ()
    if is_bytes:
        return picture, ()
    return np.rint(picture * 255).astype(np.uint8), ("its grey levels have more than 8 bits, of which 8 are kept",)


def streamed_pictures(
    read: Callable[[int], Any], shape: Shape, identity: bytes, count: int, *, is_deep: bool, part: int | None = None
) -> Any:
    """Returns pictures (N, C, H, W), bytes or fractions, that are read from their files whenever they are wanted."""
    import numpy as np

    numbers, dtype = np.arange(count, dtype=np.int64), np.float32 if is_deep else np.uint8
    return StreamedSamples(read, shape, identity, numbers, dtype, part=part).as_array()


def _has_more_bits(path: Path) -> bool:
    try:
        return is_deep(path)
    except UnreadableError:
        return False


def measured(paths: Sequence[Path]) -> list[Shape | None]:
    """Returns channels, height and width of each picture file; None for those that cannot be read."""

    def shape(path: Path) -> Shape | None:
        try:
            return measure(path)
        except UnreadableError:
            return None

    return list(in_threads(shape, paths))
