"""Our search for convolutional sparse codes against sporco's, as ratios within one run.

    python bench/sparse_coding.py [--side 64] [--filters 16] [--lam 1.5] [--rounds 5] [--json]

Both solve the same problem on the same pictures with one thread: pieces of the photograph that comes with the program,
their local contrast made equal, 16 filters of 7×7. Told are the processor seconds of one iteration and of the way to an
energy within 1 % and within 0.1 % of the best that either reaches. sporco's borders are circular, so its problem is
masked (`ConvBPDNMaskDcpl`); without the mask (`ConvBPDN`) an iteration of it is cheaper, and is told too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from workbench.data.sources.natural import Natural
from workbench.layers.local_contrast_norm.module import LocalContrastNorm
from workbench.layers.sparse_code2d.module import SparseCode2d

KERNEL = 7
OURS = (3, 6, 10, 20, 30, 50, 80, 120, 200, 300, 500)
THEIRS = (3, 6, 10, 20, 30, 50, 80, 120, 200, 300, 500)
BEST = 1500  # iterations of ours that stand for the least energy there is


@dataclass(frozen=True)
class Search:
    """One way to codes: processor seconds and energy for each number of iterations."""

    iterations: tuple[int, ...]
    seconds: tuple[float, ...]
    energies: tuple[float, ...]

    @property
    def each(self) -> float:
        """Seconds of one iteration, by the longest search."""
        return self.seconds[-1] / self.iterations[-1]

    def until(self, energy: float) -> float:
        """Seconds to an energy; infinite if it was never reached."""
        return next((s for s, e in zip(self.seconds, self.energies, strict=True) if e <= energy), float("inf"))


def pictures(count: int, side: int) -> torch.Tensor:
    """Pieces of equal local contrast, (count, 1, side, side)."""
    crops = Natural(crops=count, size=side).load(Path()).splits["train"]["image"]
    normalised: torch.Tensor = LocalContrastNorm()(torch.from_numpy(crops).double() / 255)
    return normalised


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds, and the result."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def ours(module: SparseCode2d, x: torch.Tensor, counts: Sequence[int]) -> Search:
    """FISTA with restarts, for each number of iterations from zero."""
    seconds, energies = [], []
    for count in counts:
        module.iterations = count
        spent, (codes, _) = timed(lambda: module.infer(x))
        seconds.append(spent)
        energies.append(float(module.energy(x, codes).sum()))
    return Search(tuple(counts), tuple(seconds), tuple(energies))


def theirs(module: SparseCode2d, x: torch.Tensor, counts: Sequence[int], *, masked: bool) -> Search:
    """ADMM by sporco, picture by picture, on a canvas as large as the codes."""
    from sporco.admm import cbpdn

    margin = KERNEL - 1
    side = x.shape[2] + margin
    dictionary = module.filters()[:, 0].permute(1, 2, 0).detach().numpy()
    mask = np.zeros((side, side))
    mask[margin:, margin:] = 1
    canvases = np.zeros((len(x), side, side))
    canvases[:, margin:, margin:] = x[:, 0].numpy()
    seconds, energies = [], []
    for count in counts:
        options = {"Verbose": False, "MaxMainIter": count, "RelStopTol": 0.0}
        spent, codes = 0.0, []
        for canvas in canvases:
            if masked:
                kind = cbpdn.ConvBPDNMaskDcpl
                solver = kind(dictionary, canvas, 1 / module.lam, mask, kind.Options(options))
            else:
                solver = cbpdn.ConvBPDN(dictionary, canvas, 1 / module.lam, cbpdn.ConvBPDN.Options(options))
            more, found = timed(solver.solve)
            spent += more
            codes.append(np.moveaxis(np.asarray(found).reshape(side, side, -1), -1, 0))
        seconds.append(spent)
        energies.append(float(module.energy(x, torch.from_numpy(np.stack(codes))).sum()))
    return Search(tuple(counts), tuple(seconds), tuple(energies))


def measured(options: argparse.Namespace) -> dict[str, float]:
    """One round: seconds and ratios."""
    from sporco import fft

    fft.pyfftw_threads = 1
    x = pictures(options.count, options.side)
    torch.manual_seed(0)
    module = SparseCode2d(1, options.filters, KERNEL, lam=options.lam).double().eval()
    with torch.no_grad():
        mine = ours(module, x, OURS)
        admm = theirs(module, x, THEIRS, masked=True)
        plain = theirs(module, x, (50,), masked=False)
        best = min(*ours(module, x, (BEST,)).energies, *admm.energies)
    row = {"iteration": mine.each, "sporco iteration": admm.each, "sporco iteration without mask": plain.each}
    row["speed of an iteration"] = admm.each / mine.each
    row["speed of an iteration, without mask"] = plain.each / mine.each
    for share in (0.01, 0.001):
        row[f"speed to {share:.1%}"] = admm.until(best * (1 + share)) / mine.until(best * (1 + share))
    return row


def main() -> None:
    """Runs the rounds and prints medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--filters", type=int, default=16)
    parser.add_argument("--lam", type=float, default=1.5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = [measured(options) for _ in range(options.rounds)]
    medians = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    if options.json:
        print(json.dumps({"rounds": rows, "medians": medians}))
        return
    for name, value in medians.items():
        spread = f"{min(row[name] for row in rows):.3g} to {max(row[name] for row in rows):.3g}"
        print(f"{name:<36} {value:8.3g}   ({spread})")


if __name__ == "__main__":
    main()
