"""The lead: one person at one company whom we may sell to."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission, Role
from accounts.models import Membership, Organization
from leads.domain.choices import DueKind, Phase, Seniority, Stage
from leads.models.channel import Campaign, Channel
from leads.models.company import Company

# By what a person can be reached; a company's own line is nobody's.
REACHED_BY = ("email", "phone", "mobile")


class LeadQuerySet(models.QuerySet["Lead"]):
    def present(self) -> "LeadQuerySet":
        """Without those merged into another, erased, or taken back."""
        return self.filter(is_present=True)

    def visible_to(self, user: Any) -> "LeadQuerySet":
        """The leads this person may read: all by default; a setting narrows reps to what their teams hold.

        Used by pages, API, search, charts and exports alike. Nobody without SEE_LEADS sees any.
        """
        present = self.present()
        if not user.may(Permission.SEE_LEADS):
            return self.none()
        if user.may(Permission.SEE_ALL_HANDOFFS) or Role.INSIDE_SALES in user.roles:
            return present
        if not Organization.objects.filter(reps_see_own_team_only=True).exists():
            return present
        # Not by a join: who is in two of these teams would bring every lead twice.
        colleagues = Membership.objects.filter(team__in=user.team_ids).values("user")
        return present.filter(Q(owner=user) | Q(team__in=user.team_ids) | Q(owner__in=colleagues))

    def in_stage(self, *stages: str) -> "LeadQuerySet":
        return self.filter(stage__in=stages)

    def without_contact(self) -> "LeadQuerySet":
        """With nothing to reach them by."""
        return self.filter(**dict.fromkeys(REACHED_BY, ""))

    def with_contact(self) -> "LeadQuerySet":
        return self.exclude(**dict.fromkeys(REACHED_BY, ""))

    def overdue(self, at: Any) -> "LeadQuerySet":
        return self.filter(due_at__lte=at)


class Lead(models.Model):
    """`stage … due_kind, not_before` are written only by `handoff`; the score lies in LeadScore."""

    external_id = models.CharField(_("External ID"), max_length=120, null=True, blank=True, unique=True)
    last_name = models.CharField(_("Last name"), max_length=80, blank=True)
    first_name = models.CharField(_("First name"), max_length=80, blank=True)
    last_name_kana = models.CharField(_("Last name (kana)"), max_length=80, blank=True)
    first_name_kana = models.CharField(_("First name (kana)"), max_length=80, blank=True)
    email = models.CharField(_("Email"), max_length=254, blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    mobile = models.CharField(_("Mobile"), max_length=40, blank=True)
    title = models.CharField(_("Job title"), max_length=120, blank=True)
    seniority = models.CharField(_("Seniority"), max_length=20, choices=Seniority, blank=True)
    department = models.CharField(_("Department"), max_length=120, blank=True)
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="leads")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, related_name="leads")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="leads")
    acquired_at = models.DateTimeField(_("Acquired"))
    opted_out = models.BooleanField(_("Unsubscribed from email"), default=False)
    do_not_contact = models.BooleanField(_("Do not contact"), default=False)
    custom = models.JSONField(default=dict, blank=True)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    # Keys for exact matching and text for search, derived by leads.domain.normalise on every write.
    email_key = models.CharField(max_length=254, blank=True)
    phone_key = models.CharField(max_length=20, blank=True)
    mobile_key = models.CharField(max_length=20, blank=True)
    name_key = models.CharField(max_length=170, blank=True)
    search_text = models.TextField(blank=True)

    # Written only by handoff.
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.LEAD)
    stage_since = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="owned_leads"
    )
    team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, blank=True, related_name="owned_leads")
    due_at = models.DateTimeField(null=True)
    due_kind = models.CharField(max_length=14, choices=DueKind, blank=True)
    due_note = models.CharField(max_length=200, blank=True)
    not_before = models.DateTimeField(null=True)

    # Derived from activities, kept by leads.services.activities.
    last_activity_at = models.DateTimeField(null=True)
    last_contact_at = models.DateTimeField(null=True)

    is_present = models.BooleanField(default=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_leads")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = LeadQuerySet.as_manager()

    class Meta:
        constraints = [
            # Promise 1: every qualified lead has an owner or a queue, and one due time of a named kind.
            models.CheckConstraint(
                name="leads_qualified_has_duty",
                condition=Q(is_present=False)
                | ~Q(stage__in=["mql", "sal", "sql", "opportunity", "lost", "nurture"])
                | (Q(due_at__isnull=False) & ~Q(due_kind="") & (Q(owner__isnull=False) | Q(team__isnull=False))),
            ),
            models.CheckConstraint(
                name="leads_duty_is_whole",
                condition=Q(due_at__isnull=True, due_kind="") | (Q(due_at__isnull=False) & ~Q(due_kind="")),
            ),
            models.UniqueConstraint(
                fields=["email_key"], name="leads_email_once", condition=~Q(email_key="") & Q(is_present=True)
            ),
            models.UniqueConstraint(
                fields=["mobile_key"],
                name="leads_mobile_once",
                condition=~Q(mobile_key="") & Q(email_key="") & Q(is_present=True),
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="leads_updated", condition=Q(is_present=True)),
            models.Index(fields=["-acquired_at", "-id"], name="leads_acquired", condition=Q(is_present=True)),
            models.Index(fields=["-last_activity_at", "-id"], name="leads_active", condition=Q(is_present=True)),
            models.Index(fields=["stage", "-id"], name="leads_stage"),
            models.Index(fields=["owner", "due_at"], name="leads_owner_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["team", "due_at"], name="leads_team_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["due_at"], name="leads_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["not_before"], name="leads_not_before", condition=Q(not_before__isnull=False)),
            models.Index(fields=["name_key"], name="leads_name_key"),
            models.Index(fields=["mobile_key"], name="leads_mobile_key", condition=~Q(mobile_key="")),
            models.Index(fields=["phone_key"], name="leads_phone_key", condition=~Q(phone_key="")),
            models.Index(fields=["email_key"], name="leads_merged_email", condition=Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name or str(_("(no name)"))

    @property
    def name(self) -> str:
        """姓 名, as written."""
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def has_contact(self) -> bool:
        """Whether there is anything to reach them by."""
        return any(getattr(self, name) for name in REACHED_BY)


class Qualification(models.Model):
    """What is known of a lead in the viewpoints consideration and decision; empty means unknown."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="qualification")
    phase = models.CharField(_("Phase"), max_length=10, choices=Phase, blank=True)
    need = models.CharField(_("Need"), max_length=500, blank=True)
    challenge = models.CharField(_("Challenge"), max_length=500, blank=True)
    timeframe = models.CharField(_("Timeframe"), max_length=120, blank=True)
    authority = models.CharField(_("Decision maker"), max_length=200, blank=True)
    decision_process = models.CharField(_("Decision process"), max_length=500, blank=True)
    budget = models.CharField(_("Budget"), max_length=200, blank=True)
    competitors = models.CharField(_("Competitors"), max_length=300, blank=True)
    temperature = models.PositiveSmallIntegerField(_("Temperature"), null=True, blank=True)
    note = models.CharField(_("Note"), max_length=2000, blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="leads_temperature_range", condition=Q(temperature__isnull=True) | Q(temperature__range=(1, 5))
            )
        ]

    def __str__(self) -> str:
        return f"qualification of {self.lead_id}"


class CustomField(models.Model):
    """A field that the organisation added; its values lie in Lead.custom under `key`."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        YES_NO = "yes_no", _("Yes or no")

    key = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.TEXT)
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.label
