"""Somebody's working time or quiet hours have changed: what is owed to them may go out sooner.

What must wait longer needs nothing here: the sender asks again before it sends.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Membership
from handoff.models import Handoff
from integrations.models import ChatMessage, Mail, Notice
from integrations.models.sending import Sending
from integrations.queries import timings
from integrations.queries.timings import Timing
from journal import doorbell
from journal.transactions import retried

CHUNK = 500


@dataclass(frozen=True)
class Owed:
    """One message that waits: whose it is, and with which team its matter lies (None: a digest's or none)."""

    pk: int
    is_digest: bool
    user_id: int | None
    team_id: int | None


@retried
def look_again(*, at: datetime, people: Collection[int] | None = None, team: int | None = None) -> int:
    """Brings forward what is owed to these people and to the channels of this team (None: to all); returns how much.

    One that was tried already keeps its own time. The number of statements follows the teams, not the messages.
    """
    mails, messages = _mails(at), _messages(at)
    if people is not None:
        mails = mails.filter(user__in=people)
        messages = messages.filter(channel__user__in=people) | messages.filter(channel__team=team or 0)
    moved = _bring_forward(Mail, [Owed(*row) for row in mails], at)
    moved += _bring_forward(ChatMessage, [_of_channel(*row) for row in messages], at)
    if moved:
        for task in ("send_mail", "send_chat"):
            transaction.on_commit(lambda task=task: doorbell.ring(f"integrations.tasks.{task}"), robust=True)
    return moved


def members_of(team_id: int) -> list[int]:
    """Whom a team's own settings concern."""
    return list(Membership.objects.filter(team=team_id).values_list("user_id", flat=True))


def _mails(at: datetime) -> QuerySet[Mail, tuple[int, bool, int, int | None]]:
    team = _team_of(Notice.objects.filter(carried_by=OuterRef("pk")))
    return _waiting(Mail, at).annotate(team=team).values_list("pk", "is_digest", "user_id", "team")


def _messages(at: datetime) -> QuerySet[ChatMessage, tuple[int, bool, int | None, int | None, int | None]]:
    team = _team_of(Notice.objects.filter(chat_messages=OuterRef("pk")))
    rows = _waiting(ChatMessage, at).filter(channel__ended_at=None).annotate(team=team)
    return rows.values_list("pk", "is_digest", "channel__user_id", "channel__team_id", "team")


def _waiting(kind: type[Sending], at: datetime) -> QuerySet:
    return kind._default_manager.filter(state=Sending.State.OWED, attempts=0, due_at__gt=at)


def _team_of(notices: QuerySet[Notice]) -> Subquery:
    """The team of the handoff that the first of these notices is about."""
    first = notices.order_by("id").values("handoff_id")[:1]
    return Subquery(Handoff.objects.filter(pk=Subquery(first)).values("team")[:1])


def _of_channel(pk: int, is_digest: bool, user_id: int | None, channel_team: int | None, team: int | None) -> Owed:
    return Owed(pk, is_digest, user_id, team if user_id else channel_team)


def _bring_forward(kind: type[Sending], owed: Iterable[Owed], at: datetime) -> int:
    moments: dict[datetime, list[int]] = defaultdict(list)
    by_team: dict[int | None, list[Owed]] = defaultdict(list)
    for one in owed:
        by_team[None if one.is_digest and one.user_id else one.team_id].append(one)
    for team_id, rows in by_team.items():
        people = timings.of_people([one.user_id for one in rows if one.user_id], team_id=team_id)
        shared = timings.of_team(team_id) if team_id and any(one.user_id is None for one in rows) else None
        for one in rows:
            timing: Timing | None = people[one.user_id] if one.user_id else shared
            if timing is not None:
                moments[timing.morning(at) if one.is_digest else timing.first(at)].append(one.pk)
    return sum(
        kind._default_manager.filter(
            pk__in=pks[first : first + CHUNK], state=Sending.State.OWED, due_at__gt=moment
        ).update(due_at=moment)
        for moment, pks in moments.items()
        for first in range(0, len(pks), CHUNK)
    )
