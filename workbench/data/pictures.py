"""The one decoder of picture files: limits first, then pixels as bytes, channels first.

Upright (EXIF), 1 or 3 channels, 8 bits or, for grey of more, fractions. Transparent places become white, as icons and
drawings expect; of an animation the first frame counts. Formats that run programs or lack limits never open.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import read_buffer
from workbench.data.picture_kinds import FORMATS, unidentified
from workbench.data.plain_jpeg import decoded, header

if TYPE_CHECKING:
    from PIL import Image

Pixels = NDArray[np.uint8]
Resize = Literal["crop", "stretch", "pad"]

SUFFIXES = frozenset(
    ".png .jpg .jpeg .jpe .jfif .bmp .dib .webp .gif .tif .tiff .ppm .pgm .pbm .pnm".split()
)  # what picture files are called, in small letters
DEEP_SUFFIXES = (".png", ".tif", ".tiff", ".ppm", ".pgm", ".pnm")  # that may have more than 8 bits
MOST_PIXELS = 50_000_000
MOST_FILE_BYTES = 200_000_000
GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
NUMERIC_MODES = GREY_MODES - {"1", "L", "LA", "La"}  # more than 8 bits
WHITE = 65535  # of whole numbers with more than 8 bits
DEPTHS = (1, 8, 10, 12)  # bits that cameras and masks may use of the 16 that a file has
SAMPLES_PER_PIXEL = 277  # TIFF tag
ORIENTATION = 0x0112  # EXIF tag
ON_ITS_SIDE = (5, 6, 7, 8)
REMARKS = re.compile(r"PIL\.")  # modules whose warnings concern the file, which is then read or refused


def read_picture(
    path: str | Path, white: int | None = None, *, deep: bool = False, into: NDArray[Any] | None = None
) -> tuple[Any, tuple[str, ...]]:
    """Decodes one picture file.

    Args:
        path: PNG, JPEG, BMP, WEBP, GIF, TIFF or PPM, recognised by its content; at most 200 MB and 50 million pixels.
        white: the grey level that becomes white, where it is not the highest that the file could hold: 4095 for 12
            bits in a file of 16, 1 for masks. Colours have 8 bits and stay as they are.
        deep: whether grey of more than 8 bits becomes fractions of white, so that all bits are kept, and not bytes.
        into: memory (C, H, W) that may be filled and returned, where the picture comes out just so.

    Returns:
        Bytes, or float32 fractions, of shape (C, H, W) with C = 1 for grey and 3 for colour, whose channels may lie
        beside each other in memory; and notes on what was left out or looks lost.

    Raises:
        UnreadableError: it is no picture, too large, damaged or cut off.
    """
    data = _file(path)
    plain = decoded(data, MOST_PIXELS, into) if white is None else None
    if plain is not None:
        return plain, ()
    with _opened(path, data) as picture:
        notes = []
        # The second picture in a phone's JPEG (format MPO) is a helper of the first, no frame.
        if picture.format != "MPO" and getattr(picture, "is_animated", False):
            notes.append("it has several frames, of which the first is taken")
            picture.seek(0)
        if any(";16" in str(tile[3]) for tile in getattr(picture, "tile", ())) and picture.mode not in NUMERIC_MODES:
            notes.append("its colours have 16 bits, of which 8 are taken")
        picture.load()
        if not _turn_upright(picture):
            notes.append("its EXIF block is damaged, so it is shown as it is stored")
        notes += _bands(picture)
        pixels, more = _pixels(path, picture, white, deep=deep)
        return pixels, (*notes, *more)


def is_deep(path: str | Path) -> bool:
    """Returns whether a picture file has grey levels of more than 8 bits, by its header.

    Raises:
        UnreadableError: the header is not one of a picture.
    """
    if not str(path).lower().endswith(DEEP_SUFFIXES):
        return False
    with _opened(path, _file(path)) as picture:
        return picture.mode in NUMERIC_MODES


@contextmanager
def decoded_picture(path: str | Path) -> Iterator[Image.Image]:
    """Opens a picture file within the limits of `read_picture`, for who needs more of it than its colours.

    Yields:
        The first frame, decoded and upright, in the file's own mode.

    Raises:
        UnreadableError: it is no picture, too large, damaged or cut off; so is what goes wrong while it is used.
    """
    with _opened(path, _file(path)) as picture:
        picture.load()
        _turn_upright(picture)
        yield picture


def measure(path: str | Path) -> tuple[int, int, int]:
    """Channels, height and width that `read_picture` would give, from the file's header alone.

    Raises:
        UnreadableError: the header is not one of a picture.
    """
    data = _file(path)
    plain = header(data, MOST_PIXELS)
    if plain is not None:
        return plain
    with _opened(path, data) as picture:
        width, height = picture.size
        try:
            turned = picture.format != "TIFF" and picture.getexif().get(ORIENTATION) in ON_ITS_SIDE
        except Exception:  # a damaged block, as in `_turn_upright`
            turned = False
        return (1 if _is_grey(picture) else 3), *((width, height) if turned else (height, width))


def _file(path: str | Path) -> bytearray:
    data = read_buffer(path, MOST_FILE_BYTES)
    if not data:
        raise UnreadableError(path, "the file is empty (0 bytes). Copy it again or delete it.")
    return data


@contextmanager
def opened_picture(path: str | Path) -> Iterator[Image.Image]:
    """Opens a picture file whose frames are read one by one, within the limits of `read_picture`.

    Raises:
        UnreadableError: it is no picture, too large, damaged or cut off; also while its frames are read.
    """
    with _opened(path, _file(path)) as picture:
        yield picture


@contextmanager
def _opened(path: str | Path, data: bytearray) -> Iterator[Image.Image]:
    """The picture with its header read and its size within limits; whatever goes wrong inside becomes one sentence."""
    from PIL import Image, UnidentifiedImageError

    _guard(Image)
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise UnreadableError(path, _too_many(width * height))
            yield picture
    except UnreadableError:
        raise
    except UnidentifiedImageError:
        raise UnreadableError(path, unidentified(bytes(data))) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        claimed = re.search(r"\((\d+) pixels\)", str(error))
        raise UnreadableError(path, _too_many(int(claimed[1]) if claimed else MOST_PIXELS + 1)) from None
    except MemoryError:
        raise UnreadableError(path, "there is not enough memory to decode it. Make it smaller first.") from None
    except Exception as error:  # decoders of damaged files raise whatever comes to them
        reason = printable(error).rstrip(".")
        raise UnreadableError(path, f"the picture is damaged or cut off ({reason}). Copy it again.") from None


def _too_many(pixels: int) -> str:
    return f"it claims {pixels:,} pixels; at most {MOST_PIXELS:,} are decoded. Make it smaller first."


def _guard(module: Any) -> None:
    """Makes Pillow refuse by the declared size, and keep its remarks on odd files off the terminal.

    The filters stay for the whole process, since `warnings.catch_warnings` is not safe between threads.
    """
    module.MAX_IMAGE_PIXELS = MOST_PIXELS
    logging.getLogger("PIL").setLevel(logging.CRITICAL)
    if ("error", None, module.DecompressionBombWarning, None, 0) not in warnings.filters:
        warnings.simplefilter("error", module.DecompressionBombWarning)
    if ("ignore", None, UserWarning, REMARKS, 0) not in warnings.filters:
        warnings.filterwarnings("ignore", category=UserWarning, module=REMARKS.pattern)


def _turn_upright(picture: Image.Image) -> bool:
    """Applies the camera's orientation; False if it cannot be made out."""
    from PIL import ImageOps

    try:
        ImageOps.exif_transpose(picture, in_place=True)
    except Exception:  # the pixels are good; nobody should lose a picture to a bad tag
        return False
    return True


