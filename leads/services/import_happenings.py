"""The sources and activities that rows stand for: counts become synthesised activities, each only once."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, count, islice

from django.db.models import Count, F, TextField, Value
from django.db.models.functions import Cast, Concat

from accounts.queries import organization
from journal import bulk
from leads.models import Activity, Campaign, Channel, ImportRun, LeadSource
from leads.queries import channels, merges
from leads.queries.among import Among
from leads.services import activities, sources
from leads.services.import_drafts import Draft, Event


class Sources:
    """The channels and campaigns of one run by name; found once, made only where rows are written."""

    def __init__(self, run: ImportRun):
        self._default = (run.channel, run.campaign)
        self._channels: dict[str, Channel | None] = {}
        self._campaigns: dict[tuple[str, str], Campaign | None] = {}

    def forget(self) -> None:
        """After a transaction that came to nothing: what was made in it isn't there."""
        self._channels.clear()
        self._campaigns.clear()

    def names(self, draft: Draft) -> tuple[str, str]:
        """(channel, campaign) of a row by their proper names; ('', '') for none."""
        channel, campaign = self._default
        given, effort = draft.values.channel, draft.values.campaign
        if effort and not given and channel is None:
            known = self._campaign_of(effort)
            return (known.channel.name, effort) if known else ("", "")
        name = self._proper(given) if given else (channel.name if channel else "")
        own = effort or (campaign.name if campaign and name == (channel.name if channel else "") else "")
        return name, own if name else ""

    def _proper(self, name: str) -> str:
        if name not in self._channels:
            self._channels[name] = channels.named(name)
        found = self._channels[name]
        return found.name if found else name

    def _campaign_of(self, name: str) -> Campaign | None:
        if ("", name) not in self._campaigns:
            self._campaigns["", name] = Campaign.objects.select_related("channel").filter(name=name).first()
        return self._campaigns["", name]

    def rows(self, names: tuple[str, str]) -> tuple[Channel | None, Campaign | None]:
        """The channel and campaign of these names, made if they are new."""
        if self._channels.get(names[0]) is None:
            self._channels[names[0]] = sources.channel_named(names[0])
        channel = self._channels[names[0]]
        if names[1] and self._campaigns.get(names) is None:
            self._campaigns[names] = sources.campaign_named(names[1], channel)
        return channel, self._campaigns.get(names) if names[1] else None


def note(drafts: Sequence[Draft], found: Sources, *, run: ImportRun) -> None:
    """Finds out, for rows that are taken, which source and which activities are new, and marks their rows changed."""
    taken = [draft for draft in drafts if draft.lead is not None]
    for draft in taken:
        draft.source = found.names(draft)
        draft.events = list(_told(draft))
    _drop_known_sources(taken)
    _drop_known_events(taken)
    _count(taken, run)
    for draft in taken:
        if draft.source[0] or draft.events:
            draft.has_changed = True


def _drop_known_sources(drafts: Sequence[Draft]) -> None:
    """A channel without a campaign says nothing new of a lead that we have from any campaign of that channel."""
    known = {
        (lead_id, channel, campaign or "")
        for lead_id, channel, campaign in LeadSource.objects.filter(
            lead__in={draft.lead.pk for draft in drafts if draft.lead and draft.lead.pk}
        ).values_list("lead_id", "channel__name", "campaign__name")
    }
    known |= {(lead_id, channel, "") for lead_id, channel, _campaign in known}
    seen: set[tuple[int, str, str]] = set()
    for draft in drafts:
        place = (id(draft.lead), *draft.source)
        if (draft.lead.pk, *draft.source) in known or place in seen:  # type: ignore[union-attr]
            draft.source = ("", "")
        seen |= {place, (*place[:2], "")}


def _told(draft: Draft) -> Iterable[Event]:
    """Every activity that the row tells by itself: what has a date, and its notes."""
    for kind, moment in draft.values.dated:
        yield f"{kind}:{moment.date().isoformat()}", kind, moment, ""
    for text in draft.values.notes:
        acquired = draft.lead.acquired_at  # type: ignore[union-attr]
        yield f"note:{hashlib.sha256(text.encode()).hexdigest()[:16]}", "note", acquired, text


