"""Help for a layer, made from its declaration: what it does, its formula, its inputs, outputs and settings."""

from __future__ import annotations

import inspect
from collections.abc import Collection

from PyQt6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from workbench.core.errors import printable
from workbench.core.graph import Node
from workbench.core.values import KINDS
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.window.help import show_dialog
from workbench.layers.spec import Layer, either, find


def show_node_help(window: QWidget, node: Node) -> None:
    """Shows the help of a node's layer; one that this version does not know is said to be kept."""
    cls = find(node.layer)
    content = QWidget()
    layout = QVBoxLayout(content)
    layout.setContentsMargins(0, 0, 0, 0)
    if cls is None:
        layout.addWidget(plain_label(f"This version does not know the layer {printable(node.layer)}; it is kept."))
    else:
        layout.addWidget(plain_label(about(cls), wraps=True))
        if cls.formula:
            layout.addWidget(plain_label(cls.formula, wraps=True, bold=True))
        layout.addWidget(_table(cls, node), 1)
    title = f"{cls.title} ({cls.__name__})" if cls else printable(node.layer)
    of = "" if node.name == node.layer else f"{printable(node.name)}: "
    show_dialog(window, of + title, content, (720, 480))


def about(cls: type[Layer]) -> str:
    """Returns all that a layer's docstring says, its paragraphs one below the other."""
    text = inspect.cleandoc(cls.__doc__ or "")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _table(cls: type[Layer], node: Node) -> QTreeWidget:
    """Inputs, outputs and settings with what they take, and what the node has."""
    tree = QTreeWidget()
    tree.setAccessibleName("Help")
    tree.setHeaderLabels(["", "Here", "What it is"])
    tree.setRootIsDecorated(False)
    tree.setWordWrap(True)
    rows = [(f"input {port.name}", "", _taken(port.kinds)) for port in cls.inputs]
    rows += [(f"output {name}", "", "") for name in cls.output_ports]
    for name, info in cls.model_fields.items():
        value = node.params.get(name, info.get_default(call_default_factory=True))
        rows.append((name, printable(value), info.description or ""))
    for row in rows:
        item = QTreeWidgetItem(list(row))
        item.setToolTip(2, plain_tip(row[2]))
        tree.addTopLevelItem(item)
    header = tree.header()
    assert header is not None
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return tree


def _taken(kinds: Collection[str]) -> str:
    return f"takes {either([each.text for kind, each in KINDS.items() if kind in kinds]) or 'anything but a loss'}"
