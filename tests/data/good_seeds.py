"""Small sound data for every source that takes a path, to be damaged by tests."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.data.edf_writer import edf
from tests.data.test_idx import idx

RANDOM = np.random.default_rng(0)
Files = dict[str, bytes]


@dataclass(frozen=True)
class Seed:
    """Sound data.

    Attributes:
        source: that reads it.
        files: what lies in a folder, by path.
        path: what the source is given, below that folder; "" for the folder itself.
        options: of the source.
    """

    source: str
    files: Files
    path: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Writes it, and returns what the source is given."""
        for name, data in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return folder / self.path


def npz(**arrays: Any) -> bytes:
    data = io.BytesIO()
    np.savez_compressed(data, **arrays)
    return data.getvalue()


def npy(array: Any) -> bytes:
    data = io.BytesIO()
    np.save(data, array)
    return data.getvalue()


def image(form: str = "PNG", mode: str = "RGB", side: int = 16, frames: int = 1) -> bytes:
    shape = (side, side, 3) if mode == "RGB" else (side, side)
    made = [Image.fromarray(RANDOM.integers(0, 4, shape, np.uint8)) for _ in range(frames)]
    data = io.BytesIO()
    made[0].save(data, form, **({"save_all": True, "append_images": made[1:]} if frames > 1 else {}))
    return data.getvalue()


def bytes_of(write: Callable[[Path], Any], folder: Path, name: str) -> bytes:
    write(folder / name)
    return (folder / name).read_bytes()


def nifti(path: Path) -> None:
    import nibabel

    made = nibabel.Nifti1Image(RANDOM.integers(0, 200, (6, 5, 4)).astype(np.int16), np.diag([1, 2, 3, 1]))
    nibabel.save(made, path)


def recording(path: Path) -> None:
    notes = [(number, 1, "ab"[number % 2]) for number in range(1, 5)]
    edf(path, {"C3": np.arange(600) % 50, "C4": np.arange(600) % 31}, notes, records=6)


def lines(*rows: object) -> bytes:
    return "\n".join(map(str, rows)).encode() + b"\n"


