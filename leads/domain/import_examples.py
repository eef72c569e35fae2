"""Recognises the row of a template that only shows how to fill it in."""

import re
from collections.abc import Sequence

_SIGN = re.compile(r"[（(【\[<＜※]?\s*(?:記入例|入力例)|[（(【\[]例[）)】\]]|(?:example|sample) row\b", re.I)


def is_example(cells: Sequence[str]) -> bool:
    """Whether the first filled cell begins with 記入例, 【例】 or the like."""
    return bool(_SIGN.match(next((cell.strip() for cell in cells if cell.strip()), "")))
