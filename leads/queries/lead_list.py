"""One page of leads, for the API and the list: sorted, by keyset, in a constant number of queries."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from journal.errors import FieldError, Invalid
from leads.models import Lead
from leads.queries import lead_names, tags
from leads.queries.keyset import Page, Sort, page

COUNT_CAP = 10_000
DEFAULT_ORDERING = "-score"
_MOMENTS = ("acquired_at", "created_at", "updated_at", "last_activity_at", "last_contact_at", "due_at", "stage_since")
ORDERINGS = {
    "score": "score__total",
    "id": "pk",
    **{name: name for name in _MOMENTS},
}


class UnknownOrdering(Invalid):
    """There is no such ordering."""

    code = "invalid"
    message = _("Some fields have errors; see the details.")


def sort_of(ordering: str) -> Sort:
    """The sort behind `-score` or `acquired_at`; raises UnknownOrdering."""
    name = ordering.removeprefix("-")
    if name not in ORDERINGS:
        known = ", ".join(ORDERINGS)
        fault = FieldError("ordering", "invalid_choice", _("Must be one of: %(values)s.") % {"values": known})
        raise UnknownOrdering(errors=[fault])
    return Sort(name, ORDERINGS[name], ordering.startswith("-"), is_moment=name in _MOMENTS)


_COMPANY = (
    "company_id company__name company__corporate_number company__domain company__url company__industry "
    "company__employee_count company__employee_count_max company__phone company__postal_code company__prefecture "
    "company__address"
).split()
_QUALIFICATION = (
    "phase need challenge timeframe authority decision_process budget competitors temperature note"
).split()
# What the API's representation of a lead needs: one query with its joins, no model objects.
API_COLUMNS = (
    *"external_id last_name first_name last_name_kana first_name_kana email phone mobile title seniority".split(),
    *"department acquired_at opted_out do_not_contact custom stage stage_since owner_id team_id".split(),
    *"due_at due_kind".split(),
    *"last_activity_at last_contact_at created_at updated_at version channel_id campaign_id".split(),
    *"score__total score__band score__grade score__model_id".split(),
    *_COMPANY,
    *(f"qualification__{name}" for name in _QUALIFICATION),
)


def api_page(queryset: QuerySet[Lead], *, ordering: str, cursor: str | None, size: int) -> Page:
    """One page in the API's columns."""
    found = page(queryset, columns=API_COLUMNS, sort=sort_of(ordering), cursor=cursor, size=size)
    lead_names.add_sources(found.rows)
    tags.add_names(found.rows)
    return found


def api_row(lead: Lead) -> dict[str, Any]:
    """One lead in the API's columns."""
    row = Lead.objects.values("pk", *API_COLUMNS).get(pk=lead.pk)
    lead_names.add_sources([row])
    tags.add_names([row])
    return row
