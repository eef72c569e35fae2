"""The panels of this app on the settings page."""

from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import ApiKey, Team, User
from accounts.settings_panels import Panel, register


def people_now(at: datetime) -> str:
    """How many people in how many teams."""
    people = User.objects.active().people().count()
    teams = Team.objects.filter(is_active=True).count()
    said = ngettext("%(people)d person", "%(people)d people", people) % {"people": people}
    return ngettext("%(said)s in %(teams)d team", "%(said)s in %(teams)d teams", teams) % {"said": said, "teams": teams}


def keys_now(at: datetime) -> str:
    """How many systems are connected."""
    number = ApiKey.objects.filter(revoked_at__isnull=True, expires_at__gt=at).count()
    if not number:
        return gettext("No key is in use")
    return ngettext("%(number)d key is in use", "%(number)d keys are in use", number) % {"number": number}


register(
    Panel(
        "people", "people", _("Teams and people"), "settings-people", people_now, Permission.MANAGE_PEOPLE, position=10
    )
)
register(Panel("keys", "connections", _("API keys"), "settings-keys", keys_now, position=10))
