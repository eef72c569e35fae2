"""Channels and campaigns with their cost, as figures on channels need them."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from journal import services as journal
from journal.errors import FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried
from leads.models import Campaign, Channel
from leads.services import sources


class BadChannel(Invalid):
    code = "bad_channel"
    message = _("The channel was not saved.")


class BadCampaign(Invalid):
    code = "bad_campaign"
    message = _("The campaign was not saved.")


def _require(by: User | None) -> None:
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise Forbidden(_("Only an administrator can change channels and campaigns."))


@retried
def add_channel(*, name: str, by: User | None, at: datetime) -> Channel:
    """A new channel. Raises BadChannel when the name is empty or taken, Forbidden."""
    _require(by)
    one_at_a_time("channels")
    if not name.strip() or Channel.objects.filter(name=name.strip()).exists():
        raise BadChannel(errors=[FieldError("name", "taken", _("This channel name is already in use."))])
    channel = sources.new_channel(name.strip())
    journal.record("channel.added", subject=channel, by=by, at=at, data={"name": channel.name})
    return channel


@retried
def switch_channel(*, channel: Channel, is_active: bool, by: User | None, at: datetime) -> None:
    """Whether the channel is offered for new leads; what is recorded stays."""
    _require(by)
    if Channel.objects.filter(pk=channel.pk).exclude(is_active=is_active).update(is_active=is_active):
        journal.record("channel.switched", subject=channel, by=by, at=at, data={"is_active": is_active})


@retried
def keep_campaign(
    *,
    campaign: Campaign | None,
    channel: Channel,
    name: str,
    cost: Decimal,
    starts_on: date | None,
    ends_on: date | None,
    by: User | None,
    at: datetime,
) -> Campaign:
    """Makes a campaign or changes it; its cost is spread over its days. Raises BadCampaign, Forbidden."""
    _require(by)
    one_at_a_time("campaigns")
    campaign = campaign or Campaign(channel=channel)
    _check(campaign, channel, name, cost, starts_on, ends_on)
    old = {"cost": str(campaign.cost), "name": campaign.name}
    campaign.channel, campaign.name, campaign.cost = channel, name.strip(), cost
    campaign.starts_on, campaign.ends_on = starts_on, ends_on
    campaign.save()
    new = {"cost": str(cost), "name": campaign.name}
    journal.record("campaign.changed", subject=campaign, by=by, at=at, old=old, new=new)
    return campaign


def _check(
    campaign: Campaign, channel: Channel, name: str, cost: Decimal, starts_on: date | None, ends_on: date | None
) -> None:
    errors = []
    taken = Campaign.objects.filter(channel=channel, name=name.strip()).exclude(pk=campaign.pk)
    if not name.strip() or taken.exists():
        errors.append(FieldError("name", "taken", _("This channel already has a campaign with this name.")))
    if cost < 0:
        errors.append(FieldError("cost", "negative", _("The cost can't be less than zero.")))
    if (starts_on is None) != (ends_on is None):
        errors.append(FieldError("ends_on", "half", _("Enter the first and the last day, or neither.")))
    if starts_on and ends_on and ends_on < starts_on:
        errors.append(FieldError("ends_on", "order", _("The last day is before the first.")))
    if errors:
        raise BadCampaign(errors=errors)