def seeds(folder: Path) -> list[Seed]:
    """Returns all of it; `folder` is for what can only be written to files."""
    pictures = RANDOM.integers(0, 256, (8, 9, 9), np.uint8)
    volumes = RANDOM.integers(0, 256, (6, 4, 5, 6), np.uint8)
    labels = np.arange(8) % 2
    two = {"a/1.png": image(), "a/2.png": image(), "b/1.png": image("JPEG"), "b/2.png": image("BMP")}
    series = [",".join(map(str, RANDOM.normal(0, 1, 12).round(3))) for _ in range(8)]
    days = [f"2020-0{month}-{day:02},{day * 1.5:.2f},{100 - day}" for month in range(1, 5) for day in range(1, 29)]
    sentences = [f'"film {n} is {("good", "bad")[n % 2]}, all told",{("pos", "neg")[n % 2]}' for n in range(20)]
    boxes = {
        "images": [{"id": n, "file_name": f"{n}.png", "width": 16, "height": 16} for n in range(3)],
        "annotations": [{"id": n, "image_id": n, "category_id": 1, "bbox": [1, 2, 5, 6], "iscrowd": 0,
                         "segmentation": [[1, 1, 9, 1, 9, 9]]} for n in range(3)],
        "categories": [{"id": 1, "name": "cat"}],
    }  # fmt: skip
    record = b"".join(struct.pack("B", n % 10) + RANDOM.bytes(3072) for n in range(6))
    head = lines("@problemName x", "@univariate true", "@classLabel true 1 2", "@data")
    arff = lines("@relation x", "@attribute a numeric", "@attribute b numeric", "@attribute c {1,2}", "@data")
    many = {f"{n}.png": image(side=64) for n in range(4)}
    idx_files = {
        "train-images-idx3-ubyte": idx(pictures), "train-labels-idx1-ubyte": idx(labels),
        "t10k-images-idx3-ubyte": idx(pictures), "t10k-labels-idx1-ubyte": idx(labels),
    }  # fmt: skip
    dtd = {f"dtd/dtd/images/a/{n}.jpg": image("JPEG") for n in range(3)}
    dtd |= {f"dtd/dtd/labels/{each}1.txt": lines("a/0.jpg", "a/1.jpg") for each in ("train", "val", "test")}
    return [
        Seed("cifar", {"data_batch_1.bin": record, "test_batch.bin": record, "batches.meta.txt": lines(*"abcdefghij")}),
        Seed("clips", {"a/1.gif": image("GIF", frames=4), "b/1.gif": image("GIF", frames=4)}, options={"frames": 4}),
        Seed("clips", {"c.npz": npz(clips=volumes, label=np.arange(6) % 2)}, "c.npz", {"frames": 4}),
        Seed("coco", {"a.json": json.dumps(boxes).encode(), **{f"images/{n}.png": image() for n in range(3)}}),
        Seed("csv", {**two, "list.csv": lines("file,label", *(f"{name},{name[0]}" for name in two))}, "list.csv"),
        Seed("eeg", {"t.npz": npz(x=RANDOM.normal(0, 1, (8, 3, 20)), y=labels, rate_hz=np.array(20.0))}, "t.npz"),
        Seed("eeg", {"r.edf": bytes_of(recording, folder, "r.edf")}, "r.edf"),
        Seed("folder", two),
        Seed("forecast", {"f.csv": lines("date,a,b", *days)}, "f.csv", {"window": 6, "horizon": 1}),
        Seed("idx", idx_files),
        Seed("masks", {f"{role}/{n}.png": image(mode=mode) for n in range(3)
                       for role, mode in (("images", "RGB"), ("masks", "L"))}),
        Seed("natural", many, options={"crops": 4, "size": 8}),
        Seed("npz", {"a.npz": npz(x_train=pictures, y_train=labels, x_test=pictures, y_test=labels)}, "a.npz"),
        Seed("npz", {"a.npy": npy(pictures)}, "a.npy"),
        Seed("pairs", {f"{role}/{n}.png": image() for n in range(3) for role in ("noisy", "clean")}),
        Seed("poses", {"p.npz": npz(images=np.repeat(pictures, 9, 0), object=np.repeat(np.arange(8), 9),
                                    angle_deg=np.tile(np.arange(0, 360, 40), 8))}, "p.npz"),
        Seed("ratings", {"ratings.csv": lines("userId,movieId,rating,timestamp", *(
            f"{n % 5},{n % 7},{n % 4 + 1},{n}" for n in range(30))), "movies.csv": lines(
            "movieId,title,genres", *(f'{n},"Film, The ({n})",Drama' for n in range(7)))}),
        Seed("series", {"s.ts": head + lines(*(f"{row}:{n % 2 + 1}" for n, row in enumerate(series)))}, "s.ts"),
        Seed("series", {"s.csv": lines(",".join(f"t{n}" for n in range(12)) + ",label", *(
            f"{row},{n % 2}" for n, row in enumerate(series)))}, "s.csv"),
        Seed("series", {"s.arff": arff + lines(*(f"{n}.5,{n},{n % 2 + 1}" for n in range(8)))}, "s.arff"),
        Seed("series", {"s.npz": npz(x=RANDOM.normal(0, 1, (8, 2, 12)), y=labels)}, "s.npz"),
        Seed("text", {"t.csv": lines("text,label", *sentences)}, "t.csv"),
        Seed("torchvision", {f"MNIST/raw/{name}": data for name, data in {
            **idx_files, "train-images-idx3-ubyte": idx(RANDOM.integers(0, 256, (8, 28, 28))),
            "t10k-images-idx3-ubyte": idx(RANDOM.integers(0, 256, (8, 28, 28)))}.items()}),
        Seed("torchvision", dtd, options={"dataset": "DTD"}),
        Seed("volumes", {"v.npz": npz(volume=volumes, label=np.arange(6) % 2)}, "v.npz"),
        Seed("volumes", {"a/1.nii": bytes_of(nifti, folder, "1.nii"), "b/1.nii.gz": bytes_of(nifti, folder, "1.nii.gz"),
                         "b/2.nii": bytes_of(nifti, folder, "2.nii")}),
        Seed("yolo", {"data.yaml": lines("train: train/images", "names: [cat, dog]"),
                      **{f"train/images/{n}.png": image() for n in range(3)},
                      **{f"train/labels/{n}.txt": lines("0 0.5 0.5 0.4 0.4", "1 .2 .2 .1 .1") for n in range(3)}}),
    ]  # fmt: skip
