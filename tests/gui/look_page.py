"""The Look panel on a project, for tests."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from workbench.gui.document.session import Session
from workbench.gui.insight.panel import LookPanel
from workbench.gui.widgets import theme
from workbench.project import storage
from workbench.project.document import Project


def opened(qtbot: QtBot, project: Project, path: Path, node: str) -> LookPanel:
    """The panel on a project, a node selected and seen."""
    storage.save(project, path)
    session = Session(storage.load(path), path)
    panel = LookPanel(session, theme.DARK, lambda: path)
    qtbot.addWidget(panel)
    panel.resize(1280, 420)
    panel.show()
    session.select([session.graph.named(node).id])
    qtbot.waitUntil(lambda: panel.answer is not None and not panel.is_busy, timeout=30_000)
    return panel
