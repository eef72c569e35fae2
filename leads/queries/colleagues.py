"""The other leads of a lead's company, as far as the reader sees them."""

from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User
from leads.models import DuplicatePair, Lead

SHOWN = 5


@dataclass(frozen=True)
class Colleagues:
    """Visible ones with their scores, how many there are in all, and how many each other team holds unseen."""

    shown: list[Lead]
    total: int
    hidden_teams: list[tuple[str, int]]
    probable: frozenset[int]


def of(lead: Lead, *, user: User) -> Colleagues:
    """The colleagues, highest score first; those that may be this same person are named in `probable`."""
    probable = frozenset(_probable(lead))
    if lead.company_id is None:
        return Colleagues([], 0, [], probable)
    wanted = Q(company_id=lead.company_id)
    everybody = Lead.objects.present().filter(wanted).exclude(pk=lead.pk)
    visible = Lead.objects.visible_to(user).filter(wanted).exclude(pk=lead.pk)
    shown = list(visible.select_related("score", "company").order_by("-score__total", "-pk")[:SHOWN])
    total = everybody.count()
    unseen = everybody.exclude(pk__in=visible.values("pk")) if total > len(shown) else Lead.objects.none()
    teams = unseen.values_list("team__name").annotate(number=Count("pk")).order_by("-number")
    return Colleagues(shown, total, [(name or "", number) for name, number in teams], probable)


def _probable(lead: Lead) -> set[int]:
    pairs = DuplicatePair.objects.open().about(lead).values_list("a_id", "b_id")[:20]
    return {pk for pair in pairs for pk in pair} - {lead.pk}
