"""The inspector: everything about the selected node, made from its declaration."""

from __future__ import annotations

from functools import partial
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.core.drawing import rename
from workbench.core.errors import WorkbenchError, shown
from workbench.core.graph import Node, Port
from workbench.core.values import shape_text
from workbench.gui.inspector.editors import Editor, make_editor
from workbench.gui.session import Session
from workbench.gui.widgets.labels import plain_label
from workbench.layers.spec import Layer, find
from workbench.project.settings import setting_edit


class Inspector(QScrollArea):
    """The form for one node; empty selections say what would fill it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._node: str = ""
        self._layer_name = ""
        self._editors: dict[str, Editor] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        session.selection_changed.connect(self._on_selection_changed)
        session.document_changed.connect(self._on_document_changed)
        self._rebuild()

    def _on_selection_changed(self, ids: list[str]) -> None:
        self._node = ids[0] if len(ids) == 1 else ""
        self._rebuild()

    def _on_document_changed(self, edit: object) -> None:
        node = self._session.graph.nodes.get(self._node)
        if node is None or node.layer != self._layer_name:
            self._node = node.id if node else ""
            self._rebuild()
        else:
            self._refresh(node)

    def _rebuild(self) -> None:
        self._editors = {}
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        node = self._session.graph.nodes.get(self._node)
        self._layer_name = node.layer if node else ""
        if node is None:
            count = len(self._session.selection)
            text = "Select a node on the canvas to see and change its settings."
            layout.addWidget(plain_label(f"{count} nodes are selected." if count > 1 else text, wraps=True, faint=True))
        else:
            self._build_form(layout, node)
        layout.addStretch(1)
        self.setWidget(body)
        if node is not None:
            self._refresh(node)

    def _build_form(self, layout: QVBoxLayout, node: Node) -> None:
        cls = find(node.layer)
        title = plain_label(cls.title if cls else f"{shown(node.layer)} (unknown)", bold=True)
        layout.addWidget(title)
        layout.addWidget(
            plain_label(cls.summary() if cls else "This version does not know it; it is kept.", wraps=True, faint=True)
        )
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        self._name = QLineEdit()
        self._name.setAccessibleName("name")
        self._name.editingFinished.connect(self._on_renamed)
        form.addRow(plain_label("name"), self._name)
        for name, info in (cls.model_fields if cls else {}).items():
            editor = make_editor(info, partial(self._on_changed, name))
            editor.widget.setAccessibleName(name)
            editor.widget.setToolTip(info.description or "")
            label = plain_label(name)
            label.setToolTip(info.description or "")
            form.addRow(label, editor.widget)
            self._editors[name] = editor
        layout.addLayout(form)
        self._message = plain_label("", wraps=True)
        self._facts = plain_label("", wraps=True, faint=True)
        self._fix = QPushButton()
        self._fix.clicked.connect(self._on_fix)
        for widget in (self._message, self._fix, self._facts):
            layout.addWidget(widget)
        if cls and cls.formula:
            layout.addWidget(plain_label(cls.formula, wraps=True, faint=True))

    def _refresh(self, node: Node) -> None:
        """Puts the node's values into the form, and what follows from them."""
        cls = find(node.layer)
        self._name.setText(node.name)
        for name, editor in self._editors.items():
            default = cls.model_fields[name].default if cls else None
            try:
                editor.show(node.params.get(name, default))
            except (TypeError, ValueError):
                editor.show(default)
        problem = self._session.derived.first_problems.get(node.name)
        self._say(problem.message if problem else "")
        self._fix.setVisible(bool(problem and problem.fixes))
        self._fix.setText(problem.fixes[0].text if problem and problem.fixes else "")
        self._facts.setText(self._facts_of(node, self._session.derived.shapes.layers.get(node.id)))

    def _facts_of(self, node: Node, layer: Layer | None) -> str:
        derived = self._session.derived
        cost, inputs = derived.costs.get(node.id), derived.shapes.inputs.get(node.id)
        if layer is None or cost is None or inputs is None:
            return ""
        value = derived.shapes.values.get(Port(node.id, layer.output_ports[0])) if layer.output_ports else None
        lines = [layer.explain(*inputs)] if inputs else []
        if value and value.shape:
            lines.append(f"gives {shape_text(value.shape)}")
        lines.append(f"{cost.parameters:,} parameters · {cost.macs:,} multiply-adds")
        if cost.field and cost.field.size:
            lines.append("sees " + "×".join(f"{size:g}" for size in cost.field.size) + " pixels of the input")
        return "\n".join(line for line in lines if line)

    def _say(self, text: str) -> None:
        self._message.setText(shown(text))
        self._message.setVisible(bool(text))

    def _on_changed(self, name: str, value: Any) -> None:
        node = self._session.graph.nodes[self._node]
        if node.params.get(name, find(node.layer).model_fields[name].default) == value:  # type: ignore[union-attr]
            return
        try:
            self._session.push(setting_edit(self._session.project, f"{node.name}.{name}", value))
        except WorkbenchError as error:
            self._refresh(node)
            self._say(str(error))

    def _on_renamed(self) -> None:
        node = self._session.graph.nodes.get(self._node)
        if node is None or self._name.text() == node.name:
            return
        try:
            self._session.push(rename(self._session.graph, node, self._name.text()))
        except WorkbenchError as error:
            self._name.setText(node.name)
            self._say(str(error))

    def _on_fix(self) -> None:
        node = self._session.graph.nodes[self._node]
        problem = self._session.derived.first_problems.get(node.name)
        if problem and problem.fixes:
            self._session.push(problem.fixes[0].edit)
