from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from workbench.core.validation import explain, sentence


def _small(value: int) -> int:
    if value > 9:
        raise ValueError("must be 0 to 9")
    return value


Pair = Annotated[int | tuple[int, int] | Literal["same"], BeforeValidator(lambda v: tuple(v) if type(v) is list else v)]


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    shift: float = Field(0.0, ge=0, le=1024)


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    kernel_size: int = Field(3, ge=1, le=11)
    rate: float = Field(0.5, gt=0, lt=1, allow_inf_nan=False)
    bias: bool = True
    name: str = Field("a", min_length=1, max_length=3, pattern="^[a-z]*$")
    mode: Literal["crop", "stretch", "pad"] = "crop"
    digit: Annotated[int, AfterValidator(_small)] = 0
    padding: Pair = 0
    sizes: list[int] = Field([1], max_length=2)
    width: int | None = None
    height: int | None = None
    inner: Inner = Inner()
    maybe: Inner | None = None
    table: dict[str, int] = {}
    inners: list[Inner] = []
    odd: Annotated[bytes, Field(max_length=5)] = b""
    needed: int

    @model_validator(mode="after")
    def _both(self) -> Model:
        if (self.width is None) != (self.height is None):
            raise ValueError("width and height must be given together")
        return self


def told(**values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Model.model_validate({"needed": 1, **values})
    return sentence(caught.value, Model)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kernel_size": 0}, "kernel_size must be at least 1, found 0"),
        ({"kernel_size": 12}, "kernel_size must be at most 11, found 12"),
        ({"rate": 0.0}, "rate must be more than 0, found 0.0"),
        ({"rate": 1.5}, "rate must be less than 1, found 1.5"),
        ({"rate": float("nan")}, "rate must be a finite number, found NaN"),
        ({"rate": "fast"}, 'rate must be a number, found "fast"'),
        ({"kernel_size": "3"}, 'kernel_size must be a whole number, found "3"'),
        ({"kernel_size": 2.5}, "kernel_size must be a whole number, found 2.5"),
        ({"kernel_size": True}, "kernel_size must be a whole number, found true"),
        ({"kernel_size": None}, "kernel_size must be a whole number, found null"),
        ({"width": "x"}, 'width must be a whole number, found "x"'),
        ({"bias": 1}, "bias must be true or false, found 1"),
        ({"name": 3}, "name must be text, found 3"),
        ({"name": "abcd"}, "name must have at most 3 characters, found 4"),
        ({"name": ""}, "name must have at least 1 characters, found 0"),
        ({"name": "A"}, 'name must look like ^[a-z]*$, found "A"'),
        ({"mode": "zoom"}, 'mode must be "crop", "stretch" or "pad", found "zoom"'),
        ({"digit": 10}, "digit must be 0 to 9, found 10"),
        ({"sizes": 1}, "sizes must be a list, found 1"),
        ({"sizes": [1, "a"]}, 'sizes[1] must be a whole number, found "a"'),
        ({"sizes": [1, 2, 3]}, "sizes must have at most 2 items, found 3"),
        ({"table": []}, "table must be an object of keys and values, found []"),
        ({"table": {"a": "b"}}, 'table.a must be a whole number, found "b"'),
        ({"inner": 1}, "inner must be an object of keys and values, found 1"),
        ({"inner": {"shift": -1}}, "inner.shift must be at least 0, found -1"),
        ({"odd": 3}, "odd must be a valid bytes, found 3"),
        ({"width": 3}, "width and height must be given together"),
        ({"padding": "valid"}, 'padding must be a whole number, a list or "same", found "valid"'),
        ({"padding": [1, "b"]}, 'padding[1] must be a whole number, found "b"'),
        ({"padding": [1, 2, 3]}, "padding must have at most 2 items, found 3"),
    ],
)
def test_each_sort_of_error_reads_as_a_sentence(values: dict[str, Any], expected: str) -> None:
    assert told(**values) == expected


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Model.model_validate({})
    assert sentence(caught.value) == "needed is missing"


def test_a_misspelt_setting_is_answered_with_the_nearest() -> None:
    assert told(kernel_sise=3) == 'kernel_sise is not a setting; did you mean "kernel_size"?'
    assert told(inner={"shft": 1}) == 'inner.shft is not a setting; did you mean "shift"?'
    assert told(maybe={"shft": 1}) == 'maybe.shft is not a setting; did you mean "shift"?'
    assert told(inners=[{}, {"shft": 1}]) == 'inners[1].shft is not a setting; did you mean "shift"?'
    assert told(inner={"qqq": 1}) == "inner.qqq is not a setting; there are: shift"


def test_without_the_model_a_misspelt_setting_is_still_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Inner.model_validate({"shft": 1})
    assert sentence(caught.value) == "shft is not a setting"


def test_everything_wrong_is_listed_once() -> None:
    with pytest.raises(ValidationError) as caught:
        Model.model_validate({"kernel_size": 0, "padding": "valid", "inner": {"shift": "x"}, "needed": 1})
    assert [place for place, _ in explain(caught.value, Model)] == ["kernel_size", "padding", "inner.shift"]


def test_long_and_hostile_values_are_made_safe() -> None:
    text = told(mode="\u202e" + "x" * 500)
    assert "\u202e" not in text
    assert len(text) < 150
    assert told(**{"a\nb": 1}).startswith("a<U+000A>b is not a setting")
