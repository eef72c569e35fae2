"""What leads itself owns of two that become one: columns, sources, activities, qualification; and the way back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.domain.merging import CHOICES, COLUMNS, QUALIFICATION, prefers_other
from leads.domain.normalise import derived
from leads.models import Activity, Company, Lead, LeadSource, LeadTag, Qualification
from leads.services import activities
from leads.services.lead_changes import OWN_COLUMNS

_KEYS = ("external_id", "email_key", "mobile_key")
_SURVIVOR = (*COLUMNS, "channel_id", "campaign_id", "acquired_at", "opted_out", "do_not_contact", "custom")


def take_over(*, survivor: Lead, loser: Lead, chosen: Mapping[str, bool], at: datetime) -> dict[str, Any]:
    """Writes the survivor with what was chosen and the tombstone; returns what is needed to turn back."""
    keys = {name: getattr(survivor, name) for name in _KEYS}
    before: dict[str, Any] = {"survivor": _values(survivor), "loser": {name: getattr(loser, name) for name in _KEYS}}
    before["written"] = {str(lead.pk): [lead.version, lead.updated_at.isoformat()] for lead in (survivor, loser)}
    _choose(survivor, loser, chosen)
    _first_source(survivor, loser)
    for flag in ("opted_out", "do_not_contact"):
        setattr(survivor, flag, getattr(survivor, flag) or getattr(loser, flag))
    before["qualification"] = _qualify(survivor, loser, chosen, at)
    if survivor.external_id == loser.external_id:
        loser.external_id = None
    _bury(loser, survivor, at)
    _save(survivor, at)
    _keep_keys(loser, survivor, keys)
    before["after"] = _values(survivor)
    before |= _move(survivor, loser)
    return before


def _values(lead: Lead) -> dict[str, Any]:
    return {name: _plain(getattr(lead, name)) for name in _SURVIVOR}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _choose(survivor: Lead, loser: Lead, chosen: Mapping[str, bool]) -> None:
    mine = {name: getattr(survivor, name) for name in COLUMNS}
    other = {name: getattr(loser, name) for name in COLUMNS}
    for name, columns in CHOICES.items():
        if chosen.get(name, prefers_other(name, mine, other)):
            for column in columns:
                setattr(survivor, column, other[column])
    own = {
        key: loser.custom[key]
        if key in loser.custom and chosen.get(f"custom.{key}", key not in survivor.custom)
        else survivor.custom.get(key)
        for key in sorted({*survivor.custom, *loser.custom})
    }
    # Of a field that was to stay empty no key is kept either: it would look like a value.
    survivor.custom = {key: value for key, value in own.items() if value is not None}


def _first_source(survivor: Lead, loser: Lead) -> None:
    """The earliest acquisition and its channel are the lead's."""
    if loser.channel_id and (not survivor.channel_id or loser.acquired_at < survivor.acquired_at):
        survivor.channel_id, survivor.campaign_id = loser.channel_id, loser.campaign_id
    survivor.acquired_at = min(survivor.acquired_at, loser.acquired_at)


def _qualify(survivor: Lead, loser: Lead, chosen: Mapping[str, bool], at: datetime) -> dict[str, Any]:
    """{name: [before, after]} of what changed in the survivor's qualification."""
    rows = {row.lead_id: row for row in Qualification.objects.filter(lead__in=[survivor.pk, loser.pk])}
    other = rows.get(loser.pk)
    if other is None:
        return {}
    mine = rows.get(survivor.pk) or Qualification(lead=survivor, updated_at=at)
    changed = {}
    for name in QUALIFICATION:
        old, new = getattr(mine, name), getattr(other, name)
        wanted = chosen.get(f"qualification.{name}", old in ("", None))
        if wanted and old != new and not (old in ("", None) and new in ("", None)):
            setattr(mine, name, new)
            changed[name] = [old, new]
    if changed:
        mine.updated_at = at
        mine.save()
    return changed


def _bury(loser: Lead, survivor: Lead, at: datetime) -> None:
    loser.is_present, loser.merged_into = False, survivor
    loser.version += 1
    loser.updated_at = at
    loser.save(update_fields=["is_present", "merged_into", "external_id", "version", "updated_at"])


