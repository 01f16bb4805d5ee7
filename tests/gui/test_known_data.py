"""What is known of the data is on the nodes: a new Target has its classes, and what does not fit has a fix."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from workbench.core.graph_edits import remove, set_param
from workbench.gui.document.session import Session
from workbench.gui.window.main_window import MainWindow
from workbench.project.document import Project


def know_data(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.do("show_data")
    panel = panels_of(window).data
    assert panel is not None
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=20_000)


def without_loss(session: Session, scores: int) -> None:
    """Takes loss and Target off, and sets how many scores the network gives."""
    for name in ("loss", "label"):
        session.push(remove(session.graph, session.graph.named(name)))
    fc = next(node for node in session.graph if node.layer == "Linear")
    session.push(set_param(fc, "out_features", scores))


def apply_first(session: Session) -> str:
    (fix, *_) = session.analysis.advice[0].fixes
    session.push(fix.edit)
    return fix.text


@pytest.mark.parametrize("scores", [128, 7, 3])
def test_a_new_target_has_the_classes_of_the_data(qtbot: QtBot, window: MainWindow, scores: int) -> None:
    know_data(qtbot, window)
    session = window.session
    without_loss(session, scores)
    apply_first(session)
    assert session.analysis.problems == []
    if scores != 3:
        (hint,) = session.analysis.advice
        assert (hint.node, hint.severity) == ("loss", "hint")
        assert f"gets {scores} scores, but the data has 3 classes" in hint.message
        assert window.scene.nodes[session.graph.named("loss").id].shown.problem
        session.select([session.graph.named("loss").id])
        assert window.inspector._fix.text().startswith("Set out_features of ")
        apply_first(session)
    assert session.analysis.advice == []
    assert session.graph.named("label").params["classes"] == ["0", "1", "2"]


def test_a_fault_of_the_data_stands_on_its_node_once_the_data_is_known(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.push(set_param(session.graph.named("label"), "field", "species"))
    assert session.analysis.problems == []
    know_data(qtbot, window)
    (problem,) = session.analysis.problems
    assert (problem.node, problem.fixes[0].text) == ("label", "Set field of label to label")
    assert window.inspector.overview is not None
    assert window.inspector.overview.text_of("problems") == "1"
    session.push(problem.fixes[0].edit)
    assert session.analysis.problems == []


def test_other_data_is_not_known_before_it_is_read(qtbot: QtBot, window: MainWindow) -> None:
    know_data(qtbot, window)
    session = window.session
    session.push(set_param(session.graph.named("label"), "field", "species"))
    assert session.analysis.problems
    window.menus.do("show_build")
    session.replace(Project("other", session.graph, {"source": "npz", "options": {"path": "b.npz"}}), session.path)
    assert session.dataset is None
    assert session.analysis.problems == []


@pytest.mark.parametrize(("param", "value"), [("field", "species"), ("classes", ["a", "b", "c"])])
def test_the_card_of_a_run_that_cannot_start_mends_it(
    qtbot: QtBot, window: MainWindow, param: str, value: object
) -> None:
    session = window.session
    session.push(set_param(session.graph.named("label"), param, value))
    with qtbot.waitSignal(window.runner.failed, timeout=60_000):
        window.runner.run()
    (card,) = window.cards.cards
    assert card.action is not None
    assert card.action.text().startswith(f"Set {param} of label to ")
    card.action.click()
    assert window.cards.cards == []
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.run()
    qtbot.waitUntil(lambda: window.runner.state == "idle")


def test_a_card_stays_while_nobody_knows_whether_its_problem_is_mended(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.push(set_param(session.graph.named("label"), "field", "species"))
    with qtbot.waitSignal(window.runner.failed, timeout=60_000):
        window.runner.run()
    session.know_data(None)
    session.push(set_param(session.graph.named("label"), "field", "breed"))
    assert len(window.cards.cards) == 1


def test_a_fix_of_a_card_that_fits_no_more_is_refused_aloud(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.push(set_param(session.graph.named("label"), "field", "species"))
    with qtbot.waitSignal(window.runner.failed, timeout=60_000):
        window.runner.run()
    session.push(set_param(session.graph.named("label"), "field", "breed"))
    action = window.cards.cards[0].action
    assert action is not None
    action.click()
    assert [card.whole for card in window.cards.cards] == [
        "The network has changed since, so this fix fits no more. Press Run again."
    ]
