"""What an organisation decides about handing over: gates, rules, routes, reasons, policies."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from handoff.domain.choices import AfterReject, ClockKind, Leg


class Gate(models.Model):
    """What must hold before an offer: a condition plus required items.

    `condition` is a condition tree or null (always holds). `required`: [{"item": "need"}, …] where `item` is a
    qualification field; `at_least` of `of` groups as [{"of": [...], "at_least": 2}].
    """

    class Kind(models.TextChoices):
        MQL = "mql", _("MQL gate")
        SQL = "sql", _("SQL gate")

    class Mode(models.TextChoices):
        OFF = "off", _("Off")
        WARN = "warn", _("Warns")
        BLOCK = "block", _("Blocks")

    kind = models.CharField(max_length=3, choices=Kind, unique=True)
    mode = models.CharField(max_length=5, choices=Mode, default=Mode.WARN)
    condition = models.JSONField(null=True)
    required = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.kind


class HandoffRule(models.Model):
    """Who gives, when, what travels, how the receiver is told, who receives (AR-15). `when` narrows eligible."""

    name = models.CharField(max_length=120)
    is_on = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    giver = models.CharField(max_length=20, default="marketing")
    when = models.JSONField(null=True)
    travels = models.JSONField(default=list)
    told_by = models.JSONField(default=list)
    to_team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class RoutingRule(models.Model):
    """The first rule of a leg whose condition holds decides the receiver; a null condition always holds."""

    leg = models.CharField(max_length=20, choices=Leg)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=120)
    condition = models.JSONField(null=True)
    to_team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="handoff_route_has_target",
                condition=models.Q(to_team__isnull=False) | models.Q(to_user__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RoutingPointer(models.Model):
    """How much each member of a team has had of the weighted round robin; moves in the assignment's transaction."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    credit = models.FloatField(default=0)
    assigned = models.PositiveIntegerField(default=0)
    last_assigned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="handoff_pointer_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class RejectReason(models.Model):
    """A coded reason and what follows it (DESIGN §4); teams add their own."""

    code = models.SlugField(max_length=40, unique=True)
    label_ja = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60)
    follows = models.CharField(max_length=14, choices=AfterReject)
    resurface_days = models.PositiveSmallIntegerField(null=True)
    # Only where nurture follows; none: the lead just rests.
    track = models.ForeignKey("handoff.NurtureTrack", models.SET_NULL, null=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class SlaPolicy(models.Model):
    """How fast something is owed, by leg and band; an empty leg or band means any. Minutes or working days.

    `touches` is how many contacts are owed within that time; only `depth` has it.
    """

    kind = models.CharField(max_length=8, choices=ClockKind)
    leg = models.CharField(max_length=20, choices=Leg, blank=True)
    band = models.CharField(max_length=6, blank=True)
    minutes = models.PositiveIntegerField(null=True)
    working_days = models.PositiveSmallIntegerField(null=True)
    touches = models.PositiveSmallIntegerField(null=True)
    warn_at = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "leg", "band"], name="handoff_policy_once"),
            models.CheckConstraint(
                name="handoff_policy_has_length",
                condition=models.Q(minutes__gt=0) | models.Q(working_days__gt=0),
            ),
            models.CheckConstraint(
                name="handoff_policy_has_touches",
                condition=~models.Q(kind=ClockKind.DEPTH) | models.Q(touches__isnull=False, touches__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.band}"
