"""The inspector: everything about the selected nodes, made from their declaration."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.core.edits import MISSING, CompositeGraphEdit, Edit, GraphEdit
from workbench.core.errors import WorkbenchError, printable
from workbench.core.graph import Node, Port
from workbench.core.graph_edits import rename, set_param
from workbench.core.values import shape_text
from workbench.gui.document.session import Session
from workbench.gui.inspector.overview import Overview
from workbench.gui.inspector.rows import SettingRow
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.other_fixes import OtherFixes
from workbench.layers.spec import Layer, find
from workbench.project.settings import setting_edit

LONGEST_FIX = 34  # letters of its button; the tooltip has all of them
FLAGS = {
    "bypass": ("Bypass", "What comes in passes through; the weights are kept"),
    "frozen": ("Frozen", "The weights are not trained"),
}
NAME_TIP = (
    "First weights are drawn from the seed and this name: another name means others, as another seed does. "
    "Weights that a run has learnt follow the name."
)


class Inspector(QScrollArea):
    """The form for one node, or for several of one layer at once; without any, what the network is as a whole.

    Signals:
        left(): Esc was pressed; the keyboard shall go back to the canvas.
    """

    left = pyqtSignal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ids: list[str] = []
        self._layers: list[str] = []
        self._rows: dict[str, SettingRow] = {}
        self._flags: dict[str, QCheckBox] = {}
        self._name: QLineEdit | None = None
        self.overview: Overview | None = None
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        session.selection_changed.connect(self._on_selection_changed)
        session.document_changed.connect(self._on_document_changed)
        session.data_known.connect(self._refresh)
        self._rebuild()

    def begin(self) -> None:
        """Moves the keyboard to the first field, and marks what stands in it."""
        body = self.widget()
        fields = body.findChildren(QWidget) if body is not None else []
        takers = (each for each in fields if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isEnabled())
        first = next(takers, None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self._refresh()  # what was typed and not committed goes
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _nodes(self) -> list[Node]:
        """The selected nodes that are there."""
        return [self._session.graph.nodes[id_] for id_ in self._ids if id_ in self._session.graph.nodes]

    def _on_selection_changed(self, ids: list[str]) -> None:
        self._ids = list(ids)
        self._rebuild()

    def _on_document_changed(self, edit: object) -> None:
        if [node.layer for node in self._nodes()] != self._layers:
            self._rebuild()
        else:
            self._refresh()

    def _rebuild(self) -> None:
        self._rows, self._flags, self._name, self.overview = {}, {}, None, None
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        nodes = self._nodes()
        self._layers = [node.layer for node in nodes]
        if nodes:
            self._build_head(layout, nodes)
            self._build_form(layout, nodes)
            self._build_foot(layout, nodes)
        else:
            self.overview = Overview(self._session)
            layout.addWidget(self.overview)
        layout.addStretch(1)
        self.setWidget(body)
        self._refresh()

    def _build_head(self, layout: QVBoxLayout, nodes: list[Node]) -> None:
        cls = find(nodes[0].layer)
        if len(set(self._layers)) > 1:
            layout.addWidget(plain_label(f"{len(nodes)} nodes", bold=True))
            text = "They are of several layers. Select nodes of one layer to change their settings together."
        else:
            title = cls.title if cls else f"{printable(nodes[0].layer)} (unknown)"
            layout.addWidget(plain_label(f"{len(nodes)} × {title}" if len(nodes) > 1 else title, bold=True))
            text = cls.summary() if cls else "This version does not know it; it is kept."
        layout.addWidget(plain_label(text, wraps=True, faint=True))

    def _build_form(self, layout: QVBoxLayout, nodes: list[Node]) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        if len(nodes) == 1:
            self._name = QLineEdit()
            self._name.setAccessibleName("name")
            self._name.setToolTip(plain_tip(NAME_TIP))
            self._name.editingFinished.connect(self._on_renamed)
            form.addRow(plain_label("name"), self._name)
        cls = find(nodes[0].layer) if len(set(self._layers)) == 1 else None
        for name, info in (cls.model_fields if cls else {}).items():
            row = SettingRow(name, info, partial(self._on_changed, name), partial(self._on_reset, name))
            form.addRow(row.label, row.field)
            self._rows[name] = row
        classes = [found for layer in self._layers if (found := find(layer))]
        for flag, is_offered in (
            ("bypass", any(len(each.inputs) == 1 and each.output_ports for each in classes)),
            ("frozen", any(each.trains for each in classes)),
        ):
            if is_offered:
                title, tip = FLAGS[flag]
                box = QCheckBox(title)
                box.setAccessibleName(flag)
                box.setToolTip(plain_tip(tip))
                box.clicked.connect(partial(self._on_flag, flag))
                form.addRow("", box)
                self._flags[flag] = box
        layout.addLayout(form)

    def _build_foot(self, layout: QVBoxLayout, nodes: list[Node]) -> None:
        self._message = plain_label("", wraps=True)
        self._facts = plain_label("", wraps=True, faint=True)
        self._fix = QPushButton()
        self._fix.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # or its text widens the form
        self._fix.clicked.connect(self._on_fix)
        self._other_fixes = OtherFixes(lambda fix: self._session.push(fix.edit))
        fixes = QHBoxLayout()
        fixes.addWidget(self._fix)
        fixes.addWidget(self._other_fixes)
        layout.addWidget(self._message)
        layout.addLayout(fixes)
        layout.addWidget(self._facts)
        cls = find(nodes[0].layer)
        if cls and cls.formula and len(set(self._layers)) == 1:
            layout.addWidget(plain_label(cls.formula, wraps=True, faint=True))

    def _refresh(self) -> None:
        """Puts the nodes' values into the form, and what follows from them."""
        nodes = self._nodes()
        if self.overview is not None:
            self.overview.refresh()
            return
        if self._name is not None:
            self._name.setText(nodes[0].name)
        for row in self._rows.values():
            row.show_values([node.params for node in nodes])
        for flag, box in self._flags.items():
            states = {bool(getattr(node, flag)) for node in nodes}
            box.setTristate(len(states) > 1)
            both, one = Qt.CheckState.PartiallyChecked, Qt.CheckState.Checked if True in states else None
            box.setCheckState(both if len(states) > 1 else one or Qt.CheckState.Unchecked)
        problems = [problem for node in nodes if (problem := self._session.analysis.first_problems.get(node.name))]
        self._say(problems[0].message if problems else "")
        fixes = problems[0].fixes if problems else ()
        self._fix.setVisible(bool(fixes))
        self._fix.setText(printable(fixes[0].text, LONGEST_FIX).replace("&", "&&") if fixes else "")
        self._fix.setToolTip(plain_tip(fixes[0].text if fixes else ""))
        self._other_fixes.offer(fixes)
        layer = self._session.analysis.shapes.layers.get(nodes[0].id)
        self._facts.setText(self._facts_of(nodes[0], layer) if len(nodes) == 1 else self._sum_of(nodes))

    def _sum_of(self, nodes: list[Node]) -> str:
        costs = [cost for node in nodes if (cost := self._session.analysis.costs.get(node.id))]
        parameters, macs = sum(cost.parameters for cost in costs), sum(cost.macs for cost in costs)
        return f"{parameters:,} parameters · {macs:,} multiply-adds together"

    def _facts_of(self, node: Node, layer: Layer | None) -> str:
        analysis = self._session.analysis
        cost, inputs = analysis.costs.get(node.id), analysis.shapes.inputs.get(node.id)
        if layer is None or cost is None or inputs is None:
            return ""
        value = analysis.shapes.values.get(Port(node.id, layer.output_ports[0])) if layer.output_ports else None
        lines = [layer.explain(*inputs)] if inputs else []
        if value and value.shape:
            lines.append(f"gives {shape_text(value.shape)}")
        lines.append(f"{cost.parameters:,} parameters · {cost.macs:,} multiply-adds")
        field = analysis.receptive_fields.get(node.id)
        if field and field.size:
            lines.append(f"receptive field {shape_text(field.size)} pixels of the input")
        return "\n".join(line for line in lines if line)

    def _say(self, text: str) -> None:
        self._message.setText(printable(text))
        self._message.setVisible(bool(text))

    def _push(self, edits: list[Edit], what: str) -> None:
        """Makes changes as one step."""
        if len(edits) == 1:
            self._session.push(edits[0])
        elif edits:
            self._session.push(CompositeGraphEdit(tuple(cast(list[GraphEdit], edits)), what))

    def _set_all(self, setting: str, value: Any, nodes: list[Node]) -> None:
        """Gives a setting of these nodes a value, or says why it cannot be."""
        project = self._session.project
        try:
            edits = [setting_edit(project, f"{node.name}.{setting}", value) for node in nodes]
            self._push(edits, f"Set {setting} of {len(nodes)} nodes")
        except WorkbenchError as error:
            self._refresh()
            self._say(str(error))

    def _on_changed(self, name: str, value: Any) -> None:
        nodes = self._nodes()
        default = self._rows[name].default
        changed = [node for node in nodes if node.params.get(name, default) != value]
        self._set_all(name, value, changed)

    def _on_reset(self, name: str) -> None:
        nodes = [node for node in self._nodes() if name in node.params]
        self._push([set_param(node, name, MISSING) for node in nodes], f"Set {name} of {len(nodes)} nodes back")

    def _on_flag(self, flag: str, is_on: bool) -> None:
        self._set_all(flag, is_on, [node for node in self._nodes() if getattr(node, flag) != is_on])

    def _on_renamed(self) -> None:
        nodes = self._nodes()
        if self._name is None or len(nodes) != 1 or self._name.text() == nodes[0].name:
            return
        try:
            self._session.push(rename(self._session.graph, nodes[0], self._name.text()))
        except WorkbenchError as error:
            self._name.setText(nodes[0].name)
            self._say(str(error))

    def _on_fix(self) -> None:
        for node in self._nodes():
            problem = self._session.analysis.first_problems.get(node.name)
            if problem and problem.fixes:
                self._session.push(problem.fixes[0].edit)
                return
