"""Makes resources/digits from the whole of MNIST: python -m scripts.make_digits FOLDER_WITH_THE_IDX_FILES

Draws 600 training and 100 test digits of each class with a fixed seed; running it again gives the same bytes.
"""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.files import make_folder, write_file
from workbench.data.idx_file import read_idx
from workbench.data.idx_names import find_pairs

Bytes = NDArray[np.uint8]

SEED = 1998
PER_CLASS = {"train": ("train", 600), "test": ("t10k", 100)}
TARGET = Path(__file__).resolve().parent.parent / "resources" / "digits"


def draw(images: Bytes, labels: Bytes, per_class: int) -> tuple[Bytes, Bytes]:
    """As many samples of each class, shuffled."""
    random = np.random.Generator(np.random.PCG64(SEED))
    chosen = np.concatenate([random.permutation(np.flatnonzero(labels == i))[:per_class] for i in range(10)])
    order = random.permutation(chosen)
    return images[order], labels[order]


def packed(array: Bytes) -> bytes:
    """The array as an IDX file of bytes, in gzip without name and time."""
    header = bytes((0, 0, 8, array.ndim)) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, buffer, mtime=0) as file:
        file.write(header + array.tobytes())
    return buffer.getvalue()


def main(folder: Path) -> None:
    """Writes the four files."""
    pairs, _ = find_pairs(folder)
    make_folder(TARGET)
    for split, (prefix, per_class) in PER_CLASS.items():
        images, labels = draw(read_idx(pairs[split].images), read_idx(pairs[split].labels), per_class)
        for name, array in (("images-idx3", images), ("labels-idx1", labels)):
            write_file(TARGET / f"{prefix}-{name}-ubyte.gz", [packed(array)])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
