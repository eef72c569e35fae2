"""How this app's own events read on a lead's timeline."""

from django.utils.translation import gettext as _

from journal.models import Event
from leads import timeline
from leads.domain.field_labels import label_of
from leads.timeline import Line, People


def created(event: Event, people: People) -> Line:
    """The lead came in, by which channel."""
    channel = event.data.get("channel")
    text = _("Came in through %(channel)s") % {"channel": channel} if channel else _("Created")
    return Line("user-plus", text, is_key=True)


def imported(event: Event, people: People) -> Line:
    """The lead came in with a list, by its name."""
    return Line("file-import", _("Imported from “%(file)s”") % {"file": event.data.get("file", "")}, is_key=True)


def updated(event: Event, people: People) -> Line:
    """Somebody changed fields: which, without their values."""
    names = [str(label_of(name)) for name in event.data.get("fields", [])]
    return Line("pencil", _("Changed: %(fields)s") % {"fields": _(", ").join(dict.fromkeys(names))})


def opted_out(event: Event, people: People) -> Line:
    """No mail any more."""
    return Line("mail-off", _("Unsubscribed from email"), is_key=True)


def do_not_contact(event: Event, people: People) -> Line:
    """Nobody contacts this person any more."""
    return Line("phone-off", _("Do not contact"), is_key=True)


def merged(event: Event, people: People) -> Line:
    """Another lead turned out to be the same person."""
    return Line("user-check", _("Merged with a duplicate"), is_key=True)


def unmerged(event: Event, people: People) -> Line:
    """A merge was taken back."""
    return Line("arrow-back-up", _("Merge undone"))


timeline.register("lead.merged", merged)
timeline.register("lead.unmerged", unmerged)
timeline.register("lead.created", created)
timeline.register("lead.imported", imported)
timeline.register("lead.updated", updated)
timeline.register("lead.opted_out", opted_out)
timeline.register("lead.do_not_contact", do_not_contact)
