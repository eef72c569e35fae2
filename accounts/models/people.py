"""People, their roles and teams."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import GRANTS, Permission, Role, TeamKind, permissions_of


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def people(self) -> "UserQuerySet":
        """Without the service users behind API keys."""
        return self.filter(is_service=False)

    def with_role(self, role: str) -> "UserQuerySet":
        return self.filter(role_grants__role=role)

    def who_may(self, permission: Permission) -> "UserQuerySet":
        """Those whose roles give the permission."""
        roles = [role for role, granted in GRANTS.items() if permission in granted]
        return self.filter(role_grants__role__in=roles).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, *, at: datetime, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), created_at=at, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person (or the service user behind an API key), known by e-mail."""

    email = models.EmailField(_("Email"), unique=True)
    last_name = models.CharField(_("Last name"), max_length=60)
    first_name = models.CharField(_("First name"), max_length=60, blank=True)
    language = models.CharField(max_length=2, default="ja", choices=[("ja", "日本語"), ("en", "English")])
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["last_name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Japanese order, as the person wrote it; who has given no name yet is known by the address."""
        return f"{self.last_name} {self.first_name}".strip() or self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        """The person's roles; read once per object."""
        return frozenset(grant.role for grant in self.role_grants.all())

    @property
    def role_labels(self) -> list[str]:
        """The roles in words, in the order of their table."""
        return [str(role.label) for role in Role if role in self.roles]

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The teams the person belongs to; read once per object."""
        return frozenset(membership.team_id for membership in self.memberships.all())

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What the person's roles allow."""
        return permissions_of(set(self.roles)) if self.is_active else frozenset()

    def may(self, permission: Permission) -> bool:
        """The one predicate that pages, API and templates ask."""
        return permission in self.permissions


class RoleGrant(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="accounts_role_once")]

    def __str__(self) -> str:
        return self.role


class Team(models.Model):
    name = models.CharField(_("Name"), max_length=60, unique=True)
    kind = models.CharField(_("Kind"), max_length=12, choices=TeamKind)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a team: the share of the round robin and how much may lie with them at once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    is_manager = models.BooleanField(default=False)
    receives = models.BooleanField(default=True)
    weight = models.PositiveSmallIntegerField(default=1)
    capacity = models.PositiveSmallIntegerField(default=25)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="accounts_membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class Absence(models.Model):
    """Local days, both included, on which a person gets no handoffs."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="accounts_absence_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on}–{self.ends_on}"
