"""Promises with a due time, what was told about them, and who keeps watch."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Least

from handoff.domain.choices import ClockKind, ClockState, PauseReason
from handoff.domain.pauses import Interval
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


class PauseQuerySet(models.QuerySet["Pause"]):
    def open(self) -> "PauseQuerySet":
        """Still standing still."""
        return self.filter(ended_at__isnull=True)

    def end(self, at: datetime, by: Any = None) -> int:
        """Ends those that are open, at the latest when they would have ended by themselves; returns how many."""
        ended_at = Least(F("until_at"), Value(at, models.DateTimeField()))
        return self.open().update(ended_at=ended_at, ended_by=by)


class Pause(models.Model):
    """A while in which all promises of a handoff stand still. `until_at` is when it ends by itself."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=13, choices=PauseReason)
    note = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField()
    until_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    # Who let it go on; empty when its time was over or the handoff ended.
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handoff"], name="handoff_paused_once", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(name="handoff_pause_has_length", condition=Q(until_at__gt=F("begun_at"))),
            models.CheckConstraint(
                name="handoff_pause_ends_within", condition=Q(ended_at__isnull=True) | Q(ended_at__lte=F("until_at"))
            ),
        ]
        indexes = [
            models.Index(fields=["until_at"], name="handoff_pause_until", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"pause of {self.handoff_id}"

    @property
    def interval(self) -> Interval:
        """From its beginning to its end, or to when it will end by itself."""
        return self.begun_at, self.ended_at or self.until_at


class PauseLimits(models.Model):
    """How far promises may be put off: one row, none while nobody has changed what is usual."""

    most_days = models.PositiveSmallIntegerField(default=30)
    most_times = models.PositiveSmallIntegerField(default=3)

    def __str__(self) -> str:
        return f"{self.most_days} days, {self.most_times} times"


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
