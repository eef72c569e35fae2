"""Leads and activities written straight into their tables, for tests of conditions and scores alone."""

from datetime import date, datetime, time
from itertools import count
from typing import Any

from leads.models import Activity, Company, Content, Lead, Qualification
from tests.cast import NOON, TOKYO

_number = count(1)


def company(**fields: Any) -> Company:
    values = {"name": "東浜精工株式会社", "name_key": "東浜精工", "created_at": NOON, "updated_at": NOON} | fields
    return Company.objects.create(**values)


def lead(
    *, company_fields: dict[str, Any] | None = None, qualification: dict[str, Any] | None = None, **fields: Any
) -> Lead:
    """A lead; `company_fields` makes its company, `qualification` what is known of it."""
    if company_fields is not None:
        fields["company"] = company(**company_fields)
    values = {"last_name": "中村", "acquired_at": NOON, "stage_since": NOON, "created_at": NOON, "updated_at": NOON}
    made = Lead.objects.create(**(values | fields))
    if qualification is not None:
        Qualification.objects.create(lead=made, updated_at=NOON, **qualification)
    return made


def content(title: str, **fields: Any) -> Content:
    return Content.objects.get_or_create(title_key=title, defaults={"title": title} | fields)[0]


def activity(of: Lead, kind: str, on: str | date = "2026-11-20", **fields: Any) -> Activity:
    """One activity at noon of a local day."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    at = datetime.combine(day, time(12), tzinfo=TOKYO)
    if isinstance(fields.get("content"), str):
        fields["content"] = content(fields["content"])
    values = {"event_id": f"test:{next(_number)}", "occurred_at": at, "occurred_on": day, "received_at": at}
    return Activity.objects.create(lead=of, type=kind, **(values | fields))
