"""Which fixes of a problem are offered: those that leave nothing else wrong, found by trying each, the best first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, TypeVar, overload

from workbench.core.edits import CompositeGraphEdit, Edit, GraphEdit
from workbench.core.graph import Graph, GraphError
from workbench.model.shapes import infer

MOST_TRIED = 12  # of each family
MOST_OFFERED = 3
MOST_CARRIED_ON = 3  # fixes after which something else is wrong, and that are carried on
MOST_STEPS = 5
WORK, TRIES = 12_000, (16, 100)  # nodes that are looked at in all attempts; fewest and most attempts
MOST_AT_ONCE = 4  # problems for which one fix is looked for that mends all of them


@dataclass(frozen=True)
class Fix:
    """What would mend a problem."""

    text: str
    edit: Edit


Family = Iterable[Fix]  # fixes of one kind, the likeliest first
Families = Callable[[], Iterable[Family]]
P_co = TypeVar("P_co", bound="Mendable", covariant=True)


class Mendable(Protocol):
    """A problem, as far as its fixes go by it."""

    @property
    def node(self) -> str:
        """Name of the node, or "" for the whole network."""

    @property
    def port(self) -> str:
        """The input port, or ""."""

    @property
    def message(self) -> str:
        """What is wrong."""

    @property
    def fixes(self) -> Sequence[Fix]:
        """What is offered."""


Find = Callable[[Graph], Sequence[Mendable]]


class Fixes(Sequence[Fix]):
    """The fixes that are offered for one problem, looked for when somebody asks for them."""

    def __init__(self, families: Families, choose: Callable[[Families], tuple[Fix, ...]]) -> None:
        """Prepares the search.

        Args:
            families: gives what may mend the problem; a family is tried where those before it do not mend it alone.
            choose: tries them.
        """
        self.families = families
        self._choose = choose

    @cached_property
    def _found(self) -> tuple[Fix, ...]:
        return self._choose(self.families)

    @overload
    def __getitem__(self, index: int) -> Fix: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Fix, ...]: ...
    def __getitem__(self, index: int | slice) -> Fix | tuple[Fix, ...]:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __repr__(self) -> str:
        return repr(self._found)


@dataclass(frozen=True)
class Attempt:
    """What comes of a fix.

    Attributes:
        fix: the fix.
        graph: the network after it.
        left: all that is wrong then.
        new: what of it was not wrong, or not seen, before.
    """

    fix: Fix
    graph: Graph
    left: Sequence[Mendable]
    new: Sequence[Mendable]


class Search:
    """The search for fixes of one problem."""

    def __init__(self, graph: Graph, problem: Mendable, find: Find, tries: Iterator[int] | None = None) -> None:
        """Prepares the search.

        Args:
            graph: the network.
            problem: the problem; its fixes are not looked at.
            find: returns all that is wrong with a network.
            tries: has an item for each attempt that may be made; None goes by the size of the network.
        """
        fewest, most = TRIES
        self._tries = tries or iter(range(min(most, max(fewest, WORK // max(1, len(graph.nodes))))))
        self.graph = graph
        self._problem = problem
        self._find = find

    def choose(self, families: Families) -> tuple[Fix, ...]:
        """Returns the fixes that are offered, the best first: such as leave nothing else wrong, if there are any."""
        whole, parts = self._tried(families)
        if not self._is_enough(whole):
            carried = (self._carried_on(attempt) for attempt in self._likeliest(parts))
            whole += [attempt for attempt in carried if attempt is not None]
        whole.sort(key=lambda attempt: len(attempt.left))
        found = list(_differing(attempt.fix for attempt in whole))
        if not found:
            found = list(_differing(attempt.fix for attempt in parts if not self._adds(attempt)))
        if not found:  # what is wrong is elsewhere then
            found = list(_differing(attempt.fix for attempt in parts if len(attempt.left) <= len(self._keys)))
        return tuple(found[:MOST_OFFERED])

    def _tried(self, families: Families, enough: int = MOST_OFFERED) -> tuple[list[Attempt], list[Attempt]]:
        """Tries fixes until enough are found after which nothing is new, or all of a family where some are.

        Returns:
            Those after which nothing is new, and those that mend the problem, but leave something.
        """
        whole: list[Attempt] = []
        parts: list[Attempt] = []
        for family in families():
            for _, fix in zip(range(MOST_TRIED), _differing(family), strict=False):
                attempt = self._attempt(fix)
                if attempt is not None:
                    (parts if attempt.new else whole).append(attempt)
                if len(whole) >= enough and self._is_enough(whole):
                    return whole, parts
            if whole and self._is_enough(whole):
                break
        return whole, parts

    def _is_enough(self, whole: Sequence[Attempt]) -> bool:
        """Whether no other fix need be tried: one leaves no node with a problem, or there are too many for one."""
        return (bool(whole) and len(self._keys) > MOST_AT_ONCE) or any(
            not any(each.node for each in attempt.left) for attempt in whole
        )

    def _attempt(self, fix: Fix) -> Attempt | None:
        """What comes of a fix; None where it cannot be applied or does not mend the problem."""
        assert isinstance(fix.edit, GraphEdit)
        if next(self._tries, None) is None:
            return None
        try:
            after = fix.edit.apply(self.graph)
            left = self._find(after)
        except GraphError:
            return None
        problem = self._problem
        if any(_key(each) == _key(problem) for each in left):
            return None
        return Attempt(fix, after, left, self._new(left))

    def _new(self, left: Sequence[Mendable]) -> list[Mendable]:
        """What was not wrong before, or hidden behind something wrong; the network as a whole does not count."""
        before, own = self._before, self._problem.node
        found = [each for each in left if each.node and _key(each) not in self._keys]
        return [each for each in found if each.node not in before or each.node == own]

    @cached_property
    def _before(self) -> set[str]:
        """Names of the nodes at which something was wrong."""
        return {each.node for each in self._find(self.graph)}

    @cached_property
    def _keys(self) -> set[tuple[str, str, str]]:
        return {_key(each) for each in self._find(self.graph)}

    @cached_property
    def _sound(self) -> set[str]:
        """Names of the nodes that were not behind anything wrong."""
        return {self.graph.nodes[id_].name for id_ in infer(self.graph).inputs} - self._before

    def _adds(self, attempt: Attempt) -> bool:
        """Whether something is wrong after a fix at a node that was sound or new, or more than before."""
        hidden = set(self.graph.by_name) - self._sound
        return len(attempt.left) > len(self._keys) or any(each.node not in hidden for each in attempt.new)

    @staticmethod
    def _likeliest(parts: Sequence[Attempt]) -> list[Attempt]:
        """Those to carry on, the ones first after which least is new."""
        return sorted(parts, key=lambda attempt: len(attempt.new))[:MOST_CARRIED_ON]

    def _carried_on(self, attempt: Attempt) -> Attempt | None:
        """A fix with all that has to be mended after it, as one step; None if that takes too many."""
        steps = [attempt.fix]
        while attempt.new:
            step = self._next(attempt) if len(steps) < MOST_STEPS else None
            if step is None or step.fix.text in [each.text for each in steps]:
                return None
            steps.append(step.fix)
            new = self._new(step.left)
            attempt = Attempt(step.fix, step.graph, step.left, new)
        return replace(attempt, fix=together(steps))

    def _next(self, attempt: Attempt) -> Attempt | None:
        """What comes of the best single fix for the first thing that is new after a fix."""
        new = attempt.new[0]
        search = Search(attempt.graph, new, self._find, self._tries)
        families = new.fixes.families if isinstance(new.fixes, Fixes) else lambda: (new.fixes,)
        whole, parts = search._tried(families, enough=1)
        if whole:
            return whole[0]
        return min(parts, key=lambda part: len(part.new), default=None)


def _differing(fixes: Iterable[Fix]) -> Iterator[Fix]:
    """The fixes whose texts differ."""
    known: set[str] = set()
    for fix in fixes:
        if fix.text not in known:
            known.add(fix.text)
            yield fix


def _key(problem: Mendable) -> tuple[str, str, str]:
    return problem.node, problem.port, problem.message


def together(fixes: Sequence[Fix]) -> Fix:
    """Returns several fixes, each for what the one before leaves, as one step."""
    if len(fixes) == 1:
        return fixes[0]
    text = ", then ".join([fixes[0].text, *(fix.text[:1].lower() + fix.text[1:] for fix in fixes[1:])])
    edits: list[Any] = [fix.edit for fix in fixes]
    return Fix(text, CompositeGraphEdit(tuple(edits), fixes[0].text))
