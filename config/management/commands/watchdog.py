"""Stands in for silent workers, and makes the daily copy."""

import os
import signal
import socket
import threading
from typing import Any

from django.core.management.base import BaseCommand

from config import watch


class Command(BaseCommand):
    help = "Run the sweeps here while no worker does, and make the daily copy of the database; until SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for received in (signal.SIGTERM, signal.SIGINT):
            signal.signal(received, lambda *_: stop.set())
        watch.until(stop, holder=f"{socket.gethostname()}:{os.getpid()}")
