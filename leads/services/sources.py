"""Where a lead came from: every source is kept, the first is the channel."""

from datetime import datetime
from itertools import chain, count

from django.utils.text import slugify

from journal.transactions import one_at_a_time
from leads.models import Campaign, Channel, Lead, LeadSource
from leads.queries import channels


def channel_named(name: str | Channel | None) -> Channel | None:
    """The channel that this name means in either language, made if it is new."""
    if not name or isinstance(name, Channel):
        return name or None
    known = channels.named(name)
    if known is None:
        one_at_a_time("channels")
        known = channels.named(name) or new_channel(name)
    return known


def new_channel(name: str) -> Channel:
    """One more channel, whatever others mean the same; the name must be free."""
    return Channel.objects.create(name=name, code=_free_code(name))


def _free_code(name: str) -> str:
    code = slugify(name, allow_unicode=True)[:50] or "channel"
    taken = set(Channel.objects.filter(code__startswith=code).values_list("code", flat=True))
    return next(free for free in chain([code], (f"{code}-{n}" for n in count(2))) if free not in taken)


def campaign_named(name: str | Campaign | None, channel: Channel | None) -> Campaign | None:
    """The campaign of this name within the channel, made if it is new; None without a channel."""
    if not name or isinstance(name, Campaign):
        return name or None
    return Campaign.objects.get_or_create(channel=channel, name=name)[0] if channel else None


def channel_of_campaign(name: str | Campaign | None) -> Channel | None:
    """The channel of a campaign that is named without one; None where no such campaign is known."""
    if not name or isinstance(name, Campaign):
        return name.channel if name else None
    known = Campaign.objects.select_related("channel").filter(name=name).first()
    return known.channel if known else None


def add(*, lead: Lead, channel: Channel | None, campaign: Campaign | None, at: datetime) -> bool:
    """Keeps one more source of the lead; returns whether it was new."""
    if channel is None:
        return False
    if LeadSource.objects.filter(lead=lead, channel=channel, campaign=campaign).exists():
        return False
    LeadSource.objects.create(lead=lead, channel=channel, campaign=campaign, at=at)
    return True
