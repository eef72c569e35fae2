"""Which leads a bulk action is about: the ticked ones, or all of the list they were ticked in, beyond its page."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts.api.pagination import capped_count
from accounts.web.places import safe_next
from leads.domain.bulk_limits import AT_ONCE, MOST
from leads.domain.conditions import InvalidCondition
from leads.models import Lead
from leads.queries.lead_filter import LeadFilter
from leads.queries.references import as_id

WHOLE = "list"


@dataclass(frozen=True)
class Chosen:
    """`query` is the address of the whole list, where that is meant; `pks` what was ticked."""

    leads: QuerySet[Lead]
    pks: list[int]
    query: str
    is_whole: bool
    back: str

    def count(self) -> tuple[int, bool]:
        """How many, and whether there are more than can be counted."""
        return capped_count(self.leads)

    def lead_ids(self) -> list[int]:
        """At most one more than an action takes."""
        found = self.leads.order_by("pk").values_list("pk", flat=True)[: MOST + 1]
        return list(dict.fromkeys(found))


def read(request: HttpRequest) -> Chosen:
    """What the form says; a list that no longer reads means no lead at all."""
    visible = Lead.objects.visible_to(request.user)
    query = request.POST.get("query", "").replace("\x00", "")
    back = safe_next(request, f"{reverse('leads')}?{query}" if query else reverse("leads"))
    if request.POST.get("scope") == WHOLE:
        return Chosen(_found(request, query, visible), [], query, True, back)
    pks = [number for text in request.POST.getlist("lead")[:AT_ONCE] if (number := as_id(text))]
    return Chosen(visible.filter(pk__in=pks), pks, query, False, back)


def _found(request: HttpRequest, query: str, visible: QuerySet[Lead]) -> QuerySet[Lead]:
    at = request.entry.at  # type: ignore[attr-defined]
    try:
        found = LeadFilter(QueryDict(query), visible, at=at, user=request.user)
        return found.qs if found.is_valid() else visible.none()
    except InvalidCondition:  # it names a field that was deleted since; the list tells that
        return visible.none()
