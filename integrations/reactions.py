"""Which event makes this app do what, within the transaction or after its commit."""

from integrations.services import announcing, timing_changes
from journal import clock
from journal.models import Event
from journal.reactions import after


@after(*announcing.TABLE)
def announce(event: Event) -> None:
    """After the commit: those whom it concerns find a notice, and a mail where it asks something of them."""
    announcing.announce(event=event, at=clock.now())


@after("calendar.changed")
def look_again(event: Event) -> None:
    """After the commit: what waits for an opening may go out at an earlier one."""
    timing_changes.look_again(at=max(clock.now(), event.at))
