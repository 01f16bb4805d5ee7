"""A learning rate that falls along a cosine."""

from __future__ import annotations

from pydantic import Field

from workbench.training.schedules.spec import Schedule, between, schedule


@schedule(name="cosine", title="Cosine")
class Cosine(Schedule):
    """Rises in a line, then falls along half a cosine to zero (Loshchilov & Hutter 2017, one period)."""

    warmup: float = Field(
        0.2, title="Warm-up (share of the run)", ge=0, lt=1, description="Share of the run in which the rate rises"
    )

    def factor(self, step: int, *, steps: int, steps_per_epoch: int) -> float:
        rise = self.warmup * steps
        if step < rise:
            return (step + 1) / (rise + 1)
        return between(1.0, 0.0, min(1.0, (step - rise) / max(1.0, steps - rise)))

    def ends(self, epochs: int) -> tuple[float, float]:
        return (0.0 if self.warmup else 1.0), 0.0
