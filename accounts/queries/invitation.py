"""The link by which an invited person sets a password: the same as for a forgotten one, good for some days."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from accounts.models import User


def path(user: User) -> str:
    """The address without host; it works until it is used or too old."""
    token = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
