"""Sends the chat messages owed. Nothing of a send happens inside a transaction."""

import logging
from datetime import datetime

from handoff.models import Handoff
from integrations.models import ChatChannel, ChatMessage
from integrations.queries import timings
from integrations.queries.timings import Timing
from integrations.services import chat_sender, chat_texts, failures, sending
from integrations.services.chat_sender import NotTaken
from journal.transactions import retried

log = logging.getLogger(__name__)


def send_owed(*, at: datetime, limit: int = 100) -> int:
    """Sends what is due, each message under its own lease; returns how many went out.

    A channel that took one of them not is left alone until the next time, so that it holds up no other.
    """
    owed = sending.due(ChatMessage, at).order_by("due_at", "id").select_related("channel__user", "channel__team")
    failed: set[int] = set()
    sent = 0
    for message in list(owed[:limit]):
        if message.channel_id in failed:
            continue
        try:
            sent += _send(message, at)
        except Exception as error:
            # What other errors say could hold the address.
            failure = error if isinstance(error, NotTaken) else NotTaken(type(error).__name__)
            log.warning("chat message %s was not taken: %s", message.pk, failure)
            failed.add(message.channel_id)
            _postpone(message, at, failure)
    return sent


def _send(message: ChatMessage, at: datetime) -> bool:
    """Raises NotTaken."""
    if (moment := _timing(message).first(at)) > at:
        sending.hold(message, at=at, until=moment)
        return False
    if not sending.claim(message, at):
        return False
    ended = ChatChannel.objects.filter(pk=message.channel_id, ended_at__isnull=False).exists()
    text = None if ended else chat_texts.compose(message=message, at=at)
    if text is None:
        sending.end(message, state=ChatMessage.State.DROPPED)
        return False
    chat_sender.deliver(address=message.channel.address, text=text)
    sending.end(message, state=ChatMessage.State.SENT, at=at)
    return True


def _timing(message: ChatMessage) -> Timing:
    """A person's channel keeps their quiet hours, a team's the team's."""
    channel = message.channel
    if channel.team_id:
        return timings.of_team(channel.team_id)
    carried = message.notices.order_by("id").values("handoff_id")[:1]
    handoffs = Handoff.objects.filter(pk__in=carried).values_list("team_id", flat=True)
    team = None if message.is_digest else handoffs.first()
    return timings.of_people([channel.user_id], team_id=team)[channel.user_id]


@retried
def _postpone(message: ChatMessage, at: datetime, error: NotTaken) -> None:
    if not sending.postpone(message, at=at, error=str(error), is_final=error.is_final):
        return
    if error.is_final:
        ChatChannel.objects.filter(pk=message.channel_id, ended_at=None).update(ended_at=at)
    failures.tell_of_dead_message(message=message, at=at)
