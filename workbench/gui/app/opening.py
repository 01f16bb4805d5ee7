"""The first thing that is seen: that the program begins, and with what; the window takes its place."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QEvent, QEventLoop, QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QApplication, QSplashScreen, QWidget

from workbench.core.errors import printable
from workbench.gui.app.application import EXAMPLE, Application, make_app, quiet_qt, with_settings
from workbench.gui.widgets.theme import Theme

PROGRAM = "CNN Workbench"
WIDTH, MARGIN = 376, 32  # pixels: what the texts have at least, and what is left around them
LINES, TITLE = 6, 1.9  # of text in height, and how many times its size the program's name has
LONGEST = 60  # letters of a project's name
PATIENCE_MS = 300


class Opening(QSplashScreen):
    """Says what is being opened, until any other window of the program is there.

    Signals:
        painted(): it is on the screen.
    """

    painted = pyqtSignal()

    def __init__(self, name: str, theme: Theme) -> None:
        """Draws it.

        Args:
            name: of the project.
            theme: its colours.
        """
        super().__init__(_picture(f"Opening {printable(name, LONGEST)} …", theme))
        self._loop = QEventLoop()
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def show_now(self) -> None:
        """Shows it and returns once it has been painted, or after a while on a screen that does not answer."""
        self.show()
        patience = QTimer(self)
        patience.setSingleShot(True)
        for signal in (self.painted, patience.timeout):
            signal.connect(self._loop.quit)
        patience.start(PATIENCE_MS)
        self._loop.exec()
        patience.stop()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Paints the picture."""
        super().paintEvent(a0)
        QTimer.singleShot(0, self._on_painted)  # when it has reached the screen

    def _on_painted(self) -> None:
        self.painted.emit()

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Gives way to the first window that is shown."""
        is_shown = a1 is not None and a1.type() == QEvent.Type.Show
        if is_shown and isinstance(a0, QWidget) and a0.isWindow() and a0 is not self:
            self.end()
        return False

    def end(self) -> None:
        """Goes, once what is under way has been painted."""
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        QTimer.singleShot(0, self.close)


def _picture(text: str, theme: Theme) -> QPixmap:
    """The name of the program upon its canvas, and below it a text."""
    small, large = QApplication.font(), QApplication.font()
    large.setPointSizeF(TITLE * small.pointSizeF())
    large.setBold(True)
    height = QFontMetrics(small).height()
    inner = max(WIDTH, QFontMetrics(small).horizontalAdvance(text), QFontMetrics(large).horizontalAdvance(PROGRAM))
    width, high = inner + 2 * MARGIN, 2 * MARGIN + LINES * height
    screen = QApplication.primaryScreen()
    ratio = screen.devicePixelRatio() if screen is not None else 1.0
    picture = QPixmap(round(width * ratio), round(high * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(theme.canvas))
    painter = QPainter(picture)
    painter.setPen(QColor(theme.line))
    painter.drawRect(0, 0, width - 1, high - 1)
    for font, colour, baseline, words in (
        (large, theme.text, MARGIN + QFontMetrics(large).ascent(), PROGRAM),
        (small, theme.faint, high - MARGIN - QFontMetrics(small).descent(), text),
    ):
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(MARGIN, baseline, words)
    painter.end()
    return picture


def begin(path: str) -> tuple[Application, Opening]:
    """Shows at once that the program begins, with a project or with the example.

    What its window is made of, and its style, take most of a start, and so come only then.
    """
    quiet_qt()
    app = with_settings(make_app())
    opening = Opening(Path(path or EXAMPLE).stem, app.theme)
    opening.show_now()
    return app, opening
