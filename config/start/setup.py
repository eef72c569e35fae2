"""./run setup: front-end files, texts, tables, first data, static files. Each step is quick when nothing changed."""

import hashlib
import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import texts
from config.environment import ROOT
from config.start import frontend
from config.start.surroundings import begin, plainly, say
from journal import doorbell

# As many as fit into three minutes of a first start.
SAMPLE_LEADS = 280


def run() -> None:
    """Brings this installation up to date with its files; leaves data that exists alone."""
    begin()
    frontend.fetch()
    texts.compile_catalogues(ROOT / "locale")  # before Django reads them: it never looks again
    django.setup()
    migrate()
    first_data()
    collect_static()


def migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)


def first_data() -> None:
    """An empty database gets the sample company, or with HANDOFF_DEMO=0 an empty company and its admin."""
    if apps.get_model("accounts", "Organization").objects.exists():
        return
    known = get_commands()
    if settings.DEMO and "demo" in known:
        say(f"Loading the sample company with {SAMPLE_LEADS} leads …")
        call_command("demo", leads=SAMPLE_LEADS)
    elif not settings.DEMO and "first_start" in known:
        say("Starting an empty company …")
        with doorbell.quiet():  # no broker is up yet; the workers find what is owed when they start
            call_command("first_start")


def collect_static() -> None:
    """Collects and compresses what the web process serves, when a file changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    mark = _static_fingerprint()
    if stamp.is_file() and stamp.read_text() == mark:
        return
    say("Collecting static files …")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(mark)


def _static_fingerprint() -> str:
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    # With and without HANDOFF_DEBUG other names are served.
    digest.update(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                facts = path.stat()
                digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(plainly(run))
