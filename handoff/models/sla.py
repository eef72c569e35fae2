"""Promises with a due time, what was told about them, and who keeps watch."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from handoff.domain.choices import ClockKind, ClockState
from handoff.models.handoff import Handoff


class Clock(models.Model):
    """One running promise of a handoff. `next_event_at` is the next moment at which the sweep must act."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=8, choices=ClockKind)
    state = models.CharField(max_length=9, choices=ClockState, default=ClockState.RUNNING)
    calendar_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    # Working minutes promised; null when the promise is a number of working days.
    minutes = models.PositiveIntegerField(null=True)
    working_days = models.PositiveSmallIntegerField(null=True)
    # How many contacts are promised within that time; only of a depth clock.
    touches = models.PositiveSmallIntegerField(null=True)
    due_at = models.DateTimeField()
    # Moments still to come, in order: [["warn", 50, iso], ["warn", 80, iso], ["breach", 100, iso], …].
    events = models.JSONField(default=list)
    next_event_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handoff", "kind"], name="handoff_clock_running_once", condition=Q(state=ClockState.RUNNING)
            )
        ]
        indexes = [
            models.Index(fields=["next_event_at"], name="handoff_clock_next", condition=Q(next_event_at__isnull=False)),
            models.Index(fields=["due_at", "kind"], name="handoff_clock_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.handoff_id}"


class Alert(models.Model):
    """One warning, breach or escalation, told exactly once to its people; what is owed is delivered by integrations."""

    class Kind(models.TextChoices):
        WARNING = "warning"
        BREACH = "breach"
        ESCALATION = "escalation"

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=10, choices=Kind)
    level = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "kind", "due_at", "level"], name="handoff_alert_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.level} of {self.clock_id}"


class Heartbeat(models.Model):
    """When a named process was last at work; written by the work itself."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """Who may run a sweep just now."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
