"""The worker's entry: queues and the static beat schedule."""

import os

from celery import Celery
from celery.schedules import schedule
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("handoff")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # Every sweep is safe to run twice at once; two beats only double the ticks.
    "sweep": {
        "task": "integrations.tasks.sweep_all",
        "schedule": schedule(settings.SWEEP_SECONDS),
        "options": {"queue": "urgent", "expires": settings.SWEEP_SECONDS},
    },
}
