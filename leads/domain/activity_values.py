"""Decides what an activity may look like: one check for one activity or five thousand."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from journal.errors import FieldError
from leads.domain.lead_values import AHEAD, as_moment, storable

LIVE = timedelta(hours=24)
MOST_METADATA = 10_000
MOST_SECONDS = 7 * 24 * 3600
TEXTS = {"event_id": 120, "type": 40, "content": 200, "url": 1000, "note": 5000}
FIELDS = frozenset(TEXTS) | {"lead", "occurred_at", "duration_seconds", "by", "metadata"}


@dataclass
class CleanActivity:
    """An activity fit to be stored, and every fault found."""

    event_id: str = ""
    type: str = ""
    content: str = ""
    url: str = ""
    note: str = ""
    occurred_at: datetime | None = None
    duration_seconds: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)

    def fault(self, name: str, code: str, message: str) -> None:
        """Notes one fault."""
        self.errors.append(FieldError(name, code, message))


def clean(values: Mapping[str, Any], *, at: datetime, zone: ZoneInfo, types: Collection[str]) -> CleanActivity:
    """The values of one activity, checked; `lead` and `by` are looked up by the service."""
    result = CleanActivity()
    for name in sorted(set(values) - FIELDS, key=str):
        result.fault(str(name), "unknown_field", _("There is no such field."))
    for name, most in TEXTS.items():
        setattr(result, name, _text(result, name, values.get(name), most))
    if not result.type:
        result.fault("type", "required", _("Specify the kind of activity."))
    elif result.type not in types:
        known = ", ".join(sorted(types))
        result.fault(
            "type", "invalid_choice", _("There is no such activity type. Known ones: %(known)s") % {"known": known}
        )
    result.occurred_at = _moment(result, values.get("occurred_at"), at, zone)
    result.duration_seconds = _seconds(result, values.get("duration_seconds"))
    result.metadata = _metadata(result, values.get("metadata"))
    return result


def is_live(occurred_at: datetime, at: datetime) -> bool:
    """True when it happened within 24 hours of its receipt: only that may offer by itself."""
    return at - occurred_at <= LIVE


def _text(result: CleanActivity, name: str, value: Any, most: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        result.fault(name, "invalid", _("This must be text."))
    elif not storable(value):
        result.fault(name, "unstorable", _("The text holds a character that cannot be stored."))
    elif len(value.strip()) > most:
        result.fault(name, "max_length", _("At most %(most)d characters.") % {"most": most})
    else:
        return value.strip()
    return ""


def _moment(result: CleanActivity, value: Any, at: datetime, zone: ZoneInfo) -> datetime | None:
    if value is None:
        result.fault("occurred_at", "required", _("Specify when it happened."))
        return None
    moment = as_moment(value, zone)
    if moment is None:
        result.fault(
            "occurred_at", "invalid_moment", _("Enter a time with its offset, such as 2026-11-20T14:30:00+09:00.")
        )
    elif moment > at + AHEAD:
        result.fault("occurred_at", "future", _("This time is in the future. Enter when it happened."))
    elif moment.year < 1970:
        result.fault("occurred_at", "out_of_range", _("This time is too far in the past. Enter 1970 or later."))
    return moment


def _seconds(result: CleanActivity, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_SECONDS:
        result.fault("duration_seconds", "out_of_range", _("A whole number of seconds, at most one week."))
        return None
    return value


def _metadata(result: CleanActivity, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        result.fault("metadata", "invalid", _("This must be an object."))
        return {}
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > MOST_METADATA:
        result.fault("metadata", "max_length", _("At most %(most)d characters.") % {"most": MOST_METADATA})
    elif not storable(text):
        result.fault("metadata", "unstorable", _("The text holds a character that cannot be stored."))
    return value
