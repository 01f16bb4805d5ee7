"""The one question that is asked before a project is left: about its changes, its runs and a training under way."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from workbench.gui.widgets.message_boxes import Button, ask

STAYS = "Its checkpoint stays, so that it can be resumed later."
STOPS = "Its training is stopped."


def ask_before_leaving(
    window: QWidget, name: str, *, is_changed: bool, has_loose_runs: bool, is_training: bool
) -> Button:
    """Returns what is wanted: Save, Discard or Cancel; Discard, unasked, where nothing would go.

    Args:
        window: the dialog stands over it.
        name: of the project, for people; "" while it has no file.
        is_changed: whether it was edited since it was saved.
        has_loose_runs: whether there are runs that go with it unless it is saved.
        is_training: whether a training of it is under way, held or not.
    """
    if not is_changed and not has_loose_runs:
        if not is_training:
            return Button.Discard
        answers = {Button.Close: "Stop it", Button.Cancel: "Cancel"}
        answer = ask(window, "A training is under way. Stop it?", answers, more=STAYS)
        return Button.Discard if answer == Button.Close else Button.Cancel
    text, more = f"Save the changes to {name or 'this project'}?", STAYS if is_training else ""
    if has_loose_runs:
        text, more = "Save this project?", "What it has learnt goes too if it is not saved."
    answers = {Button.Save: "Save", Button.Discard: "Don't save", Button.Cancel: "Cancel"}
    return ask(window, text, answers, more=f"{STOPS} {more}" if is_training else more)
