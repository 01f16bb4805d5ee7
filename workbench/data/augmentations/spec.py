"""How an augmentation is declared: one class with one setting, which has its name and is off at its default.

A `Geometric` one changes where each pixel comes from, for the pictures and masks of a sample alike (see `rotate.py`),
and so does a `Warp`, by a map of any form (see `perspective.py`); a `Photometric` one changes the pixels of pictures
alone (see `brightness.py`; `Chromatic` where it needs colours, see `hue.py`), a `Serial` one series (see `jitter.py`),
a `Verbal` one texts (see `token_drop.py`). All get random numbers of their own for every sample and epoch; nothing here
loads numpy or torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

from workbench.core.registry import Registry
from workbench.core.setting_words import below_heading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from workbench.core.values import Value
    from workbench.data.affine import AffineMap, Floats

REGISTRY: Registry[type[Augmentation]] = Registry("workbench.data.augmentations")
A = TypeVar("A", bound="type[Augmentation]")
COLOURS = 3  # channels of a picture that has them
SHARED = 5  # numbers for each sample in the one stream that the first four augmentations share


class Augmentation(BaseModel):
    """A random change of training pictures; subclasses are declared with the decorator `@augmentation`.

    Attributes:
        name: of the augmentation and of its setting.
        heading: above the settings of its sort in forms.
        meant_for: the kind of data that its sort changes, in words.
        order: which comes first where several of a sort are on; of equal ones the name decides.
        draws: how many random numbers it takes for each sample, from a stream that is named after it.
        shared_draws: for the four augmentations that came first, which numbers of the one stream of `SHARED` numbers
            they take in its place, so that runs of their time go on as they began.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    name: ClassVar[str] = ""
    heading: ClassVar[str] = ""
    meant_for: ClassVar[str] = "pictures"
    order: ClassVar[int] = 100
    draws: ClassVar[int] = 1
    shared_draws: ClassVar[tuple[int, ...]] = ()

    @classmethod
    def changes(cls, value: Value) -> bool:
        """Returns whether it changes fields of this kind at all."""
        raise NotImplementedError


class PixelMoving(Augmentation):
    """An augmentation by which pixels lie elsewhere, those of all pictures and masks of a sample together."""

    heading: ClassVar[str] = "Geometry"

    @classmethod
    def changes(cls, value: Value) -> bool:
        """Returns whether it is a picture, a mask, clips or volumes."""
        return value.kind == "mask" or _has_pixels(value)


class Geometric(PixelMoving):
    """An augmentation that moves pixels by one affine map."""

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        """Returns the map from output to input places with this change added.

        Args:
            where: what the augmentations before this one have made of it.
            draws: random numbers in [0, 1), as (samples, draws).
        """
        raise NotImplementedError


class Warp(PixelMoving):
    """An augmentation that moves pixels as no affine map could, of all pictures and masks of a sample together.

    Those are nearest to the output: what they take is a picture that the `Geometric` ones have moved.
    """

    def bent(self, grid: Tensor, draws: Tensor) -> Tensor:
        """Returns where each pixel is taken from, with this change added.

        Args:
            grid: x and y of each pixel, from -1 to 1 over the picture, as (samples, height, width, 2).
            draws: random numbers in [0, 1), as (samples, draws), on the same device and of the same type.
        """
        raise NotImplementedError


class Serial(Augmentation):
    """An augmentation of series: curves over time of one or more channels."""

    heading: ClassVar[str] = "Series"
    meant_for: ClassVar[str] = "series"

    @classmethod
    def changes(cls, value: Value) -> bool:
        """Returns whether it is a series, or a recording whose channels lie below one another."""
        is_series = value.kind == "map" and len(value.shape) == 2
        return value.dtype == "float32" and (value.is_recording or is_series)

    def changed(self, series: Tensor, draws: Tensor) -> Tensor:
        """Returns series with this change.

        Args:
            series: floats as (samples, channels, length).
            draws: random numbers in [0, 1), as (samples, draws), on the same device and of the same type.
        """
        raise NotImplementedError


class Verbal(Augmentation):
    """An augmentation of texts: rows of numbers of words or characters."""

    heading: ClassVar[str] = "Texts"
    meant_for: ClassVar[str] = "texts"

    @classmethod
    def changes(cls, value: Value) -> bool:
        """Returns whether it is a text of several words or characters."""
        return value.kind == "tokens" and len(value.shape) == 1 and value.shape[0] > 1

    def changed(self, tokens: Tensor, draws: Tensor) -> Tensor:
        """Returns texts with this change.

        Args:
            tokens: whole numbers as (samples, length); 0 where a text has ended.
            draws: random numbers in [0, 1), as (samples, draws), on the same device.
        """
        raise NotImplementedError


