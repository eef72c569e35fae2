"""Folds Japanese and Latin text to one form, so that what reads the same compares the same."""

import re
import unicodedata
from functools import lru_cache

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−⁃﹣－", "-"))
# Katakana long marks look like dashes between kana; they are kept. Variant kanji that people type either way:
_VARIANTS = str.maketrans(
    "髙﨑德桒塚濵濱會國學藝醫樂寶惠應榮壽鐵藏澤廣邊邉齋齊眞櫻驛龍圓嶋嶌瀧豐彌祿靜條縣區澁淺瀨黑戶產增郞綠",
    "高崎徳桑塚浜浜会国学芸医楽宝恵応栄寿鉄蔵沢広辺辺斎斉真桜駅竜円島島滝豊弥禄静条県区渋浅瀬黒戸産増郎緑",
)
_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_FOLDED: dict[int, str | int | None] = {**_DASHES, **_VARIANTS, **_HIRAGANA}


def tidy(text: str) -> str:
    """As a person would write it: full-width Latin and half-width kana mended, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


_NARROW_KANA = re.compile(r"[｡-ﾟ]+")


def wide_kana(text: str) -> str:
    """Half-width kana as one reads them, ﾔﾏﾀﾞ as ヤマダ; all else as it is written."""
    return _NARROW_KANA.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)


# Words of lists come again and again; long texts don't, and would fill the memory.
KEPT_LENGTH = 60


def fold(text: str) -> str:
    """For comparing: like `tidy`, without case, hiragana as katakana, variant kanji and dashes as one."""
    return _kept_fold(text) if len(text) <= KEPT_LENGTH else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED).split())


_kept_fold = lru_cache(maxsize=8192)(_fold)


def squeeze(text: str) -> str:
    """`fold` without any space: 山田 太郎 and 山田太郎 are one."""
    return fold(text).replace(" ", "")
