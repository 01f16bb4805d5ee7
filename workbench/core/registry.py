"""Finds everything of one sort (layers, sources, templates) by looking into its package: one file each, no list."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from workbench.core.errors import UsageError, printable

T = TypeVar("T")
C = TypeVar("C", bound=type)


class Registry(Generic[T]):
    """Things by name; the modules of the package are imported at the first question."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._things: dict[str, T] = {}
        self._is_complete = False

    def add(self, name: str, thing: T) -> None:
        """Registers one; called by the decorators while a module is imported.

        Raises:
            ValueError: two files declare the same name.
        """
        if name in self._things:
            raise ValueError(f"{self._package} has two things called {name}")
        self._things[name] = thing

    def declares(self, name: str = "", **attributes: Any) -> Callable[[C], C]:
        """Returns the decorator that gives a class its declared attributes and registers it.

        Args:
            name: under which it is registered, and the value of its attribute `name` where its sort has one; "" is
                the name of the class.
            attributes: values of attributes that its base class has, such as the title.

        Raises:
            TypeError: it has no docstring, or its base class no such attribute; raised by the decorator.
            ValueError: two files declare the same name; raised by the decorator.
        """

        def register(cls: C) -> C:
            if not (cls.__doc__ or "").strip():
                raise TypeError(f"{cls.__name__} has no docstring; people read its first sentence")
            for attribute, value in attributes.items():
                if not hasattr(cls, attribute):
                    raise TypeError(f"{cls.__name__} has no attribute {attribute} that could be declared")
                setattr(cls, attribute, value)
            if name and hasattr(cls, "name"):
                cls.name = name
            self.add(name or cls.__name__, cls)  # type: ignore[arg-type]
            return cls

        return register

    def _all(self) -> dict[str, T]:
        if not self._is_complete:
            package = importlib.import_module(self._package)
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{self._package}.{module.name}")
            self._things = dict(sorted(self._things.items()))
            self._is_complete = True
        return self._things

    def load(self) -> None:
        """Imports the modules of the package, which the first question would do; on a thread, so that nobody waits."""
        self._all()

    def get(self, name: str) -> T | None:
        """The thing of that name, or None."""
        return self._all().get(name)

    def find(self, name: str, sort: str) -> T:
        """Returns the thing of that name.

        Args:
            name: as somebody wrote it.
            sort: what the things are called, such as "template".

        Raises:
            UsageError: there is none; names those that there are, and the one that was probably meant.
        """
        found = self.get(name)
        if found is None:
            near = get_close_matches(name, self, n=1)
            meant = f' Did you mean "{near[0]}"?' if near else ""
            raise UsageError(f'There is no {sort} "{printable(name)}". There are: {", ".join(self)}.{meant}')
        return found

    def __getitem__(self, name: str) -> T:
        return self._all()[name]

    def __contains__(self, name: object) -> bool:
        return name in self._all()

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def items(self) -> Iterator[tuple[str, T]]:
        """Names and things, sorted by name."""
        return iter(self._all().items())
