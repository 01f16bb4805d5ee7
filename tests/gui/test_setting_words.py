"""The form of the training settings: in words, only what acts, rates by their size, devices of this machine."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QLabel
from pytestqt.qtbot import QtBot

from workbench.core.setting_words import idle_reason, value_at
from workbench.data.config import AugmentSettings
from workbench.gui.document.session import Session
from workbench.gui.forms.editors import make_editor
from workbench.gui.forms.number_fields import stepped_by_ratio
from workbench.gui.forms.settings_form import SettingsForm
from workbench.gui.training import device_box
from workbench.gui.training.device_box import device_editor
from workbench.gui.training.panel import SETTINGS
from workbench.gui.training.rate_plot import RatePlot
from workbench.gui.widgets.theme import DARK
from workbench.layers.bernoulli_loss import BernoulliLoss
from workbench.project.settings import path_words, setting_edit, value_words
from workbench.training.config import TrainingConfig
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.schedules.spec import REGISTRY as SCHEDULES


@pytest.fixture
def form(qtbot: QtBot, session: Session) -> SettingsForm:
    made = SettingsForm(session, TrainingConfig, "training", SETTINGS, {"device": device_editor})
    qtbot.addWidget(made)
    made.show()
    return made


def label_of(form: SettingsForm, name: str) -> QLabel:
    layout = form._rows
    assert isinstance(layout, QFormLayout)
    label = layout.labelForField(form.editors[name].widget)
    assert isinstance(label, QLabel)
    return label


def seen(form: SettingsForm) -> set[str]:
    return {name for name, editor in form.editors.items() if editor.widget.isVisible()}


def test_labels_are_words_and_tooltips_have_the_files_name(form: SettingsForm) -> None:
    assert label_of(form, "lr").text() == "Learning rate"
    assert label_of(form, "schedules.one_cycle.warmup").text() == "Warm-up (share of the run)"
    assert "training.weight_decay" in form.editors["weight_decay"].widget.toolTip()
    assert form.editors["patience"].widget.accessibleName() == "Early stopping (epochs)"


def test_only_what_acts_is_shown(form: SettingsForm, session: Session) -> None:
    adamw, one_cycle = {"optimizers.AdamW.beta1", "optimizers.AdamW.beta2"}, {"schedules.one_cycle.warmup"}
    sgd, step = {"optimizers.SGD.momentum", "optimizers.SGD.nesterov"}, {"schedules.step.gamma"}
    assert seen(form) >= {"lr", *adamw, *one_cycle}
    assert not seen(form) & (sgd | step | {"optimizers.Adam.beta1", "schedules.cosine.warmup"})
    session.push(setting_edit(session.project, "training.schedule", "step"))
    assert seen(form) >= step
    assert not seen(form) & one_cycle
    session.push(setting_edit(session.project, "training.optimizer", "SGD"))
    assert seen(form) >= sgd
    assert not seen(form) & adamw
    session.undo_stack.undo()
    assert not seen(form) & sgd


def test_changing_to_another_optimiser_and_back_loses_nothing(form: SettingsForm, session: Session) -> None:
    session.push(setting_edit(session.project, "training.optimizer", "SGD"))
    form.change("optimizers.SGD.momentum", 0.75)
    assert session.undo_stack.undoText() == "Set momentum of SGD"
    for name in ("RMSprop", "SGD"):
        session.push(setting_edit(session.project, "training.optimizer", name))
    assert session.project.training_config().chosen_optimizer == OPTIMIZERS["SGD"](momentum=0.75)
    form.change("optimizers.SGD.momentum", 1.0)
    assert session.project.training["optimizers"] == {"SGD": {"momentum": 0.75}}
    assert form._message.text() == "training.optimizers.SGD.momentum must be less than 1, found 1.0."


@pytest.mark.parametrize("name", ["optimizers.AdamW.beta1", "schedules.one_cycle.warmup"])
def test_a_number_that_spins_is_one_step_of_undo(form: SettingsForm, session: Session, name: str) -> None:
    before = session.project
    for value in (0.25, 0.375, 0.5):
        form.change(name, value)
    assert session.undo_stack.count() == 1
    assert value_at(TrainingConfig, name.split("."), session.project.training) == 0.5
    session.undo_stack.undo()
    assert session.project == before
    session.undo_stack.redo()
    assert value_at(TrainingConfig, name.split("."), session.project.training) == 0.5


def test_another_setting_is_another_step_of_undo(form: SettingsForm, session: Session) -> None:
    for name in ("beta1", "beta2", "beta1"):
        form.change(f"optimizers.AdamW.{name}", 0.5 + session.undo_stack.count() / 10)
    assert session.undo_stack.count() == 3
    session.undo_stack.undo()
    assert session.project.training["optimizers"] == {"AdamW": {"beta1": 0.5, "beta2": 0.6}}


def test_the_arrows_of_the_rate_multiply(qtbot: QtBot, form: SettingsForm, session: Session) -> None:
    box = form.editors["lr"].widget
    assert isinstance(box, QDoubleSpinBox)
    found = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(box, key)
        found.append(session.project.training["lr"])
    assert found == [0.02, 0.03, 0.02, 0.01, 0.005]


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [
        (0.0, 1e-5, 0.0), (1e-5, 2e-5, 5e-6), (0.003, 0.005, 0.002), (0.0047, 0.005, 0.003), (1.0, 2.0, 0.5),
        (70, 100, 50),
    ],
)  # fmt: skip
def test_rungs_of_a_rate(value: float, up: float, down: float) -> None:
    assert stepped_by_ratio(value, is_up=True) == pytest.approx(up, rel=1e-12)
    assert stepped_by_ratio(value, is_up=False) == pytest.approx(down, rel=1e-12)


def test_devices_are_those_of_the_machine_and_the_projects(
    form: SettingsForm, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    mps = SimpleNamespace(is_available=lambda: False)
    torch = SimpleNamespace(cuda=SimpleNamespace(device_count=lambda: 2), mps=0, backends=SimpleNamespace(mps=mps))
    monkeypatch.setitem(sys.modules, "torch", torch)
    box = form.editors["device"].widget
    assert isinstance(box, QComboBox)
    session.push(setting_edit(session.project, "training.device", "cuda:7"))
    assert [box.itemText(number) for number in range(box.count())] == ["auto", "cpu", "cuda:0", "cuda:1", "cuda:7"]
    assert box.currentText() == "cuda:7"
    box.setCurrentText("cuda:1")
    assert session.project.training["device"] == "cuda:1"


def test_torch_is_not_loaded_to_tell_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    assert device_box.devices_here() == ("auto", "cpu")
    assert "torch" not in sys.modules


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("training.lr", "Learning rate"),
        ("training.schedules.step.gamma", "Factor of each drop of step"),
        ("training.optimizers.AdamW.beta1", "First momentum (beta1) of AdamW"),
        ("training.optimizers.SGD", "Stochastic gradient descent"),
        ("training.optimizers.Lion.beta1", "training.optimizers.Lion.beta1"),
        ("data.augment.brightness", "Brightness (share)"),
        ("data.batch_size", "Batch size (samples)"),
        ("data.augment.rotate", "Rotate (degrees)"),
        ("data.source", "Data source"),
        ("data.options.path", "data.options.path"),
        ("training.unknown", "training.unknown"),
        ("training", "training"),
        ("network.conv1.stride", "network.conv1.stride"),
        ("learning rate, changed to", "learning rate, changed to"),
    ],
)
def test_a_path_is_called_what_the_form_calls_it(path: str, words: str) -> None:
    assert path_words(path) == words


def test_choices_are_words_in_form_and_comparison(qtbot: QtBot, form: SettingsForm, session: Session) -> None:
    box = form.editors["schedule"].widget
    assert isinstance(box, QComboBox)
    assert box.currentText() == "one cycle"
    box.setCurrentText("step")
    assert session.project.training["schedule"] == "step"
    box.setCurrentText("one cycle")
    assert session.project.training["schedule"] == "one_cycle"
    assert value_words("training.schedule", "one_cycle") == "one cycle"
    assert value_words("data.options.path", "my_data.npz") == "my_data.npz"
    reason = idle_reason(TrainingConfig, ("schedules", "one_cycle", "warmup"), {"schedule": "step"})
    assert reason == "It acts with one cycle as rate schedule, not with step."


def test_a_choice_of_a_layer_is_words_too(qtbot: QtBot) -> None:
    told: list[object] = []
    editor = make_editor(BernoulliLoss.model_fields["reduction"], told.append)
    qtbot.addWidget(editor.widget)
    box = editor.widget
    assert isinstance(box, QComboBox)
    editor.show("batch_mean")
    assert box.currentText() == "batch mean"
    box.setCurrentText("sum")
    box.setCurrentText("batch mean")
    assert told == ["sum", "batch_mean"]


def test_augmentations_stand_below_the_heading_of_their_sort(qtbot: QtBot, session: Session) -> None:
    form = SettingsForm(session, AugmentSettings, "data.augment")
    qtbot.addWidget(form)
    layout, rows = form._rows, list[str]()
    for row in range(layout.rowCount()):
        item = layout.itemAt(row, QFormLayout.ItemRole.LabelRole) or layout.itemAt(
            row, QFormLayout.ItemRole.SpanningRole
        )
        widget = item.widget() if item is not None else None
        assert isinstance(widget, QLabel)
        rows.append(widget.text())
    assert rows[0] == "Geometry"
    assert rows.index("Rotate (degrees)") < rows.index("Light") < rows.index("Brightness (share)")
    assert rows.count("Geometry") == rows.count("Light") == 1


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_preview_follows_the_schedule(qtbot: QtBot, session: Session, schedule: str) -> None:
    plot = RatePlot(session, DARK)
    qtbot.addWidget(plot)
    session.push(setting_edit(session.project, "training.schedule", schedule))
    config, rates = session.project.training_config(), plot._curve.getData()[1]
    wanted = SCHEDULES[schedule]().ends(config.total_epochs)
    assert (rates[0] / config.lr, rates[-1] / config.lr) == pytest.approx(wanted, abs=0.1)
