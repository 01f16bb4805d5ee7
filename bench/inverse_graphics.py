"""Inverse graphics against an entangled autoencoder of the same size, data and number of steps.

    python bench/inverse_graphics.py [--seeds 3] [--epochs 4] [--batches 600] [--networks dcign32 vae32] [--json]
    python bench/inverse_graphics.py --data poses:FILE.npz [--set kl.weight=1] ...

Each training is a process of its own with one thread, on rendered heads of 32×32 pixels or the data that is named;
what is measured afterwards is everything that `evaluate` knows about a code, on pictures that no training saw. The last
lines are the medians over the seeds and, for heads, whether the floors hold. `--set` changes a setting; those of the
graphics code are left out where there is none.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ANGLES = ("azimuth", "elevation", "light")
HEADS = "heads"
BASELINE = "vae32"  # which has no graphics code to set anything of
FLOORS = {
    ("spearman", "azimuth"): 0.93,
    ("spearman", "elevation"): 0.70,
    ("spearman", "light"): 0.97,
    ("own_r2", "azimuth"): 0.88,
    ("own_r2", "light"): 0.95,
    ("gain", "azimuth"): 0.6,
    ("gain", "light"): 3.0,
    ("mig", "mean"): 0.27,
}


def measured(template: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Trains one network and measures it."""
    import torch

    from workbench.data.choice import parse_choice
    from workbench.data.loading import load, source_of
    from workbench.insight.latent.study import study
    from workbench.model.network import Network
    from workbench.project.new_project import create
    from workbench.project.runs import new_job
    from workbench.project.settings import assign, parse_assignment
    from workbench.training.checkpoint import newest
    from workbench.training.engine import train
    from workbench.training.events import RunEnded
    from workbench.training.state import model_weights

    with tempfile.TemporaryDirectory() as folder:
        source, given = parse_choice(options.data)
        project, _ = create(template, (source, {"batches": options.batches, **given}), Path(folder))
        fixed = [("training.epochs", options.epochs), ("training.seed", seed), ("data.batch_size", 20)]
        for path, value in (*fixed, *map(parse_assignment, options.set)):
            if template != BASELINE or not path.startswith("graphics_code."):
                project = assign(project, path, value)
        config = project.data_config()
        job = new_job(project, Path(folder) / "p.cnn")
        started = time.process_time()
        *_, ended = train(job)
        seconds = time.process_time() - started
        assert isinstance(ended, RunEnded)
        network = Network(project.graph)
        found, _ = newest(job.folder.checkpoints, "step")
        assert found is not None
        network.modules.load_state_dict(model_weights(found))
    torch.set_num_threads(1)
    result = study(network, project.graph, load(config, Path(folder)), source_of(config).redraw)
    assert result is not None
    row = result.as_json()
    views = {name: view["gain"] for name, view in row.pop("novel_view").items()}
    return {"cpu_seconds": seconds, "steps": ended.step, "test": dict(ended.test), "gain": views, **row}


def run(template: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, __file__, "--one", template, str(seed), "--epochs", str(options.epochs)]
    command += ["--batches", str(options.batches), "--data", options.data]
    command += [part for each in options.set for part in ("--set", each)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def value(row: dict[str, Any], kind: str, name: str) -> float:
    """One figure of a measurement."""
    return float(row["mig_mean"] if (kind, name) == ("mig", "mean") else row[kind][name])


def line(title: str, row: dict[str, Any]) -> str:
    """A measurement as a line of text."""
    parts = [f"{title:<12}"]
    for kind, label in (
        ("own_r2", "R2"),
        ("spearman", "|rho|"),
        ("share", "share"),
        ("leakage", "leak"),
        ("mig", "MIG"),
    ):
        if row[kind]:
            parts.append(f"{label} " + " ".join(f"{figure:.3f}" for figure in row[kind].values()))
    parts.append("gain " + " ".join(f"{gain:+.2f}" for gain in row["gain"].values()) + " dB")
    parts.append(
        f"mean MIG {row['mig_mean']:.3f} DCI {row['dci']['disentanglement']:.2f}/{row['dci']['completeness']:.2f}"
    )
    score = "" if row["factor_vae"] is None else f"FactorVAE {row['factor_vae']:.3f} "
    parts.append(f"{score}PSNR {row['test'][PSNR]:.1f} dB {row['cpu_seconds']:.0f} CPU-s")
    return " | ".join(parts)


PSNR = "psnr.reconstruction"


def median(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of every figure."""
    first = rows[0]
    if isinstance(first, dict):
        return {key: median([row[key] for row in rows]) for key in first}
    if isinstance(first, list):
        return [median(list(each)) for each in zip(*rows, strict=True)]
    return statistics.median(rows) if isinstance(first, float | int) else first


def main() -> None:
    """Trains, prints, compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batches", type=int, default=600)
    parser.add_argument("--data", default=HEADS, help="data source, such as poses:FILE.npz")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help="any setting")
    parser.add_argument("--networks", nargs="+", default=["dcign32", "vae32"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("NETWORK", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one[0], int(options.one[1]), options)))
        return
    medians = {}
    for template in options.networks:
        rows = []
        for seed in range(options.seeds):
            rows.append(run(template, seed, options))
            print(json.dumps(rows[-1]) if options.json else line(f"{template} {seed}", rows[-1]), flush=True)
        medians[template] = median(rows)
        print(line(f"{template} med", medians[template]), flush=True)
    if options.data == HEADS:
        check(medians)


def check(medians: dict[str, dict[str, Any]]) -> None:
    """Says which floors hold for heads."""
    if "dcign32" in medians:
        for (kind, name), floor in FLOORS.items():
            found = value(medians["dcign32"], kind, name)
            print(f"{kind} {name}: {found:.3f}, floor {floor}: {'holds' if found > floor else 'MISSED'}")
    if len(medians) == 2:
        ours, theirs = medians["dcign32"], medians["vae32"]
        ratio = ours["mig_mean"] / max(1e-9, theirs["mig_mean"])
        print(f"mean MIG is {ratio:.1f} times the baseline's (floor 3): {'holds' if ratio > 3 else 'MISSED'}")
        for kind in ("share", "gain"):
            above = all(ours[kind][name] > theirs[kind][name] for name in ANGLES)
            print(f"{kind} above the baseline's for each factor: {'holds' if above else 'MISSED'}")


if __name__ == "__main__":
    main()
