"""Nurture tracks as settings, and the leads that are in one."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Team
from handoff.domain.nurture import Cause, Ended, NurturePhase, RunState, StepKind, StepOwner, Taken
from leads.models import Content, Lead


class NurtureTrack(models.Model):
    """`version` moves with every change; each version has steps of its own, so a lead goes on by those it began with."""

    code = models.SlugField(max_length=40, unique=True)
    name_ja = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    phase = models.CharField(max_length=9, choices=NurturePhase)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.code


class NurtureStep(models.Model):
    """One task of one version of a track. `position` counts from 0; `wait_days` are calendar days after the one before."""

    track = models.ForeignKey(NurtureTrack, models.CASCADE, related_name="steps")
    version = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=7, choices=StepKind)
    wait_days = models.PositiveSmallIntegerField()
    task_ja = models.CharField(max_length=120)
    task_en = models.CharField(max_length=120, blank=True)
    owner = models.CharField(max_length=9, choices=StepOwner, default=StepOwner.MARKETING)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    content = models.ForeignKey(Content, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["track", "version", "position"], name="handoff_nurture_step_once"),
            models.CheckConstraint(
                name="handoff_nurture_step_has_person",
                condition=Q(owner=StepOwner.PERSON, user__isnull=False)
                | (~Q(owner=StepOwner.PERSON) & Q(user__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.position} of track {self.track_id}, version {self.version}"


class NurtureChoice(models.Model):
    """Which track follows a result, or a rest by hand; reject reasons name theirs themselves. No track: none follows."""

    cause = models.CharField(max_length=11, choices=Cause)
    # An outcome's code, or empty: any that has no row of its own.
    reason = models.CharField(max_length=40, blank=True)
    track = models.ForeignKey(NurtureTrack, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cause", "reason"], name="handoff_nurture_choice_once")]

    def __str__(self) -> str:
        return f"{self.cause} {self.reason}"


class NurtureRunQuerySet(models.QuerySet["NurtureRun"]):
    def running(self) -> "NurtureRunQuerySet":
        return self.filter(state=RunState.RUNNING)


class NurtureRun(models.Model):
    """A lead in a track: at which step, and when that one becomes the lead's duty.

    While a step is due it *is* the lead's duty; `rest_owner` and `rest_team` are who keeps the lead in between.
    `former_owner` had the lead before it came to rest.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="nurture_runs")
    track = models.ForeignKey(NurtureTrack, models.PROTECT, related_name="runs")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=RunState, default=RunState.RUNNING)
    position = models.PositiveSmallIntegerField(default=0)
    is_due = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)
    former_owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    former_team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+")
    rest_owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    rest_team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=12, choices=Ended, blank=True)

    objects = NurtureRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead"], name="handoff_one_nurture_run", condition=Q(state="running")),
            models.CheckConstraint(
                name="handoff_nurture_run_is_whole",
                condition=Q(state="running", ended_at__isnull=True, ended_because="", next_at__isnull=False)
                | (
                    ~Q(state="running")
                    & Q(is_due=False, next_at__isnull=True, ended_at__isnull=False)
                    & ~Q(ended_because="")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="handoff_nurture_next", condition=Q(state="running", is_due=False)),
            models.Index(fields=["track", "lead"], name="handoff_nurture_in", condition=Q(state="running")),
            models.Index(fields=["lead", "-id"], name="handoff_nurture_by_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.track_id} of {self.lead_id}"


class NurtureTaken(models.Model):
    """A step that was done or skipped, once."""

    run = models.ForeignKey(NurtureRun, models.CASCADE, related_name="taken")
    position = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=7, choices=Taken)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="handoff_nurture_taken_once")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.position} of {self.run_id}"
