"""A learning rate that drops from time to time."""

from __future__ import annotations

from pydantic import Field

from workbench.training.schedules.spec import Schedule, schedule


@schedule(name="step", title="Steps")
class StepDecay(Schedule):
    """Drops the rate by the same factor every few epochs, as torch's StepLR does."""

    step_size: int = Field(
        5, title="Epochs between drops", ge=1, le=100_000, description="Epochs from one drop of the rate to the next"
    )
    gamma: float = Field(
        0.1, title="Factor of each drop", gt=0, le=1, description="What the rate is multiplied by at each drop"
    )

    def factor(self, step: int, *, steps: int, steps_per_epoch: int) -> float:
        return self.gamma ** (step // steps_per_epoch // self.step_size)

    def ends(self, epochs: int) -> tuple[float, float]:
        return 1.0, self.gamma ** ((epochs - 1) // self.step_size)
