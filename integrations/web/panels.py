"""The panels of this app on the settings page."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.settings_panels import Panel, register
from integrations.queries import timing_words


def notices_now(at: datetime) -> str:
    """How people are told outside the application unless they choose otherwise."""
    return timing_words.now()


register(Panel("notices", "connections", _("Notices"), "settings-notices", notices_now, position=5))
