"""CNN Workbench: draw a convolutional network, train it while watching, and see what it has learnt."""

import sys

__version__ = "0.1.0"


def _forget_current_folder() -> None:
    """Takes the folder that the program is called from off the places where Python looks for modules.

    `python -m workbench` puts it first, so that a `typer.py` or `numpy.py` in a downloaded folder would be run. Stands
    here, without any import but sys, because every later import would already look there. What Python itself imports
    before it comes here (contextlib) only -P keeps away, which start.py gives.
    """
    words = sys.orig_argv
    is_ours = any(
        word == "-m" and name.split(".")[0] == "workbench"
        for word, name in zip(words, words[1:], strict=False)  # noqa: RUF007
    )
    if (
        is_ours
        and sys.argv[:1] == ["-m"]
        and not sys.flags.safe_path
        and sys.path[0] != __path__[0][: -len("/workbench")]
    ):
        del sys.path[0]


_forget_current_folder()
