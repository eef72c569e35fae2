"""Real rows for tests: the cast of tests/cast.py, and leads made through the services."""

from datetime import datetime
from itertools import count
from typing import Any

from accounts.models import User
from leads.domain.activity_types import STANDARD
from leads.domain.normalise import company_key
from leads.models import ActivityType, Channel, Company, Lead
from leads.services import leads as lead_services
from tests.cast import NOON, TOKYO, Cast, cast, organization, person, tokyo

__all__ = ["NOON", "TOKYO", "Cast", "cast", "channel", "company", "lead", "organization", "person", "tokyo"]
_number = count(1)


def standard_rows() -> list[ActivityType]:
    """The activity types that the migration adds, for tests that empty the database."""
    return [
        ActivityType(
            code=kind.code,
            label_ja=kind.ja,
            label_en=kind.en,
            is_ours=kind.side == "ours",
            counts_as_contact=kind.counts_as_contact,
            icon=kind.icon,
            is_standard=True,
        )
        for kind in STANDARD
    ]


def channel(name: str = "展示会") -> Channel:
    return Channel.objects.get_or_create(name=name, defaults={"code": name})[0]


def company(name: str = "東浜精工株式会社", *, at: datetime = NOON, **fields: Any) -> Company:
    values = {"industry": "製造業", "employee_count": 320, "employee_count_max": 320} | fields
    return Company.objects.create(name=name, name_key=company_key(name), created_at=at, updated_at=at, **values)


def lead(*, at: datetime = NOON, by: User | None = None, **values: Any) -> Lead:
    """A lead made through the service; `company` may be a dict, a Company or missing."""
    number = next(_number)
    given = {"last_name": "中村", "first_name": f"健{number}", "email": f"lead{number}@example.jp"} | values
    return lead_services.create(values=given, by=by, at=at)
