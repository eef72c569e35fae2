"""What files for people are called: as every system takes it."""

_MOST_SIGNS = 60
_MOST_BYTES = 255  # in UTF-8, with its ending; file systems take no more
_NOT_IN_FILES = frozenset('\\/:*?"<>|')


def file_name(name: str, rest: str, *, otherwise: str) -> str:
    """`name` without signs of paths and controls and not too long, else `otherwise`; then `rest`, with the ending."""
    plain = "".join(" " if sign in _NOT_IN_FILES or not sign.isprintable() else sign for sign in name)
    room = _MOST_BYTES - len(rest.encode())
    short = " ".join(plain.split())[:_MOST_SIGNS].encode()[:room].decode(errors="ignore").strip(" .")
    return f"{short or otherwise}{rest}"
