"""What is owed to the world outside: claimed with a lease, sent with a stable key, marked; repeats are counted."""

from django.db import models


class Sending(models.Model):
    """The columns of everything that is owed and sent once."""

    class State(models.TextChoices):
        OWED = "owed"
        SENT = "sent"
        DEAD = "dead"
        DROPPED = "dropped"

    state = models.CharField(max_length=7, choices=State, default=State.OWED)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    repeats = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
