"""A pause as people read it."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import dates, figures
from handoff.models import Pause
from handoff.queries.pause_reasons import why


def told(pause: Pause) -> str:
    """The reason and who paused."""
    return _("%(why)s, paused by %(name)s") % {"why": why(pause), "name": figures.person(pause.by)}


def until(pause: Pause, *, at: datetime) -> str:
    """`停止中 12/3(木) 9:00まで`."""
    near = dates.near_moment(pause.until_at, today=timezone.localdate(at))
    return pgettext("clock", "Paused until %s") % near
