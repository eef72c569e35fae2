"""Understands dates as spreadsheets write them; an order of day and month is asked for, never guessed."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

from leads.domain.import_faults import CellFault

_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})"
_CLOCK = r"(?P<hour>\d{1,2})[:時](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})?(?:\.\d+)?秒?)?"
_TIME = rf"(?:[T\s]+{_CLOCK}\s*{_ZONE}?)?"
_WEEKDAY = r"\s*(?:\(?[月火水木金土日]\)?(?:曜日?)?)?"
_YEAR_FIRST = re.compile(
    rf"(?P<y>\d{{4}})\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*[-/.月]\s*(?P<d>\d{{1,2}})\s*日?{_WEEKDAY}{_TIME}"
)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_ERA = re.compile(
    rf"(?P<era>令和?|平成?|昭和?|[RHSrhs])\.?\s*(?P<n>\d{{1,2}}|元)\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*[-/.月]\s*(?P<d>\d{{1,2}})\s*日?{_WEEKDAY}{_TIME}"
)
_YEAR_LAST = re.compile(
    rf"(?P<a>\d{{1,2}})\s*[-/.]\s*(?P<b>\d{{1,2}})\s*[-/.]\s*(?P<y>\d{{4}}){_TIME}(?:\s*(?P<half>[AaPp][Mm]))?"
)
_NAMED = re.compile(
    rf"(?:(?P<d1>\d{{1,2}})\s+(?P<m1>[A-Za-z]{{3,9}})|(?P<m2>[A-Za-z]{{3,9}})\s+(?P<d2>\d{{1,2}})),?\s+(?P<y>\d{{4}}){_TIME}"
)
_YEARLESS = re.compile(rf"(?:0?[1-9]|1[0-2])\s*[-/月]\s*(?:0?[1-9]|[12]\d|3[01])\s*日?{_WEEKDAY}{_TIME}")
_SERIAL = re.compile(r"(?P<days>[2-7]\d{4})(?P<part>\.\d+)?")
_ERAS = {"令": 2018, "r": 2018, "平": 1988, "h": 1988, "昭": 1925, "s": 1925}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 (a spreadsheet's days have no zone)

Moment = date | datetime


def understand_date(text: str, *, order: str = "") -> Moment:
    """A date, or a datetime where a time of day is written (aware only where the zone is written too).

    `order` is "dmy" or "mdy" for 1/2/2026. Raises CellFault `date_order` where it would be needed, `year_missing`
    for a month and a day alone (a year is asked for, never guessed either), else `date`.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(plain):
            try:
                return read(match, order)
            except (ValueError, OverflowError) as error:
                raise CellFault("date") from error
    raise CellFault("year_missing" if _YEARLESS.fullmatch(plain) else "date")


def _year_first(match: re.Match[str], _order: str) -> Moment:
    return _with_time(match, int(match["y"]), int(match["m"]), int(match["d"]))


def _compact(match: re.Match[str], _order: str) -> Moment:
    return date(int(match["y"]), int(match["m"]), int(match["d"]))


def _era(match: re.Match[str], _order: str) -> Moment:
    year = _ERAS[match["era"][0].lower()] + (1 if match["n"] == "元" else int(match["n"]))
    return _with_time(match, year, int(match["m"]), int(match["d"]))


def _year_last(match: re.Match[str], order: str) -> Moment:
    a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
    if a > 12 or order == "dmy":
        a, b = b, a
    elif b <= 12 and a != b and order != "mdy":
        raise CellFault("date_order")
    return _with_time(match, year, a, b, half=match["half"] or "")


def _named(match: re.Match[str], _order: str) -> Moment:
    month = (match["m1"] or match["m2"]).lower()[:3]
    return _with_time(match, int(match["y"]), _MONTHS.index(month) + 1, int(match["d1"] or match["d2"]))


def _serial(match: re.Match[str], _order: str) -> Moment:
    moment = _EXCEL_ZERO + timedelta(days=int(match["days"]))
    if not match["part"]:
        return moment.date()
    return moment + timedelta(seconds=round(float(match["part"]) * 86400))


def _with_time(match: re.Match[str], year: int, month: int, day: int, *, half: str = "") -> Moment:
    if not 1900 <= year <= 2200:
        raise ValueError(year)
    if match["hour"] is None:
        return date(year, month, day)
    hour = int(match["hour"])
    if half:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    return datetime(
        year, month, day, hour, int(match["minute"]), int(match["second"] or 0), tzinfo=_zone(match["zone"])
    )


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


_FORMS = (
    (_YEAR_FIRST, _year_first),
    (_COMPACT, _compact),
    (_ERA, _era),
    (_YEAR_LAST, _year_last),
    (_NAMED, _named),
    (_SERIAL, _serial),
)
