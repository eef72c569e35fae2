"""How the latest report of a handoff reads where handoffs are shown."""

from collections.abc import Iterable, Mapping

from accounts.interface import dates
from feedback.queries import results
from handoff import reported
from handoff.models import Handoff
from handoff.reported import Report


def latest(handoffs: Iterable[Handoff]) -> Mapping[int, Report]:
    """Its result, why, and when it happened."""
    return {
        pk: Report(str(given.get_result_display()), given.reason_label, dates.day(given.happened_at))
        for pk, given in results.latest_of(handoffs).items()
    }


reported.register(latest)
