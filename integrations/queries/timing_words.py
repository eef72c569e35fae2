"""How somebody is told outside the application, in words."""

from datetime import time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Team, User
from accounts.queries import organization
from integrations.domain.telling import Pace, Quiet
from integrations.models import NoticeSetting
from integrations.queries import timings


def usual_of(user: User) -> str:
    """The choice of who leaves it to the team."""
    team = timings.teams_of([user.pk]).get(user.pk)
    if team is None:
        return usual_of_organization()
    return _("As the team has it (%(now)s)") % {"now": _pace(timings.of_team(team).mail)}


def usual_of_organization() -> str:
    """The choice of a team that leaves it to the organisation."""
    return _("As usual here (%(now)s)") % {"now": _pace(timings.usual_mail(organization.current()))}


def team_quiet(user: User) -> str:
    """The quiet hours of the person's team, which count until they choose their own; empty when it has none."""
    team = timings.teams_of([user.pk]).get(user.pk)
    quiet = timings.of_team(team).quiet if team else None
    return _hours(quiet) if quiet else ""


def of_team(team: Team) -> str:
    """One sentence of what counts for the team's people."""
    timing = timings.of_team(team.pk)
    said = _("Email: %(now)s") % {"now": _pace(timing.mail)}
    if timing.quiet is None:
        return said
    quiet = _("quiet from %(hours)s") % {"hours": _hours(timing.quiet)}
    return pgettext("clauses", "%(one)s; %(other)s") % {"one": said, "other": quiet}


def now() -> str:
    """What is usual here, and in how many teams it is otherwise."""
    said = _("Email: %(now)s") % {"now": _pace(timings.usual_mail(organization.current()))}
    number = NoticeSetting.objects.filter(team__is_active=True).exclude(mail="", quiet_from=None).count()
    if not number:
        return said
    own = ngettext("%(number)d team has its own", "%(number)d teams have their own", number) % {"number": number}
    return pgettext("clauses", "%(one)s; %(other)s") % {"one": said, "other": own}


def _pace(pace: Pace) -> str:
    words = {
        Pace.AT_ONCE: pgettext("notices, within a sentence", "at once"),
        Pace.DIGEST: pgettext("notices, within a sentence", "one summary each working morning"),
        Pace.NEVER: pgettext("notices, within a sentence", "not at all"),
    }
    return words[pace]


def _hours(quiet: Quiet) -> str:
    return pgettext("hours", "%(from)s to %(until)s") % {"from": _clock(quiet.starts), "until": _clock(quiet.ends)}


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02d}"
