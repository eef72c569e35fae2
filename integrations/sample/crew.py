"""The people, teams, channels, campaigns and contents of the sample company."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from accounts.models import Organization, Team, User
from accounts.services import people
from integrations.sample import words
from leads.models import Campaign, Channel, Content
from leads.services.contents import title_key

NAME = "みなと在庫システム株式会社（見本）"
PASSWORD = "minato-sample"  # noqa: S105 (printed at the first start; the sample's people exist only in the sample)

# key, last, first, roles, teams; the speed is how long they take compared with the others
PEOPLE = [
    ("mia", "三宅", "美亜", ["marketer"], ["marketing"], 0.9),
    ("tsubasa", "香川", "翼", ["marketer"], ["marketing"], 1.1),
    ("isao", "井坂", "勲", ["inside_sales"], ["inside"], 0.7),
    ("noguchi", "野口", "真", ["inside_sales"], ["inside"], 1.0),
    ("aoki", "青木", "涼", ["inside_sales"], ["inside"], 1.4),
    ("sato", "佐藤", "翔太", ["rep"], ["field"], 0.8),
    ("otto", "大戸", "圭", ["rep"], ["field"], 1.5),
    ("shiraishi", "白石", "玲", ["rep"], ["field"], 1.0),
    ("maki", "牧", "真紀", ["manager"], ["marketing", "inside", "field"], 1.0),
    ("ada", "足立", "洋子", ["admin"], [], 1.0),
]
TEAMS = [
    ("marketing", "マーケティング部", "marketing"),
    ("inside", "インサイドセールス課", "inside_sales"),
    ("field", "営業部", "field"),
]
# code, name, share of leads, quality (how often it becomes business), cost a campaign, campaigns (name, month, days)
CHANNELS = [
    ("exhibition", "展示会", 26, 0.35, 1_800_000, [("ものづくりフェア 春", 3, 3), ("ものづくりフェア 秋", 9, 3)]),
    ("webinar", "ウェビナー", 20, 0.55, 120_000, [("在庫の見える化", 5, 1), ("棚卸を半日で終える", 10, 1)]),
    ("download", "資料請求", 22, 0.60, 300_000, [("製造業向け資料", 4, 60)]),
    ("web-ads", "Web広告", 16, 0.30, 900_000, [("検索広告 上期", 1, 150), ("検索広告 下期", 7, 150)]),
    ("referral", "紹介", 8, 0.85, 0, [("お客様紹介制度", 2, 300)]),
    ("business-card", "名刺交換", 8, 0.40, 0, [("営業訪問", 1, 360)]),
]


@dataclass
class Crew:
    organization: Organization
    teams: dict[str, Team]
    people: dict[str, User]
    speed: dict[int, float] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    campaigns: dict[int, list[Campaign]] = field(default_factory=dict)
    contents: list[Content] = field(default_factory=list)

    @property
    def admin(self) -> User:
        return self.people["ada"]


def organization(*, started_at: datetime, until: datetime) -> Organization:
    """The sample's organisation row."""
    values = {
        "name": NAME,
        "preset": Organization.Preset.MID,
        "is_sample": True,
        "target_industries": ["製造業", "食品", "物流"],
        "shows_advanced": True,
        "started_at": started_at,
        "sample_until": until,
        "steps_done": ["import", "score", "invite", "handoff"],
    }
    return Organization.objects.update_or_create(pk=1, defaults=values)[0]


def teams(at: datetime) -> dict[str, Team]:
    """The three teams."""
    return {key: people.create_team(name=name, kind=kind, by=None, at=at) for key, name, kind in TEAMS}


def staff(found: dict[str, Team], at: datetime) -> dict[str, User]:
    """The ten people."""
    made = {
        key: people.invite(
            email=f"{key}@minato.example",
            last_name=last,
            first_name=first,
            roles=roles,
            teams=[found[team] for team in members],
            by=None,
            at=at,
        )
        for key, last, first, roles, members, _speed in PEOPLE
    }
    # One slow hash for the ten, who share the sample's password anyway.
    User.objects.filter(pk__in=[user.pk for user in made.values()]).update(password=make_password(PASSWORD))
    return made


def channels(begins: date, ends: date) -> tuple[list[Channel], dict[int, list[Campaign]]]:
    """Six channels; each campaign at the occurrence of its month within the sample's year."""
    made: list[Channel] = []
    campaigns: dict[int, list[Campaign]] = {}
    for code, name, _share, _quality, cost, efforts in CHANNELS:
        channel = Channel.objects.create(code=code, name=name)
        made.append(channel)
        campaigns[channel.pk] = [
            Campaign.objects.create(
                channel=channel,
                name=title,
                cost=Decimal(cost),
                starts_on=(first := _within(month, begins, ends)),
                ends_on=min(first + timedelta(days=days - 1), ends),
            )
            for title, month, days in efforts
        ]
    return made, campaigns


def _within(month: int, begins: date, ends: date) -> date:
    """The 10th of that month, in the year that lies inside the sample's twelve months."""
    day = date(begins.year, month, 10)
    return day if day >= begins else min(date(begins.year + 1, month, 10), ends)


def contents() -> list[Content]:
    """Documents, webinars and pages that activities refer to."""
    return [
        Content.objects.create(
            title=title, title_key=title_key(title), kind=kind, phase=phase, url=f"https://minato.example/{number}"
        )
        for number, (title, kind, phase) in enumerate(words.CONTENTS, 1)
    ]
