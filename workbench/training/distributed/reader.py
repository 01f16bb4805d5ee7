"""Where a process saves that is not the writer: nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.training.events import Event
from workbench.training.progress import Progress
from workbench.training.state import RunState


class NoSaver:
    """Takes the place of `saving.Saver` in all processes but one; it has its methods, and writes nothing.

    Attributes:
        last_step: as the writer's, 0: only it knows when it wrote.
    """

    last_step = 0

    def is_due(self, step: int) -> bool:
        """Whether a checkpoint should be written after this step: never."""
        return False

    def attempt(self, run: RunState, progress: Progress, log: object) -> Iterator[Event]:
        """Writes nothing."""
        yield from ()

    def news(self) -> Iterator[Event]:
        """Has nothing to tell."""
        yield from ()

    def before_update(self) -> None:
        """Has nothing to wait for."""

    def keep_best(self, run: RunState, progress: Progress) -> list[str]:
        """Writes nothing, which cannot fail."""
        return []

    def write_last(self, run: RunState, progress: Progress, log: object) -> Iterator[Event]:
        """Writes nothing."""
        yield from ()

    def finish(self, run: RunState, progress: Progress, log: object) -> Iterator[Event]:
        """Writes nothing."""
        yield from ()

    def close(self) -> None:
        """Has nothing to end."""
