"""Loading the heavy libraries behind the window without making it wait."""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from PyQt6.QtCore import QObject

from workbench.core.files import exists, is_folder, listed
from workbench.gui.threads.gc_guard import COLLECTOR
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.panels import import_choices, import_panels

# Shared libraries by package, from its folder: a folder stands for all that lie in it; later ones need earlier ones.
LIBRARIES = {
    "numpy": ("../numpy.libs", "_core"),
    "torch": ("lib/libtorch_global_deps.so", "lib/libtorch_python.so"),
}


class OpensLibraries:
    """A finder of modules that finds none, but opens a package's shared libraries before anybody imports it.

    It opens them through ctypes, which lets go of Python's lock meanwhile. The import would hold it, and with it the
    window, for up to half a second; on whatever thread it is.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns None: whoever is asked next finds the module."""
        spec = PathFinder.find_spec(name, path) if name in LIBRARIES else None
        if spec is not None and spec.origin:
            libc = ctypes.CDLL(None)
            for file in _files(Path(spec.origin).parent, LIBRARIES[name]):
                libc.dlopen(str(file).encode(), os.RTLD_NOW | os.RTLD_LOCAL)
        return None

    def install(self) -> None:
        """Is asked before all others from now on, where there is such a way to open libraries."""
        if sys.platform == "linux" and not any(isinstance(each, OpensLibraries) for each in sys.meta_path):
            sys.meta_path.insert(0, self)


def _files(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    for place in (folder / name for name in names):
        if is_folder(place):
            yield from (file for file in listed(place) if ".so" in file.suffixes)
        elif exists(place):
            yield place


class Preloader(QObject):
    """Imports what the panels need, lets them be made, and then imports torch; the imports are made on threads."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        OpensLibraries().install()
        self._job, self._window = LatestJob(self), window
        window.rest_loaded.connect(lambda: self._job.run_when_free(self._begin_torch))

    def start(self) -> None:
        """Begins."""
        self._job.run(_load_panels, on_ended=self._on_panels_ended)

    def _on_panels_ended(self, error: str) -> None:
        self._window.rest.start()

    def _begin_torch(self) -> None:
        self._job.run(_load_torch, on_ended=self._on_torch_ended)

    def _on_torch_ended(self, error: str) -> None:
        COLLECTOR.set_aside()
        if error:
            self._window.say(error)

    def shut_down(self) -> None:
        """Waits for what is under way: an interpreter that ends while a library loads on a thread crashes."""
        self._job.shut_down()


def _load_panels() -> Iterator[None]:
    import_panels()
    yield


def _load_torch() -> Iterator[None]:
    """Imports what menus offer, and torch, so that the first training starts at once."""
    import_choices()
    yield
    importlib.import_module("torch")
    yield
