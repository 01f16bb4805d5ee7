"""The fields by which samples are chosen: a text to search, split, class, right or wrong, notes, and the order."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QResizeEvent, QStandardItemModel
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from workbench.core.errors import printable
from workbench.data.factor_text import factors_of, is_grouped
from workbench.data.spec import Dataset
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.inspection.browsing import MIXED, field_orders, named_field
from workbench.inspection.sample_search import (
    ANSWERS,
    ANY,
    ORDERS,
    SUREST,
    WRONG,
    SampleChoice,
    missing_for,
    missing_for_verdicts,
)

SEARCH_TIP = (
    "A sample's number, a part of its class, label or file's name, or words of its text; all of them must be there.\n"
    "#7 is the sample with this number alone, label:7 what has that in its field label.\n"
    "Enter goes to the samples, Esc empties the field."
)
ORDER_TIP = (
    "In which order the samples come. What the network says of them, and their losses, are worked out when they are "
    "first asked for, by the weights that Look shows."
)
FOUR_IN_A_ROW = 560  # pixels that four choices side by side need, so that what is chosen can be read
MARK_TIP = "Only the samples that a note of the overview is about, with those that they are copies of"
REVERSE_TIP = "The order the other way round"
ANSWER_TIP = "Only the samples that the trained network takes for what they are, or for something else"


class SearchField(QLineEdit):
    """A field for words. Signals: left(): Enter or an arrow down was pressed in it."""

    left = pyqtSignal()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class SampleFilters(QWidget):
    """What is chosen of the samples.

    Signals:
        changed(): something else is chosen by the user.

    Attributes:
        first_row: the line with the field for words, which has room for a button.
        count: how many samples are shown; it is put where the samples are.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search, self.count = SearchField(), plain_label("", faint=True)
        self._is_blocked = False
        self.search.setPlaceholderText("Search samples (Ctrl+F)")
        self.search.setAccessibleName("Search samples")
        self.search.setToolTip(plain_tip(SEARCH_TIP))
        self.search.setClearButtonEnabled(True)
        self.split, self.of_class, self.answers, self.order, self.marks = (ComboBox() for _ in range(5))
        self.reverse = QToolButton()
        self.reverse.setText("⇅")
        self.reverse.setCheckable(True)
        self.reverse.setAccessibleName("Other way round")
        self.reverse.setToolTip(plain_tip(REVERSE_TIP))
        self.answers.addItems(ANSWERS)
        self.order.addItems(ORDERS)
        boxes = ((self.split, "Split", "Which part of the data"),
                 (self.of_class, "Class", "All samples, or those of one class or label"),
                 (self.answers, "Right or wrong", ANSWER_TIP), (self.order, "Order", ORDER_TIP),
                 (self.marks, "Notes", MARK_TIP))  # fmt: skip
        for box, name, tip in boxes:
            box.setAccessibleName(name)
            box.setToolTip(plain_tip(tip))
            box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(4)
        self._build()
        self.marks.hide()
        self.search.textChanged.connect(self._on_words)
        self.split.currentIndexChanged.connect(self.changed)
        self.of_class.currentIndexChanged.connect(self.changed)
        self.answers.currentIndexChanged.connect(self._on_answers)
        self.order.currentIndexChanged.connect(self.changed)
        self.marks.currentIndexChanged.connect(self.changed)
        self.reverse.toggled.connect(self.changed)

    def _build(self) -> None:
        self.first_row, self._boxes = QHBoxLayout(), QGridLayout()
        self.first_row.addWidget(self.search, 1)
        self._ordered = QWidget()
        ordered = QHBoxLayout(self._ordered)
        ordered.setContentsMargins(0, 0, 0, 0)
        ordered.setSpacing(2)
        ordered.addWidget(self.order, 1)
        ordered.addWidget(self.reverse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.first_row)
        layout.addLayout(self._boxes)
        self._arrange(4)

    def _arrange(self, columns: int) -> None:
        """Puts the choices into so many columns."""
        for place, box in enumerate((self.split, self.of_class, self.answers, self._ordered)):
            self._boxes.addWidget(box, place // columns, place % columns)
        self._boxes.addWidget(self.marks, 4 // columns, 0, 1, columns)
        for column in range(4):
            self._boxes.setColumnStretch(column, 1 if column < columns else 0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange(4 if self.width() >= FOUR_IN_A_ROW else 2)

    @property
    def choice(self) -> SampleChoice:
        """What is chosen."""
        of_class = self.of_class.currentData()
        return SampleChoice(
            -1 if of_class is None else of_class,
            self.answers.currentText(),
            self.order.currentText(),
            self.search.text(),
            self.marks.currentData() or "",
            self.reverse.isChecked(),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether a text, a class, a note or right and wrong leave samples out."""
        choice = self.choice
        return choice.of_class >= 0 or choice.answers != ANY or bool(choice.text.strip() or choice.mark)

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Offers the splits and classes of another data set; nothing is signalled."""
        self._block(True)
        for box in (self.split, self.of_class):
            box.clear()
            box.setEnabled(dataset is not None)
        if dataset is not None:
            for split in dataset.splits:
                self.split.addItem(f"{split} ({dataset.size(split):,})", split)
            label = named_field(dataset)
            what = "factors" if factors_of(dataset) else "labels" if self._has_labels(dataset, label) else "classes"
            self.of_class.addItem(f"all {what}", -1)
            for number, name in enumerate(dataset.fields[label].classes if label else ()):
                self.of_class.addItem(printable(name), number)
            self.of_class.setEnabled(bool(label))
            self._show_orders(dataset)
            self._show_marks(dataset)
        self._block(False)
        self.show_split(dataset)

    @staticmethod
    def _has_labels(dataset: Dataset, label: str) -> bool:
        return bool(label) and dataset.fields[label].kind == "vector"

    def _show_orders(self, dataset: Dataset) -> None:
        """Says which orders and answers the data cannot have, and why."""
        orders, before = (*ORDERS, *field_orders(dataset)), self.order.currentText()
        self.order.clear()
        self.order.addItems(orders)
        self.order.setCurrentText(before if before in orders else MIXED)
        self._offer(self.order, {order: missing_for(dataset, order) for order in orders}, MIXED)
        lacking = missing_for_verdicts(dataset)
        self._offer(self.answers, {each: "" if each == ANY else lacking for each in ANSWERS}, ANY)

    def _show_marks(self, dataset: Dataset) -> None:
        """Offers the notes that name samples, with how many they are; without any there is nothing to choose."""
        self.marks.clear()
        self.marks.addItem("with any note or none", "")
        for words, found in dataset.marked.items():
            self.marks.addItem(f"{words} ({sum(map(len, found.values())):,})", words)
        self.marks.setVisible(bool(dataset.marked))

    @staticmethod
    def _offer(box: ComboBox, missing: Mapping[str, str], usual: str) -> None:
        """Greys out the entries for which something is missing, and says what; the usual one takes their place."""
        model = box.model()
        assert isinstance(model, QStandardItemModel)
        for place, (text, reason) in enumerate(missing.items()):
            item = model.item(place)
            assert item is not None
            item.setEnabled(not reason)
            item.setToolTip(plain_tip(reason))
            if reason and box.currentText() == text:
                box.setCurrentText(usual)

    def show_split(self, dataset: Dataset | None) -> None:
        """Lets factors be chosen where batches are of one, since elsewhere all of them vary."""
        split = self.split.currentData()
        if dataset is not None and split is not None and factors_of(dataset):
            self.of_class.setEnabled(is_grouped(dataset, split))

    def _block(self, is_on: bool) -> None:
        self._is_blocked = is_on  # the field for words goes on hearing itself, by which its ✕ comes and goes
        for widget in (self.split, self.of_class, self.answers, self.order, self.marks, self.reverse):
            widget.blockSignals(is_on)

    def _on_words(self) -> None:
        if not self._is_blocked:
            self.changed.emit()

    def reset(self, *, order: bool = False, split: str = "") -> None:
        """Takes away what leaves samples out; nothing is signalled.

        Args:
            order: whether the order is the usual one again, too.
            split: that is shown then; "" for the one that is.
        """
        self._block(True)
        self.search.clear()
        self.of_class.setCurrentIndex(0)
        self._leave_wrong(ANY)
        self.answers.setCurrentText(ANY)
        self.marks.setCurrentIndex(0)
        if order:
            self.reverse.setChecked(False)
            self.order.setCurrentText(MIXED)
        if split:
            self.split.setCurrentIndex(self.split.findData(split))
        self._block(False)

    def _on_answers(self) -> None:
        """Those that are wrong come worst first where no other order is chosen, and then mixed again."""
        self.order.blockSignals(True)
        if self.answers.currentText() == WRONG and self.order.currentText() == MIXED:
            self.order.setCurrentText(SUREST)
        else:
            self._leave_wrong(self.answers.currentText())
        self.order.blockSignals(False)
        self.changed.emit()

    def _leave_wrong(self, answers: str) -> None:
        if answers != WRONG and self.order.currentText() == SUREST:
            self.order.setCurrentText(MIXED)
