"""Folds Japanese and Latin text to one form, so that what reads the same compares the same."""

import re
import unicodedata

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−⁃﹣－", "-"))
# Katakana long marks look like dashes between kana; they are kept. Variant kanji that people type either way:
_VARIANTS = str.maketrans("髙﨑德濵桒塚", "高崎徳濱桑塚")
_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_SPACE = re.compile(r"\s+")


def tidy(text: str) -> str:
    """As a person would write it: full-width Latin and half-width kana mended, one space between words."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def fold(text: str) -> str:
    """For comparing: like `tidy`, without case, hiragana as katakana, variant kanji and dashes as one."""
    tidied = unicodedata.normalize("NFKC", text).casefold()
    folded = tidied.translate(_DASHES).translate(_VARIANTS).translate(_HIRAGANA)
    return _SPACE.sub(" ", folded).strip()


def squeeze(text: str) -> str:
    """`fold` without any space: 山田 太郎 and 山田太郎 are one."""
    return fold(text).replace(" ", "")
