"""Leads with a known outcome, as columns: what was known of each when it was offered, else at its outcome."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.queries import organization
from leads.domain.condition_fields import Kind, Registry
from leads.models import Activity, ActivityType, Lead
from leads.queries import conditions
from scoring import hooks
from scoring.domain.suggested import Sample
from scoring.hooks import Outcome

# More leads teach nothing new about a dozen rules; so many are read and compared within a few seconds.
MOST_LEADS = 10_000
AT_ONCE = 1000
WINDOWS: tuple[int | None, ...] = (None, 90, 30)


def take(*, applies_to: Any, known: Registry, at: datetime, most: int = MOST_LEADS) -> Sample:
    """The newest outcomes of leads that the model's condition holds for.

    Three queries for each thousand leads: values, frozen values, activities.
    """
    home = organization.current()
    leads = Lead.objects.present()
    if applies_to:
        leads = leads.filter(conditions.compile(applies_to, on=organization.local_day(at, home), known=known))
    outcomes = sorted(
        (one for source in hooks.outcomes for one in source(leads, most)), key=lambda one: (one.at, one.lead)
    )
    types = list(ActivityType.objects.filter(is_ours=False).order_by("code").values_list("code", flat=True))
    fields = [field for field in known.fields.values() if field.in_scoring]
    sample = Sample(
        values={field.name: [] for field in fields},
        present={field.name: [] for field in fields},
        counts={(code, window): [] for code in types for window in WINDOWS},
    )
    for start in range(0, len(outcomes), AT_ONCE):
        _add(sample, outcomes[start : start + AT_ONCE], known, home.zone)
    return sample


def _add(sample: Sample, outcomes: Sequence[Outcome], known: Registry, zone: ZoneInfo) -> None:
    leads = Lead.objects.filter(pk__in=[one.lead for one in outcomes])
    present = conditions.values(leads, known=known, zone=zone)
    came = dict(leads.values_list("pk", "created_at"))
    offers = [one.offer for one in outcomes if one.offer is not None]
    frozen = {number: values for source in hooks.values_at_offers for number, values in source(offers).items()}
    counted = _counted({one.lead: one.at.astimezone(zone).date() for one in outcomes})
    for one in outcomes:
        then = frozen.get(one.offer) if one.offer is not None else None
        sample.good.append(one.is_good)
        sample.was_offered.append(then is not None)
        sample.came_on.append(came[one.lead].astimezone(zone).date())
        for name, column in sample.present.items():
            now = present[one.lead][name]
            column.append(now)
            sample.values[name].append(now if then is None else _read(then.get(name), known.fields[name].kind))
        mine = counted.get(one.lead, {})
        for key, numbers in sample.counts.items():
            numbers.append(mine.get(key, 0))


def _read(value: Any, kind: Kind) -> Any:
    """A frozen value as conditions see it: JSON has no tuples."""
    return tuple(value) if kind == Kind.RANGE and isinstance(value, list) else value


def _counted(until: Mapping[int, date]) -> dict[int, dict[tuple[str, int | None], int]]:
    """{lead: {(type, window): how many}} of what leads did up to their day, that day included."""
    found: dict[int, dict[tuple[str, int | None], int]] = {}
    for lead, code, day in _activities(until):
        age = (until[lead] - day).days
        mine = found.setdefault(lead, {})
        for window in WINDOWS:
            if age >= 0 and (window is None or age < window):
                mine[code, window] = mine.get((code, window), 0) + 1
    return found


def _activities(until: Mapping[int, date]) -> Iterator[tuple[int, str, date]]:
    rows = Activity.objects.filter(lead_id__in=until).order_by()
    return rows.values_list("lead_id", "type", "occurred_on").iterator(chunk_size=10_000)
