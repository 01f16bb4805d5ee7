"""How an export is declared: what the file is called, what is written, and how it is read back.

Declaring needs no torch: an exporter imports it, if at all, inside its methods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from workbench.core.errors import UsageError, printable
from workbench.core.graph import Graph
from workbench.core.registry import Registry

if TYPE_CHECKING:
    from typing import Any

    from torch import Tensor

    from workbench.model.network import Network

REGISTRY: Registry[type[Exporter]] = Registry("workbench.model.exports")
E = TypeVar("E", bound="type[Exporter]")


@dataclass(frozen=True)
class Option:
    """Something that can be chosen before a file is written.

    Attributes:
        name: as on the command line, and the argument of `write` that gets it.
        title: what people read.
        choices: what it may be, the usual one first.
        about: what it changes, in a sentence.
    """

    name: str
    title: str
    choices: tuple[str, ...]
    about: str


class Painter(Protocol):
    """Draws a network as the canvas does."""

    def __call__(self, graph: Graph, suffix: str, *, colours: str, background: str) -> bytes:
        """Returns the bytes of a picture.

        Args:
            graph: the network.
            suffix: of the picture's file, which says what kind it is.
            colours: "light" or "dark".
            background: "plain", or "none" for a clear one.
        """


class Exporter:
    """One kind of file; subclasses are declared with the decorator `@exporter`. Their docstring is one sentence.

    Attributes:
        name: as on the command line.
        title: what people read.
        suffix: how the file's name ends.
        beside: suffixes of what else is written, under the same name.
        options: what can be chosen.
        has_weights: whether weights are in it, so that they have to be found first.
        is_picture: whether it is a picture, so that `write` gets a `Painter` by the name `paint`.
        tells_data: whether it says how samples are made of files, so that `write` gets that by the name `data`.
        is_text: whether it can be read, and so be shown before it is written.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    suffix: ClassVar[str] = ""
    beside: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[tuple[Option, ...]] = ()
    has_weights: ClassVar[bool] = True
    is_picture: ClassVar[bool] = False
    tells_data: ClassVar[bool] = False
    is_text: ClassVar[bool] = False

    @classmethod
    def write(cls, network: Network | None, graph: Graph, out: Path, **options: Any) -> list[Path]:
        """Writes the network with its weights, through `core.files.write_file`.

        Args:
            network: the weights; None where the file has none (`has_weights`).
            graph: it was built from.
            out: the file.
            options: what was chosen, by the names of `options`; what is not named is as usual.

        Returns:
            What was written, the file itself first.

        Raises:
            WorkbenchError: the network cannot be written as such a file.
            WriteError: a file cannot be written; what was there before is whole.
        """
        raise NotImplementedError

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        """Returns the weights in what `write` has written, by state_dict key: at least all that the answers need.

        Where the file has none, nothing.
        """
        raise NotImplementedError

    @classmethod
    def summary(cls) -> str:
        """The docstring: one sentence."""
        return (cls.__doc__ or "").strip().splitlines()[0]


def chosen_options(cls: type[Exporter], given: Mapping[str, str]) -> dict[str, str]:
    """Returns all options of an exporter: those that were given, and the usual choices of the others.

    Raises:
        UsageError: it has no such option, or the option no such choice.
    """
    known = {option.name: option for option in cls.options}
    for name, choice in given.items():
        if name not in known:
            there = f"There are: {', '.join(known)}." if known else "It has none."
            raise UsageError(f'An export to {cls.name} has no option "{printable(name)}". {there}')
        if choice not in known[name].choices:
            choices = ", ".join(known[name].choices)
            raise UsageError(
                f'{name} of an export to {cls.name} cannot be "{printable(choice)}"; it is one of {choices}.'
            )
    return {name: given.get(name, option.choices[0]) for name, option in known.items()}


def exporter(*, name: str, title: str, suffix: str) -> Callable[[E], E]:
    """Declares an exporter under its name."""
    return REGISTRY.declares(name, title=title, suffix=suffix)


def exporter_for(name: str, out: Path) -> type[Exporter]:
    """Returns the exporter of that name, for a file that is called as it should be; without a name that for its ending.

    Raises:
        UsageError: there is no such exporter, or the file's name ends otherwise.
    """
    if not name:
        fitting = [cls for _, cls in REGISTRY.items() if cls.suffix == out.suffix.lower()]
        if fitting:
            return fitting[0]
        known = ", ".join(sorted({cls.suffix for _, cls in REGISTRY.items()}))
        raise UsageError(f'No export ends in "{printable(out.suffix)}". There are: {known}.')
    cls = REGISTRY.find(name, "export")
    if out.suffix.lower() != cls.suffix:
        example = printable(f"{out.stem or 'network'}{cls.suffix}")
        raise UsageError(f'An export to {name} ends in {cls.suffix}, such as "{example}".')
    return cls
