"""Reads the address of a dashboard: every tab, period and filter has one. What is not understood falls back."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.domain.years import FIRST_YEAR, LAST_YEAR
from accounts.interface import dates
from accounts.interface.languages import is_japanese
from accounts.models import Team
from handoff.domain.choices import Leg
from leads.models import Channel, Company
from leads.queries.references import as_id
from reports.domain.periods import LONGEST_DAYS, Period, latest_days, latest_months, this_month
from reports.queries.funnel import COHORTS
from reports.queries.scope import SIZES, Filters, Question, narrowed_to

# Up to and with today, so that what was done this morning shows.
DEFAULT = "90d"


@dataclass(frozen=True)
class Choice:
    """One thing to choose, with its address."""

    label: str
    url: str
    is_current: bool


class Asked:
    """The question in the address, and the addresses of its neighbours."""

    def __init__(self, request: HttpRequest):
        self.get: QueryDict = request.GET
        self.at = request.entry.at  # type: ignore[attr-defined]
        self.organization = request.entry.organization  # type: ignore[attr-defined]
        self.user = request.user
        self.today = self.at.astimezone(self.organization.zone).date()

    @cached_property
    def question(self) -> Question:
        return Question(self.period, self.at, self.filters, narrowed_to(self.user, self.organization))

    @cached_property
    def period(self) -> Period:
        zone, first, last = self.organization.zone, _day(self.get.get("from")), _day(self.get.get("until"))
        if first and last and first <= last and (last - first).days < LONGEST_DAYS:
            return replace(latest_days(last, 1, zone), from_on=first)
        return self._named(self.get.get("period", ""))

    @cached_property
    def filters(self) -> Filters:
        return Filters(
            team=self._one("team", self.teams),
            channel=self._one("channel", self.channels),
            industry=self.get.get("industry", "") if self.get.get("industry", "") in self.industries else "",
            size=self.get.get("size", "") if self.get.get("size", "") in SIZES else "",
            leg=self.get.get("leg", "") if self.get.get("leg", "") in Leg.values else "",
        )

    @cached_property
    def cohort(self) -> str:
        chosen = self.get.get("cohort", "")
        return chosen if chosen in [stage.value for stage in COHORTS] else "mql"

    @cached_property
    def teams(self) -> dict[int, str]:
        return dict(Team.objects.filter(is_active=True).order_by("pk").values_list("pk", "name"))

    @cached_property
    def channels(self) -> dict[int, str]:
        return dict(Channel.objects.order_by("pk").values_list("pk", "name"))

    @cached_property
    def industries(self) -> list[str]:
        found = Company.objects.exclude(industry="").order_by("industry").values_list("industry", flat=True)
        return list(found.distinct()[:60])

    def url(self, **changes: Any) -> str:
        """The same address with these parameters changed; None or empty takes one away."""
        query = self.get.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value not in (None, ""):
                query[name] = str(value)
        return f"?{query.urlencode()}" if query else "?"

    @property
    def report_query(self) -> str:
        """The same question as the parameters of the reports in the API."""
        query = QueryDict(mutable=True)
        query["from"], query["to"] = self.period.from_on.isoformat(), self.period.to_on.isoformat()
        for name, value in vars(self.filters).items():
            if value:
                query[name] = str(value)
        return query.urlencode()

    def period_choices(self) -> list[Choice]:
        chosen = "" if self.get.get("from") else self.get.get("period", DEFAULT)
        return [
            Choice(label, self.url(period=key, **{"from": None, "until": None}), key == chosen)
            for key, label in period_names().items()
        ]

    def _named(self, key: str) -> Period:
        zone = self.organization.zone
        return {
            "month": lambda: this_month(self.today, zone),
            "1m": lambda: latest_months(self.today, 1, zone),
            "3m": lambda: latest_months(self.today, 3, zone),
            "6m": lambda: latest_months(self.today, 6, zone),
            "12m": lambda: latest_months(self.today, 12, zone),
            "30d": lambda: latest_days(self.today, 30, zone),
        }.get(key, lambda: latest_days(self.today, 90, zone))()

    def _one(self, name: str, known: dict[int, str]) -> int | None:
        number = as_id(self.get.get(name))
        return number if number in known else None


def period_names() -> dict[str, str]:
    """The periods that have a name."""
    return {
        "month": _("This month"),
        "1m": _("Last month"),
        "3m": _("Last 3 months"),
        "6m": _("Last 6 months"),
        "12m": _("Last 12 months"),
        "30d": _("Last 30 days"),
        "90d": _("Last 90 days"),
    }


def period_label(period: Period) -> str:
    """`2026年8月–10月` for whole months, else its first and last day."""
    first, last = period.from_on, period.last_on
    if not period.is_whole_months:
        return f"{dates.day(first, weekday=False)} – {dates.day(last, weekday=False)}"
    values = {"year": first.year, "month": _month(first), "to_month": _month(last), "to_year": last.year}
    if (first.year, first.month) == (last.year, last.month):
        return pgettext("period", "%(month)s %(year)d") % values
    if first.year == last.year:
        return pgettext("period", "%(month)s – %(to_month)s %(year)d") % values
    return pgettext("period", "%(month)s %(year)d – %(to_month)s %(to_year)d") % values


def _month(day: date) -> str:
    """`Aug`; in Japanese the bare number, which the pattern completes."""
    if is_japanese():
        return str(day.month)
    return str(MONTHS_3[day.month]).capitalize()


def _day(text: str | None) -> date | None:
    """The day in the address; None where it is none, or one that no time zone can hold the midnight of."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
