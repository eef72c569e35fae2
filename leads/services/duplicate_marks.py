"""Marks comparisons as owed, in the transaction that changes what leads are compared by."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from journal import doorbell
from leads.queries import among

# What a lead is compared by: other changes owe nothing.
COLUMNS = frozenset(
    "last_name first_name last_name_kana first_name_kana email phone mobile title department company custom".split()
)
COMPANY_COLUMNS = frozenset({"name", "phone", "prefecture", "address"})
# One statement for both engines; the raised generation tells a worker that its reading is already old.
_MARK = """
INSERT INTO leads_duplicatedue (lead_id, marked_at, generation)
SELECT id, %s, 1 FROM leads_lead WHERE is_present {which}
ON CONFLICT (lead_id) DO UPDATE SET generation = leads_duplicatedue.generation + 1
"""


def mark(*, lead_ids: Iterable[int], at: datetime) -> None:
    """Owes a comparison to each present lead of these."""
    ids = sorted(set(lead_ids))
    if ids:
        _run(f"AND {among.condition('id', numbers=True)}", at, [among.document(ids)])
        _ring()


def mark_edited(*, lead_id: int, changed: Collection[str], at: datetime) -> None:
    """Owes one when something changed by which leads are compared."""
    if any(name in COLUMNS or name.startswith("custom.") for name in changed):
        mark(lead_ids=[lead_id], at=at)


def mark_company(*, company_id: int, changed: Collection[str], at: datetime) -> None:
    """Owes one to the company's leads when something changed by which they are compared."""
    if COMPANY_COLUMNS & set(changed):
        _run("AND company_id = %s", at, [company_id])
        _ring()


def mark_all(*, at: datetime) -> None:
    """Owes a comparison to every present lead; so many that a second worker is called, too."""
    _run("", at, [])
    _ring()
    _ring()


def _run(which: str, at: datetime, values: Sequence[int | str]) -> None:
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(_MARK.format(which=which), [moment, *values])


def _ring() -> None:
    transaction.on_commit(lambda: doorbell.ring("leads.tasks.find_duplicates", queue="bulk"), robust=True)
