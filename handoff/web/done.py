"""What was done where it was asked for: what to say, where it can be taken back, where to go on."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import figures
from handoff.models import Handoff

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Done:
    """What to say afterwards, where it can be taken back, and whether Today is the way on."""

    text: str
    undo_url: str = ""
    leads_on: bool = False


def undo_address(at: datetime) -> str:
    """Takes back what the asking person handed over at that moment, as far as it is unanswered."""
    return reverse("handoff-offer-undo", args=[(at - EPOCH) // timedelta(microseconds=1)])


def receivers(made: Iterable[Handoff]) -> str:
    """`井坂さん3件、野口さん2件`: who received how many, most first; queues by their team."""
    numbers = Counter((handoff.assigned_to, handoff.team) for handoff in made)
    return pgettext("list", ", ").join(
        pgettext("received", "%(name)s (%(n)d)") % {"name": _named(person, team), "n": number}
        for (person, team), number in numbers.most_common()
    )


def _named(person: object, team: object) -> str:
    return figures.addressed(person) if person else _("the %(team)s queue") % {"team": team}
