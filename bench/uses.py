"""Trains a network for each use on real data, as anybody would on the command line, and says what it comes to.

    python bench/uses.py [--quick] [--seeds N] [USE ...]

The data is that of `../shared/data`; a use whose data is missing is left out. Every figure is of the test part, by the
epoch that was best on the validation part, once for each seed; the worst is held against the floor.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import figures
from figures import Figure

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PROGRAM = [sys.executable, "-P", "-m", "workbench"]
SEEDS = 3


@dataclass(frozen=True)
class Use:
    """One use: what is trained on what, and which figure of the test part is to be how large.

    Attributes:
        name: of the use.
        template: the network.
        data: source and path below the shared data, with options, as on the command line.
        metric: of the test part.
        floor: that the worst seed is to reach; None where it is only told.
        sets: settings.
        is_ceiling: whether less is better.
        told: other metrics that are told.
    """

    name: str
    template: str
    data: str
    metric: str
    floor: float | None
    sets: tuple[str, ...] = ()
    is_ceiling: bool = False
    told: tuple[str, ...] = field(default=())


USES = (
    Use("rt-polarity", "textcnn", "text:text/rt_polarity.csv", "accuracy", 0.745,
        ("training.epochs=6", "data.augment.token_drop=0.1", "training.average_decay=0.98")),
    Use("ag-news", "textcnn", "text:text/ag_news_4000.csv", "accuracy", 0.86,
        ("training.epochs=15", "data.augment.token_drop=0.3", "training.average_decay=0.98")),
    Use("chinese-news", "textcnn", "text:text/thucnews_zh_5000.csv", "accuracy", 0.82,
        ("training.epochs=20", "data.augment.token_drop=0.2", "training.average_decay=0.98",
         "width3.conv.kernel_size=1", "width4.conv.kernel_size=2", "width5.conv.kernel_size=3")),
    Use("gunpoint", "fcn1d", "series:timeseries/GunPoint_TRAIN.ts", "accuracy", 0.97),
    Use("italy-power", "fcn1d", "series:timeseries/ItalyPowerDemand_TRAIN.ts", "accuracy", 0.95),
    Use("basic-motions", "fcn1d", "series:timeseries/BasicMotions_TRAIN.ts", "accuracy", 0.95),
    Use("fingers", "eegnet", "eeg:eeg/finger_movements.npz", "accuracy", 0.78),
    Use("movielens-factors", "factors", "ratings:ratings/ml-latest-small", "rmse", 0.875, is_ceiling=True),
    Use("movielens-convncf", "convncf", "ratings:ratings/ml-latest-small", "rmse", 0.875, is_ceiling=True),
    Use("x-rays", "small-resnet", "npz:medical/chest_xray_28.npz", "accuracy", 0.93, told=("auc", "balanced_accuracy")),
    Use("membranes", "unet", "masks:segmentation/isbi_em,tile=128,overlap=32", "dice", 0.80, told=("mean_iou",)),
    Use("vessels", "unet", "masks:segmentation/drive,tile=128,overlap=64", "dice", 0.74, told=("mean_iou",)),
    Use("camvid", "unet", "masks:segmentation/camvid,width=240,height=180", "mean_iou", None, told=("accuracy",)),
    Use("restoration", "dncnn", "pairs:pairs/denoise,patch=64", "psnr", 37.0, told=("ssim",)),
    Use("digits-moving", "c3d", "clips:video/moving_mnist_200.npz", "accuracy", 0.9),
)  # fmt: skip


def ran(*words: str) -> str:
    """Runs the program and returns what it prints.

    Raises:
        SystemExit: it failed.
    """
    found = subprocess.run([*PROGRAM, *words], capture_output=True, text=True, check=False)
    if found.returncode:
        sys.exit(f"{' '.join(words)}: {found.stderr.strip()[-2000:]}")
    return found.stdout


def trained(use: Use, seed: int, folder: Path) -> tuple[dict[str, Any], float]:
    """Trains once; the metrics of the test part, and the seconds that it took."""
    file = folder / f"{use.name}-{seed}.cnn"
    source, _, path = use.data.partition(":")
    sets = [word for each in use.sets for word in ("--set", each)]
    ran("new", use.template, str(file), "--data", f"{source}:{DATA / path}", *sets)
    begun = time.perf_counter()
    ran("train", str(file), "--seed", str(seed), "--json")
    seconds = time.perf_counter() - begun
    answer = json.loads(ran("evaluate", str(file), "--split", "test", "--json"))
    return answer["metrics"], seconds


def measured(use: Use, seeds: int) -> list[Figure]:
    """The figures of one use."""
    with tempfile.TemporaryDirectory() as name:
        found = [trained(use, seed, Path(name)) for seed in range(seeds)]
    values = [metrics[use.metric] for metrics, _ in found]
    text = ", ".join(f"{value:.4g}" for value in values)
    worst = max(values) if use.is_ceiling else min(values)
    what = f"{use.name}: {use.metric} ({text})"
    rows = [
        figures.plain("uses", what, worst, "") if use.floor is None
        else figures.at_most("uses", what, worst, use.floor, "") if use.is_ceiling
        else figures.at_least("uses", what, worst, use.floor, "")
    ]  # fmt: skip
    for metric in use.told:
        rows.append(figures.plain("uses", f"{use.name}: {metric}", statistics.mean(m[metric] for m, _ in found), ""))
    rows.append(figures.plain("uses", f"{use.name}: training", statistics.mean(seconds for _, seconds in found), "s"))
    return rows


def measure(quick: bool) -> list[Figure]:
    """Every use, or those that are named."""
    words = sys.argv[1:]
    seeds = int(words[words.index("--seeds") + 1]) if "--seeds" in words else 1 if quick else SEEDS
    named = [use for use in USES if use.name in words]
    there = [use for use in named or USES if (DATA / use.data.partition(":")[2].partition(",")[0]).exists()]
    rows = []
    for use in there:
        rows += measured(use, seeds)
        print(rows[-1 - len(use.told) - 1], file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    figures.run(measure)
