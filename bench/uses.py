"""Trains the projects of every use on real data, as anybody would on the command line, and says what they come to.

    python bench/uses.py [--quick] [--seeds N] [NAME ...]

The projects are those in `projects/`; the data is that of `../shared/data`, and a use whose data is missing is left
out. Every figure is of the test part, by the epoch that was best on the validation part, once for each seed; the worst
is held against the floor.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import figures
from figures import Figure

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
PROGRAM = [sys.executable, "-P", "-m", "workbench"]
SEEDS, SHUFFLES = 3, 10_000


@dataclass(frozen=True)
class Use:
    """What a project is to come to.

    Attributes:
        metric: of the test part; "dice of 0" is that of one class.
        floor: that the worst seed is to reach; None where it is only told.
        is_ceiling: whether less is better.
        told: other metrics that are told.
        seeds: how many, where that is not as many as for all: the long ones.
    """

    metric: str
    floor: float | None = None
    is_ceiling: bool = False
    told: tuple[str, ...] = field(default=())
    seeds: int = SEEDS


USES = {
    "textures": Use("accuracy", seeds=1),
    "membranes": Use("dice of 0", 0.80, told=("dice", "mean_iou")),
    "vessels": Use("dice of 255", 0.74, told=("dice", "mean_iou")),
    "street-scenes": Use("mean_iou", 0.15, told=("accuracy", "majority"), seeds=1),
    "street-scenes-segnet": Use("mean_iou", 0.15, told=("accuracy", "majority"), seeds=1),
    "car-damage": Use("mean_iou", told=("accuracy", "majority"), seeds=1),
    "chest-x-rays": Use("accuracy", 0.93, told=("auc", "balanced_accuracy")),
    "denoising": Use("psnr", 37.0, told=("ssim",), seeds=1),
    "sharper-photographs": Use("psnr", told=("ssim",), seeds=1),
    "movements-of-a-hand": Use("accuracy", 0.97),
    "power-demand": Use("accuracy", 0.95),
    "motions": Use("accuracy", 0.95),
    "gestures": Use("accuracy", told=("macro_f1",)),
    "share-prices": Use("mase", told=("rmse", "directional_accuracy")),
    "film-reviews": Use("accuracy", 0.745),
    "news": Use("accuracy", 0.86),
    "chinese-news": Use("accuracy", 0.82),
    "moving-digits": Use("label_accuracy", 0.9, told=("label_f1",)),
    "actions": Use("accuracy", seeds=1),
    "organs": Use("accuracy", told=("macro_f1",)),
    "films-rated": Use("rmse", 0.875, is_ceiling=True),
    "films-rated-convncf": Use("rmse", 0.875, is_ceiling=True, seeds=1),
    "films-chosen": Use("hit_rate_10", told=("popular_hit_rate_10", "ndcg_10", "popular_ndcg_10")),
    "finger-movements": Use("accuracy", 0.78, told=("p",)),
    "flickering-lamps": Use("accuracy", told=("p",)),
}


def ran(*words: str) -> str:
    """Runs the program and returns what it prints.

    Raises:
        SystemExit: it failed.
    """
    found = subprocess.run([*PROGRAM, *words], capture_output=True, text=True, check=False)
    if found.returncode:
        sys.exit(f"{' '.join(words)}: {found.stderr.strip()[-2000:]}")
    return found.stdout


def data_of(name: str) -> Path | None:
    """Returns where the data of a project lies; None where it is not there."""
    options = json.loads((ROOT / "projects" / f"{name}.cnn").read_text("utf-8"))["data"]["options"]
    path = DATA / Path(options["path"]).relative_to("data")
    return path if path.exists() else None


def trained(name: str, seed: int, folder: Path) -> dict[str, float]:
    """Trains once; what is measured of the test part, and the seconds that it took."""
    file, project = folder / f"{name}-{seed}.cnn", json.loads((ROOT / "projects" / f"{name}.cnn").read_text("utf-8"))
    project["data"]["options"]["path"] = str(data_of(name))
    file.write_text(json.dumps(project), "utf-8")
    begun = time.perf_counter()
    ran("train", str(file), "--seed", str(seed), "--json")
    seconds = time.perf_counter() - begun
    answer = json.loads(ran("evaluate", str(file), "--split", "test", "--json"))
    found: dict[str, float] = {**answer["metrics"], "seconds": seconds}
    for row in answer["classes"]:
        found[f"dice of {row['class']}"] = row.get("dice", row.get("f1")) or 0.0
    return found | by_chance(answer)


def by_chance(answer: Mapping[str, Any]) -> dict[str, float]:
    """The mean IoU of always saying the commonest class, and how likely as good an accuracy is by chance."""
    import numpy as np

    matrix = next((np.array(each) for name, each in answer.items() if name.startswith("confusion")), None)
    if matrix is None or not matrix.sum():
        return {}
    shares = matrix.sum(1) / matrix.sum()
    found = {"majority": float(shares.max() / (shares > 0).sum())}
    if matrix.sum() < 10_000:
        truth = np.repeat(np.arange(len(matrix)), matrix.sum(1))
        said = np.concatenate([np.repeat(np.arange(len(matrix)), row) for row in matrix])
        random, right = np.random.default_rng(0), int((truth == said).sum())
        as_good = sum(int((random.permutation(truth) == said).sum()) >= right for _ in range(SHUFFLES))
        found["p"] = (as_good + 1) / (SHUFFLES + 1)
    return found


def measured(name: str, use: Use, seeds: int) -> list[Figure]:
    """The figures of one use."""
    with tempfile.TemporaryDirectory() as folder:
        found = [trained(name, seed, Path(folder)) for seed in range(seeds)]
    values = [each[use.metric] for each in found]
    worst = max(values) if use.is_ceiling else min(values)
    what = f"{name}: {use.metric} ({', '.join(f'{value:.4g}' for value in values)})"
    floor = use.floor
    if floor is not None and "majority" in use.told:
        floor += max(each["majority"] for each in found)
    if floor is None:
        rows = [figures.plain("uses", what, worst, "")]
    else:
        rows = [(figures.at_most if use.is_ceiling else figures.at_least)("uses", what, worst, floor, "")]
    for metric in (*use.told, "seconds"):
        each_one = [each[metric] for each in found if each.get(metric) is not None]
        if each_one:
            rows.append(figures.plain("uses", f"{name}: {metric}, mean", statistics.mean(each_one), ""))
    return rows


def measure(quick: bool) -> list[Figure]:
    """Every use, or those that are named."""
    words = sys.argv[1:]
    most = int(words[words.index("--seeds") + 1]) if "--seeds" in words else 1 if quick else SEEDS
    named = {name: use for name, use in USES.items() if name in words} or USES
    rows = []
    for name, use in named.items():
        if data_of(name) is None:
            continue
        made = measured(name, use, min(most, use.seeds))
        rows += made
        for row in made:
            print(row.name, row.value, row.is_met, file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    figures.run(measure)
