"""The people of every test: Mia (marketing), Isao (inside sales), Sato (rep), Otto (rep of another team),
Maki (manager), Ada (admin)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Membership, Organization, RoleGrant, Team, User

TOKYO = ZoneInfo("Asia/Tokyo")


def tokyo(text: str) -> datetime:
    """'2026-11-20 14:32' in Tokyo as an aware moment."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


NOON = tokyo("2026-11-20 12:30")  # a Friday; Monday 11/23 is a holiday


@dataclass
class Cast:
    mia: User
    isao: User
    sato: User
    otto: User
    maki: User
    ada: User
    marketing: Team
    inside: Team
    field: Team
    other_field: Team


def organization(**fields: Any) -> Organization:
    values = {"name": "架空商事株式会社", "target_industries": ["製造業"]} | fields
    return Organization.objects.update_or_create(pk=1, defaults=values)[0]


def person(key: str, last_name: str, first_name: str, roles: list[str], *teams: Team, manager: bool = False) -> User:
    user = User.objects.create_user(
        f"{key}@handoff.example", "correct horse battery", at=NOON, last_name=last_name, first_name=first_name
    )
    for role in roles:
        RoleGrant.objects.create(user=user, role=role)
    for team in teams:
        Membership.objects.create(user=user, team=team, is_manager=manager, receives=not manager)
    return user


def cast() -> Cast:
    marketing = Team.objects.create(name="マーケティング部", kind="marketing")
    inside = Team.objects.create(name="インサイドセールス1課", kind="inside_sales")
    field = Team.objects.create(name="営業1部", kind="field")
    other_field = Team.objects.create(name="営業2部", kind="field")
    return Cast(
        mia=person("mia", "三宅", "美亜", ["marketer"], marketing),
        isao=person("isao", "井坂", "勲", ["inside_sales"], inside),
        sato=person("sato", "佐藤", "翔太", ["rep"], field),
        otto=person("otto", "大戸", "圭", ["rep"], other_field),
        maki=person("maki", "牧", "真紀", ["manager"], marketing, inside, field, manager=True),
        ada=person("ada", "足立", "洋子", ["admin"]),
        marketing=marketing,
        inside=inside,
        field=field,
        other_field=other_field,
    )
