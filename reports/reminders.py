"""What of this app Today reminds people of."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import navigation
from accounts.domain.roles import Permission
from accounts.interface import dates
from accounts.models import Organization, User
from accounts.queries import organization
from handoff import reminders
from handoff.models import Episode
from handoff.queries import calendars
from handoff.reminders import Reminder
from reports.domain.periods import latest_months

# On these first working days of a month; none of them lies further ahead than this, whatever holidays there are.
DAYS, LATEST_DAY = 3, 14


def monthly_check(*, user: User, at: datetime) -> Reminder | None:
    """From mid-size on, managers look at what each side owed last month, once it had handoffs (AR-35)."""
    home, today = organization.current(), organization.local_day(at)
    if home.preset == Organization.Preset.SMALL or today.day > LATEST_DAY or not user.may(Permission.AGREE_TO_RULES):
        return None
    month = latest_months(today, 1, home.zone)
    url = navigation.address("dashboard")
    if not url or not _is_early(today) or not _handed_over(month.start, month.end):
        return None
    return Reminder(
        title=_("Time for the monthly check"),
        text=_("What marketing and sales owed each other in %(month)s, and what was kept.")
        % {"month": dates.month(month.from_on)},
        icon="calendar-check",
        url=f"{url}?tab=sides&period=1m",
        label=pgettext("button", "View the figures"),
    )


def _is_early(today: date) -> bool:
    """Whether at most the first few working days of the month have begun."""
    calendar = calendars.default()
    begun = (today.replace(day=1) + timedelta(days=n) for n in range(today.day))
    return sum(calendar.is_working_day(day) for day in begun) <= DAYS


def _handed_over(start: datetime, end: datetime) -> bool:
    return Episode.objects.filter(offered_at__gte=start, offered_at__lt=end).exists()


reminders.register(monthly_check)
