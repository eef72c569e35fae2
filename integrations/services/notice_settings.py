"""Choosing how one is told outside the application, and what counts for a team's people by default."""

from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import Team, User
from accounts.queries import organization
from integrations.domain.telling import Pace, Quiet
from integrations.models import NoticeSetting
from integrations.queries import timings
from integrations.services import timing_changes
from journal import services as journal
from journal.errors import FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried


def may_choose(*, by: User, user: User | None = None, team: Team | None = None) -> bool:
    """One's own alone; a team's whoever may change settings."""
    if team is not None:
        return by.may(Permission.CHANGE_SETTINGS)
    return user is not None and by.pk == user.pk


@retried
def choose(
    *,
    mail: str,
    quiet_from: time | None,
    quiet_until: time | None,
    time_zone: str,
    by: User,
    at: datetime,
    user: User | None = None,
    team: Team | None = None,
) -> NoticeSetting:
    """From now on this counts for the person or the team; what is owed already goes out sooner or later accordingly.

    Empty values leave it to the team or the organisation. Raises Forbidden, and Invalid naming each wrong field.
    """
    if not may_choose(by=by, user=user, team=team):
        raise Forbidden(_("You can only change your own notice settings."))
    zone = _zone(time_zone)
    if faults := _faults(mail, quiet_from, quiet_until, zone, user, team, at):
        raise Invalid(_("Nothing was changed."), errors=faults)
    kept = "" if str(zone) == organization.current().time_zone else str(zone)
    values = {"mail": mail, "quiet_from": quiet_from, "quiet_until": quiet_until, "time_zone": kept}
    one_at_a_time("notice settings")
    setting = NoticeSetting.objects.update_or_create(user=user, team=team, defaults=values)[0]
    if team is not None:
        told = values | {name: str(values[name] or "") for name in ("quiet_from", "quiet_until")}
        journal.record("notice_setting.changed", subject=setting, by=by, at=at, data={"team": team.pk} | told)
    people = timing_changes.members_of(team.pk) if team is not None else [setting.user_id]
    timing_changes.look_again(at=at, people=people, team=setting.team_id)
    return setting


def _zone(name: str) -> ZoneInfo | None:
    """The zone, the organisation's where none is named; None where it is unknown."""
    try:
        return ZoneInfo(name.strip() or organization.current().time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _faults(
    mail: str,
    quiet_from: time | None,
    quiet_until: time | None,
    zone: ZoneInfo | None,
    user: User | None,
    team: Team | None,
    at: datetime,
) -> list[FieldError]:
    if mail and mail not in Pace.values:
        return [FieldError("mail", "unknown", _("Choose one of the ways."))]
    if zone is None:
        return [FieldError("time_zone", "unknown_zone", _("Unknown time zone. Enter it like Asia/Tokyo."))]
    if quiet_from is None and quiet_until is None:
        return []
    if quiet_from is None or quiet_until is None:
        missing = "quiet_from" if quiet_from is None else "quiet_until"
        return [FieldError(missing, "required", _("Enter both times, or neither."))]
    if quiet_from == quiet_until:
        return [FieldError("quiet_until", "same", _("The two times must differ."))]
    now = timings.of_team(team.pk) if team else timings.of_people([user.pk])[user.pk]  # type: ignore[union-attr]
    if not timings.Timing(now.mail, Quiet(quiet_from, quiet_until, zone), now.calendar).leaves_time(at):
        return [FieldError("quiet_until", "no_time", _("These hours leave no working time in which to be told."))]
    return []
