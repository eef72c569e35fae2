"""The fixed words of scoring."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Dimension(TextChoices):
    FIT = "fit", pgettext_lazy("dimension", "Fit")
    ENGAGEMENT = "engagement", pgettext_lazy("dimension", "Engagement")
    INTENT = "intent", pgettext_lazy("dimension", "Intent")
    READINESS = "readiness", pgettext_lazy("dimension", "Readiness")
    AUTHORITY = "authority", pgettext_lazy("dimension", "Authority")


class Band(TextChoices):
    HIGH = "high", pgettext_lazy("band", "High")
    MIDDLE = "middle", pgettext_lazy("band", "Mid")
    LOW = "low", pgettext_lazy("band", "Low")


class ModelState(TextChoices):
    DRAFT = "draft", pgettext_lazy("scoring", "Draft")
    PUBLISHED = "published", pgettext_lazy("scoring", "Published")
    RETIRED = "retired", pgettext_lazy("scoring", "Retired")
