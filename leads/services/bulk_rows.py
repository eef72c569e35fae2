"""Writes what became of many rows of an import at once."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from leads.models import ImportRow

# One statement for a chunk. An upsert would send every cell of the file a second time.
_POSTGRESQL = """
UPDATE leads_importrow r SET result = v.result, lead_id = v.lead_id, errors = v.errors, candidates = v.candidates,
  stated_score = v.stated_score, old = v.old, keys = v.keys, resolution = v.resolution, written_at = %s
FROM jsonb_to_recordset(%s::jsonb) v(id bigint, result text, lead_id bigint, errors jsonb, candidates jsonb,
  stated_score int, old jsonb, keys jsonb, resolution text)
WHERE r.id = v.id
"""
_SQLITE = """
UPDATE leads_importrow SET result = v.value ->> '$.result', lead_id = v.value ->> '$.lead_id',
  errors = v.value -> '$.errors', candidates = v.value -> '$.candidates',
  stated_score = v.value ->> '$.stated_score', old = v.value -> '$.old', keys = v.value -> '$.keys',
  resolution = v.value ->> '$.resolution', written_at = %s
FROM json_each(%s) v
WHERE leads_importrow.id = v.value ->> '$.id'
"""
_RESULTS = ("id", "result", "lead_id", "errors", "candidates", "stated_score", "old", "keys", "resolution")


def store_results(rows: Sequence[ImportRow], *, at: datetime | None) -> None:
    """Writes what became of rows that are there already; `at` is None in a preview, which writes no lead."""
    data = json.dumps([{name: getattr(row, name) for name in _RESULTS} for row in rows])
    statement = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    with connection.cursor() as cursor:
        cursor.execute(statement, [connection.ops.adapt_datetimefield_value(at), data])
