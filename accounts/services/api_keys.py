"""Making and revoking API keys."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.domain.api_token import secret_hash
from accounts.domain.roles import Permission, Role, Scope
from accounts.models import ApiKey, RoleGrant, User
from journal import services as journal
from journal.errors import FieldError, Forbidden, Invalid
from journal.transactions import retried

LONGEST = timedelta(days=365)


class UnknownScope(Invalid):
    """A scope that API.md does not list."""

    code = "unknown_scope"
    message = _("There is no scope %(scope)s. Known ones: %(known)s, or all.")


def read_scopes(text: str) -> list[str]:
    """'all' or a comma-separated list as scopes; raises UnknownScope."""
    known = [str(scope) for scope in Scope]
    if text.strip() == "all":
        return known
    asked = [part.strip() for part in text.split(",") if part.strip()]
    for scope in asked:
        if scope not in known:
            raise UnknownScope(scope=scope, known=", ".join(known))
    if not asked:
        raise UnknownScope(scope="''", known=", ".join(known))
    return asked


@retried
def create(*, name: str, scopes: list[str], by: User | None, at: datetime, days: int = 365) -> tuple[ApiKey, str]:
    """A new key and its token `hk_<id>_<secret>`, which is shown once and not kept.

    The key acts as a service user of its own with the rights of an administrator, cut down by its scopes.
    Raises Forbidden, Invalid.
    """
    _require(by)
    if not name.strip():
        raise Invalid(
            errors=[FieldError("name", "required", _("Enter a name for the key, such as the system that uses it."))]
        )
    user = _service_user(name, at)
    secret = secrets.token_urlsafe(32).replace("_", "-")
    key = ApiKey.objects.create(
        name=name.strip(),
        user=user,
        secret_hash=secret_hash(secret),
        scopes=scopes,
        created_at=at,
        created_by=by,
        expires_at=at + min(timedelta(days=days), LONGEST),
    )
    journal.record("api_key.created", subject=key, by=by, at=at, data={"scopes": scopes})
    return key, f"hk_{key.pk}_{secret}"


@retried
def revoke(*, key: ApiKey, by: User | None, at: datetime) -> None:
    """Ends the key at once. Raises Forbidden."""
    _require(by)
    if ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=at):
        journal.record("api_key.revoked", subject=key, by=by, at=at)


def _require(by: User | None) -> None:
    # A key has an administrator's rights: nobody else may hand one out.
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise Forbidden(_("Only an administrator can create and revoke API keys."))


def _service_user(name: str, at: datetime) -> User:
    email = f"key-{secrets.token_hex(8)}@service.invalid"
    # Without a password it can't be used to sign in.
    user = User.objects.create_user(email, at=at, last_name=name.strip()[:60], is_service=True)
    RoleGrant.objects.create(user=user, role=Role.ADMIN)
    return user
