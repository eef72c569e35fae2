"""When each of several handoffs was last in contact with the customer: whoever called again says what came of it."""

from collections.abc import Iterable
from datetime import datetime

from handoff.domain.choices import ContactResult
from handoff.models import Handoff
from leads.models import Activity


def by_handoff(rows: Iterable[Handoff]) -> dict[int, datetime]:
    """{handoff: the latest contact whose result was told, else the first}; those without any are missing; one query
    where there are some."""
    contacted = [row for row in rows if row.first_contact_at is not None]
    found = {row.pk: row.first_contact_at for row in contacted}
    if not found:
        return {}
    told = Activity.objects.filter(
        lead__in={row.lead_id for row in contacted},
        metadata__handoff__in=list(found),
        metadata__result__in=ContactResult.values,
    )
    for pk, moment in told.values_list("metadata__handoff", "occurred_at"):
        found[pk] = max(found[pk], moment)
    return found