def _is_grey(picture: Image.Image) -> bool:
    if picture.mode in ("P", "PA"):
        colours = np.array(picture.getpalette("RGB") or [0, 0, 0]).reshape(-1, 3)
        return bool((colours == colours[:, :1]).all())
    return picture.mode in GREY_MODES


def _bands(picture: Image.Image) -> list[str]:
    """A note where a TIFF has more bands than Pillow takes."""
    tags = getattr(picture, "tag_v2", None)
    samples = tags.get(SAMPLES_PER_PIXEL) if tags is not None else None
    taken = len(picture.getbands())
    if not isinstance(samples, int) or samples <= taken:
        return []
    return [f"it has {samples} bands, of which the first {taken} are taken"]


def _pixels(path: str | Path, picture: Image.Image, white: int | None, *, deep: bool) -> tuple[NDArray[Any], list[str]]:
    """The values of a decoded picture, (C, H, W), and notes on grey levels that are nearly all black."""
    from PIL import Image

    if picture.mode in NUMERIC_MODES:
        values = np.asarray(picture)
        made = (_fractions if deep else _to_bytes)(path, values, white or (1 if values.dtype.kind == "f" else WHITE))
        return made[np.newaxis], _dark(values)
    mode = "L" if _is_grey(picture) else "RGB"
    is_plain = picture.mode == "L" and not picture.has_transparency_data
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    pixels = channels_of(picture.convert(mode))
    return _to_bytes(path, pixels, white) if is_plain and white is not None else pixels, []


def _dark(values: NDArray[Any]) -> list[str]:
    """A note where whole numbers use so few of 16 bits that the picture is dark."""
    if values.dtype.kind == "f":
        return []
    bits = next((bits for bits in DEPTHS if 0 < values.max() < 1 << bits), 0)
    if not bits:
        return []
    return [f"its grey levels use {bits} of 16 bits, so it is dark (white={(1 << bits) - 1} makes it bright)"]


def _to_bytes(path: str | Path, values: NDArray[Any], white: int) -> Pixels:
    """Grey levels from 0 to that of white as bytes."""
    _check_levels(path, values, white)
    return np.rint(values * np.float32(255 / white)).astype(np.uint8)


