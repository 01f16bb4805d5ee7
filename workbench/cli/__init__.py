"""The command line. Each command is one file; what it needs is imported when it runs, so that `--help` is quick."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from workbench.core.errors import WorkbenchError
from workbench.data.listening import ReadingProgress, heard_by

Take = Callable[[str, Path, str, str], int]


class Shown(NamedTuple):
    """What the window does for commands, handed in, as the command line knows nothing of windows.

    Attributes:
        take_tour: drives the window for `tour`.
        paint: draws a network for `export`, as `model.exports.spec.Painter` says.
    """

    take_tour: Take | None = None
    paint: Callable[..., bytes] | None = None


def main(open_window: Callable[[str], int], shown: Shown | None = None, *, arguments: list[str] | None = None) -> int:
    """Runs one command; the exit code: 0 done, 1 the answer is no, 2 wrong use or unreadable input, 3 a bug.

    Args:
        open_window: called with a project's path, or "" for the start window, when no command is given.
        shown: what the window does for commands.
        arguments: the words behind the program's name; those of the process if None.
    """
    _print_anything()
    words = sys.argv[1:] if arguments is None else arguments
    if not words or (len(words) == 1 and _is_file(words[0])):
        return _guarded(lambda: open_window(words[0] if words else ""))
    return _guarded(lambda: _run_command(words, shown or Shown()))


def _run_command(words: list[str], shown: Shown) -> object:
    """Runs a command; typer's complaints about wrong words are told here, since whoever opens a window has no typer."""
    import typer

    from workbench.cli.app import app

    # The base of all that it raises at wrong words: of click itself, or of the copy that newer versions carry.
    wrong_use: type[Exception] = next(cls for cls in typer.BadParameter.__mro__ if cls.__name__ == "ClickException")
    line = _ReadingLine()
    try:
        with heard_by(line.show):
            return app(words, standalone_mode=False, obj=shown)
    except wrong_use as error:
        error.show()  # type: ignore[attr-defined]
        return 2
    except typer.Abort:
        raise KeyboardInterrupt from None
    finally:
        line.end()


class _ReadingLine:
    """One line of a terminal that says how far the reading of data is."""

    def __init__(self) -> None:
        self._is_shown = False

    def show(self, progress: ReadingProgress) -> None:
        """Says it, where a person could see it."""
        if progress.done == progress.total:
            self.end()
        elif sys.stderr.isatty():
            self._is_shown = True
            print(f"\r\x1b[KReading the data: {progress.text}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Clears the line, if there is something on it."""
        if self._is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        self._is_shown = False


def _print_anything() -> None:
    """Lets every text go out, whatever the terminal can print: what it has no letter for is spelt \\xXX or \\uXXXX."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _is_file(word: str) -> bool:
    """Whether the only word is a project to open rather than a misspelt command."""
    if word.startswith("-"):
        return False
    if Path(word).suffix == ".cnn":
        return True
    from workbench.cli.app import COMMANDS

    return word not in COMMANDS and os.path.exists(word)  # noqa: PTH110 - answers False to any text


def _guarded(run: Callable[[], object]) -> int:
    """The exit code of a command; every error becomes one sentence on stderr."""
    try:
        result = run()
        return result if isinstance(result, int) else 0
    except WorkbenchError as error:
        say(f"Error: {error}")
        return 2
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    except Exception as error:
        return _told_bug(error)


def _told_bug(error: Exception) -> int:
    """Keeps a report of an error that nobody foresaw, and says where it is."""
    from workbench.core.report import write_report

    if os.environ.get("CNN_WORKBENCH_TRACEBACK"):
        raise error
    where = write_report(error)
    say(f"Error: this is a mistake in the program ({type(error).__name__}: {error}). {where}")
    return 3


def say(text: str) -> None:
    """A line for people, on stderr, so that stdout keeps the answer alone."""
    print(text, file=sys.stderr, flush=True)
