"""Decides who comes when and how interested they are: the sample's script, drawn from one seed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from integrations.sample import words
from integrations.sample.crew import CHANNELS, Crew
from leads.models import Campaign, Channel

# Leads come in by the season: budgets are planned in autumn, spring is fairs; August and the year's end are quiet.
SEASON = {1: 0.7, 2: 0.9, 3: 1.2, 4: 1.0, 5: 0.9, 6: 1.1, 7: 1.0, 8: 0.6, 9: 1.3, 10: 1.4, 11: 1.3, 12: 0.8}
WEEKEND = 0.12
# Of the acts that would lie beyond the end, this share happens just before it.
COMES_NOW = 0.25
# What an interested person does: type, weight, content kind
ACTS = [
    ("site_visit", 34, None),
    ("page_view", 22, "page"),
    ("document_download", 22, "document"),
    ("email_click", 9, None),
    ("webinar_attended", 12, "webinar"),
    ("event_attended", 2, None),
    ("demo_request", 1, None),
]


@dataclass(frozen=True)
class Character:
    """One lead to be: what is entered, by whom it comes, and how much will come of it (0 to 1)."""

    values: dict[str, Any]
    at: datetime
    channel: Channel
    campaign: Campaign | None
    interest: float
    worth: float


class Script:
    """Draws characters and their acts; the same seed gives the same year."""

    def __init__(self, crew: Crew, *, random: Random, begins: date, until: datetime, zone: ZoneInfo):
        self.crew = crew
        self.random = random
        self.begins = begins
        self.until = until
        self.zone = zone
        self.companies: list[dict[str, Any]] = []
        self.emails: set[str] = set()

    def characters(self, count: int) -> list[Character]:
        """`count` leads in order of arrival."""
        days = self._days()
        weights = [self._weight(day) for day in days]
        drawn = self.random.choices(days, weights, k=count)
        return sorted((self._character(day) for day in drawn), key=lambda character: character.at)

    def _days(self) -> list[date]:
        last = self.until.astimezone(self.zone).date()
        return [self.begins + timedelta(days=n) for n in range((last - self.begins).days + 1)]

    def _weight(self, day: date) -> float:
        weight = SEASON[day.month] * (WEEKEND if day.weekday() >= 5 else 1)
        if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
            weight *= 0.1
        # A firm that gets better at it: somewhat more at the end of the year than at its beginning.
        return weight * (0.8 + 0.5 * (day - self.begins).days / 365)

    def _character(self, day: date) -> Character:
        channel, campaign, quality = self._source(day)
        company = self._company()
        worth = min(1.0, max(0.0, self.random.gauss(quality, 0.22)))
        interest = min(1.0, max(0.05, self.random.gauss(0.25 + 0.5 * worth, 0.2)))
        values = self._person(company) | {"channel": channel, "campaign": campaign}
        at = min(self._moment(day), self._just_now())
        return Character(values, at, channel, campaign, interest, worth)

    def _moment(self, day: date) -> datetime:
        hour = int(min(22, max(7, self.random.gauss(13.5, 3))))
        return datetime.combine(day, time(hour, self.random.randrange(60), self.random.randrange(60)), self.zone)

    def _just_now(self) -> datetime:
        """Within the last hour and a half, so that the first look finds something fresh."""
        return self.until - timedelta(minutes=self.random.randrange(5, 90))

    def _source(self, day: date) -> tuple[Channel, Campaign | None, float]:
        running = [self._pull(row, day) for row in CHANNELS]
        number = self.random.choices(range(len(CHANNELS)), running)[0]
        channel = self.crew.channels[number]
        fitting = [
            campaign
            for campaign in self.crew.campaigns[channel.pk]
            if campaign.starts_on
            and campaign.ends_on
            and campaign.starts_on <= day <= campaign.ends_on + timedelta(days=21)
        ]
        return channel, (self.random.choice(fitting) if fitting else None), CHANNELS[number][3]

    def _pull(self, row: tuple[Any, ...], day: date) -> float:
        """A channel's share, three times as much within three weeks of one of its campaigns' beginnings."""
        share = float(row[2])
        near = any(
            campaign.starts_on and 0 <= (day - campaign.starts_on).days <= 21
            for campaign in self.crew.campaigns[self.crew.channels[CHANNELS.index(row)].pk]  # type: ignore[arg-type]
        )
        return share * (3 if near else 0.8)

    def _company(self) -> dict[str, Any]:
        """A known company in three of ten cases, else a new one."""
        if self.companies and self.random.random() < 0.3:
            return self.random.choice(self.companies[-80:])
        industry = self.random.choices(list(words.INDUSTRIES), [row[0] for row in words.INDUSTRIES.values()])[0]
        place, romaji = self.random.choice(words.PLACES)
        kind = self.random.choice(words.INDUSTRIES[industry][1])
        number = len(self.companies) + 1
        employees = int(min(9000, max(6, math.exp(self.random.gauss(4.7, 1.1)))))
        name = f"{place}{kind}株式会社" if self.random.random() < 0.6 else f"株式会社{place}{kind}"
        company = {
            "name": name,
            "domain": f"{romaji}{number}.example",
            "industry": industry,
            "employee_count": employees,
            "prefecture": self.random.choice(words.PREFECTURES),
            "phone": f"0{self.random.randrange(3, 10)}{self.random.randrange(1, 9)}-000-{number:04d}",
        }
        self.companies.append(company)
        return company

    def _person(self, company: dict[str, Any]) -> dict[str, Any]:
        last, romaji, last_kana = self.random.choice(words.LAST_NAMES)
        first, first_kana = self.random.choice(words.FIRST_NAMES)
        title = self.random.choices([t for t, _w in words.TITLES], [w for _t, w in words.TITLES])[0]
        email = self._email(romaji, company["domain"])
        department = self.random.choice(words.INDUSTRIES[company["industry"]][2])
        return {
            "last_name": last,
            "first_name": first,
            "last_name_kana": last_kana,
            "first_name_kana": first_kana,
            "email": email,
            "phone": company["phone"] if self.random.random() < 0.75 else "",
            "title": title,
            "department": department,
            "company": company,
        }

    def _email(self, romaji: str, domain: str) -> str:
        number = 1
        while (email := f"{romaji}{number if number > 1 else ''}@{domain}") in self.emails:
            number += 1
        self.emails.add(email)
        return email

    def acts(self, character: Character) -> Iterator[tuple[datetime, str, Any]]:
        """What this person does: (moment, type, content or None), within about ten weeks of their arrival."""
        count = min(12, int(self.random.gammavariate(1.6, (0.6 + 3.6 * character.interest))))
        at = character.at + timedelta(minutes=self.random.randrange(2, 90))
        for _number in range(count):
            kind, _weight, wants = self.random.choices(ACTS, [row[1] for row in ACTS])[0]
            if kind == "demo_request" and character.worth < 0.5:
                kind, wants = "site_visit", None
            if at >= self.until:
                # Some of those who would come later come now; all of them at once would be no ordinary morning.
                if self.random.random() < COMES_NOW:
                    yield self._just_now(), kind, self.content(wants)
                return
            yield at, kind, self.content(wants)
            at = self._moment((at + timedelta(days=self.random.expovariate(1 / 6))).astimezone(self.zone).date())
            at += timedelta(seconds=self.random.randrange(60))

    def content(self, kind: str | None) -> Any:
        """One of this kind, None where there is none."""
        fitting = [content for content in self.crew.contents if content.kind == kind]
        return self.random.choice(fitting) if fitting else None
