"""Texts as rows of numbers: cut into words or characters, numbered by how often they occur."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

import numpy as np

from workbench.data.chunks import zeros
from workbench.data.listening import heard
from workbench.data.spec import Array

PADDING, UNKNOWN = "", "�"  # tokens 0 and 1
MEANINGLESS = (PADDING, UNKNOWN)
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]", re.UNICODE)
WITHOUT_BLANKS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")  # scripts that do not part words


def words_of(text: str) -> list[str]:
    """Returns the words of a text in small letters, and its punctuation marks one by one."""
    return WORD.findall(text.lower())


def characters_of(text: str) -> list[str]:
    """Returns the characters of a text in small letters; blanks in a row count once."""
    return list(" ".join(text.lower().split()))


def _with_pairs(tokens: list[str], between: str) -> list[str]:
    """Tokens, and behind each one the pair that it makes with the next."""
    pairs = [f"{first}{between}{second}" for first, second in pairwise(tokens)]
    return [each for together in zip_longest(tokens, pairs) for each in together if each is not None]


def word_pairs_of(text: str) -> list[str]:
    """Returns the words of a text, and behind each the pair that it makes with the next."""
    return _with_pairs(words_of(text), " ")


def character_pairs_of(text: str) -> list[str]:
    """Returns the characters of a text, and behind each the pair that it makes with the next."""
    return _with_pairs(characters_of(text), "")


UNITS = {
    "words": words_of,
    "characters": characters_of,
    "word_pairs": word_pairs_of,
    "character_pairs": character_pairs_of,
}
TOLD = dict(zip(UNITS, ("words", "characters", "words and pairs", "characters and pairs"), strict=True))  # for people


def unit_for(texts: Sequence[str], most: int = 200) -> str:
    """Returns "characters" for scripts without blanks between words, such as Chinese, else "words"."""
    letters = [letter for text in texts[:most] for letter in text[:most] if letter.isalpha()]
    foreign = sum(unicodedata.name(letter, "").startswith(WITHOUT_BLANKS) for letter in letters)
    return "characters" if letters and 2 * foreign > len(letters) else "words"


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that have a number.

    Attributes:
        tokens: by number; 0 fills up short texts, 1 stands for every token that is not here.
        unit: what texts are cut into, a key of `UNITS`.
    """

    tokens: tuple[str, ...]
    unit: str

    def numbers(self, texts: Sequence[str], length: int) -> Array:
        """Returns texts as numbers (N, length), cut or filled up at their ends, int64."""
        known = {token: number for number, token in enumerate(self.tokens)}
        cut = UNITS[self.unit]
        made: Array = zeros((len(texts), 8 * length)).view(np.int64)
        for row, text in enumerate(heard(texts, "texts")):
            tokens = cut(text)[:length]
            made[row, : len(tokens)] = [known.get(token, 1) for token in tokens]
        return made


def vocabulary_of(texts: Sequence[str], unit: str, *, most: int, fewest: int) -> Vocabulary:
    """Returns the tokens of texts, the most frequent first.

    Args:
        texts: that are learnt from.
        unit: what texts are cut into, a key of `UNITS`.
        most: how many tokens at most, besides padding and unknown.
        fewest: how often one must occur.
    """
    counts = Counter(token for text in heard(texts, "texts") for token in UNITS[unit](text))
    common = [token for token, count in counts.most_common(most) if count >= fewest]
    return Vocabulary((PADDING, UNKNOWN, *common), unit)