def _drop_known_events(drafts: Sequence[Draft]) -> None:
    """What was told of somebody before they were merged into the lead is known of it, too."""
    telling = [draft for draft in drafts if draft.lead is not None and draft.lead.pk and draft.events]
    own = merges.histories({draft.lead.pk for draft in telling if draft.lead}) if telling else {}
    names = {
        (draft.lead.pk, one[0]): [event_id(pk, one[0]) for pk in own[draft.lead.pk]]
        for draft in telling
        if draft.lead
        for one in draft.events
    }
    known: set[str] = set()
    if names:
        wanted = list(chain.from_iterable(names.values()))
        known.update(Activity.objects.filter(Among("event_id", wanted)).values_list("event_id", flat=True))
    seen: set[tuple[int, str]] = set()
    for draft in drafts:
        fresh = []
        for one in draft.events:
            place = (id(draft.lead), one[0])
            told = names.get((draft.lead.pk, one[0]), ()) if draft.lead else ()
            if place not in seen and known.isdisjoint(told):
                fresh.append(one)
            seen.add(place)
        draft.events = fresh


def _count(drafts: Sequence[Draft], run: ImportRun) -> None:
    """Adds the activities that counts stand for.

    A count says how often in all: what we know of by other ways is counted in, not added to. That holds for what other
    rows of the file tell, too, whichever comes first: what a row tells by itself takes the place of one that a count
    of an earlier chunk stands for.
    """
    told = Counter((id(draft.lead), one[1]) for draft in drafts for one in draft.events)
    here = _here(drafts, run)
    stated: dict[tuple[int, str], int] = {}
    for draft in drafts:
        counted: list[Event] = []
        for kind, often in draft.values.counts.items():
            place = (id(draft.lead), kind)
            stated[place] = max(often, stated.get(place, 0))
            missing = often - here[place].others - told[place] - len(here[place].made | here[place].added)
            for number in here[place].free(missing):
                counted.append((f"{kind}:{number}", kind, draft.lead.acquired_at, ""))  # type: ignore[union-attr]
                here[place].added.add(number)
        draft.events = counted + draft.events
    for draft in drafts:
        for kind in {one[1] for one in draft.events}:
            place = (id(draft.lead), kind)
            known, more = here[place], told.pop(place, 0)
            over = min(more, len(known.made) + known.others + more - stated.get(place, 0), len(known.of_run))
            if over > 0:
                draft.replaced += [
                    event_id(draft.lead.pk, f"{kind}:{number}") for number in sorted(known.of_run)[-over:]
                ]


@dataclass
class _Here:
    """The activities of a type that a lead has: `made` are the numbers of those that counts stand for, `of_run` those of
    them that this very import wrote, `added` those to come; `others` is how many there are besides."""

    others: int = 0
    made: set[int] = field(default_factory=set)
    of_run: set[int] = field(default_factory=set)
    added: set[int] = field(default_factory=set)

    def free(self, many: int) -> list[int]:
        """So many of the lowest numbers that are not taken."""
        return list(islice((n for n in count(1) if n not in self.made and n not in self.added), max(0, many)))


