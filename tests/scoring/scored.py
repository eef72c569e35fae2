"""Short cuts to published models and scores for the tests of scoring."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leads.models import Lead, LeadScore
from scoring.domain import presets
from scoring.models import ScoringModel
from scoring.services import models, scores
from tests.cast import NOON


def draft(rules: Sequence[dict[str, Any]] = (), *, name: str = "モデル", **values: Any) -> ScoringModel:
    """A draft with these rules; its line is 1 unless given."""
    given = {"name": name, "line": 1, "bands": bands(1, 0), "rules": list(rules)} | values
    return models.create(values=given, by=None, at=NOON)


def bands(high: int, middle: int) -> list[dict[str, Any]]:
    return [presets.BANDS[0] | {"from": high}, presets.BANDS[1] | {"from": middle}, presets.BANDS[2]]


def published(rules: Sequence[dict[str, Any]] = (), **values: Any) -> ScoringModel:
    model = draft(rules, **values)
    models.publish(model=model, why="test", by=None, at=NOON)
    model.refresh_from_db()
    return model


def excel(industries: Sequence[str] = ("製造業",)) -> ScoringModel:
    """The Excel starter, published."""
    model = models.create(values=presets.excel_starter(industries), by=None, at=NOON)
    models.publish(model=model, why="test", by=None, at=NOON)
    return model


def rule(condition: dict[str, Any], points: int = 10, dimension: str = "engagement", **more: Any) -> dict[str, Any]:
    return {"dimension": dimension, "condition": condition, "points": points} | more


def score(lead: Lead, at: datetime = NOON) -> LeadScore:
    """The lead's score, made now."""
    scores.score_leads(lead_ids=[lead.pk], at=at, cause="edit", reason="edit")
    return LeadScore.objects.get(lead=lead)
