"""The gap board as a sheet for a spreadsheet program."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import dates, figures
from leads.domain.import_cells import for_spreadsheet


def sheet(rows: Iterable[tuple[Any, Any]]) -> str:
    """Kind and row of the page as lines, with a byte-order mark so that Excel reads Japanese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            pgettext("gaps", "Kind"),
            _("Company"),
            pgettext("gaps", "Name"),
            _("Score"),
            pgettext("gaps", "Due"),
            pgettext("gaps", "Working days overdue"),
            _("Owner"),
            _("Team"),
            pgettext("gaps", "Why"),
            pgettext("gaps", "Leads"),
        ]
    )
    for head, row in rows:
        writer.writerow([_safe(cell) for cell in _cells(head, row)])
    return "\ufeff" + text.getvalue()


def _cells(head: Any, row: Any) -> list[Any]:
    duty = row.duty
    company = getattr(duty.lead, "company", None)
    return [
        head.title,
        company.name if company else "",
        figures.person(duty.lead) if duty.lead else "",
        "" if row.total is None else row.total,
        f"{dates.due_day(duty.due_at):%Y-%m-%d} {dates.due_time(duty.due_at)}" if duty.due_at else "",
        row.stuck.days,
        figures.person(duty.owner),
        duty.team.name if duty.team else "",
        row.reason,
        duty.leads,
    ]


def _safe(cell: Any) -> Any:
    return for_spreadsheet(cell) if isinstance(cell, str) else cell
