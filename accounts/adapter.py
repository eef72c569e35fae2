"""How people come in: by invitation only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; an administrator invites."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
