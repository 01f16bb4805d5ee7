"""The training settings of a project."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from workbench.core.setting_words import RATIO, acts_with
from workbench.layers.settings import Names, as_tuple


class Stage(BaseModel):
    """A part of a training in which some nodes learn and some losses count: a head first, or layer by layer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    epochs: int = Field(1, title="Epochs", ge=1, le=100_000, description="Rounds through the training data")
    train: Names = Field(
        (), max_length=10_000, description="Nodes and groups that learn; without any, all that are not frozen"
    )
    losses: dict[str, float] = Field(
        default_factory=dict,
        description="Loss node → how much it counts here; 0 leaves it out, with all that only it needs",
    )
    lr: float | None = Field(
        None, title="Learning rate", gt=0, le=100, description="Learning rate of this stage; the run's by default"
    )

    @field_validator("losses")
    @classmethod
    def _in_bounds(cls, value: dict[str, float]) -> dict[str, float]:
        for name, weight in value.items():
            if not 0 <= weight <= 1e6:
                raise ValueError(f"{name} must be 0 to 1000000")
        return value


Stages = Annotated[tuple[Stage, ...], BeforeValidator(as_tuple)]


class TrainingConfig(BaseModel):
    """How a network is trained."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    epochs: int = Field(10, title="Epochs", ge=1, le=100_000, description="Rounds through the training data")
    optimizer: Literal["SGD", "Adam", "AdamW"] = Field(
        "AdamW", title="Optimiser", description="How weights follow their gradients"
    )
    lr: float = Field(
        0.003,
        title="Learning rate",
        json_schema_extra=RATIO,
        gt=0,
        le=100,
        description="Learning rate; with a schedule, its highest value",
    )
    momentum: float = Field(
        0.9,
        title="Momentum (beta1 of Adam)",
        ge=0,
        lt=1,
        description="Share of the last step kept (SGD); beta1 of Adam and AdamW",
    )
    nesterov: bool = Field(
        False,
        title="Nesterov momentum",
        json_schema_extra=acts_with("optimizer", "SGD"),
        description="Look ahead along the momentum (SGD)",
    )
    beta2: float = Field(
        0.999,
        title="Second momentum (beta2)",
        json_schema_extra=acts_with("optimizer", "Adam", "AdamW"),
        ge=0,
        lt=1,
        description="Memory of squared gradients (Adam and AdamW)",
    )
    weight_decay: float = Field(
        0.0, title="Weight decay", json_schema_extra=RATIO, ge=0, le=10, description="Pull of all weights towards zero"
    )
    schedule: Literal["constant", "one_cycle", "cosine", "step"] = Field(
        "one_cycle",
        title="Rate schedule",
        description="How the learning rate changes during the run; one cycle ends near zero, so a run of a single step "
        "learns next to nothing with it",
    )
    warmup: float = Field(
        0.2,
        title="Warm-up (share of the run)",
        json_schema_extra=acts_with("schedule", "one_cycle", "cosine"),
        ge=0,
        lt=1,
        description="Share of the run in which the rate rises (one cycle, cosine)",
    )
    step_epochs: int = Field(
        5,
        title="Drop the rate every (epochs)",
        json_schema_extra=acts_with("schedule", "step"),
        ge=1,
        le=100_000,
        description="Epochs from one drop of the rate to the next (step)",
    )
    step_factor: float = Field(
        0.1,
        title="Each drop multiplies it by",
        json_schema_extra=acts_with("schedule", "step"),
        gt=0,
        le=1,
        description="What the rate is multiplied by at each drop (step)",
    )
    accumulate: int = Field(
        1,
        title="Batches per step",
        ge=1,
        le=10_000,
        description="Batches whose gradients make one step of the optimiser, as if they were one large batch",
    )
    clip_grad_norm: float | None = Field(
        None, title="Gradient clipping (norm)", gt=0, le=1e6, description="Longest gradient; longer ones are shortened"
    )
    patience: int | None = Field(
        None,
        title="Early stopping (epochs)",
        ge=1,
        le=100_000,
        description="Stop after so many epochs without a better validation result (in the last stage)",
    )
    monitor: str = Field(
        "auto",
        title="Best epoch by",
        pattern=r"^\w+(\.\w+)*$",
        max_length=1000,
        description="What makes an epoch the best, and what early stopping waits for: loss, a metric such as rmse, or "
        "that of one loss node such as accuracy.head; auto is accuracy where there is one, else the loss. Of several "
        "that of the loss with the greatest weight counts, of equal ones the first",
    )
    stages: Stages = Field((), max_length=1000, description="Parts of the training, instead of epochs; each in turn")
    seed: int = Field(0, title="Seed", ge=0, lt=2**31, description="Seed of weights, order, augmentation and dropout")
    device: str = Field(
        "auto", title="Device", pattern=r"^(auto|cpu|cuda(:\d{1,2})?|mps)$", description="auto, cpu, cuda, cuda:1, mps"
    )
    checkpoint_steps: int | None = Field(
        None, title="Checkpoint every (steps)", ge=1, le=10**9, description="Write a checkpoint every so many steps"
    )
    checkpoint_seconds: float = Field(
        60.0,
        title="Checkpoint every (seconds)",
        gt=0,
        le=86_400,
        description="Write a checkpoint when the last one is so old, and after every epoch",
    )

    @property
    def total_epochs(self) -> int:
        """Epochs of the whole run."""
        return sum(stage.epochs for stage in self.stages) or self.epochs

    def stage_at(self, epoch: int) -> tuple[Stage, int]:
        """The stage of an epoch, from 0, and the epoch that it begins with; a run without stages is one."""
        first = 0
        for stage in self.stages:
            if epoch < first + stage.epochs:
                return stage, first
            first += stage.epochs
        if self.stages:
            return self.stages[-1], first - self.stages[-1].epochs
        return Stage(epochs=self.epochs), 0
