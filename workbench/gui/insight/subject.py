"""What the Look panel is about: a node and a sample of the session."""

from __future__ import annotations

from workbench.core.graph import Node
from workbench.core.groups import end_of_folded
from workbench.gui.document.session import Session
from workbench.insight.spec import View, first_to_look_at, looked_at, views_of
from workbench.inspection.render_request import RenderResult
from workbench.project.probes import DrawnProbe

NOTHING = "Add a layer to the network to see its filters and maps."


class Subject:
    """The selected node; where none is, the one looked at before, or else the first convolution."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._before = ""

    def forget(self) -> None:
        """Another project is open: the node before is none of its own."""
        self._before = ""

    @property
    def chosen(self) -> Node | None:
        """The node by whose name it goes; None where several are selected, or there is none."""
        selection, graph = self._session.selection, self._session.graph
        if selection:
            found = graph.nodes.get(selection[0] if len(selection) == 1 else end_of_folded(graph, selection))
        else:
            before = self._before if self._before in graph.nodes else ""
            found = graph.nodes.get(before or first_to_look_at(graph, self._session.analysis.shapes))
        self._before = found.id if found is not None else self._before
        return found

    @property
    def node(self) -> str:
        """Id of the node whose values are looked at: in place of an Output what feeds it; "" if there is none."""
        chosen = self.chosen
        return looked_at(self._session.graph, chosen.id) if chosen is not None else ""

    @property
    def views(self) -> list[type[View]]:
        """The views that have something to show of it."""
        return views_of(self._session.analysis.shapes, self.node)

    @property
    def empty_text(self) -> str:
        """Why there is nothing to look at."""
        chosen = self.chosen
        if chosen is not None:
            return f"{chosen.name} has nothing to look at."
        return "Select one node." if len(self._session.selection) > 1 else NOTHING

    def has_another_sample_than(self, answer: RenderResult) -> bool:
        """Whether an answer is not of the sample looked at now; of a drawing, the stroke before is shown live."""
        seen, wanted = answer.request.probe, self._session.probe
        return seen != wanted and not (isinstance(seen, DrawnProbe) and isinstance(wanted, DrawnProbe))
