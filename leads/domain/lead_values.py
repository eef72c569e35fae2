"""Decides which values a lead may be given: one check for pages, API and imports, naming every fault at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from journal.errors import FieldError
from leads.domain.choices import Phase, Seniority
from leads.domain.normalise import email_address
from leads.domain.text_folding import tidy

LEAD_TEXTS = {
    "external_id": 120,
    "last_name": 80,
    "first_name": 80,
    "last_name_kana": 80,
    "first_name_kana": 80,
    "email": 254,
    "phone": 40,
    "mobile": 40,
    "title": 120,
    "department": 120,
}
COMPANY_TEXTS = {
    "name": 255,
    "corporate_number": 13,
    "domain": 255,
    "url": 500,
    "industry": 80,
    "phone": 40,
    "postal_code": 10,
    "prefecture": 10,
    "address": 300,
}
QUALIFICATION_TEXTS = {
    "need": 500,
    "challenge": 500,
    "timeframe": 120,
    "authority": 200,
    "decision_process": 500,
    "budget": 200,
    "competitors": 300,
    "note": 2000,
}
FLAGS = ("opted_out", "do_not_contact")
READ_ONLY = frozenset(
    "id stage stage_since owner team due_at due_kind score band grade model tags last_activity_at last_contact_at "
    "created_at updated_at version".split()
)
MOST_EMPLOYEES = 10_000_000
MOST_CUSTOM_TEXT = 1000
EARLIEST = date(1970, 1, 1)
# What lies further ahead than this comes from a wrong clock; an activity would score tomorrow's points today.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class CustomShape:
    """What a custom field takes."""

    kind: str
    choices: tuple[str, ...] = ()


@dataclass
class Cleaned:
    """Values fit to be stored (only the ones given), and every fault found."""

    lead: dict[str, Any] = field(default_factory=dict)
    company: Any = None
    qualification: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    channel: Any = None
    campaign: Any = None
    errors: list[FieldError] = field(default_factory=list)

    def fault(self, name: str, code: str, message: str) -> None:
        """Notes one fault."""
        self.errors.append(FieldError(name, code, message))


def clean(
    values: Mapping[str, Any], *, at: datetime, zone: ZoneInfo, custom_fields: Mapping[str, CustomShape]
) -> Cleaned:
    """The values of a lead, checked. Read-only fields are left out, unknown ones are faults."""
    result = Cleaned()
    for name, value in values.items():
        if name in LEAD_TEXTS:
            result.lead[name] = _text(result, name, value, LEAD_TEXTS[name])
        elif name in _SPECIAL:
            _SPECIAL[name](result, value)
        elif name == "acquired_at":
            result.lead[name] = _moment(result, name, value, at, zone)
        elif name == "custom":
            _custom(result, value, custom_fields)
        elif name not in READ_ONLY:
            result.fault(name, "unknown_field", _("There is no such field."))
    _check_contact(result)
    return result


def clean_qualification(values: Any) -> Cleaned:
    """The values of a qualification alone."""
    result = Cleaned()
    _qualification(result, values)
    return result


def clean_company(values: Any) -> Cleaned:
    """The values of a company alone."""
    result = Cleaned()
    _company(result, values)
    return result


def _text(result: Cleaned, name: str, value: Any, most: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        result.fault(name, "invalid", _("This must be text."))
        return ""
    if not storable(value):
        result.fault(name, "unstorable", _("The text holds a character that cannot be stored."))
        return ""
    text = value.strip()
    if len(text) > most:
        result.fault(name, "max_length", _("At most %(most)d characters.") % {"most": most})
    return text


def storable(text: str) -> bool:
    """No NUL and no half of a surrogate pair: neither engine's every path takes those."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _check_contact(result: Cleaned) -> None:
    email = result.lead.get("email")
    if email:
        result.lead["email"] = email_address(email)
        if not result.lead["email"]:
            result.fault(
                "email", "invalid_email", _("This is not an email address. Enter one such as name@example.com.")
            )
    for name in ("phone", "mobile"):
        number = result.lead.get(name)
        if number and not any(char.isdigit() for char in number):
            result.fault(name, "invalid_phone", _("This is not a phone number."))
        elif number:
            result.lead[name] = tidy(number)[: LEAD_TEXTS[name]]
    if result.lead.get("external_id") == "":
        result.lead["external_id"] = None


def _choice(name: str, choices: type) -> Any:
    def check(result: Cleaned, value: Any) -> None:
        if value in (None, ""):
            result.lead[name] = ""
        elif isinstance(value, str) and value in choices.values:  # type: ignore[attr-defined]
            result.lead[name] = value
        else:
            result.fault(name, "invalid_choice", _one_of(choices.values))  # type: ignore[attr-defined]

    return check


def _one_of(values: Any) -> str:
    return _("Must be one of: %(values)s.") % {"values": ", ".join(values)}


