"""On what a training runs: a choice of what this machine has, and of what the project says."""

from __future__ import annotations

import sys

from workbench.gui.forms.editors import Changed, Editor
from workbench.gui.forms.fresh_choice import FreshChoice, choice_editor


def devices_here() -> tuple[str, ...]:
    """Returns the devices of this machine by torch's names; while torch is not loaded, those that every machine has.

    Loading it here would hold the window for seconds; it is loaded behind the window soon after its start.
    """
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "mps"):  # still being loaded
        return "auto", "cpu"
    cards = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    return ("auto", "cpu", *cards, *(["mps"] if torch.backends.mps.is_available() else []))


def device_editor(changed: Changed) -> Editor:
    """Returns the field for `training.device`."""
    return choice_editor(FreshChoice(devices_here, changed))
