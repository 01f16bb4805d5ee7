"""Measures of a code in the window: asked for, shown, told to be old, stopped, and refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.look_page import opened
from workbench.core.graph import Port
from workbench.gui.insight.measure_table import cells_of
from workbench.gui.insight.measures import STALE, Measures
from workbench.gui.insight.panel import LookPanel
from workbench.gui.threads.worker import wait_for_abandoned
from workbench.gui.widgets import theme
from workbench.insight.latent.codes import Code
from workbench.insight.latent.leakage import leakage_matrix
from workbench.insight.latent.metrics import measure
from workbench.insight.latent.study import Study
from workbench.project.new_project import create

SMALL = {"batches": 2, "batch": 4, "people": 3, "test": 60}


@pytest.fixture
def look(qtbot: QtBot, tmp_path: Path) -> Iterator[LookPanel]:
    """The panel on an inverse graphics network that is not trained."""
    project, _ = create("dcign32", ("heads", SMALL), tmp_path)
    panel = opened(qtbot, project, tmp_path / "heads.cnn", "graphics_code")
    yield panel
    panel.shut_down()
    wait_for_abandoned()


def measured(qtbot: QtBot, look: LookPanel) -> None:
    """Presses the button and waits for the measures."""
    look.studio.measure.click()
    qtbot.waitUntil(lambda: not look.middle.measures.is_busy, timeout=60_000)


def test_a_code_is_measured_and_shown(qtbot: QtBot, look: LookPanel) -> None:
    measured(qtbot, look)
    measures = look.middle.measures
    assert look.middle.currentWidget() is measures
    assert measures.title == "Measures of first random weights, 60 test pictures"
    assert measures._found is not None
    found = measures._found.study
    table = measures.table
    assert [table.item(row, 0).text() for row in range(table.rowCount())] == ["azimuth", "elevation", "light"]
    for row, name in enumerate(("azimuth", "elevation", "light")):
        texts = [table.item(row, column).text() for column in range(table.columnCount())]
        assert texts[1] == name
        assert texts[2] == f"{found.measures.own_r2[name]:.3f}"
        assert texts[5] == f"{found.measures.leakage[name]:.3f}"
        assert texts[7] == f"{found.views[name].gain:+.2f}"
    assert f"completeness {found.measures.dci.completeness:.3f}" in measures._whole.text()
    matrix = measures.map._matrix
    assert matrix is not None
    assert np.array_equal(matrix.values, leakage_matrix(found).values)
    place = measures.map.cell_rect(1, 2).center()
    assert measures.map.cell_at(place.x(), place.y()) == (1, 2)


def test_true_factors_are_drawn_against_their_latents(qtbot: QtBot, look: LookPanel) -> None:
    measured(qtbot, look)
    measures = look.middle.measures
    assert measures._found is not None
    found = measures._found.study
    assert list(measures.scatters.plots) == ["azimuth", "elevation", "light"]
    for latent, (name, plot) in enumerate(measures.scatters.plots.items()):
        assert plot.getAxis("bottom").labelText == f"true {name}"
        assert plot.getAxis("left").labelText == f"latent {name}"
        x, y = plot.listDataItems()[0].getData()
        assert np.allclose(x, found.factors[name])
        assert np.allclose(y, found.codes[:, latent])


def test_the_tiles_come_back_and_the_measures_are_kept(qtbot: QtBot, look: LookPanel) -> None:
    measured(qtbot, look)
    found = look.middle.measures._found
    qtbot.keyClick(look.middle.measures, Qt.Key.Key_Escape)
    assert look.middle.currentIndex() == 0
    look.studio.measure.click()
    assert look.middle.currentWidget() is look.middle.measures
    assert not look.middle.measures.is_busy, "the same weights are not measured twice"
    assert look.middle.measures._found is found
    look.session.select([look.session.graph.named("conv1").id])
    assert look.middle.currentIndex() == 0


def test_old_measures_are_told_to_be_old(qtbot: QtBot, look: LookPanel) -> None:
    measured(qtbot, look)
    measures = look.middle.measures
    assert measures.note == ""
    assert not measures.again.isVisible()
    before = measures._found
    look.show_run("")
    qtbot.waitUntil(lambda: measures.note == STALE, timeout=20_000)
    assert measures.again.isVisible()
    measures.again.click()
    qtbot.waitUntil(lambda: measures._found is not None and not measures.is_busy, timeout=60_000)
    assert measures._found is not before
    assert measures.note == ""


def test_stopping_gives_no_measures(qtbot: QtBot, look: LookPanel) -> None:
    look.studio.measure.click()
    measures = look.middle.measures
    assert measures.is_busy
    assert measures.stop.isVisible()
    measures.stop.click()
    assert not measures.is_busy
    assert look.middle.currentIndex() == 0
    wait_for_abandoned()
    assert measures._found is None


def test_data_without_factors_is_refused_in_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    pictures = random.integers(0, 255, (12, 1, 32, 32)).astype(np.uint8)
    labels = np.arange(12) % 3
    np.savez(tmp_path / "plain.npz", x_train=pictures, y_train=labels, x_test=pictures, y_test=labels)
    project, _ = create("vae32", ("npz", {"path": "plain.npz"}), tmp_path)
    look = opened(qtbot, project, tmp_path / "plain.cnn", "z")
    measured(qtbot, look)
    assert look.middle.measures.note.startswith("Nothing can be measured: the data has no test pictures whose factors")
    assert not look.middle.measures._scroll.isVisible()
    look.shut_down()


def test_a_factor_with_two_latents_has_two_clouds_and_one_row(qtbot: QtBot) -> None:
    random = np.random.default_rng(0)
    turn, light = random.uniform(0, 360, 50), random.normal(size=50)
    codes = np.stack([np.cos(np.radians(turn)), np.sin(np.radians(turn)), light], 1)
    latents = {"turn": (0, 1), "light": (2,)}
    factors = {"turn": turn, "light": light}
    code = Code("n", Port("n", "mu"), Port("p", "y"), 3, {"turn": (0, 2), "light": (2, 3)})
    found = Study(
        code, codes, factors, {"turn": ("turn",), "light": ("light",)},
        measure(codes, factors, latents, periods={"turn": 360.0}), {},
    )  # fmt: skip
    page = Measures(theme.LIGHT)
    qtbot.addWidget(page)
    for _ in range(2):
        page.scatters.show_study(found)
    plots = page.scatters.plots
    assert {name: len(plot.listDataItems()) for name, plot in plots.items()} == {"turn": 2, "light": 1}
    assert plots["turn"].getAxis("left").labelText == "latents"
    turn = next(row for row in found.rows() if row.title == "turn")
    assert cells_of(turn)[1:4] == [
        "turn 1, turn 2",
        f"{found.measures.own_r2['turn']:.3f}",
        "–",
    ]
