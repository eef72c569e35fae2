"""The rows of the lead list: what each column shows, in a constant number of queries."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.interface import figures
from leads.models import Activity, ActivityType, Lead, Tag
from leads.queries import lead_names
from leads.queries import tags as tag_queries
from leads.queries.keyset import Page, page
from leads.queries.lead_list import sort_of
from leads.queries.timeline import label_of, named

SIZE = 50
COLUMNS = (
    *"last_name first_name title department stage stage_since last_contact_at due_at due_kind acquired_at".split(),
    *"email phone mobile seniority company__address company__phone company__url company__corporate_number".split(),
    *"company__name company__industry company__employee_count company__employee_count_max".split(),
    *"company__prefecture channel_id campaign_id owner_id team_id score__total score__band".split(),
)


@dataclass(frozen=True)
class Act:
    """The lead's newest own act."""

    text: str
    at: datetime


@dataclass(frozen=True)
class Row:
    """One lead of the list; `values` are the columns, the rest is worked out."""

    pk: int
    values: dict[str, Any]
    days_in_stage: int | None
    act: Act | None
    tags: list[Tag]

    @property
    def name(self) -> str:
        return figures.full_name(self.values["last_name"], self.values["first_name"])

    @property
    def position(self) -> str:
        """Department and title."""
        return f"{self.values['department']} {self.values['title']}".strip()

    @property
    def owner(self) -> str:
        return figures.person(self.values["holder"])


def read(
    queryset: QuerySet[Lead],
    *,
    ordering: str,
    cursor: str | None,
    at: datetime,
    zone: ZoneInfo,
    with_acts: bool = True,
    with_tags: bool = False,
    with_own: bool = False,
) -> tuple[list[Row], Page]:
    """One page of rows and its neighbours' cursors. Raises UnknownOrdering, BadCursor."""
    columns = (*COLUMNS, "custom") if with_own else COLUMNS
    found = page(queryset, columns=columns, sort=sort_of(ordering), cursor=cursor, size=SIZE)
    lead_names.add_sources(found.rows)
    lead_names.add_holders(found.rows)
    lead_ids = [row["pk"] for row in found.rows]
    acts = newest_acts(lead_ids) if with_acts else {}
    tags = tag_queries.of_leads(lead_ids) if with_tags else {}
    today = at.astimezone(zone).date()
    return [_row(values, acts, tags.get(values["pk"], []), today, zone) for values in found.rows], found


def _row(values: dict[str, Any], acts: dict[int, Act], tags: list[Tag], today: date, zone: ZoneInfo) -> Row:
    days = (today - values["stage_since"].astimezone(zone).date()).days
    return Row(values["pk"], values, days if days > 0 else None, acts.get(values["pk"]), tags)


def newest_acts(lead_ids: list[int]) -> dict[int, Act]:
    """The newest own act of each lead: three queries for any number of leads."""
    if not lead_ids:
        return {}
    types = {kind.code: kind for kind in ActivityType.objects.all()}
    ours = [code for code, kind in types.items() if kind.is_ours]
    newest = Activity.objects.filter(lead=OuterRef("pk")).exclude(type__in=ours).order_by("-occurred_at", "-pk")
    chosen = Lead.objects.filter(pk__in=lead_ids).annotate(act=Subquery(newest.values("pk")[:1]))
    ids = list(chosen.order_by().values_list("act", flat=True))
    found = Activity.objects.select_related("content").filter(pk__in=[pk for pk in ids if pk])
    return {one.lead_id: Act(_say(one, types), one.occurred_at) for one in found}


def _say(activity: Activity, types: dict[str, ActivityType]) -> str:
    label = label_of(types.get(activity.type), activity.type)
    return named(label, activity.content.title if activity.content else "")