def _fractions(path: str | Path, values: NDArray[Any], white: int) -> NDArray[np.float32]:
    """Grey levels from 0 to that of white as fractions of white."""
    _check_levels(path, values, white)
    return (values / np.float32(white)).astype(np.float32)


def _check_levels(path: str | Path, values: NDArray[Any], white: int) -> None:
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= white):  # so written that NaN is refused
        raise UnreadableError(
            path,
            f"its grey levels go from {low:g} to {high:g}, but 0 to {white} is needed. Save it with 8 or 16 bits, or "
            "say with white=LEVEL which level is white.",
        )


def channels_of(picture: Image.Image) -> NDArray[Any]:
    """Returns the values of a picture of Pillow, (C, H, W)."""
    array = np.array(picture)
    return array[np.newaxis] if array.ndim == 2 else array.transpose(2, 0, 1)


def as_picture(array: NDArray[Any]) -> Image.Image:
    """Returns bytes (C, H, W) with C = 1 or 3, or fractions with C = 1, as a picture of Pillow."""
    from PIL import Image

    return Image.fromarray(array[0] if len(array) == 1 else np.ascontiguousarray(array.transpose(1, 2, 0)))


def png(array: NDArray[Any]) -> bytes:
    """Bytes (C, H, W) with C = 1 or 3, or numbers of 16 bits with C = 1, as a PNG file."""
    data = BytesIO()
    as_picture(array).save(data, "PNG")
    return data.getvalue()


def png_of_fractions(values: NDArray[np.float32], *, is_deep: bool) -> bytes:
    """Returns a picture (C, H, W) of numbers between about 0 and 1 as a PNG file; what is beyond them is cut.

    Args:
        values: C = 1 for grey and 3 for colour.
        is_deep: whether grey keeps 16 bits; colours have 8, since Pillow writes no more.
    """
    most, kind = (65535, np.uint16) if is_deep and len(values) == 1 else (255, np.uint8)
    return png(np.clip(np.rint(values * most), 0, most).astype(kind))


def fit(array: NDArray[Any], channels: int, height: int, width: int, how: Resize = "crop") -> NDArray[Any]:
    """Brings a picture to the shape that a network takes, with antialiased bilinear resizing.

    Args:
        array: bytes (C, H, W) with C = 1 or 3, or fractions with C = 1.
        channels: 1 (colours become their luma) or 3 (grey is repeated).
        height: wanted, in pixels.
        width: wanted, in pixels.
        how: "crop" scales until the frame is filled and cuts the middle out; "stretch" changes the proportions;
            "pad" scales until all of it is inside and puts black around it.

    Returns:
        Values (channels, height, width) of the same type; the array itself where it fits already.
    """
    if len(array) == 3 and channels == 1:
        array = channels_of(as_picture(array).convert("L"))
    if array.shape[1:] != (height, width):
        array = _resized(array, height, width, how)
    return np.repeat(array, channels, axis=0) if len(array) < channels else array


@dataclass(frozen=True)
class Placement:
    """What part of a picture goes where when it is brought to a size.

    Attributes:
        box: left, top, right and bottom of the part that is taken, in pixels of the picture.
        height: of what is made of it.
        width: of what is made of it.
        y: where that begins in the frame.
        x: where that begins in the frame.
    """

    box: tuple[float, float, float, float]
    height: int
    width: int
    y: int = 0
    x: int = 0


def placement(size: tuple[int, int], wanted: tuple[int, int], how: Resize) -> Placement:
    """Returns how a picture of a size (height, width) is brought to another one, as `fit` does it."""
    (rows, columns), (height, width) = size, wanted
    whole = (0.0, 0.0, float(columns), float(rows))
    if how == "crop":
        scale = max(height / rows, width / columns)
        top, left = max(0.0, (rows - height / scale) / 2), max(0.0, (columns - width / scale) / 2)
        return Placement((left, top, columns - left, rows - top), height, width)
    if how == "pad":
        scale = min(height / rows, width / columns)
        inner = (max(1, round(rows * scale)), max(1, round(columns * scale)))
        return Placement(whole, *inner, (height - inner[0]) // 2, (width - inner[1]) // 2)
    return Placement(whole, height, width)


def has_border(size: tuple[int, int], wanted: tuple[int, int], how: Resize) -> bool:
    """Returns whether `fit` puts something around a picture of a height and width to bring it to others."""
    frame = placement(size, wanted, how)
    return (frame.height, frame.width) != wanted


def _resized(array: NDArray[Any], height: int, width: int, how: Resize) -> NDArray[Any]:
    from PIL import Image

    frame = placement(array.shape[1:], (height, width), how)
    size = (frame.width, frame.height)
    pixels = channels_of(as_picture(array).resize(size, Image.Resampling.BILINEAR, box=frame.box))
    if not has_border(array.shape[1:], (height, width), how):
        return pixels
    framed = np.zeros((len(array), height, width), array.dtype)
    framed[:, frame.y : frame.y + frame.height, frame.x : frame.x + frame.width] = pixels
    return framed
