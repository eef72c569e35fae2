"""A saved list: which leads, in which order, for oneself or for all."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SegmentQuerySet(models.QuerySet["Segment"]):
    def visible_to(self, user: Any) -> "SegmentQuerySet":
        """One's own and the shared ones."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class Segment(models.Model):
    """Leads that meet `condition` (a tree of leads.domain.conditions) and `filters` (names of LeadFilter → text)."""

    name = models.CharField(_("Name"), max_length=80)
    condition = models.JSONField(default=dict, blank=True)
    filters = models.JSONField(default=dict, blank=True)
    ordering = models.CharField(max_length=30, blank=True)
    # Names of columns; none: everybody sees their usual ones.
    columns = models.JSONField(default=list, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="segments")
    is_shared = models.BooleanField(_("Shared with everyone"), default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = SegmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="leads_segment_name_once")]

    def __str__(self) -> str:
        return self.name


class ColumnChoice(models.Model):
    """The columns that a person chose to see on a saved list, or (without one) on lists of leads in general."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    segment = models.ForeignKey(Segment, models.CASCADE, null=True, related_name="+")
    names = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "segment"], name="leads_columnchoice_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(segment=None), name="leads_columnchoice_usual_once"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.names)
