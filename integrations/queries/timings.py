"""How and when somebody is told outside the application: the one answer, from person, team and organisation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import Membership, Organization
from accounts.queries import organization
from handoff.domain.calendar import WorkCalendar
from handoff.queries import calendars
from integrations.domain.telling import Pace, Quiet
from integrations.models import NoticeSetting

# Working time and quiet hours repeat by the week; what leaves no moment in a month leaves none.
MOST_HOPS = 62


@dataclass(frozen=True)
class Timing:
    """`mail` says whether mail goes at once, as a digest or never; nothing goes outside working time or when quiet."""

    mail: Pace
    quiet: Quiet | None
    calendar: WorkCalendar

    def first(self, at: datetime) -> datetime:
        """The first moment from `at` on that is working time and not quiet; where none is, of working time alone."""
        moment = opening = self.calendar.next_open(at)
        for _ in range(MOST_HOPS):
            ends = self.quiet.end_of(moment) if self.quiet else None
            if ends is None:
                return moment
            moment = self.calendar.next_open(ends)
        return opening

    def morning(self, at: datetime) -> datetime:
        """The first such moment of the next working day that has none yet at `at`: always ahead."""
        day = self.calendar.local_day(at)
        moment = self.first(self.calendar.midnight_of(day))
        if moment > at:
            return moment
        return self.first(self.calendar.midnight_of(day + timedelta(days=1)))

    def leaves_time(self, at: datetime) -> bool:
        """Whether the quiet hours leave any working time in the two weeks from `at`."""
        if self.quiet is None:
            return True
        for opening, closing in self.calendar.windows(at, at + timedelta(days=14)):
            ends = self.quiet.end_of(opening)
            if ends is None or ends < closing:
                return True
        return False


def of_people(user_ids: Iterable[int], *, team_id: int | None = None) -> dict[int, Timing]:
    """Of each person. Of their teams counts `team_id`, with which the matter lies, if they are in it, else their first."""
    people = set(user_ids)
    teams = teams_of(people, team_id=team_id)
    rows = list(NoticeSetting.objects.filter(Q(user__in=people) | Q(team__in=set(teams.values()))))
    home = organization.current()
    by_user = {row.user_id: row for row in rows if row.user_id}
    by_team = {row.team_id: row for row in rows if row.team_id}
    hours = calendars.for_receivers((person, teams.get(person)) for person in people)
    return {
        person: _timing(home, [by_user.get(person), by_team.get(teams.get(person))], hours[person, teams.get(person)])
        for person in people
    }


def of_team(team_id: int) -> Timing:
    """What counts for the team as such."""
    row = NoticeSetting.objects.filter(team=team_id).first()
    return _timing(organization.current(), [row], calendars.for_team(team_id))


def teams_of(user_ids: Iterable[int], *, team_id: int | None = None) -> dict[int, int]:
    """The one team of each person that counts: `team_id` if they are in it, else the first they came into."""
    places = Membership.objects.filter(user__in=set(user_ids)).order_by("id").values_list("user_id", "team_id")
    found: dict[int, int] = {}
    for person, team in places:
        if person not in found or team == team_id:
            found[person] = team
    return found


def usual_mail(home: Organization) -> Pace:
    """Small organisations are mailed once a day, others at once, until somebody says otherwise."""
    return Pace.DIGEST if home.preset == Organization.Preset.SMALL else Pace.AT_ONCE


def _timing(home: Organization, rows: list[NoticeSetting | None], calendar: WorkCalendar) -> Timing:
    """The most specific row comes first."""
    said = [row for row in rows if row is not None]
    mail = next((Pace(row.mail) for row in said if row.mail), usual_mail(home))
    quiet = next((_quiet(row, home) for row in said if row.quiet_from is not None), None)
    return Timing(mail, quiet, calendar)


def _quiet(row: NoticeSetting, home: Organization) -> Quiet:
    zone = ZoneInfo(row.time_zone) if row.time_zone else home.zone
    return Quiet(row.quiet_from, row.quiet_until, zone)
