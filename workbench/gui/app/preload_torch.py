"""Loading torch behind the window without making it wait."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

from workbench.core.files import exists


def load_torch() -> None:
    """Imports torch; called on a thread of its own, so that the first training starts at once.

    The libraries are opened through ctypes first, which lets go of Python's lock meanwhile; the import alone would hold
    it, and with it the window, for half a second.
    """
    if sys.platform == "linux":
        spec = importlib.util.find_spec("torch")
        folder = Path(spec.origin).parent / "lib" if spec and spec.origin else None
        libc = ctypes.CDLL(None)
        for name in ("libtorch_global_deps.so", "libtorch_python.so"):
            if folder is not None and exists(folder / name):
                libc.dlopen(str(folder / name).encode(), os.RTLD_NOW | os.RTLD_GLOBAL)
    import torch  # noqa: F401
