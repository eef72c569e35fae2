"""The one line of a card that says why now, in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.interface import dates

LENGTH = 200


def first_line(note: str) -> str:
    """What the sender wrote, cut to one line."""
    lines = note.strip().splitlines()
    return lines[0][:LENGTH] if lines else ""


def told(handoff: Any) -> str:
    """What the sender wrote, else the strongest sign, in the reader's language."""
    return first_line(handoff.note) or line(handoff.sheet)


def default_line(sheet: Mapping[str, Any]) -> str:
    """The line in the organisation's language, for mails and lists that don't know their reader."""
    with translation.override(settings.LANGUAGE_CODE):
        return line(sheet)[:LENGTH]


def line(sheet: Mapping[str, Any]) -> str:
    """Written from the sheet's strongest sign."""
    why = sheet.get("why") or {}
    return _written(why.get("code", ""), why.get("values", {}))


def _written(code: str, values: Mapping[str, Any]) -> str:
    title = values.get("title") or ""
    times = values.get("times", 0)
    match code:
        case "demo_request":
            return _("Asked for a demo on %(day)s") % {"day": _day(values["at"])}
        case "pricing":
            return _("Viewed pricing %(times)d times in %(days)d days") % dict(values)
        case "webinar_attended":
            return _("Joined webinar “%(title)s”") % {"title": title} if title else _("Joined a webinar")
        case "document_download":
            return _("Downloaded “%(title)s”") % {"title": title} if title else _("Downloaded a document")
        case "form_submit":
            return _("Submitted the form on %(day)s") % {"day": _day(values["at"])}
        case "event_attended":
            return _("Attended “%(title)s”") % {"title": title} if title else _("Attended an event")
        case "business_card":
            return _("Exchanged business cards on %(day)s") % {"day": _day(values["at"])}
        case "visits":
            return ngettext(
                "Visited the site %(n)d time in 30 days", "Visited the site %(n)d times in 30 days", times
            ) % {"n": times}
        case "met":
            return _("Came via “%(where)s”") % dict(values)
    return _("Score %(score)s") % {"score": values.get("score", 0)}


def _day(stored: str) -> str:
    return dates.day(datetime.fromisoformat(stored), weekday=False)
