"""Connecting and removing chat channels, and trying one."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from integrations.domain import chat_services
from integrations.domain.telling import Pace
from integrations.models import ChatChannel
from integrations.services import chat_sender, chat_texts
from integrations.services.notice_settings import may_choose
from journal import services as journal
from journal.errors import Conflict, DomainError, FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried

MOST_CHANNELS = 10


class TooManyChannels(Conflict):
    """More would be a mistake."""

    code = "too_many_channels"
    message = _("Remove a channel first: ten are the most.")


class TrialFailed(DomainError):
    """The service didn't take the test message."""

    code = "trial_failed"
    status = 409
    message = _("%(name)s did not accept the message. Try again in a few minutes.")


@retried
def connect(
    *,
    name: str,
    address: str,
    pace: str,
    by: User,
    at: datetime,
    user: User | None = None,
    team: Team | None = None,
    language: str = "",
) -> ChatChannel:
    """A new channel of the person or the team; `language` is in which a team is written to.

    The address stays a secret. Raises Forbidden, TooManyChannels, and Invalid naming each wrong field.
    """
    _require(by, user, team)
    found = chat_services.read(address)
    faults = []
    if not name.strip():
        faults.append(FieldError("name", "required", _("Enter a name, such as that of the channel.")))
    if found is None:
        faults.append(
            FieldError("address", "unknown_address", _("This is not the webhook address of a known service."))
        )
    if pace not in {Pace.AT_ONCE, Pace.DIGEST}:
        faults.append(FieldError("pace", "unknown", _("Choose one of the ways.")))
    if team is not None and language not in dict(settings.LANGUAGES):
        faults.append(FieldError("language", "unknown", _("Choose a language.")))
    if faults or found is None:
        raise Invalid(_("The channel was not added."), errors=faults)
    one_at_a_time("chat channels")
    theirs = ChatChannel.objects.filter(user=user, team=team)
    if theirs.filter(address=found.url, ended_at=None).exists():
        taken = FieldError("address", "taken", _("This channel is connected already."))
        raise Invalid(_("The channel was not added."), errors=[taken])
    if theirs.count() >= MOST_CHANNELS:
        raise TooManyChannels
    channel = ChatChannel.objects.create(
        user=user,
        team=team,
        name=name.strip(),
        service=found.service,
        address=found.url,
        pace=pace,
        language=language if team else "",
        created_by=by,
        created_at=at,
    )
    journal.record("chat_channel.connected", subject=channel, by=by, at=at, data=_told(channel))
    return channel


@retried
def remove(*, channel: ChatChannel, by: User, at: datetime) -> None:
    """Nothing is sent there any more; what was owed to it goes too. Once, however often it is asked for."""
    _require(by, channel.user, channel.team)
    told = _told(channel)
    if ChatChannel.objects.filter(pk=channel.pk).delete()[0]:
        journal.record("chat_channel.removed", subject=channel, by=by, at=at, data=told)


def send_trial(*, channel: ChatChannel, by: User) -> None:
    """Sends a test message now, whatever the hour. Raises Forbidden, TrialFailed saying why."""
    _require(by, channel.user, channel.team)
    try:
        chat_sender.deliver(address=channel.address, text=chat_texts.trial(channel))
    except chat_sender.NotTaken as error:
        name = channel.get_service_display()
        if error.is_final:
            raise TrialFailed(_("%(name)s does not know this address, or it was withdrawn."), name=name) from None
        raise TrialFailed(name=name) from None


def _require(by: User, user: User | None, team: Team | None) -> None:
    if not may_choose(by=by, user=user, team=team):
        raise Forbidden(_("You can only connect channels of your own."))


def _told(channel: ChatChannel) -> dict[str, object]:
    """What the log keeps: no name, no address."""
    return {"service": channel.service, "user": channel.user_id, "team": channel.team_id}
