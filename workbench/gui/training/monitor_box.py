"""By what the best epoch is chosen: a choice of what the network as it is drawn reports."""

from __future__ import annotations

from collections.abc import Callable

from workbench.gui.document.session import Session
from workbench.gui.forms.editors import Changed, Editor
from workbench.gui.forms.fresh_choice import FreshChoice, choice_editor
from workbench.project.monitoring import monitor_choices
from workbench.training.metric_names import title_of


def monitor_maker(session: Session) -> Callable[[Changed], Editor]:
    """Returns what makes the field for `training.monitor`."""
    return lambda changed: choice_editor(FreshChoice(lambda: monitor_choices(session.project), changed, title_of))
