"""Takes a file of leads in, to its end, and says what became of its rows."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from accounts.domain.roles import Role
from accounts.models import User
from journal import clock
from journal.errors import DomainError
from leads.models import ImportRun
from leads.queries import imports
from leads.services import import_runs, import_work


class Command(BaseCommand):
    help = "Imports a CSV or Excel file of leads: import_leads FILE [--mapping M] [--channel C]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, TSV or XLSX")
        parser.add_argument("--mapping", help="JSON {column: field}, or a file that holds it; default: recognised")
        parser.add_argument("--constants", help='JSON {field: value} for every row, such as {"outcome": "won"}')
        parser.add_argument("--match-on", default="", help="external_id, email, mobile or company_and_person")
        parser.add_argument("--channel", default="", help="channel of rows that name none")
        parser.add_argument("--campaign", default="", help="campaign of rows that name none")
        parser.add_argument("--create-custom", action="store_true", help="make own fields that are missing")
        parser.add_argument("--encoding", default="", help="only needed where the file does not tell")
        parser.add_argument("--user", help="e-mail of the importer; default: the first administrator or marketer")
        parser.add_argument("--dry-run", action="store_true", help="stop at the preview")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            run = self._start(path, options)
        except DomainError as error:
            faults = "".join(f"\n  {fault.field}: {fault.message}" for fault in error.errors)
            raise CommandError(f"{error}{faults}") from error
        import_work.work(run_id=run.pk, now=clock.now)
        self._report(ImportRun.objects.get(pk=run.pk))

    def _start(self, path: Path, options: dict[str, Any]) -> ImportRun:
        names = ("match_on", "channel", "campaign", "create_custom", "encoding", "dry_run")
        with path.open("rb") as file:
            return import_runs.start(
                file=File(file),
                filename=path.name,
                by=_importer(options["user"]),
                at=clock.now(),
                mapping=_document(options["mapping"]),
                constants=_document(options["constants"]),
                **{name: options[name] for name in names},
            )

    def _report(self, run: ImportRun) -> None:
        if run.error_code:
            raise CommandError(imports.error_text(run))
        counts = ", ".join(f"{name} {getattr(run, name)}" for name in _COUNTED)
        self.stdout.write(self.style.SUCCESS(f"{run.state}: rows {run.rows} ({counts})"))
        for line in list(imports.refused_csv(run))[1:11]:
            self.stdout.write(line.rstrip())


_COUNTED = ("created", "updated", "unchanged", "duplicates", "refused")


def _importer(email: str | None) -> User:
    people = User.objects.active().people()
    if email:
        found = people.filter(email=email.strip().lower()).first()
    else:
        may = Q(role_grants__role__in=[Role.ADMIN, Role.MARKETER])
        found = people.filter(may).order_by("role_grants__role", "pk").first()
    if found is None:
        raise CommandError("Nobody may import yet. Name a person by --user, or make an administrator first.")
    return found


def _document(given: str | None) -> dict[str, Any] | None:
    if not given:
        return None
    text = given if given.lstrip().startswith("{") else _read(Path(given))
    try:
        document = json.loads(text)
    except ValueError as error:
        raise CommandError(f"This is not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise CommandError('Give a JSON object, such as {"mql_id": "external_id"}.')
    return document


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
