"""Celery entries of integrations: they decide nothing."""

from celery import shared_task

from integrations.services import chats, mails, sweeping
from journal import clock


@shared_task(name="integrations.tasks.sweep_all", queue="urgent")
def sweep_all(**_unknown: object) -> None:
    """Every sweep once; beat calls it every 15 seconds."""
    sweeping.run_all(clock.now())


@shared_task(name="integrations.tasks.send_mail", queue="urgent")
def send_mail(**_unknown: object) -> None:
    """Sends the mails that are owed."""
    mails.send_owed(at=clock.now())


@shared_task(name="integrations.tasks.send_chat", queue="urgent")
def send_chat(**_unknown: object) -> None:
    """Sends the chat messages that are owed."""
    chats.send_owed(at=clock.now())
