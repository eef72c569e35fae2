"""Hands one text to a chat service, within a deadline and outside any transaction."""

import logging
import re
import threading
from collections.abc import Callable
from typing import Any

from apprise import AppriseAsset, LogCapture, NotifyFormat
from apprise.exception import AppriseException
from apprise.plugins.base import NotifyBase
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.slack import NotifySlack
from apprise.plugins.workflows import NotifyWorkflows

from integrations.domain import chat_services
from integrations.domain.chat_services import ChatService
from integrations.domain.chat_text import ChatText
from integrations.services import outside
from integrations.services.chat_plugins import NotifyChatwork, NotifyLineWorks

DEADLINE_SECONDS = 15.0
# No redirect is followed: it could lead anywhere. The library's pictures would be fetched from a foreign machine by
# everybody who reads a message.
ASSET = AppriseAsset(app_id="Handoff", app_desc="Handoff", http_redirects=False, image_url_mask="", image_url_logo="")
OPTIONS = {"asset": ASSET, "cto": 5.0, "rto": 10.0}
# The address is wrong or was withdrawn; trying again is of no use.
_FOR_GOOD = {"401", "403", "404", "410"}
_STATUS = re.compile(r"error=(\d{3})")


class NotTaken(Exception):
    """The service didn't take it. Says why without any address; `is_final`: it never will."""

    def __init__(self, why: str, *, is_final: bool = False):
        super().__init__(why)
        self.is_final = is_final


def deliver(*, address: str, text: ChatText) -> None:
    """Returns when the service has taken the text. Raises NotTaken."""
    found = chat_services.read(address)
    if found is None:
        raise NotTaken("the address is none of a known service", is_final=True)
    try:
        outside.require_public(found.host)
    except outside.NotPublic:
        raise NotTaken("the address leads into a private network", is_final=True) from None
    except OSError:
        raise NotTaken("the service's name is not known now") from None
    _notify(_plugin(found), text, is_rich=found.service in RICH)


def _notify(plugin: NotifyBase, text: ChatText, *, is_rich: bool) -> None:
    """In a thread of its own: the library's timeouts count each silence, not the whole."""
    # As a title of its own, Google Chat would read what people wrote as marks and mentions.
    content = {"body": text.markdown()} if is_rich else {"title": text.plain_title(), "body": text.plain()}
    content |= {"overflow": "truncate", "body_format": NotifyFormat.MARKDOWN if is_rich else NotifyFormat.TEXT}
    taken: list[bool] = []
    with LogCapture(level=logging.WARNING, fmt="%(message)s") as said:
        sender = threading.Thread(target=lambda: taken.append(_is_taken(plugin, content)), daemon=True)
        sender.start()
        sender.join(DEADLINE_SECONDS)
        words = " ".join(said.getvalue().split())
    if not taken:
        raise NotTaken("no answer in time")
    if not taken[0]:
        status = _STATUS.search(words)
        raise NotTaken(words or "not taken", is_final=bool(status and status[1] in _FOR_GOOD))


def _is_taken(plugin: NotifyBase, content: dict[str, Any]) -> bool:
    """What other errors say could hold the address, so only their kind is told."""
    try:
        return bool(plugin.notify(**content))
    except Exception as error:
        plugin.logger.warning("%s", type(error).__name__)
        return False


def _plugin(found: chat_services.ChatAddress) -> NotifyBase:
    try:
        return PLUGINS[found.service](found.url)
    except (AppriseException, TypeError, KeyError):
        raise NotTaken("the address is not complete", is_final=True) from None


def _of_library(kind: Any) -> Callable[[str], NotifyBase]:
    """A plugin of the library, which reads its service's own addresses."""
    return lambda url: kind(**{**kind.parse_native_url(url), **OPTIONS})


def _line_works(url: str) -> NotifyBase:
    return NotifyLineWorks(url.rpartition("/")[2], **OPTIONS)


def _chatwork(url: str) -> NotifyBase:
    token, _at, room = url.removeprefix("chatwork://").partition("@")
    return NotifyChatwork(token, room, **OPTIONS)


PLUGINS: dict[ChatService, Callable[[str], NotifyBase]] = {
    ChatService.SLACK: _of_library(NotifySlack),
    ChatService.TEAMS: _of_library(NotifyWorkflows),
    ChatService.GOOGLE_CHAT: _of_library(NotifyGoogleChat),
    ChatService.LINE_WORKS: _line_works,
    ChatService.CHATWORK: _chatwork,
}
# They show links by their names; the others show text alone.
RICH = {ChatService.SLACK, ChatService.TEAMS, ChatService.GOOGLE_CHAT}
