"""What stands in every row of a list, drawn without a template: fifty rows of them are most of a page's time."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.interface import dates, drawing

Style = Literal["near", "due", "happened", "day", "ago"]
SAYS: dict[Style, Callable[..., str]] = {
    "near": dates.near_moment,
    "due": dates.near_due,
    "happened": dates.happened,
    "day": dates.near_day,
    "ago": dates.days_ago,
}
EMPTY = format_html("{}", "")
RING = '<circle cx="6" cy="6" r="4.75"/>'
MOON = '<span class="hf-touch" data-age="{}"{}><svg viewBox="0 0 12 12" aria-hidden="true">%s</svg>{}</span>'
MOONS = {
    "week": MOON % '<circle class="on" cx="6" cy="6" r="5.5"/>',
    "month": MOON % (RING + '<path class="on" d="M6 1.25a4.75 4.75 0 0 0 0 9.5z"/>'),
    "old": MOON % RING,
    "none": MOON % RING,
}


def when(at: datetime | date | None, style: Style, *, today: date, begins: bool = True) -> SafeString:
    """A moment in words, the exact one on hover where the words don't say it; empty without a moment.

    `begins`: no other words stand before it on the line.
    """
    if not at:
        return EMPTY
    is_day = not isinstance(at, datetime) or (style == "happened" and dates.is_whole_day(at))
    exact = (dates.day if is_day else dates.due if style == "due" else dates.moment)(at, today=today)
    text = (capfirst if begins else str)(SAYS[style](at, today=today))
    title = EMPTY if text == exact else format_html(' title="{}"', exact)
    return format_html('<time class="hf-tab" datetime="{}"{}>{}</time>', at.isoformat(), title, text)


def touch(at: datetime | None, *, today: date) -> SafeString:
    """The last contact as a waning moon and how long ago it was."""
    days = None if at is None else (today - timezone.localtime(at).date()).days
    age = drawing.moon(days)
    return format_html(
        MOONS[age],
        age,
        EMPTY if at is None else format_html(' title="{}"', dates.moment(at)),
        _("Not contacted") if at is None else capfirst(dates.days_ago(at, today=today)),
    )


def who(name: str, *, company: Any = "", url: str = "", title: str = "") -> SafeString:
    """Company above person, who leads to `url`, and what that person is there."""
    person = format_html("<b>{}</b>", name)
    return format_html(
        '<span class="hf-who">{}<span class="hf-pe">{}{}</span></span>',
        format_html('<span class="hf-co">{}</span>', company) if company else EMPTY,
        format_html('<a class="text-reset" href="{}">{}</a>', url, person) if url else person,
        format_html('<span class="hf-xs hf-2nd">{}</span>', title) if title else EMPTY,
    )
