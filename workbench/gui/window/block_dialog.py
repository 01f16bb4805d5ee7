"""The questions that a block asks before it is placed: its settings, and how often it stands one behind the other."""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic import ValidationError
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.setting_words import title_of
from workbench.core.validation import sentence
from workbench.core.values import Value
from workbench.editing import saved_blocks
from workbench.editing.block_choice import BlockChoice
from workbench.editing.pieces import repeated
from workbench.gui.forms.editors import Editor, make_editor
from workbench.gui.forms.number_fields import WholeField
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.project.blocks.spec import MOST_TIMES, Block, Piece, drawn


class BlockDialog(QDialog):
    """Asks for a block's settings, and says what comes of them while they are typed.

    Attributes:
        piece: the nodes as asked for; None while they cannot be made.
    """

    def __init__(self, choice: BlockChoice, value: Value, parent: QWidget | None = None) -> None:
        """Reads the block.

        Args:
            choice: which block.
            value: what comes in.
            parent: the window.

        Raises:
            WorkbenchError: a block that the user keeps cannot be read.
        """
        super().__init__(parent)
        self.setWindowTitle(f"Add {choice.title}")
        self.piece: Piece | None = None
        self._value = value
        self._kept = saved_blocks.read(choice.path) if choice.is_own else None
        self._declared = choice.declared
        self._settings: dict[str, Any] = {}
        self.editors: dict[str, Editor] = {}
        self.times = WholeField()
        self.result_line = plain_label("", wraps=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out(choice)
        self._try_out()

    def _lay_out(self, choice: BlockChoice) -> None:
        form = QFormLayout()
        for name, info in (self._declared.model_fields if self._declared else {}).items():
            editor = make_editor(info, partial(self._set, name))
            editor.show(info.default)
            title = title_of(name, info)
            editor.widget.setAccessibleName(title)
            editor.widget.setToolTip(plain_tip(info.description or ""))
            form.addRow(plain_label(title), editor.widget)
            self.editors[name] = editor
        self.times.setAccessibleName("Times")
        self.times.setToolTip(plain_tip("How many stand one behind the other; of two and more each is a folded group"))
        self.times.setRange(1, MOST_TIMES)
        self.times.valueChanged.connect(self._try_out)
        form.addRow(plain_label("Times"), self.times)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        assert ok is not None
        ok.setText("Add")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(plain_label(choice.about, wraps=True, faint=True))
        layout.addLayout(form)
        layout.addWidget(self.result_line)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.resize(420, self.sizeHint().height())

    def _set(self, name: str, value: Any) -> None:
        self._settings[name] = value
        self._try_out()

    def _try_out(self) -> None:
        """Makes the nodes, and says what they give or why they cannot be made."""
        self.piece, text = None, ""
        try:
            self.piece = self._made()
            text = self.piece.about or f"{len(self.piece.graph.nodes)} nodes."
        except ValidationError as error:
            text = sentence(error, self._declared)
        except WorkbenchError as error:
            text = str(error)
        self.result_line.setText(printable(text, SENTENCE))
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        assert ok is not None
        ok.setEnabled(self.piece is not None)

    def _made(self) -> Piece:
        times = int(self.times.value())
        if self._kept is not None:
            return repeated(self._kept, times)
        assert self._declared is not None
        wanted: Block = self._declared.model_validate(self._settings)
        return drawn(wanted, self._value, times)
