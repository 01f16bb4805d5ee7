"""Commands that give the window another project, or the project other data."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.files import exists
from workbench.core.values import Json
from workbench.gui.document.files import ProjectFiles
from workbench.gui.document.session import Session
from workbench.gui.widgets.appearance import Appearance
from workbench.gui.window.file_drops import Drops
from workbench.gui.window.weights_loading import WeightsLoading
from workbench.project.adapting import adapt
from workbench.project.data_choice import choose_data
from workbench.project.initial_weights import weights_file


class ProjectCommands:
    """Makes new projects, brings in networks and weights of elsewhere, and chooses data.

    Attributes:
        weights: loads weights into the open project.
    """

    def __init__(
        self,
        session: Session,
        files: ProjectFiles,
        appearance: Appearance,
        *,
        show: Callable[[str], None],
        say: Callable[[str], None],
        window: QWidget,
    ) -> None:
        """Prepares the commands.

        Args:
            session: the open project.
            files: open another one.
            appearance: colours of the gallery of templates.
            show: shows a workspace by its name.
            say: shows a passing message.
            window: dialogs stand over it.
        """
        self._session, self._files, self._appearance = session, files, appearance
        self._show, self._say, self._window = show, say, window
        self.weights = WeightsLoading(session, window)

    def take(self, drops: Drops) -> None:
        """Carries out what dropped files are for: data of a new network, networks of elsewhere, weights."""
        drops.network_requested.connect(self.new_project)
        drops.import_requested.connect(self.import_network)
        drops.weights_dropped.connect(self.weights.read)

    def new_project(self, data: str = "") -> None:
        """Opens the templates; with `data` (NAME:PATH) that data is chosen already."""
        from workbench.gui.window.new_dialog import NewDialog

        dialog = NewDialog(self._appearance.theme, data, self._window)
        if dialog.exec() and dialog.project is not None and self._files.may_leave():
            self._files.show_new(dialog.project)
            if dialog.notes:
                more = len(dialog.notes) - 1
                text = dialog.notes[0] + (f" The Data panel has {more} more notes." if more else "")
                self._say(text)
        dialog.deleteLater()

    def import_network(self, what: str = "") -> None:
        """Brings in a network of another program; with `what`, a file or name, that is read at once."""
        from workbench.gui.window.import_dialog import import_network

        import_network(what, self._files.may_leave, self._files.open_file, self._window)

    def use_data(self, source: str, options: dict[str, Json]) -> None:
        """Gives this network other data, and shows it."""
        session = self._session
        session.push(choose_data(session.project, source, options, session.path))
        self._show("Data")

    def adapt_to_data(self) -> None:
        """Fits the network to its data as fine-tuning wants it, as one step; what was done is said."""
        session = self._session
        if session.dataset is None:
            self._say("The data is not known yet. Choose it in Data, or wait until it is read.")
            self._show("Data")
            return
        keeps_weights = exists(weights_file(session.run_path))
        try:
            adapted = adapt(session.project, session.dataset, keeps_weights=keeps_weights)
        except WorkbenchError as error:
            self._say(str(error))
            return
        if not adapted.edit.edits:
            self._say("The network is fitted to this data already.")
            return
        session.push(adapted.edit)
        without = "" if keeps_weights else " It has no weights to begin with; File: Load weights… brings them."
        self._say(" ".join(adapted.done) + without)

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self.weights.shut_down()
