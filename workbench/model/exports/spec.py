"""How an export is declared: what the file is called, what is written, and how it is read back.

Declaring needs no torch: an exporter imports it, if at all, inside its methods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from workbench.core.errors import UsageError, printable
from workbench.core.graph import Graph
from workbench.core.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network

REGISTRY: Registry[type[Exporter]] = Registry("workbench.model.exports")
E = TypeVar("E", bound="type[Exporter]")


class Exporter:
    """One kind of file; subclasses are declared with the decorator `@exporter`. Their docstring is one sentence.

    Attributes:
        name: as on the command line.
        title: what people read.
        suffix: how the file's name ends.
        beside: suffixes of what else is written, under the same name.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    suffix: ClassVar[str] = ""
    beside: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def write(cls, network: Network, graph: Graph, out: Path) -> list[Path]:
        """Writes the network with its weights, through `core.files.write_file`.

        Args:
            network: the weights.
            graph: it was built from.
            out: the file.

        Returns:
            What was written, the file itself first.

        Raises:
            WorkbenchError: the network cannot be written as such a file.
            WriteError: a file cannot be written; what was there before is whole.
        """
        raise NotImplementedError

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        """Returns the weights in what `write` has written, by state_dict key: at least all that the answers need."""
        raise NotImplementedError

    @classmethod
    def summary(cls) -> str:
        """The docstring: one sentence."""
        return (cls.__doc__ or "").strip().splitlines()[0]


def exporter(*, name: str, title: str, suffix: str) -> Callable[[E], E]:
    """Declares an exporter under its name."""
    return REGISTRY.declares(name, title=title, suffix=suffix)


def exporter_for(name: str, out: Path) -> type[Exporter]:
    """Returns the exporter of that name, for a file that is called as it should be.

    Raises:
        UsageError: there is no such exporter, or the file's name ends otherwise.
    """
    cls = REGISTRY.get(name)
    if cls is None:
        raise UsageError(f'There is no export "{printable(name)}". There are: {", ".join(REGISTRY)}.')
    if out.suffix.lower() != cls.suffix:
        example = printable(f"{out.stem or 'network'}{cls.suffix}")
        raise UsageError(f'An export to {name} ends in {cls.suffix}, such as "{example}".')
    return cls
