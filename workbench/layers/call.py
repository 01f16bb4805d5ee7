"""A torch call as data: it builds the module, and it prints the line of Python that builds it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Call:
    """`nn.Conv2d(1, 6, kernel_size=5)` before it is called.

    Attributes:
        name: `nn.X` for a module of torch, else the class's name.
        args: positional arguments: numbers, booleans, strings, tuples.
        kwargs: named arguments.
        home: for a module of ours, the Python module that holds the class and nothing but it; exported code
            carries that file's text.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    home: str = ""

    def build(self) -> nn.Module:
        """Makes the module; its weights start as torch starts them, from torch's generator."""
        if self.home:
            factory = getattr(importlib.import_module(self.home), self.name)
        else:
            import torch

            factory = getattr(torch.nn, self.name.removeprefix("nn."))
        module: nn.Module = factory(*self.args, **self.kwargs)
        return module

    def source(self) -> str:
        """The call as Python text; texts become plain ASCII literals, so nothing can break out of them."""
        words = [literal(value) for value in self.args]
        words += [f"{key}={literal(value)}" for key, value in self.kwargs.items()]
        return f"{self.name}({', '.join(words)})"


def call(name: str, *args: Any, home: str = "", **kwargs: Any) -> Call:
    """The call of `nn.X`, or of the class `name` in the Python module `home`."""
    return Call(name, args, kwargs, home)


def literal(value: Any) -> str:
    """A value as a Python literal of plain ASCII.

    Raises:
        TypeError: it is nothing that a layer's setting can be.
    """
    if isinstance(value, (tuple, list)):
        inside = ", ".join(literal(item) for item in value)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, str):
        text = ascii(value)
        return text if '"' in text else f'"{text[1:-1]}"'
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and isfinite(value)):
        return repr(value)
    raise TypeError(f"{value!r} cannot be a literal")
