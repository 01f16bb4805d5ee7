"""Measures what a live curve costs: one update with its painting, for few points and for very many.

python bench/curves.py [--quick]

The curves of the window stand beside a plain plot of pyqtgraph and its automatic downsampling, in turns; CPU time.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import figures
import numpy as np
from figures import Figure
from numpy.typing import NDArray

WIDTH, HEIGHT, STEP, UPDATES, ROUNDS = 900, 500, 100, 8, 3
Update = Callable[[int], None]  # draws the curve of the first so many points


def losses(count: int) -> NDArray[np.float32]:
    """A loss that falls and is noisy."""
    random = np.random.default_rng(0)
    fall = 2.3 * np.exp(-np.arange(count) / (count / 5))
    return (fall + 0.1 * random.standard_normal(count)).astype(np.float32)


def product(values: NDArray[np.float32], count: int) -> tuple[Any, Update]:
    """The curves of the window, with smoothing as it is at first."""
    from workbench.gui.training.curves import Curves
    from workbench.gui.widgets import theme
    from workbench.training.run_data import RunData

    curves, data = Curves(theme.DARK), RunData(10)
    places = np.linspace(0, 10, len(values), dtype=np.float32)
    data.batches.extend(places[:count], values[:count])
    curves.show_data(data)

    def update(end: int) -> None:
        data.batches.extend(places[len(data.batches) : end], values[len(data.batches) : end])
        curves.draw()

    return curves, update


def plain_plot(values: NDArray[np.float32], *, downsamples: bool) -> tuple[Any, Update]:
    """A plot of pyqtgraph with one curve, which is given all points each time."""
    import pyqtgraph as pg

    plot = pg.PlotWidget()
    curve = plot.plot(pen=pg.mkPen("y", width=1))
    curve.setSkipFiniteCheck(True)
    if downsamples:
        curve.setDownsampling(auto=True, method="peak")
        curve.setClipToView(True)
    places = np.arange(len(values), dtype=np.float32)
    return plot, lambda end: curve.setData(places[:end], values[:end])


def cost(made: tuple[Any, Update], count: int, updates: int) -> float:
    """CPU milliseconds of an update and the painting, the median of several."""
    from PyQt6.QtWidgets import QApplication, QGraphicsView

    widget, update = made
    widget.resize(WIDTH, HEIGHT)
    widget.show()
    views = [each for each in (widget, *widget.findChildren(QGraphicsView)) if isinstance(each, QGraphicsView)]
    found = []
    ports = [view.viewport() for view in views]
    for turn in range(updates + 2):
        start = time.process_time()
        update(count + STEP * (turn + 1))
        QApplication.processEvents()
        for port in ports:
            if port is not None and port.isVisible():
                port.repaint()
        found.append(1000 * (time.process_time() - start))
    widget.close()
    widget.deleteLater()
    return statistics.median(found[2:])


def measure(quick: bool) -> list[Figure]:
    """Goal 7: the update at ten million points against that at ten thousand, and against pyqtgraph."""
    from workbench.gui.app.application import make_app

    app = make_app()
    few, many = 10_000, 1_000_000 if quick else 10_000_000
    values = losses(many + STEP * (UPDATES + 4))
    rounds: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        turns: dict[str, Callable[[], float]] = {
            "few": lambda: cost(product(values, few), few, UPDATES),
            "many": lambda: cost(product(values, many), many, UPDATES),
            "plain": lambda: cost(plain_plot(values, downsamples=False), many, 1),
            "downsampled": lambda: cost(plain_plot(values, downsamples=True), many, UPDATES),
        }
        for name, turn in turns.items():
            rounds.setdefault(name, []).append(turn())
    app.processEvents()
    middle = {name: statistics.median(each) for name, each in rounds.items()}
    return [
        figures.plain("7", f"an update at {few:,} points", middle["few"], "CPU ms"),
        figures.plain("7", f"an update at {many:,} points", middle["many"], "CPU ms"),
        figures.at_most("7", "many points to few", middle["many"] / middle["few"], 2),
        figures.at_least("7", "plain pyqtgraph to ours", middle["plain"] / middle["many"], 10 if quick else 100),
        figures.at_least("7", "downsampling to ours", middle["downsampled"] / middle["many"], 1 if quick else 4),
    ]


if __name__ == "__main__":
    figures.run(measure)
