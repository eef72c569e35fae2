"""Which promises stand still, since when, for how long and by whom."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from handoff.domain.gaps import Scope
from handoff.domain.pauses import Interval
from handoff.models import Handoff, Pause, PauseLimits

# What a page that lists them shows; who needs more looks at one team.
MOST = 200


@dataclass(frozen=True)
class Paused:
    """One pause that stands now, and how often promises of its episode were paused, this time included."""

    pause: Pause
    times: int

    @property
    def handoff(self) -> Handoff:
        return self.pause.handoff


def limits() -> PauseLimits:
    """How long one pause may be and how often one episode may be paused; what is usual while nobody changed it."""
    return PauseLimits.objects.order_by("pk").first() or PauseLimits()


def standing_of(pauses: Iterable[Pause]) -> Pause | None:
    """The one of these that stands now."""
    return next((pause for pause in pauses if pause.ended_at is None), None)


def times(episode_id: int) -> int:
    """How often the promises of an episode have been paused."""
    return Pause.objects.filter(handoff__episode=episode_id).count()


def of_episode(episode_id: int) -> list[Interval]:
    """Every pause of an episode, whoever held it then."""
    return [pause.interval for pause in Pause.objects.filter(handoff__episode=episode_id)]


def by_handoff(handoffs: Collection[int] | QuerySet[Handoff]) -> dict[int, list[Pause]]:
    """{handoff: its pauses in their order}, empty for those without; one query."""
    found: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(handoff__in=handoffs).select_related("by").order_by("pk"):
        found[pause.handoff_id].append(pause)
    return found


def standing(*, user: User, scope: str) -> list[Paused]:
    """The pauses that stand now on handoffs this person may see, the one that ends last first; one query more for
    how often each episode was paused."""
    seen = Pause.objects.open().filter(handoff__in=_scoped(Handoff.objects.visible_to(user), user, scope))
    rows = list(
        seen.select_related("by", "handoff__lead__company", "handoff__assigned_to", "handoff__team").order_by(
            "-until_at", "pk"
        )[:MOST]
    )
    episodes = {pause.handoff.episode_id for pause in rows}
    counted = Pause.objects.filter(handoff__episode__in=episodes).order_by().values_list("handoff__episode")
    often = dict(counted.annotate(times=Count("pk"))) if episodes else {}
    return [Paused(pause, often[pause.handoff.episode_id]) for pause in rows]


def _scoped(handoffs: QuerySet[Handoff], user: User, scope: str) -> QuerySet[Handoff]:
    if scope == Scope.MINE:
        return handoffs.filter(assigned_to=user)
    if scope == Scope.TEAM:
        return handoffs.filter(Q(team__in=user.team_ids) | Q(assigned_to=user))
    return handoffs
