"""The training settings of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from workbench.core.choices import about, name_in, recorded, settings_of_each
from workbench.core.setting_words import RATIO, also_called, chosen_by
from workbench.core.values import Json
from workbench.layers.settings import Names, as_tuple
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.optimizers.spec import Optimizer
from workbench.training.schedules.spec import REGISTRY as SCHEDULES
from workbench.training.schedules.spec import Schedule

if TYPE_CHECKING:
    OptimizerName: TypeAlias = str
    ScheduleName: TypeAlias = str
    Optimizers: TypeAlias = BaseModel
    Schedules: TypeAlias = BaseModel
else:
    OptimizerName, ScheduleName = name_in(OPTIMIZERS), name_in(SCHEDULES)
    Optimizers, Schedules = settings_of_each("Optimizers", OPTIMIZERS), settings_of_each("Schedules", SCHEDULES)


class Stage(BaseModel):
    """A part of a training in which some nodes learn and some losses count: a head first, or layer by layer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

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

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    epochs: int = Field(10, title="Epochs", ge=1, le=100_000, description="Rounds through the training data")
    optimizer: OptimizerName = Field(
        "AdamW", title="Optimiser", description=about(OPTIMIZERS, "How weights follow their gradients")
    )
    optimizers: Optimizers = Field(
        Optimizers(),
        title="Settings of optimisers",
        json_schema_extra=chosen_by("optimizer"),
        description="Settings of each optimiser, of which those of the chosen one act",
    )
    lr: float = Field(
        0.003,
        title="Learning rate",
        json_schema_extra=RATIO,
        gt=0,
        le=100,
        description="Learning rate; with a schedule, its highest value",
    )
    weight_decay: float = Field(
        0.0, title="Weight decay", json_schema_extra=RATIO, ge=0, le=10, description="Pull of all weights towards zero"
    )
    schedule: ScheduleName = Field(
        "one_cycle",
        title="Rate schedule",
        description=about(
            SCHEDULES,
            "How the learning rate changes during the run; those that end near zero let a run of a single step learn "
            "next to nothing",
        ),
    )
    schedules: Schedules = Field(
        Schedules(),
        title="Settings of schedules",
        json_schema_extra=chosen_by("schedule"),
        description="Settings of each schedule, of which those of the chosen one act",
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
    average_decay: float | None = Field(
        None,
        title="Averaged weights (decay)",
        json_schema_extra=RATIO | also_called("ema", "ema_decay"),
        gt=0,
        lt=1,
        description="Keep a moving average of the weights (EMA), which validation, test and prediction use; each time "
        "this share of the old average stays, such as 0.98. Without it the weights are used as they are",
    )
    average_steps: int = Field(
        5,
        title="Averaged every (steps)",
        ge=1,
        le=1_000_000,
        description="After how many steps the average takes the weights in",
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
        "that of one loss node such as accuracy.head; auto is accuracy where there is one, else the loss. Of equal "
        "epochs that with less loss is better. Of several metrics that of the loss with the greatest weight counts, of "
        "equal ones the first",
    )
    pretrained: bool = Field(
        False,
        title="Start from the project's weights",
        description="Begin with the weights that came with the project, as those of an import, instead of random ones; "
        "a last layer that has got another shape since begins anew",
    )
    stages: Stages = Field((), max_length=1000, description="Parts of the training, instead of epochs; each in turn")
    seed: int = Field(0, title="Seed", ge=0, lt=2**31, description="Seed of weights, order, augmentation and dropout")
    device: str = Field(
        "auto", title="Device", pattern=r"^(auto|cpu|cuda(:\d{1,2})?|mps)$", description="auto, cpu, cuda, cuda:1, mps"
    )
    processes: int = Field(
        1,
        title="Processes",
        ge=1,
        le=4096,
        description="How many processes of this machine learn together, each from its part of every batch",
    )
    peer_seconds: float = Field(
        300.0,
        title="Wait for a process (seconds)",
        gt=0,
        le=86_400,
        description="How long the processes of a training wait for one that gives no answer before all of them end",
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
    def chosen_optimizer(self) -> Optimizer:
        """The optimiser, with its settings."""
        found: Optimizer = getattr(self.optimizers, self.optimizer)
        return found

    @property
    def chosen_schedule(self) -> Schedule:
        """The schedule of the learning rate, with its settings."""
        found: Schedule = getattr(self.schedules, self.schedule)
        return found

    def as_record(self) -> dict[str, Json]:
        """Returns all settings as the record of a run holds them."""
        return self.model_dump(mode="json") | {
            "optimizers": recorded(self.optimizers, self.optimizer),
            "schedules": recorded(self.schedules, self.schedule),
        }

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
