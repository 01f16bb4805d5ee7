"""Boxes coloured by what they cost: parameters, multiply-adds, memory, or the time that was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.core.edits import Edit, changes_layout_only
from workbench.core.values import bytes_text
from workbench.editing.node_text import short_count
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.tints import Tint, heat
from workbench.model.cost import Cost


@dataclass(frozen=True)
class Measure:
    """Something that nodes cost.

    Attributes:
        title: what people read.
        of: its number in a node's cost; None where it has to be measured.
        text: writes a number.
    """

    title: str
    of: Callable[[Cost], float] | None
    text: Callable[[float], str]


MEASURES: Mapping[str, Measure] = {
    "parameters": Measure("Parameters", lambda cost: cost.parameters, lambda number: short_count(round(number))),
    "macs": Measure("Multiply-adds", lambda cost: cost.macs, lambda number: short_count(round(number))),
    "memory": Measure("Memory of what it gives", lambda cost: cost.memory, lambda number: bytes_text(round(number))),
    "time": Measure("Time, measured", None, lambda number: f"{1000 * number:.3g} ms"),
}


@dataclass(frozen=True)
class LegendWords:
    """What the colours mean.

    Attributes:
        title: of the measure.
        total: of the whole network.
        largest: the box that costs most, with its share.
    """

    title: str
    total: str
    largest: str


class Colouring(QObject):
    """Keeps boxes coloured by a measure while the network changes.

    Signals:
        changed(): another measure, or other numbers.
        outdated(): times were measured of another network, so nothing is coloured by them any longer.

    Attributes:
        measure: the name of one of `MEASURES`; "" colours by kind.
        legend: what the colours mean; None while boxes are coloured by kind.
    """

    changed = pyqtSignal()
    outdated = pyqtSignal()

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._scene = scene
        self.measure = ""
        self.legend: LegendWords | None = None
        self._times: Mapping[str, float] = {}
        scene.session.document_changed.connect(self._on_document_changed)
        scene.levels.changed.connect(self.refresh)

    def show(self, measure: str, times: Mapping[str, float] | None = None) -> None:
        """Colours by a measure, or by kind again.

        Args:
            measure: one of `MEASURES`, or "".
            times: seconds by node, where times are shown.
        """
        self.measure, self._times = measure, times or {}
        self.refresh()

    def _on_document_changed(self, edit: Edit | None) -> None:
        is_same_network = edit is not None and changes_layout_only(edit)
        if self.measure == "time" and not is_same_network:
            self.show("")
            self.outdated.emit()
        elif self.measure:
            self.refresh()

    def refresh(self) -> None:
        """Colours every box of the level that is seen."""
        boxes = self._scene.boxes()
        if not self.measure:
            for box in boxes:
                box.set_tint(None)
            self.legend = None
            self.changed.emit()
            return
        measure, numbers = MEASURES[self.measure], self._numbers()
        costs = {box: sum(numbers.get(id_, 0.0) for id_ in box.ids) for box in boxes}
        largest, total = max(costs.values(), default=0.0), sum(numbers.values())
        for box, number in costs.items():
            text = f"{measure.text(number)}, {_share(number / total)}" if number else ""
            box.set_tint(Tint(heat(number / largest if largest else 0.0), text))
        most = max(costs, key=costs.__getitem__, default=None)
        named = f"{most.title} {_share(costs[most] / total)}" if most is not None and total else ""
        self.legend = LegendWords(measure.title, measure.text(total), named)
        self.changed.emit()

    def _numbers(self) -> Mapping[str, float]:
        """What each node costs."""
        of = MEASURES[self.measure].of
        if of is None:
            return self._times
        return {id_: float(of(cost)) for id_, cost in self._scene.session.analysis.costs.items()}


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 else "<1%"
