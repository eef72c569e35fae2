"""Versioned sets of rules: draft, published (frozen), retired."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from scoring.domain.choices import Dimension, ModelState


class ScoringModel(models.Model):
    """One version. Published models are tried in `position`; the first whose `applies_to` holds scores the lead.

    `bands`: [{"band": "high", "from": 30, "label_ja": "今すぐ対応", "label_en": "…"}, …] from high to low.
    `caps`: {"fit": 30, …}, the most a dimension can bring; missing means no cap.
    """

    name = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=ModelState, default=ModelState.DRAFT)
    number = models.PositiveIntegerField(default=1)
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="copies")
    position = models.PositiveSmallIntegerField(default=0)
    applies_to = models.JSONField(null=True)
    line = models.IntegerField(default=30)
    bands = models.JSONField(default=list)
    caps = models.JSONField(default=dict)
    why = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="scoring_published_says_why",
                condition=Q(state=ModelState.DRAFT) | (Q(published_at__isnull=False) & ~Q(why="")),
            ),
            models.UniqueConstraint(
                fields=["position"], name="scoring_position_once", condition=Q(state=ModelState.PUBLISHED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Rule(models.Model):
    """One condition worth some points: once, or per matching activity with a cap and a half-life in days."""

    model = models.ForeignKey(ScoringModel, models.CASCADE, related_name="rules")
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    dimension = models.CharField(max_length=10, choices=Dimension)
    label_ja = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    condition = models.JSONField()
    points = models.IntegerField()
    per_activity = models.BooleanField(default=False)
    cap = models.PositiveIntegerField(null=True)
    half_life_days = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="scoring_rule_key_once")]

    def __str__(self) -> str:
        return self.label_en


class Agreement(models.Model):
    """One department's recorded 了承 of a draft; void when the draft changes (`version` moved on)."""

    model = models.ForeignKey(ScoringModel, models.CASCADE, related_name="agreements")
    side = models.CharField(max_length=10, choices=[("marketing", "marketing"), ("sales", "sales")])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "side", "version"], name="scoring_agreement_once")]

    def __str__(self) -> str:
        return f"{self.side} agrees to {self.model_id}"


class PublicationRequest(models.Model):
    """Somebody who may not publish asks those who may to publish a draft as it stands: once for each `version`."""

    model = models.ForeignKey(ScoringModel, models.CASCADE, related_name="requests")
    version = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "version"], name="scoring_request_once")]

    def __str__(self) -> str:
        return f"{self.by_id} asks for {self.model_id}"
