"""How an import is declared: what it takes, and what it makes of it.

Declaring needs no torch: an importer imports it, if at all, inside its methods.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, TypeVar

from workbench.core.errors import UsageError, printable
from workbench.core.registry import Registry
from workbench.model.translation.imported import Imported
from workbench.model.weight_kinds import SUFFIXES

REGISTRY: Registry[type[Importer]] = Registry("workbench.model.imports")
I = TypeVar("I", bound="type[Importer]")  # noqa: E741 - as the other registries have it


class Importer:
    """One kind of network of elsewhere; subclasses are declared with `@importer`. Their docstring is one sentence.

    Attributes:
        name: as on the command line, before a colon where it takes names.
        title: what people read.
        suffixes: how its files' names end, with the dot; empty where it takes names instead of files.
        runs_files: whether it runs what it reads, so that people are asked before.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    suffixes: ClassVar[tuple[str, ...]] = ()
    runs_files: ClassVar[bool] = False

    @classmethod
    def takes(cls, what: str) -> bool:
        """Returns whether it reads files called so."""
        return Path(what).suffix.lower() in cls.suffixes

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Returns what may stand behind the colon; empty for files."""
        return ()

    @classmethod
    def read(cls, what: str) -> Imported:
        """Reads a network.

        Args:
            what: a name, or the path of a file.

        Raises:
            UsageError: there is no network of that name.
            UnreadableError: the file is damaged, or none of this kind.
        """
        raise NotImplementedError

    @classmethod
    def summary(cls) -> str:
        """The docstring: one sentence."""
        return (cls.__doc__ or "").strip().splitlines()[0]


def importer(*, name: str, title: str, suffixes: tuple[str, ...] = ()) -> Callable[[I], I]:
    """Declares an importer under its name."""
    return REGISTRY.declares(name, title=title, suffixes=suffixes)


def importer_for(what: str) -> tuple[type[Importer], str]:
    """Returns the importer that takes what somebody names, and what it is to read.

    Args:
        what: `NAME:WHICH`, such as `torchvision:resnet50`, or a file.

    Raises:
        UsageError: no importer takes it.
    """
    name, colon, which = what.partition(":")
    cls = REGISTRY.get(name) if colon else None
    if cls is not None and not cls.suffixes:
        return cls, which
    for each in (importer for _, importer in REGISTRY.items()):
        if each.takes(what):
            return each, what
    if Path(what).suffix.lower() in SUFFIXES:
        raise UsageError(
            f"{printable(what)} is a file of weights, which says nothing of the network that they are for. Draw the "
            "network or import it, and load the file into it; or import it with these weights. Its own code would have "
            "to be run to make a network of a module that was pickled whole or of TorchScript: export that with "
            "torch.export (.pt2) or as ONNX."
        )
    known = [f"{name}:NAME" if not each.suffixes else f"*{each.suffixes[0]}" for name, each in REGISTRY.items()]
    raise UsageError(f'"{printable(what)}" is nothing that can be imported. There are: {", ".join(known)}.')


def question_before(what: str) -> str:
    """Returns what people are asked before this is read; "" where nothing of it is run.

    Raises:
        UsageError: no importer takes it.
    """
    cls, which = importer_for(what)
    if not cls.runs_files:
        return ""
    return f"To import {printable(which)} the file is run as any program, with all that it does. Do you trust it?"


def file_suffixes() -> tuple[str, ...]:
    """Returns how the names of all files end that can be imported, with the dot."""
    return tuple(suffix for _, cls in REGISTRY.items() for suffix in cls.suffixes)


def near(what: str, names: tuple[str, ...]) -> str:
    """Returns a sentence with the names that are most like one; "" if none is."""
    from difflib import get_close_matches

    found = get_close_matches(what, names, n=3)
    return (
        f" Did you mean {' or '.join(found)}?" if found else f" There are {len(names)}, such as {', '.join(names[:3])}."
    )
