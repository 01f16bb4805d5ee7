"""What the inspector offers for a selected node."""

from __future__ import annotations

from workbench.core.edits import GraphEdit
from workbench.core.graph_edits import set_param
from workbench.gui.widgets.other_fixes import OtherFixes
from workbench.gui.window.main_window import MainWindow


def test_a_problem_offers_its_other_fixes_beside_the_first(window: MainWindow) -> None:
    session = window.session
    session.push(set_param(session.graph.named("conv"), "kernel_size", 99))
    session.select([session.graph.named("conv").id])
    (others,) = window.inspector.findChildren(OtherFixes)
    fixes = session.analysis.first_problems["conv"].fixes
    menu = others.menu()
    assert menu is not None
    assert others.isVisibleTo(window.inspector)
    assert [action.text() for action in menu.actions()] == [fix.text for fix in fixes[1:]] != []
    edit = fixes[1].edit
    assert isinstance(edit, GraphEdit)
    wanted = edit.apply(session.graph)
    menu.actions()[0].trigger()
    assert session.graph == wanted
    assert not others.isVisibleTo(window.inspector)
