"""Pairs of leads that may be one person, how they are found, and what was merged."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q

from leads.models.lead import Lead


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def open(self) -> "DuplicatePairQuerySet":
        """Nobody has decided yet."""
        return self.filter(state=DuplicatePair.State.OPEN)

    def about(self, lead: Lead | OuterRef) -> "DuplicatePairQuerySet":
        """Those that the lead is in, on either side."""
        return self.filter(Q(a=lead) | Q(b=lead))


class DuplicatePair(models.Model):
    """An unordered pair (a < b) with its reasons; `not the same` is remembered as dismissed."""

    class State(models.TextChoices):
        OPEN = "open"
        DISMISSED = "dismissed"
        MERGED = "merged"

    a = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    b = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="leads_pair_once"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="leads_pair_order"),
        ]
        indexes = [models.Index(fields=["-score", "-id"], name="leads_pair_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"{self.a_id}–{self.b_id}"


class MatchKey(models.Model):
    """One of the keys (leads.domain.blocking) by which a lead meets those it is compared with."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "lead"], name="leads_match_key_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.lead_id}"


class DuplicateDue(models.Model):
    """A comparison owed; set in the transaction that changes what a lead is compared by."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="+")
    marked_at = models.DateTimeField()
    # Raised by every new mark, so that a worker removes only the mark it has read.
    generation = models.PositiveIntegerField(default=1)
    claim = models.BigIntegerField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["marked_at", "lead"], name="leads_duplicate_due_at"),
            models.Index(fields=["claim"], name="leads_duplicate_due_claim", condition=Q(claim__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"comparison of {self.lead_id}"


class Merge(models.Model):
    """Two leads that a person said are one, with what is needed to take that back."""

    survivor = models.ForeignKey(Lead, models.PROTECT, related_name="merges")
    loser = models.ForeignKey(Lead, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    # By app: the values and ids as they were before.
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loser"], name="leads_merged_once", condition=Q(undone_at__isnull=True))
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="leads_merge_latest")]

    def __str__(self) -> str:
        return f"{self.loser_id} into {self.survivor_id}"
