"""The gaps' names, as the board and Today say them."""

from handoff.domain.gaps import GapKind
from handoff.web.gap_sentences import HEADS


def gap_label(kind: str) -> str:
    """The name of a kind of gap."""
    return str(HEADS[GapKind(kind)].title)
