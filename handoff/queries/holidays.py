"""Public holidays of a country, substitute days included, with their names."""

from datetime import date
from functools import lru_cache

import holidays
from django.utils.translation import get_language

_LANGUAGES = {"ja": "ja", "en": "en_US"}


@lru_cache(maxsize=512)
def _of_year(country: str, year: int, language: str) -> dict[date, str]:
    return dict(holidays.country_holidays(country, years=year, language=language)) if country else {}


def is_holiday(country: str, day: date) -> bool:
    """Whether the day is a public holiday, substitute days included. An empty country has none."""
    return day in _of_year(country, day.year, "en_US")


def holiday_name(day: date, country: str = "JP") -> str | None:
    """The holiday's name in the active language; None on other days."""
    language = _LANGUAGES.get((get_language() or "ja")[:2], "en_US")
    return _of_year(country, day.year, language).get(day)


def is_known(country: str) -> bool:
    """Whether holidays of this country (two letters) can be told; an empty country is 'none' and known."""
    return not country or country in holidays.list_supported_countries()
