"""Measures data that memory would not hold: kept on the disk, and streamed from their files.

    python bench/large_data.py [--quick]

100,000 JPEG files of 64 pixels are decoded once and mapped from then on: memory of the process's own, the second start
of a training, and its rate beside that of samples in memory. 20,000 files of 224 pixels are read beside a loop of
Pillow in one process. Of 1.28 million pictures there is an index alone, over those files again and again.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import figures
from figures import Figure

SMALL, LARGE = 64, 224  # pixels
MANY, FEWER, QUICK = 100_000, 20_000, 4_000
INDEXED = 1_280_000
BATCH, STEPS, ROUNDS = 64, 40, 9
READINGS = 3  # of the large files, of which the median counts
DRAWINGS = 64  # of the many small files; the large ones are all different


def make_pictures(folder: Path, count: int, side: int, drawn: int = DRAWINGS) -> None:
    """Coarse noise in two classes; each file is another one, though there are only so many drawings."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    drawings = []
    for number in range(min(drawn, count)):
        path = folder / f"drawing-{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = random.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC).save(path, quality=85)
        drawings.append(path.read_bytes())
        path.unlink()
    for name in ("a", "b"):
        (folder / name).mkdir()
    for number in range(count):
        comment = f"{number:08}".encode()
        drawing = drawings[number % len(drawings)]
        marked = drawing[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + drawing[2:]
        (folder / "ab"[number % 2] / f"{number:06}.jpg").write_bytes(marked)


def own_bytes() -> int:
    """Returns how much memory this process has of its own (RssAnon), in bytes."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024


def config_of(folder: Path, storage: str) -> Any:
    """Returns the settings of the data."""
    from workbench.data.config import DataConfig

    options = {"path": str(folder)}
    return DataConfig.model_validate({"source": "folder", "options": options, "batch_size": BATCH, "storage": storage})


def job_of(folder: Path, home: Path, dataset: Any = None) -> Any:
    """Returns a training of LeNet on the pictures."""
    from workbench.data.loading import load
    from workbench.project.new_project import create
    from workbench.training.config import TrainingConfig
    from workbench.training.engine import TrainingJob
    from workbench.training.run_folder import RunFolder

    config = config_of(folder, "auto")
    dataset = dataset or load(config, home)
    project, _ = create("lenet5", ("folder", {"path": str(folder)}), home)
    training = TrainingConfig(epochs=1000, checkpoint_seconds=86400.0)
    return TrainingJob(project.graph, training, config, dataset, RunFolder(home / f"run-{time.time_ns()}"), threads=1)


def steps_of(job: Any) -> Iterator[Any]:
    """Yields at each step of a training."""
    from workbench.training.engine import train
    from workbench.training.events import StepEnded

    return (event for event in train(job) if isinstance(event, StepEnded))


def start(folder: Path) -> dict[str, float]:
    """In a process of its own: seconds until the data is there, until the first step, and memory of its own."""
    import torch  # noqa: F401 - what is loaded anyway is not counted

    import workbench.training.engine  # noqa: F401

    with tempfile.TemporaryDirectory() as home:
        from workbench.data.loading import load

        begun = time.perf_counter()
        dataset = load(config_of(folder, "auto"), Path(home))
        read = time.perf_counter() - begun
        steps = steps_of(job_of(folder, Path(home), dataset))
        next(steps)
        first = time.perf_counter() - begun
        for _ in range(200):
            next(steps)
        return {"read": read, "first": first, "bytes": own_bytes()}


def rates(folder: Path) -> dict[str, float]:
    """In a process of its own: how fast a training goes from the disk, to one from memory."""
    from dataclasses import replace

    import numpy as np

    from workbench.data.layout import with_channels_last
    from workbench.data.loading import load

    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        mapped = load(config_of(folder, "auto"), home)
        splits = {
            split: {field: np.array(array) for field, array in each.items()} for split, each in mapped.splits.items()
        }
        resident = with_channels_last(replace(mapped, splits=splits))
        trainings = [steps_of(job_of(folder, home, each)) for each in (mapped, resident)]
        for each in trainings:
            for _ in range(STEPS):
                next(each)
        taken: list[list[float]] = [[], []]
        for _ in range(ROUNDS):
            for number, each in enumerate(trainings):
                begun = time.perf_counter()
                for _ in range(STEPS):
                    next(each)
                taken[number].append(time.perf_counter() - begun)
        return {"ratio": statistics.median(b / a for a, b in zip(*taken, strict=True))}


def reading(folder: Path) -> dict[str, float]:
    """In a process of its own: a loop of Pillow to our reading onto the disk, wall; what is still to be written is
    written before each, so that neither waits for what the other has left.
    """
    import numpy as np
    from PIL import Image

    from workbench.data.disk_cache import wait_for
    from workbench.data.loading import load

    with tempfile.TemporaryDirectory() as few:  # what is imported once is not counted
        make_pictures(Path(few) / "few", 40, LARGE)
        load(config_of(Path(few) / "few", "disk"), folder)
    files, kept = sorted(folder.rglob("*.jpg")), Path(os.environ["CNN_WORKBENCH_CACHE"])
    ratios, ours = [], []
    for _ in range(READINGS):
        shutil.rmtree(kept, ignore_errors=True)
        os.sync()
        begun = time.perf_counter()
        load(config_of(folder, "disk"), folder)
        ours.append(time.perf_counter() - begun)
        wait_for()
        os.sync()
        begun = time.perf_counter()
        total = sum(int(np.asarray(Image.open(file).convert("RGB").resize((LARGE, LARGE)))[0, 0, 0]) for file in files)
        ratios.append((time.perf_counter() - begun) / ours[-1])
        assert total
    return {"ratio": statistics.median(ratios), "ours": statistics.median(ours)}


def indexed(folder: Path) -> dict[str, float]:
    """In a process of its own: the first page and the first batch of many pictures that are an index alone."""
    import numpy as np

    from workbench.core.values import Value
    from workbench.data.batches import Batches
    from workbench.data.pictures import read_picture
    from workbench.data.spec import Dataset
    from workbench.data.streamed import StreamedSamples
    from workbench.inspection.browsing import MIXED, in_order, numbers_of, samples_of
    from workbench.inspection.portraits import thumbnail

    files = sorted(folder.rglob("*.jpg"))
    begun = time.perf_counter()

    def read(number: int) -> Any:
        return read_picture(files[number % len(files)])[0]

    rows = StreamedSamples(read, (3, SMALL, SMALL), b"", np.arange(INDEXED, dtype=np.int64)).as_array()
    labels = np.arange(INDEXED, dtype=np.int64) % 1000
    fields = {
        "image": Value((3, SMALL, SMALL), "map", "uint8"),
        "label": Value((), "class", "int64", tuple(map(str, range(1000)))),
    }
    dataset = Dataset(fields, {"train": {"image": rows, "label": labels}})
    page = in_order(dataset, "train", numbers_of(dataset, "train", -1), MIXED)[:200]
    assert len(samples_of(dataset, "train", page.tolist())) == 200
    assert all(thumbnail(dataset, "train", number, 68).pixels is not None for number in page.tolist())
    batch = next(Batches(dataset.splits["train"], fields, BATCH, shuffle=True).epoch(0))
    assert len(batch) == BATCH
    return {"seconds": time.perf_counter() - begun, "bytes": own_bytes()}


KINDS: dict[str, Callable[[Path], dict[str, float]]] = {
    "start": start, "rates": rates, "reading": reading, "indexed": indexed,
}  # fmt: skip


def asked(kind: str, folder: Path, cache: Path) -> dict[str, float]:
    """Returns what a process of its own finds."""
    environment = {**os.environ, "CNN_WORKBENCH_CACHE": str(cache)}
    found = subprocess.run(
        [sys.executable, __file__, "--kind", kind, str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if found.returncode:
        raise SystemExit(found.stderr[-2000:])
    return json.loads(found.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def measure(quick: bool) -> list[Figure]:
    """Memory, starts, rates and reading."""
    many, fewer = (QUICK, QUICK // 4) if quick else (MANY, FEWER)
    with tempfile.TemporaryDirectory() as name:
        small, large, cache = Path(name) / "small", Path(name) / "large", Path(name) / "cache"
        make_pictures(small, many, SMALL)
        first, second = asked("start", small, cache), asked("start", small, cache)
        rate, index = asked("rates", small, cache), asked("indexed", small, cache)
        make_pictures(large, fewer, LARGE, fewer)
        ratio = asked("reading", large, cache)
    of = f"{many:,} files of {SMALL} px"
    return [
        figures.plain("large", f"{of}: read for the first time", first["read"], "s"),
        figures.at_most("large", f"{of}: the process's own memory, the first time", first["bytes"] / 1e9, 1.5, "GB"),
        figures.at_most("large", f"{of}: the same, the second time", second["bytes"] / 1e9, 1.5, "GB"),
        figures.at_most("large", f"{of}: second start, until the first step", second["first"], 3, "s"),
        figures.at_least("large", f"{of}: training from the disk to that from memory, wall", rate["ratio"], 0.97),
        figures.at_least(
            "large", f"{fewer:,} files of {LARGE} px: a loop of Pillow to our reading", ratio["ratio"], 1.8
        ),
        figures.at_most("large", f"{INDEXED:,} pictures: first page and first batch", index["seconds"], 10, "s"),
        figures.at_most("large", f"{INDEXED:,} pictures: the process's own memory", index["bytes"] / 1e9, 2, "GB"),
    ]


if __name__ == "__main__":
    if "--kind" in sys.argv:
        print(json.dumps(KINDS[sys.argv[-2]](Path(sys.argv[-1]))))
    else:
        figures.run(measure)