def _flag(name: str) -> Any:
    def check(result: Cleaned, value: Any) -> None:
        if isinstance(value, bool):
            result.lead[name] = value
        else:
            result.fault(name, "invalid", _("This must be true or false."))

    return check


def _moment(result: Cleaned, name: str, value: Any, at: datetime, zone: ZoneInfo) -> datetime | None:
    moment = as_moment(value, zone)
    if moment is None:
        result.fault(name, "invalid_moment", _("Enter a time with its offset, such as 2026-11-20T14:30:00+09:00."))
        return None
    if moment.date() < EARLIEST or moment > at + AHEAD:
        result.fault(name, "out_of_range", _("This time is in the future or too far in the past."))
    return moment


def as_moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """An aware moment from an RFC 3339 text, a local date (its midnight) or a datetime; None when it is none."""
    try:
        if isinstance(value, str):
            value = parse_datetime(value) or parse_date(value)
        if isinstance(value, datetime):
            aware = value if value.tzinfo else None
            return aware.astimezone(zone) if aware else None
        return datetime.combine(value, time(), zone) if isinstance(value, date) else None
    except (ValueError, OverflowError):
        return None


def _qualification(result: Cleaned, values: Any) -> None:
    if not isinstance(values, Mapping):
        result.fault("qualification", "invalid", _("This must be an object."))
        return
    for name, value in values.items():
        path = f"qualification.{name}"
        if name in QUALIFICATION_TEXTS:
            result.qualification[name] = _text(result, path, value, QUALIFICATION_TEXTS[name])
        elif name == "phase" and (value in (None, "") or value in Phase.values):
            result.qualification[name] = value or ""
        elif name == "phase":
            result.fault(path, "invalid_choice", _one_of(Phase.values))
        elif name == "temperature":
            result.qualification[name] = _whole(result, path, value, 1, 5)
        else:
            result.fault(path, "unknown_field", _("There is no such field."))


def _whole(result: Cleaned, path: str, value: Any, least: int, most: int) -> int | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        result.fault(
            path, "out_of_range", _("A whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
        )
        return None
    return value


def _company(result: Cleaned, values: Any) -> None:
    if values is None or hasattr(values, "pk"):
        result.company = values
        return
    given = {"name": values} if isinstance(values, str) else values
    if not isinstance(given, Mapping):
        result.fault("company", "invalid", _("This must be an object."))
        return
    result.company = {}
    for name, value in given.items():
        path = f"company.{name}"
        if name in COMPANY_TEXTS:
            result.company[name] = _text(result, path, value, COMPANY_TEXTS[name])
        elif name in ("employee_count", "employee_count_max"):
            result.company[name] = _whole(result, path, value, 0, MOST_EMPLOYEES)
        elif name not in ("id", "version"):
            result.fault(path, "unknown_field", _("There is no such field."))
    _check_company(result)


def _check_company(result: Cleaned) -> None:
    number, url = result.company.get("corporate_number"), result.company.get("url")
    if number and not (number.isascii() and number.isdigit() and len(number) == 13):
        result.fault("company.corporate_number", "invalid", _("A corporate number has 13 digits."))
    if url and not url.lower().startswith(("http://", "https://")):
        result.fault("company.url", "invalid_url", _("A URL begins with https:// or http://."))
    low, high = result.company.get("employee_count"), result.company.get("employee_count_max")
    if low is not None and high is not None and high < low:
        result.fault("company.employee_count_max", "order", _("The upper number is lower than the lower one."))


def _named(name: str, most: int) -> Any:
    def check(result: Cleaned, value: Any) -> None:
        if value is not None and not hasattr(value, "pk"):
            value = _text(result, name, value, most)
        setattr(result, name, value or None)

    return check


def _custom(result: Cleaned, values: Any, shapes: Mapping[str, CustomShape]) -> None:
    if not isinstance(values, Mapping):
        result.fault("custom", "invalid", _("This must be an object."))
        return
    for key, value in values.items():
        if key not in shapes:
            result.fault(f"custom.{key}", "unknown_field", _("There is no such field."))
        elif value is None or value == "":
            result.custom[key] = None
        elif fits(value, shapes[key]):
            result.custom[key] = value
        else:
            result.fault(f"custom.{key}", "invalid", _("This value does not fit the field."))


def fits(value: Any, shape: CustomShape) -> bool:
    """True when a custom field of this shape may hold the value."""
    if shape.kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
    if shape.kind == "yes_no":
        return isinstance(value, bool)
    if not isinstance(value, str) or len(value) > MOST_CUSTOM_TEXT or not storable(value):
        return False
    if shape.kind == "date":
        try:
            return parse_date(value) is not None
        except ValueError:
            return False
    return shape.kind != "choice" or value in shape.choices


_SPECIAL = {
    "seniority": _choice("seniority", Seniority),
    "opted_out": _flag("opted_out"),
    "do_not_contact": _flag("do_not_contact"),
    "qualification": _qualification,
    "company": _company,
    "channel": _named("channel", 80),
    "campaign": _named("campaign", 120),
}
