"""Both families drawn from an empty canvas by mouse and keys: checked, trained, held, resumed, looked at and kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.test_stages_form import box_of
from tests.stories.page_objects import Drawer
from tests.stories.test_newcomer import LEFT
from tests.training.factories import logged
from workbench.cli import main
from workbench.core.resources import example
from workbench.gui.training.panel import STAGES_TAB
from workbench.project import storage
from workbench.project.checks import project_problems
from workbench.training import checkpoint


def command(*words: str) -> int:
    return main(lambda path: 3, arguments=list(words))


def draws_inverse_graphics(person: Drawer) -> None:
    """Encoder, code, clamp, decoder and the loss; the factor is not wired, and the divergence is forgotten."""
    assert person.searches("Input") == "image"
    person.sets("image", shape="1 x 16 x 16")
    for layer in ("Conv2d", "ReLU", "Flatten", "Linear"):
        person.searches(layer)  # each behind the one before, which is still selected
    person.sets("conv1", out_channels="4", stride="2 x 2", padding="1")
    person.sets("fc1", out_features="8")
    assert person.pulls_out("flatten1.y", "Linear") == "fc2"
    person.sets("fc2", out_features="8")
    assert person.pulls_out("fc1.y", "GraphicsCode") == "graphics_code1"
    person.pulls("fc2.y", "graphics_code1.logvar")
    person.sets("graphics_code1", sizes="1 x 1 x 1 x 5")
    assert person.drags("Factor") == "factor"
    assert person.problems == ["graphics_code1: its input factor needs a wire."]
    person.mends("graphics_code1")
    assert person.pulls_out("graphics_code1.mu", "GaussianSample") == "z1"
    graph = person.window.session.graph
    assert set(graph.incoming[graph.named("z1").id]) == {"mu", "logvar"}, "both come along"
    for layer in ("Linear", "Unflatten", "Sigmoid", "BernoulliLoss"):
        person.searches(layer)
    person.sets("fc3", out_features="16*16")
    person.sets("unflatten1", unflattened_size="1 x 16 x 16")
    assert person.drags("Target") == "label"
    person.sets("label", field="image", kind="map", shape="1 x 16 x 16")
    person.pulls("label.y", "loss1.target")


@pytest.mark.slow
def test_inverse_graphics_from_an_empty_canvas(qtbot: QtBot, tmp_path: Path) -> None:
    person = Drawer(qtbot, example("lenet5-digits.cnn"), tmp_path, is_copy=True)
    window = person.window
    person.begins_empty()
    person.chooses_data("heads", size=16, batches=5, batch=4, people=5, test=8)
    person.goes_to("Build")
    draws_inverse_graphics(person)
    (problem,) = person.problems
    assert problem.startswith("z1: nothing keeps its noise from being learnt away: a GaussianKL")
    person.mends("z1")
    assert person.problems == []
    assert project_problems(window.session.project) == []
    person.tidies()

    person.goes_to("Train")
    person.types(person.train.form.editors["epochs"].widget, "3")
    person.types(person.train.form.editors["accumulate"].widget, "4")
    person.presses("one_batch")
    person.sees(lambda: window.runner.state == "paused")
    file = tmp_path / "heads.cnn"
    person.saves_as(file)
    person.presses("one_epoch")
    person.sees(lambda: window.strip.bar.value() == 5 and window.runner.state == "paused")
    person.presses("one_batch")
    person.sees(lambda: window.strip.bar.value() == 6 and window.runner.state == "paused")
    person.presses("stop")
    person.sees(lambda: window.runner.state == "idle")
    assert "Stopped" in window.strip.status.text()

    person.goes_to("Look")
    person.clicks_node("graphics_code1")
    person.picks_view("Factor traversals")
    person.sees(lambda: "run-001" in person.look.header.note)
    person.sees(lambda: person.units() > 0)
    slider = person.look.studio.rows.sliders[0]
    slider.setFocus()
    before = slider.value()
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    person.sees(lambda: not person.look.is_busy and slider.value() > before)
    drawn = window.session.graph
    person.leaves()

    whole = tmp_path / "whole" / "heads.cnn"
    whole.parent.mkdir()
    shutil.copy(file, whole)
    assert command("train", str(file), "--resume") == 0
    assert command("train", str(whole)) == 0
    runs = [storage.runs_folder(path) / "run-001" for path in (file, whole)]
    told = [[row for row in logged(run) if row.get("reason") != "stopped"] for run in runs]
    assert told[0][-1]["reason"] == "finished"
    assert told[0] == told[1]
    ends = [checkpoint.newest(run / "checkpoints", "step")[0] for run in runs]
    assert ends[0] is not None
    assert ends[1] is not None
    assert all(torch.equal(ends[0].tensors[key], ends[1].tensors[key]) for key in ends[1].tensors)

    again = Drawer(qtbot, file, tmp_path, is_copy=False)
    assert again.window.session.graph == drawn
    assert not again.window.isWindowModified()
    again.window.close()


def checks_learner(person: Drawer, name: str) -> None:
    learners = person.train.stages.editor.learners
    (item,) = learners.findItems(name, Qt.MatchFlag.MatchExactly)
    person.qtbot.mouseClick(learners.viewport(), LEFT, pos=box_of(learners, item))


def makes_stages(person: Drawer) -> None:
    """A stage for each layer, in which the energy of the other one is off."""
    form = person.train.stages
    person.train.tabs.setCurrentIndex(STAGES_TAB)
    for learner, other in (("code1", "code2"), ("code2", "code1")):
        person.qtbot.mouseClick(form.buttons["add"], LEFT)
        person.types(form.editor.editors["epochs"].widget, "2")
        checks_learner(person, learner)
        for loss in (f"{other}_error", f"{other}_sparsity"):
            box = form.editor.losses[loss].counts
            box.setFocus()
            person.qtbot.keyClick(box, Qt.Key.Key_Space)


@pytest.mark.slow
def test_a_deconvolutional_network_from_an_empty_canvas(qtbot: QtBot, tmp_path: Path) -> None:
    person = Drawer(qtbot, example("lenet5-digits.cnn"), tmp_path, is_copy=True)
    window = person.window
    person.begins_empty()
    person.chooses_data("natural", crops=20, size=16)
    person.goes_to("Build")
    person.searches("Input")
    person.sets("image", shape="1 x 16 x 16")
    person.searches("LocalContrastNorm")
    assert person.searches("SparseCode2d") == "code1"
    person.sets("code1", out_channels="4", kernel_size="5", iterations="5")
    (problem,) = person.problems
    assert problem.startswith("code1: no loss follows from it")
    person.mends("code1")
    assert person.problems == []
    assert person.pulls_out("code1.codes", "SparseCode2d") == "code2"
    person.sets("code2", out_channels="6", kernel_size="5", iterations="5")
    (problem,) = person.problems
    assert problem.startswith("code2: no loss follows from it")
    person.mends("code2")
    assert person.problems == []
    person.tidies()

    person.goes_to("Data")
    person.types(person.data.splits.editors["batch_size"].widget, "5")
    person.goes_to("Train")
    makes_stages(person)
    first, second = window.session.project.training_config().stages
    assert (first.train, second.train) == (("code1",), ("code2",))
    assert first.losses == {"code2_error": 0.0, "code2_sparsity": 0.0}
    assert project_problems(window.session.project) == []
    file = tmp_path / "strokes.cnn"
    person.saves_as(file)
    person.presses("one_batch")
    person.sees(lambda: window.runner.state == "paused")
    assert person.train.stages._progress.text() == "Stage 1 of 2 is under way: epoch 1/2."
    person.presses("one_epoch")
    person.sees(lambda: window.strip.bar.value() == 4 and window.runner.state == "paused")
    person.presses("toggle")
    person.sees(lambda: "Finished" in window.strip.status.text())

    person.goes_to("Look")
    person.clicks_node("code2")
    person.picks_view("Projections")
    person.sees(lambda: "run-001" in person.look.header.note)
    person.sees(lambda: person.units() == 6)
    drawn = window.session.graph
    person.leaves()
    again = Drawer(qtbot, file, tmp_path, is_copy=False)
    assert again.window.session.graph == drawn
    assert not again.window.isWindowModified()
    again.window.close()
