"""Numbers as people type or paste them, whatever their keyboard and language: `0,003`, `1 000`, `٣٫٥`, `−2`."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "÷": "/", "٫": ".", "٬": "'", "’": "'", "،": ","})
WIDE = range(0xFF01, 0xFF5F)  # the letters of ASCII as Chinese and Japanese keyboards have them
RUN = re.compile(r"[0-9.,'](?:[0-9.,']|\s(?=\d{3}(?!\d)))*")
THOUSANDS = re.compile(r"\d{1,3}(?:[\s']\d{3})+(?![\d\s'])")
GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+\Z|[1-9]\d{0,2}(?:\.\d{3})+\Z")


class AmbiguousError(ValueError):
    """The text may be two numbers; the error's text says which, as a sentence."""


def plain_number(text: str, point: str = ".") -> str:
    """Returns the text with plain digits, a point before decimals and nothing between thousands.

    A comma is the decimal sign where it cannot be anything else, or where `point` says so. What is no number stays as
    it is, so that whoever reads the text says what is wrong with it.

    Args:
        text: a number, or a sum of some.
        point: the decimal sign of the person's language.

    Raises:
        AmbiguousError: `1,234` where the decimal sign is a point: it may be 1234 or 1.234.
    """
    kept = [_letter(each) for each in text[: LONGEST + 1] if unicodedata.category(each) != "Cf"]
    return RUN.sub(lambda found: _one(found[0], point), "".join(kept).translate(SIGNS)).strip()


def _letter(character: str) -> str:
    """The same digit or sign in ASCII, where it is one of another script."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return chr(ord(character) - 0xFEE0) if ord(character) in WIDE else character


def _one(run: str, point: str) -> str:
    """One number of digits and signs between them."""
    if re.search(r"[\s']", run):
        if not THOUSANDS.match(run):
            return run
        run = re.sub(r"[\s']", "", run)
    commas, points = run.count(","), run.count(".")
    if commas and points:
        front, sign, end = run.rpartition(max(",.", key=run.rindex))
        return f"{re.sub('[.,]', '', front)}.{end}" if GROUPED.match(front) and sign not in front else run
    if commas + points > 1:
        return re.sub("[.,]", "", run) if GROUPED.match(run) else run
    sign = "," if commas else "."
    front, _, end = run.partition(sign)
    is_foreign = sign != point and not (sign == "." and point != ",")
    if is_foreign and GROUPED.match(run) and sign in run:
        raise AmbiguousError(
            f'"{run}" may be {front}{end} or {front}.{end}. Write {front}{end}, or {front}{point}{end} with the sign '
            "of this language."
        )
    return run.replace(",", ".")
