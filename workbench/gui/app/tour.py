"""The tour: drives the real window through the whole story and leaves a numbered picture of every step.

Works on any of Qt's platforms, offscreen too. Nothing of the user's is read or written: settings and unsaved work are
in a temporary folder that goes with the tour.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEventLoop, QSize, QTimer
from PyQt6.QtWidgets import QApplication, QTabWidget, QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.files import make_folder, write_file
from workbench.core.graph_edits import connect
from workbench.gui.app.start import make_window
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme as themes
from workbench.gui.widgets.pixels import png_of
from workbench.gui.widgets.theme import Theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.new_dialog import NewDialog
from workbench.gui.window.panels import Panels
from workbench.project.document import Project
from workbench.project.probes import DrawnProbe

PATIENCE_S = 120.0
SETTLE_MS = 350
SIZES = (QSize(1280, 800), QSize(2560, 1440))
EPOCHS = 4


@dataclass(frozen=True)
class Options:
    """What the tour takes pictures of.

    Attributes:
        out: the folder of the pictures.
        sizes: of the window.
        themes: the colours.
    """

    out: Path
    sizes: tuple[QSize, ...] = SIZES
    themes: tuple[Theme, ...] = (themes.DARK, themes.LIGHT)


class Tour:
    """One walk through the program."""

    def __init__(self, project: Project, options: Options, folder: Path, tell: Callable[[str], None]) -> None:
        """Opens the window.

        Args:
            project: the project shown.
            options: which pictures.
            folder: of the tour's own, for everything it writes besides the pictures.
            tell: is called with a sentence for every step.
        """
        self._options, self._folder, self._tell = options, folder, tell
        self._number = 0
        self._trouble = ""
        self.files: list[Path] = []
        themes.apply(_app(), options.themes[0])
        self.window = make_window(
            Session(project), options.themes[0], Settings(folder / "settings.ini"), folder / "state"
        )
        self.window.runner.failed.connect(self._on_failed)
        self.window.resize(options.sizes[0])
        self.window.show()
        self.window.load_rest()

    def run(self) -> list[Path]:
        """Walks through the story; the pictures' files.

        Raises:
            WorkbenchError: a step did not come to its end.
        """
        try:
            for step in (
                self._start, self._new, self._build, self._mistake, self._data, self._augment, self._train, self._runs,
                self._look, self._reconstruct, self._draw, self._group, self._compare, self._save,
            ):  # fmt: skip
                step()
        finally:
            self.window.runner.shut_down()
            self.window.session.undo_stack.setClean()
            self.window.end_unasked()
        return self.files

    def _on_failed(self, text: str) -> None:
        self._trouble = text

    # The story

    def _start(self) -> None:
        self._picture("start", "The example, ready to be trained")

    def _new(self) -> None:
        self._number += 1
        self._tell(f"{self._number:2}. Templates to begin with")
        for theme in self._options.themes:
            self.window.appearance.set_theme(theme)
            dialog = NewDialog(theme, "", self.window)
            dialog.show()
            self._wait(SETTLE_MS)
            self._keep(f"{self._number:02}-new-from-template-{theme.name}.png", dialog)
            dialog.reject()
            dialog.deleteLater()

    def _build(self) -> None:
        self._select("conv1")
        self._picture("inspector", "A node's settings, what it costs and what it sees")
        self.window.palette_list.search.setText("conv")
        self._picture("search-layers", "Searching a layer")
        self.window.palette_list.search.clear()

    def _mistake(self) -> None:
        """Takes Flatten away and wires past it: a problem on its node, with its fix."""
        window, graph = self.window, self.window.session.graph
        names = graph.by_name
        if "flatten" not in names:
            return
        before = graph.incoming[names["flatten"].id]["x"]
        after = graph.outgoing[names["flatten"].id][0].target
        self._select("flatten")
        window.scene.commands.cut_selection()
        window.scene.changes.do(connect(window.session.graph, before, after))
        self._picture("mistake-with-its-fix", "A mistake, where it is, with a fix beside it")
        window.menus.do("fix_problems")
        self._picture("mended", "Mended with one click")
        while window.session.undo_stack.canUndo():
            window.menus.do("undo")

    def _data(self) -> None:
        self.window.menus.do("show_data")
        panel = self._panels.data
        self._until(lambda: panel.dataset is not None, "reading the data")
        self._picture("data", "What the network learns from")

    def _augment(self) -> None:
        panel = self._panels.data
        show_tab(panel.tabs, "Augmentation")
        for name, value in (("rotate", 15.0), ("shift", 2.0)):
            panel.augment.change(name, value)
        self._picture("augmentation", "Random changes, as the network will see them")
        show_tab(panel.tabs, "Overview")

    def _train(self) -> None:
        window = self.window
        panel = self._panels.train
        window.menus.do("show_train")
        panel.form.change("epochs", EPOCHS)
        window.runner.run()
        self._until(lambda: len(panel.curves.epochs.get("validation loss", ())) >= 1, "the first epoch")
        self._picture("training", "Curves while it trains", pause=True)
        show_tab(panel.tabs, "Confusion")
        self._until(lambda: window.runner.state == "idle", "the training")
        self._picture("confusion-matrix", "What is taken for what")

    def _runs(self) -> None:
        panel = self._panels.train
        show_tab(panel.tabs, "Runs")
        self._picture("runs", "Every training of the project")
        self.window.menus.do("show_build")
        self._select("conv2")
        self._picture("trained", "The trained network on its canvas")

    def _look(self) -> None:
        self.window.menus.do("show_look")
        self._select("conv1")
        self._view("filters")
        self._picture("filters", "Filters of the first layer")
        self._select("conv2")
        self._view("feature-maps")
        self._picture("feature-maps", "What the second layer makes of a digit")

    def _reconstruct(self) -> None:
        self._select("relu2")
        self._view("deconvnet")
        self._picture("deconvnet", "What made each unit fire, back in pixels")

    def _draw(self) -> None:
        self.window.session.look_at(DrawnProbe.of(_drawn_seven(), is_centred=True), keep=True)
        self._picture("drawn-digit", "A digit of one's own")

    def _group(self) -> None:
        window = self.window
        window.menus.do("show_build")
        names = [name for name in ("conv1", "relu1", "pool1") if name in window.session.graph.by_name]
        window.session.select([window.session.graph.named(name).id for name in names])
        window.scene.grouping.group_selection()
        self._picture("group", "Nodes in a group")
        window.scene.grouping.toggle_fold()
        self._picture("folded-group", "The group folded to one node")
        window.menus.do("undo")
        window.menus.do("undo")

    def _compare(self) -> None:
        window = self.window
        panel = self._panels.train
        panel.form.change("lr", 0.0005)
        window.runner.run()
        self._until(lambda: window.runner.state == "idle", "the second training")
        window.menus.do("show_compare")
        self._picture("compare", "Two runs side by side, and in what they differ")

    def _save(self) -> None:
        window = self.window
        window.menus.do("show_build")
        window.files.save_to(self._folder / "digits.cnn")
        window.session.select([])
        self._picture("saved", "Saved; the runs lie beside the project")

    # Its tools

    @property
    def _panels(self) -> Panels:
        assert self.window.panels is not None
        return self.window.panels

    def _select(self, name: str) -> None:
        graph = self.window.session.graph
        self.window.session.select([graph.named(name).id] if name in graph.by_name else [])

    def _view(self, name: str) -> None:
        self._panels.look.choose_view(name)

    def _picture(self, name: str, text: str, *, pause: bool = False) -> None:
        """Takes the pictures of a step, in every size and colour."""
        self._number += 1
        self._tell(f"{self._number:2}. {text}")
        if pause:
            self.window.runner.pause()
        for theme in self._options.themes:
            self.window.appearance.set_theme(theme)
            for size in self._options.sizes:
                self._picture_of(f"{self._number:02}-{name}-{theme.name}", size)
        self.window.resize(self._options.sizes[0])
        if pause:
            self.window.runner.run()

    def _picture_of(self, name: str, size: QSize) -> None:
        self.window.resize(size)
        self._wait(SETTLE_MS)
        self.window.canvas.fit()
        look = self._panels.look
        self._until(lambda: not look.is_busy, "the pictures")
        self._wait(SETTLE_MS // 2)
        self._keep(f"{name}-{size.width()}x{size.height()}.png", self.window)

    def _keep(self, name: str, widget: QWidget) -> None:
        """Writes what a widget looks like now."""
        file = self._options.out / name
        write_file(file, [png_of(widget)])
        self.files.append(file)

    def _wait(self, ms: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def _until(self, is_done: Callable[[], bool], what: str) -> None:
        started = time.monotonic()
        while not is_done():
            if self._trouble:
                raise WorkbenchError(self._trouble)
            if time.monotonic() - started > PATIENCE_S:
                raise WorkbenchError(f"The tour waited {PATIENCE_S:.0f} s for {what} and gave up.")
            self._wait(20)


def take_tour(project: Project, options: Options, tell: Callable[[str], None] = lambda text: None) -> list[Path]:
    """Takes the tour in a window of its own; the pictures' files.

    Raises:
        WorkbenchError: a step did not come to its end, or the folder cannot be written to.
    """
    make_folder(options.out)
    mistakes: list[BaseException] = []
    before, sys.excepthook = sys.excepthook, lambda kind, error, trace: mistakes.append(error)
    try:
        with tempfile.TemporaryDirectory(prefix="cnn-workbench-tour-") as folder:
            files = Tour(project, options, Path(folder), tell).run()
    finally:
        sys.excepthook = before
    if mistakes:
        raise mistakes[0]
    return files


def show_tab(tabs: QTabWidget, title: str) -> None:
    """Shows the tab of that title, wherever it stands; a number would show another one once a tab is added."""
    titles = [tabs.tabText(index) for index in range(tabs.count())]
    tabs.setCurrentIndex(next(index for index, text in enumerate(titles) if text.split(" (")[0] == title))


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def _drawn_seven() -> NDArray[np.uint8]:
    """A seven as somebody might draw it, (1, 28, 28) bytes."""
    pixels = np.zeros((28, 28), np.float64)
    strokes = [((7.0, 7.0), (20.0, 7.0)), ((20.0, 7.0), (12.0, 22.0))]
    rows, columns = np.mgrid[0:28, 0:28]
    for (x0, y0), (x1, y1) in strokes:
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        share = np.clip(((columns - x0) * (x1 - x0) + (rows - y0) * (y1 - y0)) / length, 0, 1)
        distance = np.hypot(columns - x0 - share * (x1 - x0), rows - y0 - share * (y1 - y0))
        pixels = np.maximum(pixels, np.clip(1.9 - distance, 0, 1))
    return (255 * pixels).astype(np.uint8)[np.newaxis]
