"""The append-only event log: audit trail, timeline and outbox in one."""

from django.db import models


class Event(models.Model):
    """Who did what to which thing, when. Never updated, never deleted (a trigger refuses both)."""

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    # Plain ids, not foreign keys: the log outlives what it speaks of, and knows no other app.
    actor_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    lead_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(
                fields=["lead_id", "-id"], name="journal_event_lead", condition=models.Q(lead_id__isnull=False)
            ),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="journal_event_subject"),
            models.Index(fields=["kind", "-id"], name="journal_event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"


class EventDetail(models.Model):
    """The old and new values of an event, apart, so that they can be erased."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="detail")
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"detail of {self.event_id}"


class Delivery(models.Model):
    """One owed `after` reaction to one event: a row first, delivered by a worker, found again by the sweep."""

    class State(models.TextChoices):
        OWED = "owed"
        DONE = "done"
        DEAD = "dead"

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    reaction = models.CharField(max_length=120)
    state = models.CharField(max_length=4, choices=State, default=State.OWED)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="journal_delivery_once")]
        indexes = [models.Index(fields=["due_at"], name="journal_delivery_owed", condition=models.Q(state="owed"))]

    def __str__(self) -> str:
        return f"{self.reaction} of {self.event_id}"
