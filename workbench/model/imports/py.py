"""Networks in Python files."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import ClassVar

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.files import exists, resolved
from workbench.core.helper_process import run_module
from workbench.model.imports.spec import Importer, importer
from workbench.model.translation.imported import Imported

PLACE = re.compile(r"(?P<file>.+\.py)(:(?P<name>[A-Za-z_]\w*))?(:(?P<shape>\d+([x×,]\d+)*))?\Z", re.IGNORECASE)
SECONDS = 120


@importer(name="py", title="Python", suffixes=(".py",))
class PyImport(Importer):
    """An nn.Module in a Python file, which is run: net.py, net.py:CLASS or, with its size, net.py:CLASS:3x32x32."""

    runs_files: ClassVar[bool] = True

    @classmethod
    def takes(cls, what: str) -> bool:
        return PLACE.match(what) is not None

    @classmethod
    def read(cls, what: str) -> Imported:
        """Runs a file in a process of its own and reads what torch.fx records there.

        Raises:
            UsageError: it has no such network, or several.
            UnreadableError: it is not there, fails, or takes too long.
        """
        from workbench.model.translation.passed import from_folder

        found = PLACE.match(what)
        if found is None:
            raise UsageError(f'"{printable(what)}" is not FILE.py, FILE.py:CLASS or FILE.py:CLASS:SIZE.')
        path = resolved(Path(found["file"]))
        if not exists(path):
            raise UnreadableError(path, "there is no such file.")
        shape = re.sub(r"[×,]", "x", found["shape"] or "")
        with tempfile.TemporaryDirectory(prefix="cnn-workbench-") as folder:
            done = run_module(
                "workbench.model.translation.run_file", str(path), found["name"] or "", shape, folder,
                folder=path.parent, about=path, doing="running", seconds=SECONDS,
            )  # fmt: skip
            if done.returncode:
                said = (line for line in reversed(done.stderr.splitlines()) if line.strip())
                raise UnreadableError(path, printable(next(said, "it ended without a word")))
            return from_folder(Path(folder), path.name)
