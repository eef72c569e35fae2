"""What a tag may be called, whoever names it: a person, a file or another system."""

import re
import unicodedata

MOST_CHARACTERS = 40
# Lists and files write several tags in one text, so no tag holds any of these.
SEPARATORS = "、,;"
_BETWEEN = re.compile(f"[{SEPARATORS}\n]")


def split(text: str) -> list[str]:
    """'展示会、要フォロー' → both, as they are written; full and half width of a separator are one."""
    return _BETWEEN.split(unicodedata.normalize("NFKC", text))


def is_one(name: str) -> bool:
    """Whether the name holds no separator and nothing that cannot be seen."""
    return name.isprintable() and len(split(name)) == 1
