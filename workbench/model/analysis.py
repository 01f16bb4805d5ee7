"""What follows from one state of a network: shapes, costs, receptive fields, problems and hints, each derived once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from workbench.core.graph import Graph
from workbench.model.cost import Cost, costs
from workbench.model.hints import find_hints
from workbench.model.problems import Problem, find_problems
from workbench.model.receptive_fields import ReceptiveFields, receptive_fields
from workbench.model.shapes import Shapes, infer

Advise = Callable[[Graph, Sequence[Problem]], list[Problem]]


class Analysis:
    """What follows from one graph, computed when it is asked for first."""

    def __init__(self, graph: Graph, advise: Advise | None = None) -> None:
        """Prepares the analysis of a graph.

        Args:
            graph: the network.
            advise: returns, for the network and its own problems, these and what does not go together with its data;
                None while the data is not known.
        """
        self.graph = graph
        self._advise = advise

    @cached_property
    def shapes(self) -> Shapes:
        """Values on every port, faults on nodes."""
        return infer(self.graph)

    @cached_property
    def costs(self) -> Mapping[str, Cost]:
        """Cost by node id."""
        return costs(self.graph)

    @cached_property
    def receptive_fields(self) -> ReceptiveFields:
        """Receptive fields by node id, each worked out when it is asked for; None sees everything."""
        return receptive_fields(self.graph)

    @cached_property
    def problems(self) -> list[Problem]:
        """What keeps the network from being trained."""
        return [problem for problem in self._found if problem.severity == "error"]

    @cached_property
    def advice(self) -> list[Problem]:
        """The problems, and the hints about what would learn better."""
        hints = [problem for problem in self._found if problem.severity == "hint"]
        return [*self.problems, *hints, *find_hints(self.graph)]

    @cached_property
    def first_problems(self) -> Mapping[str, Problem]:
        """The first problem or else hint of each node that has one, by the node's name."""
        found: dict[str, Problem] = {}
        for problem in self.advice:
            found.setdefault(problem.node, problem)
        return found

    @cached_property
    def _found(self) -> list[Problem]:
        """Problems of the network, and problems and hints that come of its data."""
        found = find_problems(self.graph)
        return found if self._advise is None else self._advise(self.graph, found)
