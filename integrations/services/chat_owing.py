"""Decides which chat messages carry a notice: one in each channel of its person, one in each of its person's team."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import Organization
from handoff.models import Handoff
from integrations.domain.announcement import Announcement
from integrations.domain.telling import Pace
from integrations.models import ChatChannel, ChatMessage, Notice
from integrations.queries import timings
from integrations.queries.timings import Timing
from journal import doorbell


def owe(*, notices: Iterable[Notice], announcement: Announcement, at: datetime) -> None:
    """Writes the message rows. Call it in the notices' transaction; safe to repeat.

    `notices` are of one announcement. What concerns several people of a team is one message in the team's channel.
    The sample company writes into no chat.
    """
    told = list(notices)
    handoffs = Handoff.objects.filter(pk=announcement.handoff_id).values_list("team_id", flat=True)
    team_id = handoffs.first() if announcement.handoff_id else None
    teams = timings.teams_of([notice.user_id for notice in told], team_id=team_id)
    channels = _channels(told, teams)
    if not channels or Organization.objects.filter(is_sample=True).exists():
        return
    people = timings.of_people([notice.user_id for notice in told], team_id=team_id)
    for channel in channels:
        mine = [
            n
            for n in told
            if channel.user_id == n.user_id or (channel.team_id and channel.team_id == teams.get(n.user_id))
        ]
        timing = people[channel.user_id] if channel.user_id else timings.of_team(channel.team_id)
        _carry(channel, mine, announcement, timing, at)
    transaction.on_commit(lambda: doorbell.ring("integrations.tasks.send_chat"), robust=True)


def _channels(notices: list[Notice], teams: dict[int, int]) -> list[ChatChannel]:
    wanted = Q(user__in={notice.user_id for notice in notices}) | Q(team__in=set(teams.values()))
    return list(ChatChannel.objects.filter(wanted, ended_at=None).order_by("pk"))


def _carry(
    channel: ChatChannel, notices: list[Notice], announcement: Announcement, timing: Timing, at: datetime
) -> None:
    carried = set(
        Notice.objects.filter(chat_messages__channel=channel, pk__in=[n.pk for n in notices]).values_list(
            "pk", flat=True
        )
    )
    left = [notice for notice in notices if notice.pk not in carried]
    if not left:
        return
    is_digest = channel.pace == Pace.DIGEST
    earliest = max(at, announcement.mail_from or at)
    # A digest's moment lies ahead, so no sender can have read its notices yet.
    moment = timing.morning(at) if is_digest else timing.first(earliest)
    key = f"digest:{moment.astimezone(UTC):%Y-%m-%dT%H:%M}" if is_digest else announcement.key
    values = {"is_digest": is_digest, "due_at": moment}
    message = _brought_forward(channel, moment) if is_digest else None
    if message is None:
        message, _is_new = ChatMessage.objects.get_or_create(channel=channel, key=key, defaults=values)
    message.notices.add(*left)


def _brought_forward(channel: ChatChannel, moment: datetime) -> ChatMessage | None:
    """The digest that changed hours gave this moment: it has another name."""
    owed = channel.messages.filter(is_digest=True, due_at=moment, state=ChatMessage.State.OWED)
    return owed.order_by("pk").first()
