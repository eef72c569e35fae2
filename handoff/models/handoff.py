"""The transfer of responsibility itself."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.domain.roles import Permission
from accounts.models import Team
from handoff.domain.choices import AfterReject, ContactMethod, ContactResult, HandoffState, Leg
from leads.models import Lead


class Episode(models.Model):
    """Lead × leg × attempt: what figures count. Re-routes of one offer are one episode."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="episodes")
    leg = models.CharField(max_length=20, choices=Leg)
    attempt = models.PositiveSmallIntegerField()
    offered_at = models.DateTimeField()
    # What caused a system offer, for the system's own delay; empty when a person offered.
    caused_at = models.DateTimeField(null=True)
    band = models.CharField(max_length=6)
    score = models.IntegerField(null=True)
    model_id = models.BigIntegerField(null=True)
    # The typed values of all condition fields as they were offered, so that history can be replayed.
    facts = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    first_contact_at = models.DateTimeField(null=True)
    answer_minutes = models.PositiveIntegerField(null=True)
    contact_minutes = models.PositiveIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "leg", "attempt"], name="handoff_episode_once")]
        indexes = [models.Index(fields=["leg", "offered_at"], name="handoff_episode_period")]

    def __str__(self) -> str:
        return f"{self.leg} {self.attempt} of {self.lead_id}"


class HandoffQuerySet(models.QuerySet["Handoff"]):
    def open(self) -> "HandoffQuerySet":
        """Still unanswered."""
        return self.filter(state=HandoffState.OFFERED)

    def visible_to(self, user: Any) -> "HandoffQuerySet":
        """Marketing, managers and keys see all; others what concerns them or their teams."""
        if user.is_service or user.may(Permission.SEE_ALL_HANDOFFS):
            return self
        return self.filter(Q(assigned_to=user) | Q(offered_by=user) | Q(team__in=user.team_ids))


class Handoff(models.Model):
    """One offer to one receiver (a person or a team's queue) and its answer."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="handoffs")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="handoffs")
    leg = models.CharField(max_length=20, choices=Leg)
    state = models.CharField(max_length=9, choices=HandoffState, default=HandoffState.OFFERED)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="sent_handoffs")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sender_team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="handoffs")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="received_handoffs"
    )
    assigned_at = models.DateTimeField()
    routed_because = models.CharField(max_length=40, blank=True)
    reroutes = models.PositiveSmallIntegerField(default=0)
    priority = models.CharField(max_length=6)
    reason_line = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    sheet = models.JSONField(default=dict)
    addenda = models.JSONField(default=list)
    briefed_in_person_at = models.DateTimeField(null=True)
    sheet_useful = models.BooleanField(null=True)
    answer_due_at = models.DateTimeField()
    contact_due_at = models.DateTimeField(null=True)
    feedback_due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reject_reason = models.CharField(max_length=40, blank=True)
    reject_comment = models.CharField(max_length=500, blank=True)
    successor = models.CharField(max_length=14, choices=AfterReject, blank=True)
    first_contact_at = models.DateTimeField(null=True)
    contact_method = models.CharField(max_length=7, choices=ContactMethod, blank=True)
    contact_result = models.CharField(max_length=11, choices=ContactResult, blank=True)
    appointment_at = models.DateTimeField(null=True)
    # Set when the responsibility that this handoff gave ends: next leg offered, recycled, result given.
    closed_at = models.DateTimeField(null=True)
    is_breached = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead"], name="handoff_one_open", condition=Q(state=HandoffState.OFFERED)),
            models.CheckConstraint(
                name="handoff_answer_is_whole",
                condition=Q(state__in=["offered", "withdrawn", "rerouted"]) | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="handoff_accepted_has_person",
                condition=~Q(state=HandoffState.ACCEPTED) | Q(assigned_to__isnull=False),
            ),
            models.CheckConstraint(
                name="handoff_reject_has_successor",
                condition=~Q(state=HandoffState.REJECTED) | (~Q(successor="") & ~Q(reject_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["assigned_to", "answer_due_at"], name="handoff_inbox", condition=Q(state="offered")),
            models.Index(fields=["team", "answer_due_at"], name="handoff_queue", condition=Q(state="offered")),
            models.Index(fields=["assigned_to", "state", "closed_at"], name="handoff_held"),
            models.Index(fields=["lead", "-id"], name="handoff_by_lead"),
        ]

    def __str__(self) -> str:
        return f"handoff {self.pk} of {self.lead_id}"


class JoinedLead(models.Model):
    """A second person of a company whose handoff is open: shares its owner, team and due time."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="joined")
    handoff = models.ForeignKey(Handoff, models.PROTECT, related_name="joined_leads")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.lead_id} joined {self.handoff_id}"
