"""Whether there is a screen for a window, found out without Qt, which would abort the program where there is none."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

from workbench.core.files import exists

XCB = "libxcb.so.1"


def screen_problem() -> str:
    """Why no window can be shown here, as a sentence; "" if one can."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in (
        "offscreen", "minimal", "vnc", "linuxfb", "eglfs",
    ):  # fmt: skip
        return ""
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if not (display or wayland):
        return "There is no screen for a window here."
    if wayland and _has_wayland(wayland):
        return ""
    if not display:
        return f'The screen "{wayland}" does not answer.'
    return _plugin_problem() or _display_problem(display)


def _has_wayland(name: str) -> bool:
    folder = Path(os.environ.get("XDG_RUNTIME_DIR", "/run/user"))
    return exists(folder / name) and not _missing("libqwayland-generic.so", "libqwayland.so")


def _plugin_problem() -> str:
    missing = _missing("libqxcb.so")
    if not missing:
        return ""
    return (
        f"The window needs a system library that is missing: {missing}. On Debian and Ubuntu: "
        "apt install libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxkbcommon-x11-0 "
        "libegl1."
    )


def _missing(*plugins: str) -> str:
    """What keeps the first of Qt's screen plugins that there is from being loaded; "" if nothing does."""
    spec = importlib.util.find_spec("PyQt6")
    if spec is None or spec.origin is None:
        return "PyQt6"
    folder = Path(spec.origin).parent / "Qt6" / "plugins" / "platforms"
    for name in plugins:
        if exists(folder / name):
            try:
                ctypes.CDLL(str(folder / name))
            except OSError as error:
                return str(error).split(":")[0]
            return ""
    return ""  # a system's own Qt, which knows where its plugins are


def _display_problem(display: str) -> str:
    """Tries to reach the X server, as Qt will."""
    try:
        xcb = ctypes.CDLL(XCB)
    except OSError:
        return ""
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f'The screen "{display}" does not answer.' if failed else ""
