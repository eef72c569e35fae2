"""Keys for integrators, and the answers kept for repeated requests."""

from django.db import models

from accounts.models.people import User


class ApiKey(models.Model):
    """`hk_<id>_<secret>`; only the secret's SHA-256 is kept. Acts as its service user."""

    name = models.CharField(max_length=80)
    user = models.ForeignKey(User, models.PROTECT, related_name="api_keys")
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class IdempotentAnswer(models.Model):
    """The stored answer to a POST that carried an Idempotency-Key; kept for 24 hours."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    content_type = models.CharField(max_length=80, blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="accounts_idempotency_once")]

    def __str__(self) -> str:
        return self.key
