"""New leads whom one can reach become MAL by themselves, an hour after they came in."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from handoff.domain.stages import Way
from handoff.services import leases, stages
from journal.transactions import retried
from leads.domain.choices import Stage
from leads.models import DuplicatePair, Lead

# Long enough for a duplicate to be found, a wrong import to be taken back, or a person to be faster.
SETTLED = timedelta(hours=1)
LEASE_SECONDS = 60
MOST = 500


@retried
def take_in(*, at: datetime) -> int:
    """LEAD → MAL for those with a contact, not do-not-contact and no probable duplicate; the others stay LEAD.

    At most once a minute over all processes: those who stay LEAD are looked at each time. Returns how many.
    """
    if not leases.hold(name="intake", holder=f"sweep at {at.isoformat()}", at=at, seconds=LEASE_SECONDS):
        return 0
    doubtful = Exists(DuplicatePair.objects.open().about(OuterRef("pk")))
    reachable = Lead.objects.present().in_stage(Stage.LEAD).filter(created_at__lte=at - SETTLED, do_not_contact=False)
    chosen = list(reachable.with_contact().filter(~doubtful).order_by("-id")[:MOST])
    return len(stages.move_many(leads=chosen, to=Stage.MAL, way=Way.INTAKE, by=None, at=at))
