"""How people come in: by invitation only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import preferences


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; an administrator invites."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The email address or the password is wrong."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Wait five minutes, or set a new password with “Forgot your password?”"
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Whoever signs in for the first time has chosen no language yet: the page's, which is their browser's."""
        if user.last_login is None:
            preferences.speak(user=user, language=get_language() or settings.LANGUAGE_CODE)
        super().login(request, user)
