"""Where score and outcome disagree, lead by lead: what came of it, why, and which rules had matched."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from handoff.domain.choices import HandoffState
from handoff.models import Episode, Handoff, StageTransition
from leads.domain.choices import Stage
from leads.models import Lead
from reports.queries import rules_at_offer, score_outcome
from reports.queries.reached import whose
from reports.queries.scope import Question
from scoring.domain.formula import RuleSpec

SHOWN = 8


@dataclass(frozen=True)
class Surprise:
    """`result` is won, lost or rejected; `reason` the code of a loss or reject, with what was written beside it.

    `rules`: the published ones that gave or took points at the offer; None where no values were kept.
    """

    episode: Episode
    result: str
    reason: str
    comment: str
    rules: list[RuleSpec] | None


@dataclass(frozen=True)
class Surprises:
    """The newest of `total`."""

    rows: list[Surprise]
    total: int


def surprises(question: Question, kind: str, *, user: User, limit: int = SHOWN) -> Surprises:
    """The surprises of a kind among the leads that the person may see, newest first; a constant number of queries."""
    seen = Lead.objects.visible_to(user).values("pk")
    found = score_outcome.surprises(question, kind).filter(lead__in=seen)
    episodes = list(found.select_related("lead__company").order_by("-offered_at", "-pk")[:limit])
    total = found.count() if len(episodes) == limit else len(episodes)
    rejects, losses = _rejects(episodes), _losses(episodes, question)
    rules = rules_at_offer.matched_by_episode(episodes)
    return Surprises([_row(episode, rejects, losses, rules.get(episode.pk)) for episode in episodes], total)


def _row(
    episode: Episode,
    rejects: dict[int, tuple[str, str]],
    losses: dict[int, tuple[str, str]],
    rules: list[RuleSpec] | None,
) -> Surprise:
    if episode.is_won:  # type: ignore[attr-defined]
        return Surprise(episode, "won", "", "", rules)
    # Given back and lost at a later try: what this try met with is the reject.
    if episode.is_rejected:  # type: ignore[attr-defined]
        return Surprise(episode, "rejected", *rejects.get(episode.pk, ("", "")), rules)
    return Surprise(episode, "lost", *losses.get(episode.lead_id, ("", "")), rules)


def _rejects(episodes: Sequence[Episode]) -> dict[int, tuple[str, str]]:
    """{episode: (reason, comment)} of its latest reject."""
    found = Handoff.objects.filter(episode__in=[one.pk for one in episodes], state=HandoffState.REJECTED).order_by("pk")
    return {
        pk: (reason, comment) for pk, reason, comment in found.values_list("episode", "reject_reason", "reject_comment")
    }


def _losses(episodes: Sequence[Episode], question: Question) -> dict[int, tuple[str, str]]:
    """{lead: (reason, note)} of its latest loss, or of the lead that was merged into it."""
    leads = [one.lead_id for one in episodes]
    theirs = Q(lead__in=leads) | Q(lead__merged_into__in=leads)
    lost = StageTransition.objects.filter(theirs, to_stage=Stage.LOST, at__lte=question.as_of).annotate(who=whose())
    found = lost.order_by("pk").values_list("who", "reason", "note")
    return {lead: (reason, note) for lead, reason, note in found}
