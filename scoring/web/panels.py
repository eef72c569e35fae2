"""The panel of this app on the settings page."""

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.queries import organization
from accounts.settings_panels import Panel, register


def publishing_now(at: datetime) -> str:
    """Whose agreement publishing asks for."""
    if organization.current().publishing_needs_agreement:
        return gettext("Published once a manager of marketing and one of sales have agreed")
    return gettext("Published by administrators alone")


register(
    Panel("publishing", "leads", _("Publishing scoring rules"), "settings-publishing", publishing_now, position=40)
)
