"""The data settings of a project: which source, how it is split, batched and augmented."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from workbench.core.values import Json


class Augmentation(BaseModel):
    """Random changes of each training picture, drawn anew for every sample and epoch."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    shift: float = Field(
        0.0, title="Shift (pixels)", ge=0, le=1024, description="Largest shift along each axis, in pixels"
    )
    rotate: float = Field(0.0, title="Rotate (degrees)", ge=0, le=180, description="Largest rotation, in degrees")
    scale: float = Field(
        0.0, title="Change of size (share)", ge=0, lt=1, description="Largest change of size, as a share: 0.1 is ±10 %"
    )
    flip: bool = Field(False, title="Mirror", description="Mirror left and right in half of the cases")

    @property
    def is_on(self) -> bool:
        """Whether anything is changed at all."""
        return bool(self.shift or self.rotate or self.scale or self.flip)


class DataConfig(BaseModel):
    """Which data, how it is split and how it comes in batches."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source: str = Field("digits", title="Data source", max_length=60, description="Name of the data source")
    options: dict[str, Json] = Field(default_factory=dict, description="Settings of the source, such as its path")
    batch_size: int = Field(
        64, title="Batch size (samples)", ge=1, le=65536, description="Samples in one training step"
    )
    validation_share: float = Field(
        0.1,
        title="Share for validation",
        ge=0,
        lt=1,
        description="Share of the training samples kept for validation where the data has none",
    )
    test_share: float = Field(
        0.15,
        title="Share for the test",
        ge=0,
        lt=1,
        description="Share of all samples kept for the test where there is none",
    )
    seed: int = Field(0, title="Seed of the split", ge=0, lt=2**31, description="Seed of the split")
    ratios: dict[str, float] = Field(
        default_factory=dict,
        description="How often each factor is the one that varies in a batch; without any they take turns",
    )
    augment: Augmentation = Field(default_factory=Augmentation, description="Random changes of training pictures")
