"""A lead's timeline: activities and journaled events as one, newest first, read by keyset."""

import base64
import binascii
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.interface import dates, figures
from accounts.interface.languages import in_language
from accounts.models import User
from journal.models import Event
from leads import timeline
from leads.domain import appointments
from leads.models import Activity, ActivityType, Lead
from leads.queries.keyset import BadCursor, is_sane
from leads.queries.merges import histories_of

SIZE = 30
MOST_ALIKE = 4  # a page of lines reads at most this many times its number of rows
_EVENT, _ACTIVITY = 1, 0


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; components/timeline.html draws it."""

    kind: str
    at: datetime
    icon: str
    text: Any
    note: Any = ""
    url: str = ""
    is_key: bool = False
    actor_id: int | None = None
    activity_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    again: tuple["Entry", ...] = ()

    @property
    def times(self) -> int:
        """How often it happened, with the earlier ones that read the same."""
        return 1 + len(self.again)

    def reads_as(self, other: "Entry") -> bool:
        """Whether both are acts that say the same: only their moments differ."""
        said = (self.kind, self.text, self.note)
        return self.activity_id is not None and said == (other.kind, other.text, other.note)


def entries(lead: Lead, *, cursor: str | None = None, size: int = SIZE) -> tuple[list[Entry], str | None]:
    """The entries after the cursor and the cursor of the rest (None at the end). Five queries. Raises BadCursor."""
    rows, more = _read(lead, cursor, size)
    return [entry for entry in _rendered(rows) if entry], _encode(rows[-1][:3]) if more else None


def lines(lead: Lead, *, cursor: str | None = None, size: int = SIZE) -> tuple[list[Entry], str | None]:
    """As `entries`, but acts that follow each other and read the same are one line; `size` counts lines."""
    rows, more = _read(lead, cursor, size * MOST_ALIKE)
    found: list[Entry] = []
    for place, entry in enumerate(_rendered(rows)):
        if entry is None:
            continue
        if found and found[-1].reads_as(entry):
            found[-1] = replace(found[-1], again=(*found[-1].again, entry))
        elif len(found) == size:
            return found, _encode(rows[place - 1][:3])
        else:
            found.append(entry)
    return found, _encode(rows[-1][:3]) if more else None


def _read(lead: Lead, cursor: str | None, size: int) -> tuple[list[tuple[datetime, int, int, Any]], bool]:
    """At most `size` rows of both kinds, newest first, and whether there are more."""
    place = _decode(cursor) if cursor else None
    activities = _before(Activity.objects.filter(lead=lead), place, "occurred_at", _ACTIVITY)
    events = _before(
        Event.objects.filter(lead_id__in=histories_of(lead), kind__in=timeline.kinds()), place, "at", _EVENT
    )
    rows = [(one.occurred_at, _ACTIVITY, one.pk, one) for one in activities.select_related("content")[: size + 1]]
    rows += [(one.at, _EVENT, one.pk, one) for one in events[: size + 1]]
    rows.sort(key=lambda row: row[:3], reverse=True)
    return rows[:size], len(rows) > size


def _before(queryset: QuerySet[Any], place: tuple[datetime, int, int] | None, column: str, rank: int) -> QuerySet[Any]:
    ordered = queryset.order_by(f"-{column}", "-pk")
    if place is None:
        return ordered
    at, its_rank, pk = place
    same = Q(**{column: at, "pk__lt": pk}) if rank == its_rank else Q(**{column: at}) if rank < its_rank else Q()
    earlier = Q(**{f"{column}__lt": at})
    return ordered.filter(earlier | same if same else earlier)


def _rendered(rows: list[tuple[datetime, int, int, Any]]) -> list[Entry | None]:
    """One entry a row; None for an event that is not shown."""
    people = (
        {user.pk: figures.person(user) for user in User.objects.only("pk", "last_name", "first_name")} if rows else {}
    )
    types = {row.code: row for row in ActivityType.objects.all()} if rows else {}
    return [
        _activity(one, types.get(one.type), people) if rank == _ACTIVITY else _event(one, people)
        for _at, rank, _pk, one in rows
    ]


def _event(event: Event, people: dict[int, str]) -> Entry | None:
    line = timeline.render(event, people)
    if line is None:
        return None
    return Entry(
        kind=event.kind,
        at=event.at,
        icon=line.icon,
        text=line.text,
        note=line.note or people.get(event.actor_id or 0, ""),
        url=line.url,
        is_key=line.is_key,
        actor_id=event.actor_id,
        data=event.data,
    )


def _activity(activity: Activity, kind: ActivityType | None, people: dict[int, str]) -> Entry:
    parts = [_what(activity, kind), _length(activity.duration_seconds), _appointment(activity), activity.note]
    return Entry(
        kind=f"activity.{activity.type}",
        at=activity.occurred_at,
        icon=kind.icon if kind else "point",
        text=pgettext("separator", " · ").join(part for part in parts if part),
        note=people.get(activity.by_id or 0, ""),
        url=reverse("content", args=[activity.content_id]) if activity.content_id else "",
        is_key=bool(kind and not kind.is_ours),
        actor_id=activity.by_id,
        activity_id=activity.pk,
        data={
            "type": activity.type,
            "content": activity.content.title if activity.content else None,
            "url": activity.url,
        },
    )


def label_of(kind: ActivityType | None, code: str) -> str:
    """The type in the language in use."""
    if kind is None:
        return code
    return in_language(kind.label_ja, kind.label_en)


def _what(activity: Activity, kind: ActivityType | None) -> str:
    label = label_of(kind, activity.type)
    return named(label, activity.content.title if activity.content else activity.url[:120])


def named(act: str, thing: str) -> str:
    """`資料ダウンロード：機能比較表`: the act with what it was done with."""
    return _("%(act)s: %(thing)s") % {"act": act, "thing": thing} if thing else act


def _length(seconds: int | None) -> str:
    if not seconds:
        return ""
    minutes = max(1, round(seconds / 60))
    return ngettext("%(minutes)d min", "%(minutes)d min", minutes) % {"minutes": minutes}


def _appointment(activity: Activity) -> str:
    met_at = appointments.told(activity.metadata, made_at=activity.occurred_at)
    return _("meeting on %(when)s") % {"when": dates.moment(met_at)} if met_at else ""


def _encode(place: tuple[datetime, int, int]) -> str:
    document = json.dumps([place[0].isoformat(), place[1], place[2]], separators=(",", ":"))
    return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def _decode(text: str) -> tuple[datetime, int, int]:
    try:
        moment, rank, pk = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        at = datetime.fromisoformat(moment)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadCursor from error
    if not is_sane(at) or rank not in (0, 1) or not isinstance(pk, int) or not 0 <= pk < 2**63:
        raise BadCursor
    return at, rank, pk
