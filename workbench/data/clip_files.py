"""Moving pictures in files: animated pictures, folders of frames, and video where the package av is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.files import is_folder, listed
from workbench.data.pictures import SUFFIXES, fit, opened_picture, read_picture

Pixels = NDArray[np.uint8]

ANIMATED = frozenset({".gif", ".webp", ".png", ".apng"})  # pictures that may have several frames
VIDEO = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg"})
MOST_FRAMES = 10_000  # that are looked through in one file


def is_clip(path: Path) -> bool:
    """Returns whether this is a video, an animation, or a folder of frames, by its name alone."""
    if is_folder(path):
        return any(each.suffix.lower() in SUFFIXES for each in listed(path)[:3])
    return path.suffix.lower() in VIDEO | {".gif"}


def read_clip(path: Path, frames: int, shape: tuple[int, int, int]) -> tuple[Pixels, int]:
    """Reads frames that are spread evenly over a clip.

    Args:
        path: a video, an animated picture, or a folder of frames, which are taken by name.
        frames: how many; where the clip has fewer, some are shown longer.
        shape: channels, height and width of each.

    Returns:
        Bytes (C, T, H, W), and how many frames the clip has.

    Raises:
        UsageError: it is a video, and the package av is not installed.
        UnreadableError: it cannot be read, or has no frames.
    """
    found = [fit(frame, *shape, "crop") for frame in _frames(path)]
    if not found:
        raise UnreadableError(path, "it has no frames.")
    taken = np.linspace(0, len(found) - 1, frames).round().astype(int)
    return np.stack([found[number] for number in taken], 1), len(found)


def measured_clip(path: Path) -> tuple[int, int, int]:
    """Returns channels, height and width of a clip's first frame.

    Raises:
        UsageError: it is a video, and the package av is not installed.
        UnreadableError: it cannot be read, or has no frames.
    """
    for frame in _frames(path):
        return frame.shape[0], frame.shape[1], frame.shape[2]
    raise UnreadableError(path, "it has no frames.")


def _frames(path: Path) -> Iterator[Pixels]:
    """The frames of a clip, (C, H, W) each."""
    if is_folder(path):
        for each in listed(path)[:MOST_FRAMES]:
            if each.suffix.lower() in SUFFIXES:
                yield read_picture(each)[0]
    elif path.suffix.lower() in VIDEO:
        yield from _video_frames(path)
    else:
        yield from _animation_frames(path)


def _animation_frames(path: Path) -> Iterator[Pixels]:
    from PIL import ImageSequence

    with opened_picture(path) as picture:
        for number, frame in enumerate(ImageSequence.Iterator(picture)):
            if number == MOST_FRAMES:
                return
            yield np.ascontiguousarray(np.asarray(frame.convert("RGB")).transpose(2, 0, 1))


def _video_frames(path: Path) -> Iterator[Pixels]:
    try:
        import av
    except ImportError:
        raise UsageError(
            f"{printable(path.name)} is a video; reading it needs the package av: "
            'pip install "cnn-workbench[video]", or pip install av.'
        ) from None
    try:
        with av.open(str(path), mode="r") as container:
            frame: Any
            for number, frame in enumerate(container.decode(video=0)):
                if number == MOST_FRAMES:
                    return
                yield np.ascontiguousarray(frame.to_ndarray(format="rgb24").transpose(2, 0, 1))
    except (av.error.FFmpegError, OSError, IndexError) as error:
        raise UnreadableError(path, f"the video cannot be read ({printable(error)}).") from None
