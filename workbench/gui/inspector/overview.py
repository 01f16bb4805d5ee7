"""The network as a whole, which the inspector shows while no node is selected."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtWidgets import QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.core.errors import printable
from workbench.core.graph import Graph, Port
from workbench.core.values import Value, bytes_text
from workbench.data.spec import Dataset
from workbench.gui.document.session import Session
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.layers.spec import find
from workbench.model.analysis import Analysis
from workbench.model.cost import total
from workbench.model.plan import PlanError, results_of
from workbench.model.problems import counted
from workbench.model.shapes import Shapes

HINT = "Select a node on the canvas to see and change its settings."
EMPTY = "The canvas is empty. Press Tab on it, or double-click a layer on the left, to begin."
ROWS = {
    "nodes": ("Nodes", "Everything on the canvas, inputs and losses too"),
    "input": ("Takes", "What goes in, for one sample: channels × height × width"),
    "result": ("Gives", "What comes out, for one sample"),
    "parameters": ("Parameters", "Numbers that are learnt"),
    "largest": ("Most of them", "The node with the most parameters"),
    "macs": ("Multiply-adds", "What one sample costs on its way through"),
    "memory": ("Memory", "Of everything that the nodes give, for one sample"),
    "problems": ("Problems", "What keeps the network from being trained"),
}


class Overview(QWidget):
    """What the network is, in a few numbers, and its first problem."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: Shapes | None = None
        self._dataset: Dataset | None = None
        self._hint = plain_label(HINT, faint=True, wraps=True)
        self._values: dict[str, QLabel] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        for key, (title, tip) in ROWS.items():
            label, value = plain_label(title, faint=True), plain_label("", wraps=True)
            value.setAccessibleName(title)
            for widget in (label, value):
                widget.setToolTip(plain_tip(tip))
            form.addRow(label, value)
            self._values[key] = value
        self._form = form
        self.show_problem = QPushButton("Show the first problem")
        self.show_problem.setToolTip("Selects the node that it is about")
        self.show_problem.clicked.connect(self._on_show_problem)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(plain_label("Network", bold=True))
        layout.addLayout(form)
        layout.addWidget(self.show_problem)
        layout.addWidget(self._hint)
        self.refresh()

    def text_of(self, key: str) -> str:
        """What is said in a row, by its key in `ROWS`."""
        return self._values[key].text()

    def refresh(self) -> None:
        """Shows what follows from the document as it is now."""
        analysis, graph = self._session.analysis, self._session.graph
        if analysis.shapes is self._shown and self._session.dataset is self._dataset:
            return  # nodes were only moved
        self._shown, self._dataset = analysis.shapes, self._session.dataset
        self._hint.setText(HINT if graph.nodes else EMPTY)
        count = len(analysis.advice)
        what = "problem" if analysis.problems or not count else "hint"
        texts = self._texts() if graph.nodes else {}
        for key, value in self._values.items():
            value.setText(printable(texts.get(key, "")))
            self._form.setRowVisible(value, bool(texts.get(key)))
        self.show_problem.setText(f"Show the {what}" if count == 1 else f"Show the first {what}")
        self.show_problem.setVisible(bool(graph.nodes) and self._problem_node() is not None)

    def _texts(self) -> Mapping[str, str]:
        """The rows that have something to say."""
        analysis, graph = self._session.analysis, self._session.graph
        sums = total(analysis.costs.values())
        largest = max(analysis.costs, key=lambda id_: analysis.costs[id_].parameters, default="")
        most = analysis.costs[largest].parameters if largest else 0
        known = "" if len(analysis.costs) == len(graph.nodes) else " as far as known"
        return {
            "nodes": f"{len(graph.nodes)}",
            "input": ", ".join(_inputs(graph, analysis.shapes)),
            "result": ", ".join(_results(graph, analysis.shapes)) if not analysis.problems else "",
            "parameters": f"{sums['parameters']:,}{known}",
            "largest": f"{graph.nodes[largest].name}: {most:,}" if most else "",
            "macs": f"{sums['macs']:,}{known}",
            "memory": bytes_text(sums["memory"]) + known,
            "problems": _problems_text(analysis),
        }

    def _problem_node(self) -> str | None:
        """The node of the first problem that is about a node."""
        names = self._session.graph.by_name
        found = (names.get(problem.node) for problem in self._session.analysis.advice)
        return next((node.id for node in found if node is not None), None)

    def _on_show_problem(self) -> None:
        id_ = self._problem_node()
        if id_ is not None:
            self._session.select([id_])


def _named(name: str, value: Value | None) -> str:
    return f"{name} {value}" if value is not None and value.shape else name


def _inputs(graph: Graph, shapes: Shapes) -> list[str]:
    """The fields of the data that are not answers."""
    nodes = [node for node in graph if node.layer != "Target" and (cls := find(node.layer)) and cls.data_field]
    return [_named(node.name, shapes.values.get(Port(node.id, "y"))) for node in nodes]


def _results(graph: Graph, shapes: Shapes) -> list[str]:
    """What the network gives when it is used."""
    try:
        results = results_of(graph)
    except PlanError:
        return []
    return [_named(name, shapes.values.get(port)) for name, port in results.items()]


def _problems_text(analysis: Analysis) -> str:
    """How many problems there are, and hints if any."""
    hints = analysis.advice[len(analysis.problems) :]
    parts = [str(len(analysis.problems))] if analysis.problems else []
    return ", ".join([*parts, *([counted(hints)] if hints else [])]) or "none"
