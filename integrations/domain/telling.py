"""How somebody is told outside the application: at once, once a day or not at all, and when not."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Pace(TextChoices):
    AT_ONCE = "at_once", pgettext_lazy("notices", "At once")
    DIGEST = "digest", pgettext_lazy("notices", "One summary each working morning")
    NEVER = "never", pgettext_lazy("notices", "Not at all")


@dataclass(frozen=True)
class Quiet:
    """Hours of every day in which nothing is sent: from `starts` (included) until `ends` on the wall of `zone`.

    `ends` before `starts` is the next morning; equal ones aren't allowed.
    """

    starts: time
    ends: time
    zone: ZoneInfo

    def end_of(self, at: datetime) -> datetime | None:
        """When the quiet that holds at this moment is over, in UTC; None when it isn't quiet."""
        local = at.astimezone(self.zone)
        clock, is_overnight = local.time(), self.ends < self.starts
        is_evening = is_overnight and clock >= self.starts
        is_quiet = (is_evening or clock < self.ends) if is_overnight else self.starts <= clock < self.ends
        if not is_quiet:
            return None
        day = local.date() + timedelta(days=is_evening)
        # An hour that comes twice ends in the half in which it was asked.
        return datetime.combine(day, self.ends, self.zone).replace(fold=local.fold).astimezone(UTC)
