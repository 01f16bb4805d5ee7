"""Menus and keys of the main window, made from the table of commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMainWindow, QMenu, QWidget

from workbench.core.errors import printable
from workbench.gui.widgets.fields import finish_typing
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.commands import COMMANDS, ICONS, MENUS, Command, key_sequence

NO_KEYS = "none"
HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
BY_NAME = {command.name: command for command in COMMANDS}
Handlers = Mapping[str, Callable[[], object]]
Marks = Mapping[str, Callable[[], bool]]


class Menus(QObject):
    """The menu bar and every action in it.

    Signals:
        recent_chosen(str): a project of the list of recent ones, by its path.

    Attributes:
        actions: of all commands, by their names.
        handlers: what each command does.
        marks: of each switch whether it is on.
    """

    recent_chosen = pyqtSignal(str)

    def __init__(self, window: QMainWindow, canvas: QWidget, lists: Sequence[QWidget], settings: Settings) -> None:
        """Makes the menus; they do something once `bind` has said what.

        Args:
            window: gets the menu bar.
            canvas: where the commands of the canvas have their keys.
            lists: where those of them work too whose keys can mean nothing else there.
            settings: hold the keys that the user has given, and the recent projects.
        """
        super().__init__(window)
        self._window, self._canvas, self._lists, self._settings = window, canvas, lists, settings
        self.handlers: Handlers = {}
        self.marks: Marks = {}
        self.actions: dict[str, QAction] = {}
        bar = window.menuBar()
        assert bar is not None
        self.menus: dict[str, QMenu] = {}
        for name in MENUS:
            menu = bar.addMenu(f"&{name}")  # Alt and its first letter open it
            assert menu is not None
            self.menus[name] = menu
            menu.aboutToShow.connect(self._mark)
        self._given = self._all_given()
        for command in COMMANDS:
            self._add(command)
        self._recent = QMenu("Open recent", window)
        self.menus["File"].insertMenu(self.actions["save_project"], self._recent)
        self._recent.aboutToShow.connect(self.fill_recent)
        self._recent.triggered.connect(self._on_recent)

    def bind(self, handlers: Handlers, marks: Marks) -> None:
        """Says what each command does, and of each switch whether it is on.

        Raises:
            ValueError: a command has no handler, or a handler no command.
        """
        switches = {command.name for command in COMMANDS if command.is_switch}
        if unmatched := (BY_NAME.keys() ^ handlers.keys()) | (switches ^ marks.keys()):
            raise ValueError(f"Commands and their handlers do not match: {', '.join(sorted(unmatched))}.")
        self.handlers, self.marks = handlers, marks

    def _add(self, command: Command) -> None:
        action = QAction(command.text, self._window)
        action.setObjectName(command.name)
        action.setShortcuts(self._keys_of(command))
        action.setStatusTip(command.tip)
        if command.is_canvas_only:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self._canvas.addAction(action)
            self._lend_to_list(action)
        else:
            self._window.addAction(action)
        action.triggered.connect(self._on_triggered)
        menu = self.menus[command.menu]
        if command.heading:
            menu.addSection(command.heading)
        elif command.has_line:
            menu.addSeparator()
        action.setCheckable(command.is_switch)
        menu.addAction(action)
        self.actions[command.name] = action

    def _lend_to_list(self, action: QAction) -> None:
        """Lets a command of the canvas work in the list of layers too, if its keys can mean nothing else there.

        Who adds layers by keys goes on with the canvas. The search keeps the keys that write and edit text.
        """
        keys = action.shortcuts()
        is_lent = bool(keys) and all(map(_writes_nothing, keys))
        for widget in self._lists:
            (QWidget.addAction if is_lent else QWidget.removeAction)(widget, action)

    def show_icons(self) -> None:
        """Gives the commands their glyphs, in the colours of the theme."""
        from workbench.gui.widgets.glyphs import glyph

        for name, picture in ICONS.items():
            self.actions[name].setIcon(glyph(picture))

    def _keys_of(self, command: Command) -> list[QKeySequence]:
        """The keys that the user has given a command, else those that it was made with and that no other was given."""
        kept = self._given.get(command.name)
        if kept is not None:
            return [] if kept.isEmpty() else [kept]
        given = list(self._given.values())
        return [keys for keys in map(key_sequence, command.keys) if keys not in given]

    def _all_given(self) -> dict[str, QKeySequence]:
        """The keys that the user has given commands, by their names."""
        found = {command.name: self._read_keys(command.name) for command in COMMANDS}
        return {name: keys for name, keys in found.items() if keys is not None}

    def _read_keys(self, name: str) -> QKeySequence | None:
        """The keys that the user has given a command, empty for none; None where nothing sound is remembered."""
        kept = self._settings.text(f"keys/{name}")
        if kept == NO_KEYS:
            return QKeySequence()
        sequence = QKeySequence.fromString(kept, QKeySequence.SequenceFormat.PortableText)
        return sequence if kept and sequence.count() == 1 and sequence.toString() == kept else None

    def has_keys(self, sequence: QKeySequence, but: str) -> Command | None:
        """Returns the command that has these keys, other than the one named; None where none has."""
        taken = (command for command in COMMANDS if sequence in self.actions[command.name].shortcuts())
        return next((command for command in taken if command.name != but), None) if not sequence.isEmpty() else None

    def set_keys(self, name: str, sequence: QKeySequence | None) -> None:
        """Gives a command other keys, or none, and remembers them; None gives it those that it was made with."""
        kept = "" if sequence is None else sequence.toString() or NO_KEYS
        self._settings.keep(f"keys/{name}", kept)
        self._given = self._all_given()
        self.actions[name].setShortcuts(self._keys_of(BY_NAME[name]))
        if BY_NAME[name].is_canvas_only:
            self._lend_to_list(self.actions[name])

    def _mark(self) -> None:
        """Shows which commands are switched on."""
        for name, is_on in self.marks.items():
            self.actions[name].setChecked(is_on())

    def _on_triggered(self) -> None:
        action = self.sender()
        assert action is not None
        self.do(action.objectName())

    def do(self, name: str) -> None:
        """Carries out a command by its name, with what has just been typed."""
        finish_typing()
        self.handlers[name]()

    def fill_recent(self) -> None:
        """The recent projects, newest first."""
        self._recent.clear()
        for number, path in enumerate(self._settings.recent, start=1):
            action = self._recent.addAction(f"&{number % 10}  {printable(path.name).replace('&', '&&')}")
            assert action is not None
            action.setData(str(path))
            action.setToolTip(plain_tip(path))
            action.setStatusTip(printable(path))
        if self._recent.isEmpty():
            nothing = self._recent.addAction("Nothing yet")
            assert nothing is not None
            nothing.setEnabled(False)

    def _on_recent(self, action: QAction) -> None:
        if action.data():
            self.recent_chosen.emit(str(Path(action.data())))


def _writes_nothing(keys: QKeySequence) -> bool:
    """Whether keys are held with Ctrl or Alt, or are one of F1 to F35."""
    first = keys[0]
    return bool(first.keyboardModifiers() & HELD) or Qt.Key.Key_F1 <= first.key() <= Qt.Key.Key_F35
