"""New leads whom one can reach become MAL by themselves."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from handoff.domain.stages import Way
from handoff.services import stages
from leads.domain.choices import Stage
from leads.models import DuplicatePair, Lead


def take_in(*, lead_ids: Iterable[int], by: User | None, at: datetime) -> list[Lead]:
    """LEAD → MAL for those with a contact, not do-not-contact and no probable duplicate; the others stay LEAD."""
    pairs = DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN)
    doubtful = Exists(pairs.filter(Q(a=OuterRef("pk")) | Q(b=OuterRef("pk"))))
    reachable = Lead.objects.present().filter(pk__in=list(lead_ids), stage=Stage.LEAD, do_not_contact=False)
    reachable = reachable.exclude(email="", phone="", mobile="").filter(~doubtful)
    return stages.move_many(leads=list(reachable), to=Stage.MAL, way=Way.INTAKE, by=by, at=at)
