"""What a preview had to make so that its rows could be read: own fields, a channel, a campaign."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError

from leads.models import Campaign, Channel, CustomField, ImportRun, Lead
from leads.services import custom_fields, sources

State = ImportRun.State
WAITING = (State.QUEUED, State.RUNNING, State.PREVIEW, State.COMMITTING)


def note_fields(run: ImportRun, keys: Sequence[str]) -> None:
    """These own fields are there because of this run."""
    _note(run, "fields", keys)


def source(run: ImportRun, channel: str | Channel | None, campaign: str | Campaign | None) -> None:
    """Sets the run's channel and campaign, which are made where they are new."""
    channels = set(Channel.objects.values_list("pk", flat=True))
    campaigns = set(Campaign.objects.values_list("pk", flat=True))
    run.channel = sources.channel_named(channel)
    run.campaign = sources.campaign_named(campaign, run.channel)
    _note(run, "channels", [one.pk for one in (run.channel,) if one and one.pk not in channels])
    _note(run, "campaigns", [one.pk for one in (run.campaign,) if one and one.pk not in campaigns])


def _note(run: ImportRun, what: str, made: Sequence[str] | Sequence[int]) -> None:
    if made:
        run.made = run.made | {what: [*run.made.get(what, ()), *made]}
        ImportRun.objects.filter(pk=run.pk).update(made=run.made)


def clear(run: ImportRun, *, at: datetime) -> None:
    """Takes away what was made for previews of a run and what the run (when it is still there) no longer wants, but
    for what has found another use since.
    """
    for field in CustomField.objects.filter(key__in=run.made.get("fields", ())):
        used = _is_mapped(field.key) or Lead.objects.filter(custom__has_key=field.key).exists()
        if not used:
            with suppress(custom_fields.FieldInUse):
                custom_fields.delete(field=field, by=None, at=at)
    # Somebody who entered what it costs or when it runs means to keep it.
    bare = Campaign.objects.filter(cost=Campaign().cost, starts_on=None, ends_on=None)
    for campaign in bare.filter(pk__in=run.made.get("campaigns", ())):
        _delete(campaign)
    for channel in Channel.objects.filter(pk__in=run.made.get("channels", ())):
        _delete(channel)


def _is_mapped(key: str) -> bool:
    """Whether another run that still waits would read the field."""
    waiting = ImportRun.objects.filter(state__in=WAITING).values_list("mapping", flat=True)
    return any(key in str(target) for mapping in waiting for target in mapping.values())


def _delete(row: Campaign | Channel) -> None:
    with suppress(ProtectedError), transaction.atomic():
        row.delete()
