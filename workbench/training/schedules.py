"""How the learning rate changes during a run: a plain function of the step, so it can be drawn before training."""

from __future__ import annotations

import math

from workbench.training.config import TrainingConfig

START_DIVISOR = 25.0  # torch.optim.lr_scheduler.OneCycleLR: div_factor
END_DIVISOR = 1e4  # its final_div_factor


def rate_of_run(config: TrainingConfig, step: int, steps_per_epoch: int) -> float:
    """The rate of a step of the whole run; each stage goes through the schedule anew.

    Args:
        config: the training settings.
        step: the step about to be taken, from 0.
        steps_per_epoch: how many steps an epoch has.
    """
    stage, first = config.stage_at(step // max(1, steps_per_epoch))
    here = config if stage.lr is None else config.model_copy(update={"lr": stage.lr})
    start, steps = first * steps_per_epoch, stage.epochs * steps_per_epoch
    return learning_rate(here, step - start, steps, steps_per_epoch)


def learning_rate(config: TrainingConfig, step: int, steps: int, steps_per_epoch: int) -> float:
    """The rate of a step of one stage.

    Args:
        config: the training settings.
        step: the step about to be taken, from 0.
        steps: how many steps the stage has.
        steps_per_epoch: how many steps an epoch has.
    """
    match config.schedule:
        case "one_cycle":
            return config.lr * one_cycle(step, steps, config.warmup)
        case "cosine":
            return config.lr * cosine(step, steps, config.warmup)
        case "step":
            return config.lr * config.step_factor ** (step // max(1, steps_per_epoch) // config.step_epochs)
        case "constant":
            return config.lr


def between(start: float, end: float, share: float) -> float:
    """Half a cosine from start (share 0) to end (share 1)."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


def one_cycle(step: int, steps: int, warmup: float) -> float:
    """The factor of Smith & Topin 2018 as torch's OneCycleLR has it (cosine, two phases): up, then far down."""
    start, end = 1 / START_DIVISOR, 1 / (START_DIVISOR * END_DIVISOR)
    top = warmup * steps - 1
    if step <= top:
        return between(start, 1.0, step / top if top > 0 else 1.0)
    rest = steps - 1 - top
    return between(1.0, end, min(1.0, (step - top) / rest) if rest > 0 else 1.0)


def cosine(step: int, steps: int, warmup: float) -> float:
    """The factor of Loshchilov & Hutter 2017 (one period), behind a linear rise over the warm-up."""
    rise = warmup * steps
    if step < rise:
        return (step + 1) / (rise + 1)
    return between(1.0, 0.0, min(1.0, (step - rise) / max(1.0, steps - rise)))
