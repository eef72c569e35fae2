"""The panels of this app on the settings page."""

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from accounts.interface import figures
from accounts.settings_panels import Panel, register
from leads.models import Campaign, Channel, CustomField

MOST_NAMED = 3


def channels_now(at: datetime) -> str:
    """How many channels, and what their campaigns cost together."""
    number = Channel.objects.filter(is_active=True).count()
    cost = Campaign.objects.aggregate(all=Sum("cost"))["all"] or 0
    said = ngettext("%(number)d channel", "%(number)d channels", number) % {"number": number}
    return pgettext("settings", "%(channels)s; total campaign cost %(cost)s") % {
        "channels": said,
        "cost": figures.money(cost),
    }


def fields_now(at: datetime) -> str:
    """The own fields by name, the first ones."""
    labels = list(CustomField.objects.order_by("position", "pk").values_list("label", flat=True))
    if not labels:
        return pgettext("settings", "None yet")
    if len(labels) <= MOST_NAMED:
        return pgettext("between listed words", ", ").join(labels)
    named = pgettext("between listed words", ", ").join(labels[:MOST_NAMED])
    return pgettext("settings", "%(named)s and %(more)d more") % {"named": named, "more": len(labels) - MOST_NAMED}


register(Panel("channels", "leads", _("Channels and campaigns"), "settings-channels", channels_now, position=10))
register(Panel("fields", "leads", _("Custom lead fields"), "settings-fields", fields_now, position=20))
