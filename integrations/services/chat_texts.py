"""Composes a chat message when it is sent, from what is still true then."""

from collections import defaultdict
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import navigation
from accounts.interface import dates, figures
from accounts.queries import organization
from integrations.domain.chat_text import ChatItem, ChatText
from integrations.models import ChatChannel, ChatMessage, Notice
from integrations.queries import notice_rows
from integrations.queries.addresses import full
from integrations.queries.notice_rows import NoticeRow
from integrations.services import ways_on

# A whole summary fits into one message of LINE WORKS, whose text ends at 2,000 characters.
MOST_ITEMS = 8
MOST_NAMES = 3


def compose(*, message: ChatMessage, at: datetime) -> ChatText | None:
    """In the language of its person or channel; None when there is nothing left to write about."""
    channel = message.channel
    if channel.user is not None and not channel.user.is_active:
        return None
    found = message.notices.filter(user__is_active=True).select_related("user").order_by("id")
    notices = [notice for notice in found if not notice_rows.is_settled(notice)]
    if message.is_digest and channel.user is not None:
        notices = [notice for notice in notices if notice.read_at is None]
    if not notices:
        return None
    language = channel.user.language if channel.user else channel.language
    zone = organization.current().zone
    with translation.override(language or None), timezone.override(zone), dates.read_at(lambda: at):
        matters = _matters(notices)
        return _digest(channel, matters) if message.is_digest else _single(message, matters[0], at)


def trial(channel: ChatChannel) -> ChatText:
    """What the button for a test sends, in the language of the channel."""
    with translation.override((channel.user.language if channel.user else channel.language) or None):
        reason = _("This channel is connected. Notices from Handoff will appear here.")
        return ChatText("", (ChatItem(_("Test message from Handoff"), reason, ()),))


def _matters(notices: list[Notice]) -> list[tuple[list[Notice], NoticeRow]]:
    """The notices of each matter, and how the first of them reads; in the order in which they came."""
    by_key: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_key[notice.key].append(notice)
    rows = notice_rows.rows([same[0] for same in by_key.values()])
    return list(zip(by_key.values(), rows, strict=True))


def _single(message: ChatMessage, matter: tuple[list[Notice], NoticeRow], at: datetime) -> ChatText:
    notices, row = matter
    channel = message.channel
    if channel.user is None:
        return ChatText("", (_item(channel, notices, row, longest=200),))
    ways = ways_on.of(user=channel.user, key=f"chat:{message.pk}", notice=notices[0], url=row.url, at=at)
    links = tuple((way.label, way.url) for way in ways)
    foot = _("The links act for you without signing in. They work once, for seven days.") if len(links) > 1 else ""
    return ChatText("", (ChatItem(_cut(row.text, 150), _cut(row.note, 300), links),), foot)


def _digest(channel: ChatChannel, matters: list[tuple[list[Notice], NoticeRow]]) -> ChatText:
    count = len(matters)
    heading = ngettext("%(count)d item is waiting for you", "%(count)d items are waiting for you", count)
    items = [_item(channel, notices, row, longest=80) for notices, row in matters[:MOST_ITEMS]]
    more = count - len(items)
    if more:
        told = ngettext("%(number)d more", "%(number)d more", more) % {"number": more}
        items.append(ChatItem(told, "", ((_("All notices"), full(navigation.address("notices"))),)))
    return ChatText(heading % {"count": count}, tuple(items))


def _item(channel: ChatChannel, notices: list[Notice], row: NoticeRow, *, longest: int) -> ChatItem:
    """Without signed links: a team's channel has many readers, and a summary would be full of them."""
    title = row.text
    if channel.team_id:
        title = _("For %(names)s: %(title)s") % {"names": _names(notices), "title": row.text}
    links = tuple((way.label, way.url) for way in ways_on.plain(row.url))
    return ChatItem(_cut(title, longest), _cut(row.note, longest), links)


def _names(notices: list[Notice]) -> str:
    people = [figures.addressed(notice.user) for notice in notices]
    shown = figures.listed(people[:MOST_NAMES])
    others = len(people) - MOST_NAMES
    if others <= 0:
        return shown
    said = ngettext("%(names)s and %(number)d other", "%(names)s and %(number)d others", others)
    return said % {"names": shown, "number": others}


def _cut(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
