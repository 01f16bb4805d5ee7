"""One cycle of the learning rate."""

from __future__ import annotations

from pydantic import Field

from workbench.training.schedules.spec import Schedule, between, schedule

START_DIVISOR = 25.0  # torch.optim.lr_scheduler.OneCycleLR: div_factor
END_DIVISOR = 1e4  # its final_div_factor


@schedule(name="one_cycle", title="One cycle")
class OneCycle(Schedule):
    """Rises along a cosine, then falls far below where it began (Smith & Topin 2018)."""

    warmup: float = Field(
        0.2, title="Warm-up (share of the run)", ge=0, lt=1, description="Share of the run in which the rate rises"
    )

    def factor(self, step: int, *, steps: int, steps_per_epoch: int) -> float:
        """Returns the factor as torch's OneCycleLR has it (cosine, two phases)."""
        start, end = 1 / START_DIVISOR, 1 / (START_DIVISOR * END_DIVISOR)
        top = self.warmup * steps - 1
        if step <= top:
            return between(start, 1.0, step / top if top > 0 else 1.0)
        rest = steps - 1 - top
        return between(1.0, end, min(1.0, (step - top) / rest) if rest > 0 else 1.0)

    def ends(self, epochs: int) -> tuple[float, float]:
        return (1 / START_DIVISOR if self.warmup else 1.0), 1 / (START_DIVISOR * END_DIVISOR)
