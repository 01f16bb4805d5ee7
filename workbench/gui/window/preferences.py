"""The settings of the program itself: colours, size of the text, folder, threads, and what it remembers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from PyQt6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.core.process import usual_threads
from workbench.gui.widgets import theme as themes
from workbench.gui.widgets.appearance import Appearance
from workbench.gui.widgets.fields import ComboBox, SpinBox
from workbench.gui.widgets.kept_settings import LARGEST_TEXT, SMALLEST_TEXT, apply_kept
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.user_settings import Settings

SYSTEM = ""
COLOURS = (("As the system", SYSTEM), ("Light", themes.LIGHT.name), ("Dark", themes.DARK.name))
SHARES = (
    ("Gives way to the window and other programs", ""), ("Shares evenly with other programs", "even"),
    ("Takes spare time only", "spare"),
)  # fmt: skip
SHARE_TIP = (
    "How a training gets on where others want the processor too; it holds for trainings that begin from now on. One "
    "that gives way leaves the window quick, but beside two busy programs on two cores it runs about half as fast as "
    "one that shares evenly. On a machine with a free core all are equally fast."
)


class Preferences(QDialog):
    """Each setting holds at once, and is remembered."""

    def __init__(
        self, settings: Settings, appearance: Appearance, reset: Callable[[], object], parent: QWidget
    ) -> None:
        """Shows what is remembered.

        Args:
            settings: remember it.
            appearance: the colours.
            reset: puts every panel back in its place.
            parent: the window that it stands over.
        """
        super().__init__(parent)
        self._settings, self._appearance, self._reset = settings, appearance, reset
        self.setWindowTitle("Settings")
        self.colours, self.text_size, self.threads = ComboBox(), SpinBox(), SpinBox()
        self.share = ComboBox()
        self.folder, self.browse = QLineEdit(), QPushButton("Browse…")
        self.forget_recent = QPushButton("Forget recent projects")
        self.forget_places = QPushButton("Put every panel back")
        self._fill()
        self._lay_out()
        self._connect()
        self.colours.setFocus()

    def _fill(self) -> None:
        for title, name in COLOURS:
            self.colours.addItem(title, name)
        self.colours.setCurrentIndex(max(0, self.colours.findData(self._settings.text("theme"))))
        self.colours.setAccessibleName("Colours")
        self.text_size.setRange(SMALLEST_TEXT - 1, LARGEST_TEXT)
        self.text_size.setSpecialValueText("as the system")
        self.text_size.setSuffix(" pt")
        self.text_size.setValue(self._settings.number("text_size") or SMALLEST_TEXT - 1)
        self.text_size.setAccessibleName("Size of the text")
        self.threads.setRange(0, max(os.cpu_count() or 1, usual_threads()))
        self.threads.setSpecialValueText(f"usual ({usual_threads()})")
        self.threads.setValue(self._settings.number("threads"))
        self.threads.setToolTip("Of torch, for trainings that begin from now on; a run that goes on keeps its own")
        self.threads.setAccessibleName("Threads of a training")
        self._fill_share()
        self.forget_recent.setEnabled(bool(self._settings.recent))
        self.folder.setText(self._settings.text("folder"))
        self.folder.setPlaceholderText("where the program was started")
        self.folder.setAccessibleName("Folder of dialogs")

    def _fill_share(self) -> None:
        for title, name in SHARES:
            self.share.addItem(title, name)
        self.share.setCurrentIndex(max(0, self.share.findData(self._settings.text("training_share"))))
        self.share.setAccessibleName("Training on a busy machine")
        self.share.setEnabled(sys.platform == "linux")
        self.share.setToolTip(plain_tip(SHARE_TIP if self.share.isEnabled() else "Only Linux has it."))

    def _lay_out(self) -> None:
        form, place = QFormLayout(), QHBoxLayout()
        place.addWidget(self.folder, 1)
        place.addWidget(self.browse)
        form.addRow(plain_label("Colours"), self.colours)
        form.addRow(plain_label("Size of the text"), self.text_size)
        form.addRow(plain_label("Folder that dialogs open"), place)
        form.addRow(plain_label("Threads of a training"), self.threads)
        form.addRow(plain_label("Training on a busy machine"), self.share)
        remembered = QHBoxLayout()
        remembered.addWidget(self.forget_recent)
        remembered.addWidget(self.forget_places)
        remembered.addStretch(1)
        form.addRow(plain_label("Remembered"), remembered)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.resize(520, 260)

    def _connect(self) -> None:
        self.colours.activated.connect(self._on_colours)
        self.text_size.valueChanged.connect(self._on_text_size)
        self.threads.valueChanged.connect(self._on_threads)
        self.share.activated.connect(self._on_share)
        self.folder.editingFinished.connect(self._on_folder)
        self.browse.clicked.connect(self._on_browse)
        self.forget_recent.clicked.connect(self._on_forget_recent)
        self.forget_places.clicked.connect(self._reset)

    def _on_colours(self) -> None:
        name = self.colours.currentData()
        self._settings.keep("theme", name)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        chosen = {theme.name: theme for theme in (themes.DARK, themes.LIGHT)}.get(name)
        self._appearance.set_theme(chosen or themes.system_theme(app))

    def _on_text_size(self, size: int) -> None:
        self._keep_number("text_size", size if size >= SMALLEST_TEXT else 0)

    def _on_threads(self, threads: int) -> None:
        self._keep_number("threads", threads)

    def _on_share(self) -> None:
        self._settings.keep("training_share", self.share.currentData())
        self._apply()

    def _keep_number(self, key: str, value: int) -> None:
        self._settings.keep(key, str(value) if value else "")
        self._apply()
        self._appearance.set_theme(self._appearance.theme)  # a style sheet keeps the font with which it was set

    def _apply(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_kept(app, self._settings)

    def _on_folder(self) -> None:
        self._settings.keep("folder", self.folder.text().strip())

    def _on_browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder that dialogs open", self.folder.text())
        if name:
            self.folder.setText(name)
            self._on_folder()

    def _on_forget_recent(self) -> None:
        for path in self._settings.recent:
            self._settings.remove_recent(path)
        self.forget_recent.setEnabled(False)
