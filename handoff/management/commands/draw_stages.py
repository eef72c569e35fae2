"""Writes the stage diagram of the docs from the table itself: `manage.py draw_stages > docs/stages.md`."""

from typing import Any

from django.core.management.base import BaseCommand

from handoff.domain import diagram


class Command(BaseCommand):
    """Prints the page; `--check FILE` fails when the file says something else."""

    help = "Draws the allowed changes of stage as a diagram and a table."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", metavar="FILE", help="compare with this file instead of printing")

    def handle(self, *args: Any, **options: Any) -> None:
        page = diagram.page()
        if not options["check"]:
            self.stdout.write(page, ending="")
            return
        with open(options["check"], encoding="utf-8") as file:
            if file.read() != page:
                raise SystemExit(
                    "docs/stages.md is not what the table says: run manage.py draw_stages > docs/stages.md"
                )
