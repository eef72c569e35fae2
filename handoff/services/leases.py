"""Who may run a named piece of work just now: a row with an end, won by one conditional update."""

from datetime import datetime, timedelta

from django.db.models import Q

from handoff.models import Lease
from journal.transactions import retried


@retried
def hold(*, name: str, holder: str, at: datetime, seconds: int) -> bool:
    """Takes or prolongs the lease; False while another holder's has not run out."""
    until = at + timedelta(seconds=seconds)
    free = Lease.objects.filter(Q(holder=holder) | Q(until__lte=at), name=name)
    if free.update(holder=holder, until=until):
        return True
    Lease.objects.bulk_create([Lease(name=name, holder=holder, until=until)], ignore_conflicts=True)
    return Lease.objects.filter(name=name, holder=holder, until=until).exists()
