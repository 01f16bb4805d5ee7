"""A learning rate that stays."""

from __future__ import annotations

from workbench.training.schedules.spec import Schedule, schedule


@schedule(name="constant", title="Constant")
class ConstantRate(Schedule):
    """Leaves the rate as it is."""

    def factor(self, step: int, *, steps: int, steps_per_epoch: int) -> float:
        return 1.0

    def ends(self, epochs: int) -> tuple[float, float]:
        return 1.0, 1.0
