"""Which channel a name means."""

from leads.domain import channel_names
from leads.models import Channel


def named(name: str) -> Channel | None:
    """The channel of this name or code, else the oldest that has its name in the other language."""
    exact = Channel.objects.filter(name=name).first() or Channel.objects.filter(code=name).first()
    if exact or not name:
        return exact
    others = Channel.objects.order_by("pk")
    return next((channel for channel in others if channel_names.is_same(channel.name, name)), None)
