"""The data settings of a project: which source, how it is split, batched and augmented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.core.setting_words import also_called
from workbench.core.values import Json
from workbench.data.augmentations.spec import AugmentSettings as AnySettings
from workbench.data.augmentations.spec import settings_of_all

if TYPE_CHECKING:
    AugmentSettings = AnySettings
else:
    AugmentSettings = settings_of_all()


LATER = ("balanced", "storage")  # settings that runs of format 2 did not have from the start


class DataConfig(BaseModel):
    """Which data, how it is split and how it comes in batches."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    source: str = Field("digits", title="Data source", max_length=60, description="Name of the data source")
    options: dict[str, Json] = Field(default_factory=dict, description="Settings of the source, such as its path")
    batch_size: int = Field(
        64, title="Batch size (samples)", ge=1, le=65536, description="Samples in one training step"
    )
    validation_share: float = Field(
        0.1,
        title="Share for validation",
        json_schema_extra=also_called("val", "val_split", "valid_pct"),
        ge=0,
        lt=1,
        description="Share of the training samples kept for validation where the data has none",
    )
    test_share: float = Field(
        0.15,
        title="Share for the test",
        json_schema_extra=also_called("test_split", "test_size"),
        ge=0,
        lt=1,
        description="Share of all samples kept for the test where there is none",
    )
    storage: Literal["auto", "memory", "disk", "files"] = Field(
        "auto",
        title="Where samples lie",
        description="While they are used: in memory, decoded in a file on the disk, or in their own files (read again "
        "and again). auto: in memory up to 1 GiB, else on the disk, else in their files",
    )
    seed: int = Field(0, title="Seed of the split", ge=0, lt=2**31, description="Seed of the split")
    balanced: bool = Field(
        False,
        title="Classes equally often",
        description="Draw training samples so that each class comes equally often: those of rare ones several times in "
        "an epoch, others not in each",
    )
    ratios: dict[str, float] = Field(
        default_factory=dict,
        description="How often each factor is the one that varies in a batch; without any they take turns",
    )
    augment: AugmentSettings = Field(AugmentSettings(), description="Random changes of training pictures")

    def as_record(self) -> dict[str, Json]:
        """Returns the settings as the record of a run holds them; of augmentations those that are on.

        Settings that came later are missing at their defaults, so that runs from before them differ in nothing.
        """
        on = self.augment.model_dump(mode="json", exclude_defaults=True)
        chosen = self.model_dump(mode="json", exclude_defaults=True)
        every = self.model_dump(mode="json") | {"augment": on}
        return {name: value for name, value in every.items() if name not in LATER or name in chosen}
