"""What a running promise shows: how much is left, in working time, and what the page needs to keep counting."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil, floor

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.interface import dates

SOON_SHARE = 0.5
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class ClockFace:
    """One promise as of `at`.

    `remaining` is in working minutes, negative once overdue; `total` is what was given. `windows` are the
    opening hours from the start (or now) until some days past the due time, so that the page can count on
    by itself; `opens_at` is set while the business is closed. `met_after` holds the working minutes it took
    when the promise was kept. `day_minutes` is the length of one working day, used to say long times in days.
    `warns_at` is the share used from which the clock is amber. `held_until` is set while somebody has paused it.
    """

    due_at: datetime
    at: datetime
    remaining: float
    total: float = 0
    opens_at: datetime | None = None
    windows: tuple[tuple[datetime, datetime], ...] = field(default_factory=tuple)
    met_after: float | None = None
    day_minutes: int = 480
    warns_at: float = SOON_SHARE
    held_until: datetime | None = None

    @property
    def state(self) -> str:
        """`met`, `late`, `paused`, `soon` or `ok`."""
        if self.met_after is not None:
            return "met"
        if self.remaining < 0:
            return "late"
        if self.held_until is not None or self.opens_at is not None:
            return "paused"
        return "soon" if self.total and self.used >= self.warns_at else "ok"

    @property
    def used(self) -> float:
        """The share of the given time that is used up, 0 to 1."""
        return min(1.0, max(0.0, 1 - self.remaining / self.total)) if self.total else 0.0

    @property
    def used_percent(self) -> int:
        return round(self.used * 100)

    @property
    def left_percent(self) -> int:
        return 100 - self.used_percent

    @property
    def held_text(self) -> str:
        """`停止中 12/3(木) 9:00まで`; empty unless somebody has paused it."""
        if self.held_until is None:
            return ""
        return pgettext("clock", "Paused until %s") % _opening(self.held_until, today=timezone.localdate(self.at))

    @property
    def windows_json(self) -> str:
        """The windows as the page's script reads them: pairs of ISO times."""
        return json.dumps([[opened.isoformat(), closed.isoformat()] for opened, closed in self.windows])


def say(face: ClockFace, *, style: str = "") -> str:
    """`残り 1時間24分`, `期限超過 24分` (in a row `24分 超過`), `営業時間外 11/24(火) 9:00から`
    (today `営業時間外 9:00から`), `停止中 12/3(木) 9:00まで`, `期限内（48分）`."""
    if face.state == "met":
        return _("in time (%s)") % dates.length(face.met_after)
    if face.state == "paused" and face.held_until is not None:
        return face.held_text
    if face.state == "paused" and face.opens_at is not None:
        return pgettext("clock", "Closed until %s") % _opening(face.opens_at, today=timezone.localdate(face.at))
    if face.state == "late":
        pattern = pgettext("clock", "%s late") if style == "row" else pgettext("clock", "Overdue by %s")
        return pattern % working_length(max(1, floor(-face.remaining)), day_minutes=face.day_minutes)
    return pgettext("clock", "%s left") % working_length(ceil(face.remaining), day_minutes=face.day_minutes)


def _opening(opens_at: datetime, *, today: date) -> str:
    """`9:00` today, else `11/24(火) 9:00` in one piece, so that a narrow column breaks before it."""
    if timezone.localdate(opens_at) == today:
        return dates.clock_time(opens_at)
    return dates.moment(opens_at, today=today).replace(" ", NO_BREAK)


def working_length(minutes: int, *, day_minutes: int) -> str:
    """Working time in minutes and hours, from two working days on in days."""
    if minutes < 2 * day_minutes:
        return dates.length(minutes)
    days = minutes // day_minutes
    return ngettext("%(days)d working day", "%(days)d working days", days) % {"days": days}
