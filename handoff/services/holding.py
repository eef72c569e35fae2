"""In which order rows are locked: the lead, then its handoff, then the clocks. Every service that changes a handoff
begins here, so that no two of them wait for each other."""

from collections.abc import Collection

from django.db.models import F

from handoff.models import Handoff
from journal.versions import refuse_stale
from leads.models import Lead


def hold(handoff: Handoff, expected_version: int | None = None) -> None:
    """Holds the handoff's lead and the handoff until the transaction ends, and reads the handoff as it is now.

    `expected_version` is the version the caller had read. Raises StaleWrite when it is no longer the present one.
    """
    hold_lead(handoff.lead_id)
    handoff.refresh_from_db(from_queryset=Handoff.objects.select_for_update())
    refuse_stale(handoff, expected_version)


def hold_many(handoff_ids: Collection[int]) -> list[Handoff]:
    """Holds these handoffs with their leads until the transaction ends; read is who answers for them, no more."""
    leads = list(Handoff.objects.filter(pk__in=handoff_ids).values_list("lead_id", flat=True))
    hold_leads(leads)
    found = Handoff.objects.select_for_update(of=("self",)).select_related("assigned_to")
    read = found.only("lead", "team", "reroutes", "assigned_to__is_active")
    return list(read.filter(pk__in=handoff_ids).order_by("pk"))


def changed(handoff: Handoff) -> None:
    """Something that a reader of the handoff sees lies elsewhere and has changed: what was read before is stale."""
    Handoff.objects.filter(pk=handoff.pk).update(version=F("version") + 1)


def hold_leads(lead_ids: Collection[int]) -> None:
    """Holds these leads until the transaction ends."""
    list(Lead.objects.select_for_update().filter(pk__in=lead_ids).order_by("pk").values_list("pk"))


def hold_lead(lead_id: int) -> None:
    """Holds the lead until the transaction ends."""
    Lead.objects.select_for_update().filter(pk=lead_id).values_list("pk").first()
