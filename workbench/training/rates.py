"""The learning rate of every step of a run, from its settings."""

from __future__ import annotations

from workbench.training.config import TrainingConfig


def rate_of_run(config: TrainingConfig, step: int, steps_per_epoch: int) -> float:
    """Returns the rate of a step of the whole run; each stage goes through the schedule anew.

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
    """Returns the rate of a step of one stage.

    Args:
        config: the training settings.
        step: the step about to be taken, from 0.
        steps: how many steps the stage has.
        steps_per_epoch: how many steps an epoch has.
    """
    return config.lr * config.chosen_schedule.factor(step, steps=steps, steps_per_epoch=max(1, steps_per_epoch))
