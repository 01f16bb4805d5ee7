"""The button that weighs classes by how seldom they are, and the weights that the losses have."""

from __future__ import annotations

from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from workbench.data.spec import Dataset
from workbench.gui.document.session import Session
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.project.class_weighing import is_weighed, unweighed, weighed, weights_told

TIP = "Gives each class of the loss a weight by how seldom it is in the training part, so that all count as much"


class Weighing(QWidget):
    """Lets rare classes count as much as frequent ones, or all alike again, as one undoable step."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dataset: Dataset | None = None
        self.button = QPushButton()
        self.button.setToolTip(plain_tip(TIP))
        self.weights = plain_label("", wraps=True, faint=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(self.weights)
        self.button.clicked.connect(self._on_clicked)

    def refresh(self, dataset: Dataset | None) -> None:
        """Shows what the losses have; the button is there where there is something to weigh.

        Args:
            dataset: the data of the project.
        """
        self._dataset = dataset
        weighs, told = is_weighed(self._session.graph), weights_told(self._session.graph, dataset)
        self.button.setText("Take the weights away" if weighs else "Weigh the classes")
        fields = dataset.fields.values() if dataset is not None else ()
        self.button.setVisible(weighs or any(value.kind in ("class", "mask") for value in fields))
        self.weights.setText("\n".join(["Weights of the classes", *told]) if told else "")
        self.weights.setVisible(bool(told))

    def _on_clicked(self) -> None:
        graph, dataset = self._session.graph, self._dataset
        if dataset is None:
            return
        edit = unweighed(graph) if is_weighed(graph) else weighed(graph, dataset)
        if edit is not None:
            self._session.push(edit)
