"""What a chat message says, as text alone and as the Markdown that Slack, Teams and Google Chat are given."""

import re
from dataclasses import dataclass

_SPECIAL = re.compile(r"([\\\[\]<>]|^#)")
# Slack and Google Chat know no way to write these without their meaning: the wide ones mean nothing.
_WIDE = str.maketrans("*`~", "＊｀～")
# Text alone has marks as well, and no way to write them without their meaning: [toall] calls everybody of a Chatwork
# room, <m userId="all"> everybody of a LINE WORKS room.
_WIDE_BRACKETS = str.maketrans("[]<>", "［］＜＞")
Link = tuple[str, str]


@dataclass(frozen=True)
class ChatItem:
    """One matter: its title, the reason in one line, and links as (label, address)."""

    title: str
    reason: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class ChatText:
    """One item, or several under a heading."""

    heading: str
    items: tuple[ChatItem, ...]
    foot: str = ""

    @property
    def title(self) -> str:
        """The heading, else the title of the one item."""
        return self.heading or self.items[0].title

    def plain_title(self) -> str:
        """The title as text alone."""
        return unmarked(self.title)

    def plain(self) -> str:
        """What follows the title, as lines of text; addresses stand beside what they do."""
        blocks = []
        for item in self.items:
            lines = [unmarked(item.title)] if self.heading else []
            lines += [unmarked(item.reason)] if item.reason else []
            blocks.append("\n".join([*lines, *(f"{unmarked(label)}: {url}" for label, url in item.links)]))
        return "\n\n".join([*blocks, unmarked(self.foot)] if self.foot else blocks)

    def markdown(self) -> str:
        """All of it as paragraphs and lists of links; whatever people wrote is escaped."""
        parts = [f"**{escaped(self.title)}**"]
        for item in self.items:
            parts += [f"**{escaped(item.title)}**"] if self.heading else []
            parts += [escaped(item.reason)] if item.reason else []
            parts += ["\n".join(f"- [{escaped(label)}]({url})" for label, url in item.links)] if item.links else []
        return "\n\n".join([*parts, escaped(self.foot)] if self.foot else parts)


def unmarked(text: str) -> str:
    """Nothing in it is read as a mark or a mention where text alone is given."""
    return text.translate(_WIDE_BRACKETS)


def escaped(text: str) -> str:
    """No link, mention or block begins in it, and it stays one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()).translate(_WIDE))
