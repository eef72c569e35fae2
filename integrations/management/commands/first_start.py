"""Starts an empty company."""

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from integrations.services import first_start
from journal import clock
from journal.errors import DomainError

UNNAMED_ADMIN = "admin@localhost"


class Command(BaseCommand):
    help = "Start an empty company with the administrator of HANDOFF_ADMIN_EMAIL and HANDOFF_ADMIN_PASSWORD."

    def handle(self, *args: Any, **options: Any) -> None:
        email = settings.ADMIN_EMAIL or UNNAMED_ADMIN
        password = settings.ADMIN_PASSWORD or secrets.token_urlsafe(12)
        try:
            with translation.override(settings.FIRST_LANGUAGE):
                first_start.begin_empty(
                    email=email, password=password, language=settings.FIRST_LANGUAGE, at=clock.now()
                )
        except DomainError as error:
            raise CommandError(str(error)) from error
        shown = "the password of HANDOFF_ADMIN_PASSWORD" if settings.ADMIN_PASSWORD else f"the password {password}"
        self.stdout.write(f"An empty company is ready. Sign in as {email} with {shown}.")
