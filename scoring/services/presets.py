"""Installs the models that ship."""

from datetime import datetime
from typing import Any

from accounts.queries import organization
from journal.transactions import one_at_a_time, retried
from scoring.domain import presets
from scoring.models import ScoringModel
from scoring.services import models


@retried
def install(*, preset: str = "small", by: Any, at: datetime) -> ScoringModel:
    """The Excel starter, published, and the engagement starter as a draft; returns the published one.

    Every size preset starts with the same two. Nothing happens where a model exists already.
    """
    first = ScoringModel.objects.order_by("pk").first()
    if first is not None:
        return first
    excel = models.create(values=presets.excel_starter(organization.current().target_industries), by=None, at=at)
    models.create(values=presets.engagement_starter(), by=None, at=at)
    models.publish(model=excel, why=str(presets.EXCEL_WHY), by=None, at=at)
    excel.refresh_from_db()
    return excel


@retried
def draft_starter(*, by: Any, at: datetime) -> ScoringModel:
    """The Excel starter as a draft, for the organisation's target industries; where rules are already, the newest."""
    one_at_a_time("versions")
    newest = ScoringModel.objects.order_by("-pk").first()
    if newest is not None:
        return newest
    return models.create(values=presets.excel_starter(organization.current().target_industries), by=by, at=at)