def _here(drafts: Sequence[Draft], run: ImportRun) -> dict[tuple[int, str], _Here]:
    """By lead and type, for all that these rows count or tell."""
    found: dict[tuple[int, str], _Here] = defaultdict(_Here)
    leads: dict[int, int] = {}
    kinds: set[str] = set()
    for draft in drafts:
        own = {*draft.values.counts, *(one[1] for one in draft.events)}
        if own and draft.lead is not None and draft.lead.pk:
            leads[draft.lead.pk] = id(draft.lead)
            kinds |= own
    if not leads:
        return found
    acts = Activity.objects.filter(lead__in=list(leads), type__in=kinds).order_by()
    for lead_id, kind, many in acts.values_list("lead", "type").annotate(Count("pk")):
        found[leads[lead_id], kind].others = many
    own_id = Concat(
        Value("import:"), Cast("lead_id", TextField()), Value(":"), F("type"), Value(":"), output_field=TextField()
    )
    # A count is at most 1000; a note's hash may be all digits, too, but is longer.
    made = acts.annotate(own=own_id).filter(event_id__startswith=F("own"), event_id__regex=":[0-9]{1,4}$")
    for lead_id, kind, name, about in made.values_list("lead", "type", "event_id", "metadata"):
        known, number = found[leads[lead_id], kind], int(name.rpartition(":")[2])
        known.others -= 1
        known.made.add(number)
        if about.get("import") == run.pk:
            known.of_run.add(number)
    return found


def event_id(lead_id: int | None, suffix: str) -> str:
    """The name under which a synthesised activity is kept once: import:<lead>:<type>:<n>."""
    return f"import:{lead_id or ''}:{suffix}"


def write(drafts: Sequence[Draft], found: Sources, *, run: ImportRun, at: datetime) -> list[Activity]:
    """Writes the new sources and activities; the leads exist by now. Returns the activities, their leads loaded."""
    _write_sources(drafts, found, at)
    replaced = [name for draft in drafts for name in draft.replaced]
    if replaced:
        Activity.objects.filter(Among("event_id", replaced)).delete()
    made = _write_activities(drafts, run, at)
    here = {draft.lead.pk for draft in drafts if draft.lead is not None and draft.events and not draft.is_fresh}
    if here:
        activities.recount_latest(lead_ids=sorted(here))
    return made


def set_latest(drafts: Sequence[Draft]) -> None:
    """Sets the last act and contact of leads not yet written: all that they ever did stands in these drafts."""
    ours, contacts = activities.own_types()
    for draft in drafts:
        lead = draft.lead
        draft.is_fresh = True
        for _suffix, kind, moment, _text in draft.events:
            if kind not in ours:
                lead.last_activity_at = max(lead.last_activity_at or moment, moment)  # type: ignore[union-attr]
            if kind in contacts:
                lead.last_contact_at = max(lead.last_contact_at or moment, moment)  # type: ignore[union-attr]


def _write_sources(drafts: Sequence[Draft], found: Sources, at: datetime) -> None:
    fresh, rest = [], []
    for draft in drafts:
        if draft.lead is not None and draft.source[0]:
            channel, campaign = found.rows(draft.source)
            moment = draft.values.acquired_at or (draft.lead.acquired_at if draft.is_new else at)
            place = (channel.pk if channel else None, campaign.pk if campaign else None)
            (fresh if draft.is_fresh else rest).append((draft.lead.pk, *place, moment))
            draft.old["+source"] = list(place)
    # Nobody else can know of a lead of this transaction: its sources meet none.
    columns = ("lead_id", "channel_id", "campaign_id", "at")
    bulk.insert_values(LeadSource, columns, fresh)
    known = [LeadSource(**dict(zip(columns, row, strict=True))) for row in rest]
    LeadSource.objects.bulk_create(known, batch_size=500, ignore_conflicts=True)


def _write_activities(drafts: Sequence[Draft], run: ImportRun, at: datetime) -> list[Activity]:
    org = organization.current()
    days: dict[datetime, date] = {}
    template = Activity(received_at=at, metadata={"import": run.pk})
    rows = []
    for draft in drafts:
        for suffix, kind, moment, text in draft.events if draft.lead is not None else ():
            if moment not in days:
                days[moment] = organization.local_day(moment, org)
            rows.append(
                bulk.stamp(
                    template,
                    lead_id=draft.lead.pk,  # type: ignore[union-attr]
                    event_id=event_id(draft.lead.pk, suffix),  # type: ignore[union-attr]
                    type=kind,
                    occurred_at=moment,
                    occurred_on=days[moment],
                    note=text,
                )
            )
            rows[-1].lead = draft.lead
    bulk.insert(rows)
    return rows
