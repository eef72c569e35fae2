"""Which columns a person chose to see: on lists of leads in general, and on a saved list."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from leads.models import ColumnChoice, Segment


@dataclass(frozen=True)
class Kept:
    """Names of columns: `here` for the saved list asked about, `usual` for everywhere else; empty where not chosen."""

    here: list[str]
    usual: list[str]


def of(user: Any, segment: Segment | None) -> Kept:
    """The person's choices, in one query; none for a list that they don't see (any more)."""
    seen = Segment.objects.visible_to(user).filter(pk=segment.pk if segment else None)
    found = ColumnChoice.objects.filter(Q(segment=None) | Q(segment__in=seen), user=user)
    names = dict(found.values_list("segment", "names"))
    return Kept(names.get(segment.pk, []) if segment else [], names.get(None, []))
