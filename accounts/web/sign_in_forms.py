"""The library's password forms, with the rules in one sentence and the invited person known to the page."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm
from django.utils.translation import gettext_lazy

from accounts.models import User

# What the validators of the settings ask, as a person would say it.
RULES = gettext_lazy("Eight characters or more; not only digits, not a common word, not close to your name or email.")


class NewPasswordForm(ResetPasswordKeyForm):
    """Behind the link of an invitation or of a forgotten password."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = RULES

    @property
    def invited(self) -> User | None:
        """Who opens the link for the first time: they have no password to replace."""
        user: User | None = self.user
        return user if user is not None and not user.has_usable_password() else None


class OtherPasswordForm(ChangePasswordForm):
    """Asks for the old password too."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = RULES
