"""What was reported of handoffs: the app above, which keeps the reports, says it here.

    reported.register(latest)

where `latest(handoffs)` returns {handoff id: Report} of those that have one, in one query.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from handoff.models import Handoff


@dataclass(frozen=True)
class Report:
    """The latest result in the reader's language, its reason if it has one, and the day it happened."""

    result: str
    reason: str
    day: str


Source = Callable[[Iterable[Handoff]], Mapping[int, Report]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Adds where results are kept."""
    if source not in _sources:
        _sources.append(source)


def latest(handoffs: Iterable[Handoff]) -> dict[int, Report]:
    """{handoff id: its latest report}; a handoff without one is left out."""
    found = list(handoffs)
    return {pk: report for source in _sources for pk, report in source(found).items()} if found else {}
