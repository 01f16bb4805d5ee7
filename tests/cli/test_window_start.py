"""Opening the window by the command: what a command line needs is not loaded for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from workbench import cli
def open_window(path):
    print(repr(path), *sorted({name.split(".")[0] for name in sys.modules} & {"typer", "rich", "click", "pydantic"}))
    return 0
sys.exit(cli.main(open_window, arguments=sys.argv[1:]))
"""


@pytest.mark.parametrize("words", [[], ["net.cnn"], ["a b/net.cnn"]])
def test_no_command_line_is_loaded_for_a_window(words: list[str]) -> None:
    found = subprocess.run([sys.executable, "-c", SCRIPT, *words], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip() == repr(words[0] if words else "")


def test_a_wrong_word_is_still_a_sentence() -> None:
    found = subprocess.run([sys.executable, "-c", SCRIPT, "trian"], capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "trian" in found.stderr
    assert "Traceback" not in found.stderr
