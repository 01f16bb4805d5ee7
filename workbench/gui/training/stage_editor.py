"""The form of one stage of a training: how long, at which rate, who learns, and which losses count how much."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import printable
from workbench.core.graph import Graph
from workbench.core.names import is_within
from workbench.core.setting_words import title_of
from workbench.gui.forms.editors import make_editor
from workbench.gui.forms.number_fields import DECIMALS, NumberField, short_text
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.layouts import clear
from workbench.project.stages import learners, learning_groups, loss_weights
from workbench.training.config import Stage

MOST_ROWS, ROW = 9, 22
NAME = Qt.ItemDataRole.UserRole
GROUP, GONE = " (group)", " (not there)"


class LearnerList(QListWidget):
    """The network's nodes and groups, to be checked off.

    Signals:
        chosen(tuple): the names that are checked.
    """

    chosen = pyqtSignal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("what learns")
        self.setToolTip("Nodes and groups that learn in this stage; without any, all that are not frozen")
        self._names: tuple[str, ...] = ()
        self.itemChanged.connect(self._on_changed)

    def show_names(self, groups: Sequence[str], nodes: Sequence[str], train: Sequence[str]) -> None:
        """Shows what there is, and what is checked; a checked name that is not there is kept and marked."""
        self.blockSignals(True)
        strange = [name for name in train if not any(is_within(node, name) for node in nodes)]
        names = (*groups, *nodes, *strange)
        if names != self._names:
            self._names = names
            self.clear()
            marks = {**dict.fromkeys(groups, GROUP), **dict.fromkeys(strange, GONE)}
            for name in names:
                item = QListWidgetItem(printable(name) + marks.get(name, ""))
                item.setData(NAME, name)
                item.setSizeHint(QSize(0, ROW))
                self.addItem(item)
            self.setFixedHeight(max(1, min(MOST_ROWS, len(names))) * ROW + 2 * self.frameWidth())
        for item in self._items():
            self._mark(item, train)
        self.blockSignals(False)
        self.update()

    def _items(self) -> list[QListWidgetItem]:
        return [item for row in range(self.count()) if (item := self.item(row)) is not None]

    def _mark(self, item: QListWidgetItem, train: Sequence[str]) -> None:
        """Checks what is named; what a checked group has in it is checked with it, and cannot be left out alone."""
        name = str(item.data(NAME))
        by_group = any(each != name and is_within(name, each) for each in train)
        item.setCheckState(Qt.CheckState.Checked if name in train or by_group else Qt.CheckState.Unchecked)
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
        item.setFlags(flags if by_group else flags | Qt.ItemFlag.ItemIsEnabled)

    def _on_changed(self, changed: QListWidgetItem) -> None:
        checked = [str(item.data(NAME)) for item in self._items() if item.checkState() == Qt.CheckState.Checked]
        name = str(changed.data(NAME))
        if name not in checked:  # with a group go those in it
            checked = [each for each in checked if not is_within(each, name)]
        tops = [each for each in checked if not any(other != each and is_within(each, other) for other in checked)]
        self.chosen.emit(tuple(tops))


class LossRow:
    """The widgets of one loss: whether it counts, how much, and the way back to its own weight."""

    def __init__(self, name: str, own: float, form: StageEditor) -> None:
        self.name, self.own = name, own
        self.counts = QCheckBox(printable(name).replace("&", "&&"))
        self.counts.setAccessibleName(f"{name} counts")
        self.counts.setToolTip("Whether this loss counts in the stage; off leaves out all that only it needs")
        self.weight = NumberField()
        self.weight.setDecimals(DECIMALS)
        self.weight.setRange(0.0, 1e6)
        self.weight.setKeyboardTracking(False)
        self.weight.setAccessibleName(f"weight of {name}")
        self.weight.setToolTip(plain_tip(f"How much it counts in this stage. Its own weight is {short_text(own)}."))
        self.reset = QToolButton()
        self.reset.setText("↺")
        self.reset.setAutoRaise(True)
        self.reset.setAccessibleName(f"Set weight of {name} back")
        self.reset.setToolTip(plain_tip(f"Back to its own weight, {short_text(own)}"))
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.counts.clicked.connect(lambda is_on: form.set_loss(name, own if is_on else 0.0))
        self.weight.valueChanged.connect(lambda value: form.set_loss(name, value))
        self.reset.clicked.connect(lambda: form.set_loss(name, own))

    def show_weight(self, weight: float | None) -> None:
        """Shows the weight of the stage; None is the loss's own."""
        value = self.own if weight is None else weight
        self.weight.blockSignals(True)
        self.weight.setValue(value)
        self.weight.blockSignals(False)
        self.weight.setEnabled(value > 0)
        self.counts.setChecked(value > 0)
        self.reset.setVisible(value > 0 and value != self.own)


