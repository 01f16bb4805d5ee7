"""Reports of errors that nobody foresaw: kept on this machine, never sent."""

from __future__ import annotations

import os
import platform
import secrets
import sys
import time
import traceback
from pathlib import Path

from workbench import __version__
from workbench.core.errors import WorkbenchError
from workbench.core.files import make_folder, write_file


def write_report(error: BaseException) -> str:
    """Writes versions, command and stack to the log folder; a sentence that says where, or why not."""
    from platformdirs import user_log_dir

    folder = Path(user_log_dir("cnn-workbench", appauthor=False))
    lines = [
        f"CNN Workbench {__version__}, Python {platform.python_version()}, {platform.platform()}\n",
        f"Command: {' '.join(sys.argv[1:])}\n\n",
        *traceback.format_exception(error),
    ]
    file = folder / f"report-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{secrets.token_hex(2)}.txt"
    try:
        make_folder(folder)
        write_file(file, [line.encode("utf-8", "backslashreplace") for line in lines])
    except WorkbenchError as problem:
        return f"Its report could not be kept: {problem}"
    return f"The report is in {file}."
