"""The tags that rows put on their leads: what a lead bears already is no news, and nothing is taken off."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from leads.models import ImportRow, LeadTag, Tag
from leads.queries.tags import key_of
from leads.services.import_drafts import Draft

_CHUNK = 900


def note(drafts: Sequence[Draft]) -> None:
    """Finds out, for rows that are taken, which tags are new to their leads, and marks those rows changed."""
    tagging = [draft for draft in drafts if draft.lead is not None and draft.values.tags]
    here = {draft.lead.pk for draft in tagging if draft.lead and draft.lead.pk}
    borne = set(LeadTag.objects.filter(lead__in=here).values_list("lead", "tag__key")) if here else set()
    seen: set[tuple[int, str]] = set()
    for draft in tagging:
        fresh = {key_of(name): name for name in reversed(draft.values.tags)}
        place = id(draft.lead)
        draft.tags = [
            name
            for key, name in fresh.items()
            if (draft.lead.pk, key) not in borne and (place, key) not in seen  # type: ignore[union-attr]
        ]
        seen |= {(place, key) for key in fresh}
        draft.has_changed = draft.has_changed or bool(draft.tags)


def write(drafts: Sequence[Draft], *, at: datetime) -> None:
    """Puts them on; the leads exist by now. Each row remembers its own for the way back."""
    tagging = [draft for draft in drafts if draft.tags]
    tags = _named({key_of(name): name for draft in tagging for name in draft.tags}, at)
    links = []
    for draft in tagging:
        own = [tags[key_of(name)] for name in draft.tags]
        draft.old["+tags"] = own
        links += [LeadTag(lead=draft.lead, tag_id=pk, added_at=at) for pk in own]
    LeadTag.objects.bulk_create(links, batch_size=500, ignore_conflicts=True)


def take_off(row: ImportRow, tag_ids: Sequence[int]) -> None:
    """Takes off what the row put on, where it is still the one that the row put there."""
    LeadTag.objects.filter(lead=row.lead_id, tag__in=tag_ids, added_at=row.written_at).delete()


def forget(lead_ids: Iterable[int]) -> None:
    """Leads that go bear nothing any more, so that no list offers words that nobody bears."""
    LeadTag.objects.filter(lead__in=lead_ids).delete()


def _named(wanted: dict[str, str], at: datetime) -> dict[str, int]:
    """The tags' ids by key, made if they are new; in one order for all who make some at once."""
    known = _known(wanted)
    missing = [Tag(name=wanted[key], key=key, created_at=at) for key in sorted(wanted.keys() - known.keys())]
    if not missing:
        return known
    Tag.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
    return _known(wanted)


def _known(wanted: Iterable[str]) -> dict[str, int]:
    keys = list(wanted)
    chunks = (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))
    return {key: pk for chunk in chunks for key, pk in Tag.objects.filter(key__in=chunk).values_list("key", "pk")}
