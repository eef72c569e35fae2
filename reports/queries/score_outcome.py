"""The answer check: the score at the offer held against what became of the lead."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet

from handoff.models import Episode
from handoff.queries import silence
from leads.models import Lead
from reports.domain.outcomes import Outcomes
from reports.queries import kpis
from reports.queries.reached import lost_since, won_since
from reports.queries.scope import Question
from scoring.domain import accuracy
from scoring.domain.choices import Band

BANDS = tuple(band.value for band in Band)
# What a count of the table stands for, and the two kinds of surprise.
FIGURES = ("handed_over", "opportunities", "won", "lost", "rejected")
HIGH_FAILED, LOWER_WON = "high_failed", "lower_won"
_HAS = {
    "opportunities": Q(became_opportunity=True),
    "won": Q(is_won=True),
    "lost": Q(is_lost=True),
    "rejected": Q(is_rejected=True),
}


@dataclass(frozen=True)
class ScoreOutcome:
    """`auc`: how well the score told which became opportunities; None when all or none did."""

    everything: Outcomes
    bands: dict[str, Outcomes]
    models: dict[int | None, Outcomes]
    auc: float | None


def score_outcome(question: Question) -> ScoreOutcome:
    """Bands from high to low and model versions, as they were at the offer: one query, a row per score in it."""
    counts = {"handed_over": Count("pk")} | {name: Count("pk", filter=has) for name, has in _HAS.items()}
    rows = list(with_results(question).order_by().values("band", "model_id", "score").annotate(**counts))
    bands = dict.fromkeys(BANDS, Outcomes())
    models: dict[int | None, Outcomes] = {}
    for row in rows:
        found = Outcomes(**{name: row[name] for name in FIGURES})
        bands[row["band"]] = bands.get(row["band"], Outcomes()) + found
        models[row["model_id"]] = models.get(row["model_id"], Outcomes()) + found
    scored = [(row["score"], row["handed_over"], row["opportunities"]) for row in rows if row["score"] is not None]
    return ScoreOutcome(sum(bands.values(), Outcomes()), bands, models, accuracy.auc(scored))


def with_results(question: Question) -> QuerySet[Episode]:
    """The period's episodes with `became_opportunity`, `is_won`, `is_lost` (all after the offer) and `is_rejected`."""
    told = {"lead": "lead", "since": OuterRef("offered_at"), "as_of": question.as_of}
    return kpis.with_outcomes(question).annotate(
        is_won=won_since(**told), is_lost=lost_since(**told), is_rejected=silence.rejected(question.as_of)
    )


def surprises(question: Question, kind: str) -> QuerySet[Episode]:
    """Episodes in which the score and the outcome disagree.

    `high_failed`: the high band, lost, or rejected without an opportunity since. `lower_won`: below it, and won.
    """
    found = with_results(question)
    if kind == LOWER_WON:
        return found.exclude(band=Band.HIGH).filter(is_won=True)
    failed = Q(is_lost=True) | Q(is_rejected=True, became_opportunity=False)
    return found.filter(failed, band=Band.HIGH, is_won=False)


def leads_behind(question: Question, *, figure: str, band: str) -> QuerySet[Lead]:
    """The leads of a count of the table (of one band, or of all) or of a kind of surprise."""
    if figure in (HIGH_FAILED, LOWER_WON):
        found = surprises(question, figure)
    else:
        found = with_results(question).filter(_HAS.get(figure, Q()))
        found = found.filter(band=band) if band else found
    return Lead.objects.filter(pk__in=found.values("lead"))
