"""Medical volumes in NIfTI files, read where the package nibabel is installed: it knows headers and orientations.

Nothing is believed: the header is read first, what it promises is held against what may be taken, and only so much is
unpacked. Extensions of headers are passed over, and no file is mapped into memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.values import Shape, shape_text
from workbench.data.limits import check_amount
from workbench.data.packed_file import unpacked

Floats = NDArray[np.float32]

SUFFIXES = (".nii", ".nii.gz")
HEADERS = {348: (b"n+1\0", slice(344, 348)), 540: (b"n+2\0", slice(4, 8))}  # size → what such a header holds, and where
LONGEST_EXTENSIONS = 2**24  # bytes between header and voxels
MOST_CHANNELS = 16
SMALLER = "Bring it to fewer voxels first."


@dataclass(frozen=True)
class VolumeHeader:
    """What the header of a file declares.

    Attributes:
        sides: of the axes as they are stored: x, y, z, and channels.
        dtype: of the stored values.
        slope: what stored values are multiplied by.
        intercept: what is added then.
        axes: which way the stored axes lead, as nibabel tells orientations; None if the file does not say.
    """

    sides: Shape
    dtype: np.dtype[Any]
    slope: float
    intercept: float
    axes: NDArray[np.float64] | None

    @property
    def shape(self) -> Shape:
        """Channels, depth, height and width, as the volume is read."""
        order = [0, 1, 2] if self.axes is None else np.argsort(self.axes[:, 0]).tolist()
        width, height, depth = (self.sides[axis] for axis in order)
        return self.sides[3], depth, height, width


def is_volume(path: Path) -> bool:
    """Returns whether this is a NIfTI file, by its name alone."""
    return path.name.lower().endswith(SUFFIXES) and not path.name.startswith(".")


def measured_volume(path: Path) -> Shape:
    """Returns channels, depth, height and width of a volume; no voxel is read.

    Raises:
        UsageError: the package nibabel is not installed.
        UnreadableError: it is no NIfTI file, or its header cannot be taken.
    """
    with unpacked(path) as stream:
        return _header(path, stream).shape


def read_volume(path: Path) -> tuple[Floats, tuple[str, ...]]:
    """Reads a volume with its slices from the feet to the head, rows from front to back, columns from left to right.

    Returns:
        Values (C, D, H, W), scaled as the header says, and notes on what was done.

    Raises:
        UsageError: the package nibabel is not installed.
        UnreadableError: it is no NIfTI file, is damaged or too large, or most of its values are not finite.
    """
    with unpacked(path) as stream:
        header = _header(path, stream)
        count = prod(header.sides) * header.dtype.itemsize
        data = stream.read(count)
    if len(data) < count:
        raise UnreadableError(
            path, f"the file is cut off: its header promises {count:,} bytes of voxels, but there are {len(data):,}."
        )
    stored = np.frombuffer(data, header.dtype).reshape(header.sides, order="F")
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is told below
        values = stored.astype(np.float32)
        notes = []
        if (header.slope, header.intercept) != (1.0, 0.0):
            values = values * np.float32(header.slope) + np.float32(header.intercept)
            notes.append(f"values were scaled as the header says (×{header.slope:g}, {header.intercept:+g})")
    is_finite = np.isfinite(values)
    if bad := int(values.size - is_finite.sum()):
        if 2 * bad > values.size:
            raise UnreadableError(path, f"{bad:,} of its {values.size:,} values are not finite.")
        values = np.where(is_finite, values, np.float32(0))
        notes.append("values that are not finite, as outside of what was measured, became 0")
    if header.axes is None:
        notes.append("the header does not say which way its axes lead, so they stay as they are stored")
    else:
        values = _modules().orientations.apply_orientation(values, header.axes)
    return np.ascontiguousarray(values.transpose(3, 2, 1, 0)[:, :, ::-1]), tuple(notes)


def _header(path: Path, stream: IO[bytes] | Any) -> VolumeHeader:
    """Reads a header and passes over what lies between it and the voxels."""
    start = stream.read(4)
    size = next((size for size in HEADERS if size in (_whole(start, "little"), _whole(start, "big"))), 0)
    block = start + stream.read(size - 4) if size else start
    mark, place = HEADERS.get(size, (b"", slice(0)))
    if not size or block[place] != mark:
        raise UnreadableError(path, f"this is no NIfTI file in one piece (it begins with {ascii(block[:8])[1:]}).")
    if len(block) < size:
        raise UnreadableError(path, "the file is cut off inside its header. Copy it again.")
    nib = _modules(path)
    kind = nib.Nifti1Header if size == 348 else nib.Nifti2Header
    try:
        header = kind(block, check=False)
        shape = tuple(int(side) for side in header.get_data_shape())
        dtype, offset = np.dtype(header.get_data_dtype()), int(header.get_data_offset())
        slope, intercept = (None if each is None else float(each) for each in header.get_slope_inter())
    except Exception as error:  # whatever a damaged header makes of nibabel's arithmetic
        raise UnreadableError(path, f"its header is damaged ({printable(error).rstrip('.')}).") from None
    if dtype.kind not in "iuf":
        raise UnreadableError(path, f"it holds {printable(dtype)}; whole numbers or floats are taken.")
    sides = _sides(path, shape)
    check_amount(path, prod(sides) * (dtype.itemsize + 8), SMALLER)
    if not size <= offset <= LONGEST_EXTENSIONS:
        raise UnreadableError(path, f"its header says that the voxels begin at byte {offset:,}, which cannot be.")
    stream.read(offset - size)
    return VolumeHeader(
        sides, dtype, 1.0 if slope is None else slope, 0.0 if intercept is None else intercept,
        _axes(nib, header),
    )  # fmt: skip


def _sides(path: Path, shape: Shape) -> Shape:
    """The sides of x, y, z and channels, of the axes that a header declares."""
    told = shape_text(shape)
    if any(side < 1 for side in shape):
        raise UnreadableError(path, f"its header declares the impossible shape {told}.")
    *rest, last = (*shape, 1) if len(shape) <= 3 else shape
    if len(rest) < 3 or any(side != 1 for side in rest[3:]):
        raise UnreadableError(path, f"it has the shape {told}; a volume has 3 axes, or 4 with channels.")
    if last > MOST_CHANNELS:
        raise UnreadableError(path, f"it holds {last:,} volumes; at most {MOST_CHANNELS} are taken, as channels.")
    return *rest[:3], last


def _axes(nib: Any, header: Any) -> NDArray[np.float64] | None:
    """Which way the axes lead; None where the header holds nothing sensible."""
    try:
        with np.errstate(all="ignore"):
            axes = np.asarray(nib.orientations.io_orientation(header.get_best_affine()), np.float64)
    except Exception:  # as in `_header`
        return None
    return axes if np.isfinite(axes).all() and sorted(axes[:, 0].tolist()) == [0, 1, 2] else None


def _whole(data: bytes, order: Any) -> int:
    return int.from_bytes(data, order)


def _modules(path: Path | None = None) -> Any:
    """The package nibabel."""
    try:
        import nibabel
    except ImportError:
        what = f"{printable(path.name)} is a NIfTI file; reading it" if path else "Reading NIfTI files"
        raise UsageError(
            f'{what} needs the package nibabel: pip install "cnn-workbench[medical]", or pip install nibabel.'
        ) from None
    return nibabel
