"""What people call the splits of their data: one table for folders, IDX files and arrays."""

from __future__ import annotations

import re

WORDS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "validate": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
    "testing": "test",
    "t10k": "test",
}
ALTERNATIVES = "|".join(sorted(WORDS, key=len, reverse=True))  # for patterns; the longer word first
PLAIN = frozenset({"train", "validation", "valid", "val", "test"})  # taken without a word about it
PERHAPS_VALIDATION = frozenset({"dev", "devel", "development", "eval", "evaluation", "holdout"})
AFTER = re.compile(r"[-_ .]*(set|data|images|pictures|split)?\Z")


def split_of(name: str) -> str | None:
    """Returns the split that a folder or an array is named after, such as "test" for `Testing_set`; None for others."""
    return WORDS.get(AFTER.sub("", name.strip().lower()))
