"""Which chat services there are, and how the secret address of a channel looks that each of them gives out.

Only these addresses are taken, each at a host of its service: there is no way to name another machine.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.db.models import TextChoices

# Signs of an address as it is kept, which can be longer than it was typed: what its parameters say is encoded anew.
LONGEST = 600


class ChatService(TextChoices):
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Microsoft Teams"
    GOOGLE_CHAT = "google_chat", "Google Chat"
    LINE_WORKS = "line_works", "LINE WORKS"
    CHATWORK = "chatwork", "Chatwork"


@dataclass(frozen=True, repr=False)
class ChatAddress:
    """`url` is a secret: whoever has it writes into the channel. `shown` may be shown."""

    service: ChatService
    host: str
    url: str
    shown: str


def read(text: str) -> ChatAddress | None:
    """The address as its service gave it out, without what it doesn't need; None for any other text."""
    for service, pattern, make in _FORMS:
        if found := re.fullmatch(pattern, text.strip(), re.ASCII):
            address = make(service, found)
            return address if address and len(address.url) <= LONGEST else None
    return None


def _whole(service: ChatService, found: "re.Match[str]") -> ChatAddress:
    """An address that is a secret from its path on."""
    return ChatAddress(service, found["host"], found[0], _shown(found["host"], found[0]))


def _queried(service: ChatService, found: "re.Match[str]") -> ChatAddress | None:
    """An address whose secret stands among its parameters; what else stands there could tell the library more."""
    given = dict(parse_qsl(found["query"]))
    wanted = _PARAMETERS[service]
    if not wanted <= given.keys():
        return None
    query = urlencode({name: value for name, value in given.items() if name in wanted})
    url = f"{found['base']}?{query}"
    secret = given["token" if service == ChatService.GOOGLE_CHAT else "sig"]
    return ChatAddress(service, found["host"], url, _shown(found["host"], secret))


def _chatwork(service: ChatService, found: "re.Match[str]") -> ChatAddress:
    return ChatAddress(service, "api.chatwork.com", found[0], f"chatwork://…@{found['room']}")


def _shown(host: str, secret: str) -> str:
    return f"https://{host}/…{secret[-4:]}"


Make = Callable[[ChatService, "re.Match[str]"], ChatAddress | None]

_PARAMETERS = {
    ChatService.GOOGLE_CHAT: {"key", "token"},
    ChatService.TEAMS: {"api-version", "sp", "sv", "sig"},
}
_FORMS: tuple[tuple[ChatService, str, Make], ...] = (
    (
        ChatService.SLACK,
        r"https://(?P<host>hooks\.slack\.com)/services/[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9]{8,}",
        _whole,
    ),
    (
        ChatService.TEAMS,
        r"(?P<base>https://(?P<host>(?:[a-z0-9-]{1,63}\.)+(?:logic\.azure|api\.powerplatform)\.com)(?::443)?"
        r"(?:/powerautomate/automations/direct(?:/cu/[0-9]+)?)?"
        r"/workflows/[A-Za-z0-9_-]+/triggers/manual/paths/invoke)/?\?(?P<query>\S+)",
        _queried,
    ),
    (
        ChatService.GOOGLE_CHAT,
        r"(?P<base>https://(?P<host>chat\.googleapis\.com)/v1/spaces/[A-Za-z0-9_-]+/messages)\?(?P<query>\S+)",
        _queried,
    ),
    (ChatService.LINE_WORKS, r"https://(?P<host>webhook\.worksmobile\.com)/message/[A-Za-z0-9-]{8,}", _whole),
    (ChatService.CHATWORK, r"chatwork://[A-Za-z0-9]{8,}@(?P<room>[0-9]{1,20})", _chatwork),
)
