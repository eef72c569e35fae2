"""Marks scores as owed, in the transaction that makes them stale; the strongest cause stays."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from journal import doorbell
from leads.domain.choices import StaleCause
from leads.queries import among

# One statement for both engines. Keeping the older marked_at lets the sweep see how long a mark has waited;
# the raised generation tells a worker that its reading is already old.
_MARK = """
INSERT INTO leads_scoredue (lead_id, cause, marked_at, generation)
SELECT id, %s, %s, 1 FROM leads_lead WHERE is_present AND {which}
ON CONFLICT (lead_id) DO UPDATE SET
  generation = leads_scoredue.generation + 1,
  cause = CASE
    WHEN 'live' IN (leads_scoredue.cause, excluded.cause) THEN 'live'
    WHEN 'edit' IN (leads_scoredue.cause, excluded.cause) THEN 'edit'
    ELSE 'bulk' END
"""


def mark(*, lead_ids: Iterable[int], cause: str, at: datetime) -> None:
    """Owes a score to each present lead of these; call it inside the transaction of the change."""
    ids = sorted(set(lead_ids))
    if ids:
        _run(among.condition("id", numbers=True), cause, at, [among.document(ids)])
        _ring()


def mark_company(*, company_id: int, cause: str, at: datetime) -> None:
    """Owes a score to every present lead of the company."""
    _run("company_id = %s", cause, at, [company_id])
    _ring()


def mark_content(*, content_id: int, cause: str, at: datetime) -> None:
    """Owes a score to every present lead that did something with the content."""
    _run("id IN (SELECT lead_id FROM leads_activity WHERE content_id = %s)", cause, at, [content_id])
    _ring()


def _run(which: str, cause: str, at: datetime, values: Sequence[int | str]) -> None:
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(_MARK.format(which=which), [StaleCause(cause).value, moment, *values])


def _ring() -> None:
    transaction.on_commit(lambda: doorbell.ring("scoring.tasks.score_stale"), robust=True)