class Mixing(Augmentation):
    """An augmentation that mixes the picture and the class of a sample with those of another one of the training part.

    The loss must be one that takes shares of classes, as cross-entropy does.
    """

    heading: ClassVar[str] = "Mixing"

    @classmethod
    def changes(cls, value: Value) -> bool:
        """Returns whether it is a picture."""
        return value.is_picture

    def mixed(self, pictures: Tensor, others: Tensor, draws: Tensor) -> tuple[Tensor, Tensor]:
        """Returns mixed pictures, and how much of each is the sample's own, (samples,) from 0 to 1.

        Args:
            pictures: of the samples, floats (samples, channels, height, width).
            others: of those that they are mixed with.
            draws: random numbers in [0, 1), as (samples, draws).
        """
        raise NotImplementedError


class Photometric(Augmentation):
    """An augmentation that changes the values of pixels, of pictures alone: never masks or labels."""

    heading: ClassVar[str] = "Light"

    @classmethod
    def changes(cls, value: Value) -> bool:
        """Returns whether it is a picture, clips or volumes."""
        return _has_pixels(value)

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        """Returns pictures with this change; those that are stored as bytes are kept within 0 and 1 afterwards.

        Args:
            pictures: floats as (samples, channels, height, width); 1 is white where they are stored as bytes.
            draws: random numbers in [0, 1), as (samples, draws), on the same device and of the same type.
        """
        raise NotImplementedError


class Chromatic(Photometric):
    """A photometric augmentation that leaves pictures of one channel as they are, since they have no colours."""

    meant_for: ClassVar[str] = "pictures in colours"

    @classmethod
    def changes(cls, value: Value) -> bool:
        """Returns whether it is a picture in colours, or clips of them."""
        return _has_pixels(value) and value.shape[0] == COLOURS


def _has_pixels(value: Value) -> bool:
    return value.kind == "map" and len(value.shape) in (3, 4) and not value.is_recording


SORTS = (Geometric, Warp, Photometric, Serial, Verbal, Mixing)  # in the order in which they act


def augmentation(cls: A) -> A:
    """Registers an augmentation by the name of its only setting.

    Raises:
        TypeError: it has not exactly one setting.
    """
    names = list(cls.__pydantic_fields__)
    if len(names) != 1:
        raise TypeError(f"{cls.__name__} must have one setting, not {len(names)}")
    return REGISTRY.declares(names[0])(cls)


class AugmentSettings(BaseModel):
    """Random changes of each training picture, drawn anew for every sample and epoch."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    @property
    def is_on(self) -> bool:
        """Whether anything is changed at all."""
        return bool(self.model_dump(exclude_defaults=True))

    def chosen(self) -> list[Augmentation]:
        """Returns the augmentations that are on, in their order."""
        names = self.model_dump(exclude_defaults=True)
        return [cls(**{cls.name: getattr(self, cls.name)}) for cls in in_order() if cls.name in names]


def of_use(fields: Iterable[Value]) -> list[str]:
    """Returns the names of the augmentations that change anything of samples with these fields, in their order."""
    known = list(fields)
    return [cls.name for cls in in_order() if any(map(cls.changes, known))]


def in_order() -> list[type[Augmentation]]:
    """Returns all augmentations in the order in which they act: first those that move pixels."""
    known = [cls for _, cls in REGISTRY.items()]
    return sorted(known, key=lambda cls: (_sort(cls), cls.order, cls.name))


def _sort(cls: type[Augmentation]) -> int:
    return next(number for number, sort in enumerate(SORTS) if issubclass(cls, sort))


def settings_of_all() -> type[AugmentSettings]:
    """Returns the model with the settings of all augmentations."""
    fields: dict[str, Any] = {}
    for cls in in_order():
        info = cls.model_fields[cls.name]
        heading = below_heading(cls.heading)
        kept = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        fields[cls.name] = (info.rebuild_annotation(), Field(info.default, title=info.title,
                            description=info.description, json_schema_extra=kept | heading))  # fmt: skip
    return create_model("AugmentSettings", __base__=AugmentSettings, __doc__=AugmentSettings.__doc__, **fields)
