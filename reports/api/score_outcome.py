"""The answer check as one flat table: all, bands, model versions, rules."""

from typing import Any

from reports.api.rounding import rounded
from reports.domain.outcomes import Outcomes, Split
from reports.queries import rules_at_offer, score_outcome
from reports.queries.scope import Question
from reports.queries.score_outcome import FIGURES
from scoring.domain import presets
from scoring.models import ScoringModel
from scoring.queries import explain

Row = dict[str, Any]
SHARES = {"opportunities": "opportunity_rate", "won": "win_rate", "lost": "loss_rate", "rejected": "reject_rate"}


def score_outcome_rows(question: Question, *, group_by: str = "", cohort: str = "") -> list[Row]:
    """`group` is all, band, model or rule.

    Every row has its counts, and each rate with its 95 % interval; `all` alone has `auc`; rules alone have `reach`
    (their share of the handoffs read), the rates without the rule and the lift.
    """
    found = score_outcome.score_outcome(question)
    everything = _row("all", None, "", found.everything) | {"auc": rounded(found.auc)}
    bands = [_row("band", band, band, outcomes) for band, outcomes in found.bands.items()]
    names = {model.pk: model for model in ScoringModel.objects.filter(pk__in=found.models.keys() - {None})}
    models = [
        _row("model", str(pk), _model_name(names.get(pk)), outcomes)
        for pk, outcomes in sorted(found.models.items(), key=lambda item: item[0] or 0)
        if pk is not None
    ]
    rules = [
        _row("rule", one.rule.key, explain.label(one.rule), one.split.matched) | _told(one.split)
        for one in rules_at_offer.rules_told(question).rules
    ]
    return [everything, *bands, *models, *rules]


def _row(group: str, key: str | None, name: str, outcomes: Outcomes) -> Row:
    row: Row = {"group": group, "id": key, "name": name} | {figure: getattr(outcomes, figure) for figure in FIGURES}
    for figure, share in SHARES.items():
        rate = outcomes.rate(figure)
        low, high = rate.interval or (None, None)
        row |= {share: rounded(rate.value), f"{share}_low": rounded(low), f"{share}_high": rounded(high)}
    empty = dict.fromkeys(("auc", *_told(Split(Outcomes(), Outcomes()))))
    return row | {"uncertain": outcomes.rate("won").is_uncertain} | empty


def _told(split: Split) -> Row:
    return {
        "reach": rounded(split.reach.value),
        "opportunity_rate_without": rounded(split.others.rate("opportunities").value),
        "win_rate_without": rounded(split.others.rate("won").value),
        "opportunity_lift": rounded(split.lift("opportunities")),
        "win_lift": rounded(split.lift("won")),
    }


def _model_name(model: ScoringModel | None) -> str:
    return f"{presets.shown(model.name)} {model.number}" if model else ""
