"""Writes many rows at once: COPY on PostgreSQL, `bulk_create` elsewhere; and the results of an import's rows."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

from leads.models import ImportRow

_BATCH = 500
# One statement for a chunk. An upsert would send every cell of the file a second time.
_POSTGRESQL = """
UPDATE leads_importrow r SET result = v.result, lead_id = v.lead_id, errors = v.errors, candidates = v.candidates,
  stated_score = v.stated_score, old = v.old, written_at = %s
FROM jsonb_to_recordset(%s::jsonb) v(id bigint, result text, lead_id bigint, errors jsonb, candidates jsonb,
  stated_score int, old jsonb)
WHERE r.id = v.id
"""
_SQLITE = """
UPDATE leads_importrow SET result = v.value ->> '$.result', lead_id = v.value ->> '$.lead_id',
  errors = v.value -> '$.errors', candidates = v.value -> '$.candidates',
  stated_score = v.value ->> '$.stated_score', old = v.value -> '$.old',
  written_at = %s
FROM json_each(%s) v
WHERE leads_importrow.id = v.value ->> '$.id'
"""
_RESULTS = ("id", "result", "lead_id", "errors", "candidates", "stated_score", "old")


def insert(rows: Sequence[models.Model]) -> None:
    """Inserts rows of one model, and gives them their ids. Raises IntegrityError, DataError like `bulk_create`."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(rows)
    else:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=_BATCH)


def _copy(rows: Sequence[models.Model]) -> None:
    meta = rows[0]._meta
    fields = meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        _number(cursor, rows)
        with connection.wrap_database_errors, cursor.copy(f'COPY "{meta.db_table}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row([_value(field, row) for field in fields])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _number(cursor: Any, rows: Sequence[models.Model]) -> None:
    """Ids from the table's own sequence, asked for all rows at once."""
    meta = rows[0]._meta
    new = [row for row in rows if row.pk is None]
    if not new:
        return
    sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
    cursor.execute(sequence, [meta.db_table, meta.pk.column, len(new)])
    for row, (number,) in zip(new, cursor.fetchall(), strict=True):
        row.pk = number


def _value(field: Any, row: models.Model) -> Any:
    value = getattr(row, field.attname)
    return json.dumps(value) if isinstance(field, models.JSONField) else value


def store_results(rows: Sequence[ImportRow], *, at: datetime | None) -> None:
    """Writes what became of rows that are there already; `at` is None in a preview, which writes no lead."""
    data = json.dumps([{name: getattr(row, name) for name in _RESULTS} for row in rows])
    statement = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    with connection.cursor() as cursor:
        cursor.execute(statement, [connection.ops.adapt_datetimefield_value(at), data])