class StageEditor(QWidget):
    """One stage.

    Signals:
        changed(str, dict): what the menu says before the stage's name, and the fields of the stage that are other ones.
    """

    changed = pyqtSignal(str, dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = Stage()
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(6)
        self.editors = {name: make_editor(Stage.model_fields[name], partial(self._on_field, name))
                        for name in ("epochs", "lr")}  # fmt: skip
        for name, editor in self.editors.items():
            tip = Stage.model_fields[name].description or ""
            editor.widget.setAccessibleName(f"{name} of the stage")
            editor.widget.setToolTip(plain_tip(tip))
            label = plain_label(title_of(name, Stage.model_fields[name]))
            label.setToolTip(plain_tip(tip))
            self._form.addRow(label, editor.widget)
        rate = self.editors["lr"].widget
        assert isinstance(rate, QLineEdit)
        rate.setPlaceholderText("as in the settings")
        self.learners = LearnerList()
        self.learners.chosen.connect(self._on_learners)
        self._everyone = plain_label("", faint=True, wraps=True)
        self.losses: dict[str, LossRow] = {}
        self._losses = QWidget()
        self._grid = QGridLayout(self._losses)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._form)
        for title, parts in (("What learns", (self.learners, self._everyone)), ("Losses", (self._losses,))):
            layout.addWidget(plain_label(title, bold=True))
            for part in parts:
                layout.addWidget(part)

    def show_stage(self, stage: Stage, graph: Graph) -> None:
        """Shows a stage of a training of that network."""
        self._stage = stage
        for name, editor in self.editors.items():
            editor.show(getattr(stage, name))
        nodes = learners(graph)
        self.learners.show_names(learning_groups(graph), nodes, stage.train)
        self._everyone.setText("" if stage.train else "Nothing is checked: all of them learn.")
        self._everyone.setVisible(not stage.train)
        self._show_losses(loss_weights(graph))

    def _show_losses(self, own: dict[str, float]) -> None:
        if own != {name: row.own for name, row in self.losses.items()}:
            clear(self._grid)
            self.losses = {name: LossRow(name, weight, self) for name, weight in own.items()}
            for number, row in enumerate(self.losses.values()):
                for column, widget in enumerate((row.counts, row.weight, row.reset)):
                    self._grid.addWidget(widget, number, column)
        for name, row in self.losses.items():
            row.show_weight(self._stage.losses.get(name))

    def _on_field(self, name: str, value: Any) -> None:
        if value != getattr(self._stage, name):
            self.changed.emit(f"Set {name} of", {name: value})

    def _on_learners(self, names: tuple[str, ...]) -> None:
        self.changed.emit("Set what learns in", {"train": names})

    def set_loss(self, name: str, weight: float) -> None:
        """Asks for another weight of a loss; its own one need not be named."""
        losses = {each: value for each, value in self._stage.losses.items() if each != name}
        if weight != self.losses[name].own or weight == 0:
            losses[name] = weight
        if losses != self._stage.losses:
            self.changed.emit(f"Set weight of {name} in", {"losses": losses})
