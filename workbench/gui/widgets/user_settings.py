"""What the program remembers about its user: theme, arrangement of the window, recent files. Never in a project."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings

MOST_RECENT = 10
LONGEST_PATH = 4096


class Settings:
    """Plain values in the platform's own place; what cannot be read is passed over and its default holds."""

    def __init__(self, file: Path | None = None) -> None:
        """Opens the settings.

        Args:
            file: an INI file to keep them in; the platform's own place if None.
        """
        if file is None:
            self._store = QSettings(
                QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnn-workbench", "cnn-workbench"
            )
        else:
            self._store = QSettings(str(file), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        """A text, or the default where there is none."""
        value = self._value(key)
        return value if isinstance(value, str) else default

    def number(self, key: str) -> int:
        """A whole number; 0 where there is none."""
        text = self.text(key)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0

    def data(self, key: str) -> QByteArray | None:
        """Bytes, such as the arrangement of docks; None where there are none."""
        value = self._value(key)
        return value if isinstance(value, QByteArray) else None

    def _value(self, key: str) -> object:
        try:
            return self._store.value(key)
        except (TypeError, ValueError, RuntimeError):  # a damaged file may hold types that cannot be made
            return None

    def keep(self, key: str, value: str | QByteArray) -> None:
        """Remembers a value."""
        self._store.setValue(key, value)

    def forget_group(self, group: str) -> None:
        """Forgets every value whose key begins with the group's name."""
        for key in self._store.allKeys():
            if key.startswith(f"{group}/"):
                self._store.remove(key)

    def flush(self) -> None:
        """Writes what is still in memory."""
        self._store.sync()

    @property
    def recent(self) -> list[Path]:
        """Projects opened lately, newest first; whether they are still there is not asked."""
        try:
            texts = json.loads(self.text("recent", "[]"))
        except (ValueError, RecursionError):
            return []
        texts = [text for text in texts if isinstance(text, str)] if isinstance(texts, list) else []
        return [Path(text) for text in texts if text and len(text) <= LONGEST_PATH][:MOST_RECENT]

    def add_recent(self, path: Path) -> None:
        """Puts a project at the head of the recent ones."""
        self._keep_recent(lambda others: [path.absolute(), *others], path)

    def remove_recent(self, path: Path) -> None:
        """Takes a project that is gone off the recent ones."""
        self._keep_recent(lambda others: others, path)

    def _keep_recent(self, arrange: Callable[[list[Path]], list[Path]], path: Path) -> None:
        others = [each for each in self.recent if each != path.absolute()]
        self.keep("recent", json.dumps([str(each) for each in arrange(others)[:MOST_RECENT]]))
