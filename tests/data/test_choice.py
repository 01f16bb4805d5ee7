"""The text that names data on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import UsageError
from workbench.data.choice import parse_choice


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("folder:a/b,width=9,height=8", {"path": "a/b", "width": 9, "height": 8}),
        ("folder:cats, dogs", {"path": "cats, dogs"}),
        ("folder:C:/my data,old,resize=pad", {"path": "C:/my data,old", "resize": "pad"}),
        ("folder:a, b=c,channels=1", {"path": "a, b=c", "channels": 1}),
        ("npz:x.npz,label=", {"path": "x.npz", "label": ""}),
        ("folder:a,wdith=9", {"path": "a", "wdith": 9}),  # a misspelt option stays one, and is answered as such
    ],
)
def test_a_comma_may_be_part_of_a_path(text: str, options: dict[str, object]) -> None:
    assert parse_choice(text)[1] == options


def test_options_without_a_path() -> None:
    assert parse_choice("heads,size=16") == ("heads", {"size": 16})
    assert parse_choice("natural,crops=5,grey=false") == ("natural", {"crops": 5, "grey": False})


def test_a_file_of_that_very_name_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x,width=3").mkdir()
    assert parse_choice("folder:x,width=3") == ("folder", {"path": "x,width=3"})
    assert parse_choice("folder:y,width=3") == ("folder", {"path": "y", "width": 3})


def test_a_source_that_is_not_there() -> None:
    with pytest.raises(UsageError, match=r'no data source "clouds"\. There are: .*folder'):
        parse_choice("clouds:x,y=1")


@pytest.mark.parametrize("text", ["heads,size", "folder:a,width=3, old", "natural,"])
def test_what_is_no_option_is_answered_with_what_there_is(text: str) -> None:
    with pytest.raises(UsageError, match=r"not of the form key=value\. A comma parts the options of a source \(\w+"):
        parse_choice(text)
