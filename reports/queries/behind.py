"""The leads behind a figure, so that every number on a dashboard can be looked into."""

from django.db.models import QuerySet

from handoff.models import Clock, Episode
from handoff.queries import silence
from leads.models import Lead
from reports.queries import channels, feedback, funnel, kpis, scope, score_outcome, sides
from reports.queries.scope import Question


def leads(
    question: Question,
    *,
    figure: str,
    stage: str = "",
    channel: int | None = None,
    cohort: str = "mql",
    detail: str = "",
    person: int | None = None,
) -> QuerySet[Lead]:
    """The leads that a figure counts; an unknown figure has none. `detail`: a kind of promise, a mark, a reason, a band."""
    if figure in ("handoffs", "acted", "never_contacted", "opportunities"):
        return Lead.objects.filter(pk__in=_episodes(question, figure).values("lead"))
    if figure == "accepted":
        return Lead.objects.filter(pk__in=sides.accepted(question).values("lead"))
    if figure in ("wins", "won"):
        reached = kpis.leads_with_opportunity(question)
        return reached.filter(is_won=True) if figure == "won" else reached
    if figure in ("kept", "broken"):
        return Lead.objects.filter(pk__in=_clocks(question, figure, kind=detail, person=person).values("handoff__lead"))
    if figure == "funnel" and stage in [known.value for known in funnel.stages_from(cohort)]:
        return funnel.leads_at(question, cohort=cohort, stage=stage)
    if figure in ("quality", "rejected", "lost", "considering"):
        return feedback.leads_behind(question, figure=figure, detail=detail)
    if figure.startswith("score_"):
        return score_outcome.leads_behind(question, figure=figure.removeprefix("score_"), band=detail)
    if figure == "acquired":
        return scope.leads_acquired(question)
    if figure == "channel":
        return channels.leads_behind(question, channel=channel, stage=stage if stage in funnel.LADDER else "")
    return Lead.objects.none()


def _episodes(question: Question, figure: str) -> QuerySet[Episode]:
    found = kpis.with_outcomes(question)
    if figure == "acted":
        return found.filter(silence.contacted(question.as_of))
    if figure == "never_contacted":
        return found.filter(silence.silent(question.as_of))
    return found.filter(became_opportunity=True) if figure == "opportunities" else found


def _clocks(question: Question, figure: str, *, kind: str, person: int | None) -> QuerySet[Clock]:
    found = scope.clocks(question)
    if kind:
        found = found.filter(kind=kind)
    if person:
        found = found.filter(handoff__assigned_to=person)
    return found.filter(state="breached") if figure == "broken" else found
