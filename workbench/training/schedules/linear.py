"""A learning rate that falls in a line."""

from __future__ import annotations

from pydantic import Field

from workbench.training.schedules.spec import Schedule, schedule


@schedule(name="linear", title="Linear")
class LinearDecay(Schedule):
    """Rises in a line, then falls in a line to its last share."""

    warmup: float = Field(
        0.0, title="Warm-up (share of the run)", ge=0, lt=1, description="Share of the run in which the rate rises"
    )
    end_factor: float = Field(
        0.0, title="Share of the rate at the end", ge=0, le=1, description="What is left of the rate at the end"
    )

    def factor(self, step: int, *, steps: int, steps_per_epoch: int) -> float:
        """Returns the factor, without warm-up as torch's LinearLR has it from 1 on over all steps."""
        rise = self.warmup * steps
        if step < rise:
            return (step + 1) / (rise + 1)
        return 1.0 + (self.end_factor - 1.0) * min(1.0, (step - rise) / max(1.0, steps - rise))

    def ends(self, epochs: int) -> tuple[float, float]:
        return (0.0 if self.warmup else 1.0), self.end_factor