def _keep_keys(loser: Lead, survivor: Lead, keys: Mapping[str, str | None]) -> None:
    """Where the survivor goes on under the other's key, the tombstone keeps the survivor's former one: a list that
    still has it means the same person."""
    for name, former in keys.items():
        if former and former != getattr(survivor, name) and getattr(loser, name) in ("", None, getattr(survivor, name)):
            setattr(loser, name, former)
    loser.save(update_fields=_KEYS)


def _save(lead: Lead, at: datetime) -> None:
    company = Company.objects.filter(pk=lead.company_id).first()
    lead.company = company
    for name, value in derived(vars(lead), company.name if company else "").items():
        setattr(lead, name, value)
    lead.version += 1
    lead.updated_at = at
    lead.save(update_fields=OWN_COLUMNS)


def _move(survivor: Lead, loser: Lead) -> dict[str, Any]:
    """Every activity, every source and tag the survivor has not yet, and who was merged into the loser before."""
    acted = list(Activity.objects.filter(lead=loser).values_list("pk", flat=True))
    Activity.objects.filter(lead=loser).update(lead=survivor)
    known = set(LeadSource.objects.filter(lead=survivor).values_list("channel", "campaign"))
    came = [row.pk for row in LeadSource.objects.filter(lead=loser) if (row.channel_id, row.campaign_id) not in known]
    LeadSource.objects.filter(pk__in=came).update(lead=survivor)
    borne = LeadTag.objects.filter(lead=survivor).values("tag")
    tags = list(LeadTag.objects.filter(lead=loser).exclude(tag__in=borne).values_list("pk", flat=True))
    LeadTag.objects.filter(pk__in=tags).update(lead=survivor)
    earlier = list(Lead.objects.filter(merged_into=loser).values_list("pk", flat=True))
    Lead.objects.filter(pk__in=earlier).update(merged_into=survivor)
    activities.recount_latest(lead_ids=[survivor.pk])
    return {"activities": acted, "sources": came, "tags": tags, "tombstones": earlier}


def _own_given_back(now: Mapping[str, Any], earlier: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The own fields, each for itself: as it was before the merge, where it still is what the merge made of it."""
    turned = {key for key in after if after[key] != earlier.get(key) and now.get(key) == after[key]}
    kept = {key: value for key, value in now.items() if key not in turned}
    return kept | {key: earlier[key] for key in turned if key in earlier}


def give_back(*, survivor: Lead, loser: Lead, before: Mapping[str, Any], at: datetime) -> dict[str, int]:
    """Each has its own again; what somebody changed on the survivor since is left as it is.

    Returns {id: version} of those whom nobody wrote in between, so that they are now what they were before the merge.
    """
    written = before.get("written", {})
    # The merge itself wrote each once.
    calm = [lead for lead in (survivor, loser) if written.get(str(lead.pk), [None])[0] == lead.version - 1]
    Lead.objects.filter(pk=loser.pk).update(external_id=None)  # it may be the one that the survivor gets back
    earlier, after = before["survivor"], before["after"]
    survivor.custom = _own_given_back(survivor.custom, earlier["custom"], after["custom"])
    for name, value in earlier.items():
        if name != "custom" and value != after[name] and _plain(getattr(survivor, name)) == after[name]:
            setattr(survivor, name, datetime.fromisoformat(value) if name == "acquired_at" else value)
    _save(survivor, at)
    row = Qualification.objects.filter(lead=survivor).first()
    for name, (old, new) in before["qualification"].items():
        if row is not None and getattr(row, name) == new:
            setattr(row, name, old)
    if row is not None and before["qualification"]:
        row.save()
    Activity.objects.filter(pk__in=before["activities"], lead=survivor).update(lead=loser)
    LeadSource.objects.filter(pk__in=before["sources"], lead=survivor).update(lead=loser)
    LeadTag.objects.filter(pk__in=before.get("tags", ()), lead=survivor).update(lead=loser)
    Lead.objects.filter(pk__in=before["tombstones"], merged_into=survivor).update(merged_into=loser)
    loser.is_present, loser.merged_into = True, None
    for name, value in before["loser"].items():
        setattr(loser, name, value)
    loser.version += 1
    loser.updated_at = at
    loser.save(update_fields=["is_present", "merged_into", *_KEYS, "version", "updated_at"])
    activities.recount_latest(lead_ids=[survivor.pk, loser.pk])
    return {str(lead.pk): lead.version for lead in calm}
