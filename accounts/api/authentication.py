"""Who is calling: an API key or the browser session."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.api import moments
from accounts.domain.api_token import secret_hash
from accounts.models import ApiKey, User

_USED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer hk_<id>_<secret>`; `request.auth` becomes the ApiKey."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        token = words[1].decode("ascii", "replace") if len(words) == 2 else ""
        key = self._find(token, moments.at(request))
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def _find(self, token: str, at: datetime) -> ApiKey:
        parts = token.split("_", 2)
        number = parts[1] if len(parts) == 3 and parts[0] == "hk" and parts[1].isascii() and parts[1].isdigit() else ""
        key = self._load(number)
        if key is None or not hmac.compare_digest(key.secret_hash, secret_hash(parts[2])):
            raise AuthenticationFailed(_("This API key is unknown. Create a new one in Settings."))
        if key.revoked_at or key.expires_at <= at or not key.user.is_active:
            raise AuthenticationFailed(_("This API key has expired or was revoked. Create a new one in Settings."))
        if key.last_used_at is None or at - key.last_used_at > _USED_EVERY:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
        return key

    def _load(self, number: str) -> ApiKey | None:
        if not number or len(number) > 18:
            return None
        return (
            ApiKey.objects.select_related("user")
            .prefetch_related("user__role_grants", "user__memberships")
            .filter(pk=int(number))
            .first()
        )


class BrowserAuthentication(SessionAuthentication):
    """The browser session with CSRF; answers 401, not 403, when there is none."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        return super().authenticate(request)

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(
                _("The CSRF token is missing or wrong. Load the page again; scripts send it as X-CSRFToken.")
            ) from error
