"""Writes many rows of one model at once: COPY on PostgreSQL, `bulk_create` elsewhere."""

import json
from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)

_BATCH = 500
# The sequence's name is looked up once, not once a number.
_NUMBERS = """
SELECT nextval(sequence.name)
FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name OFFSET 0) sequence, generate_series(1, %s)
"""


def stamp(template: M, **columns: Any) -> M:
    """A new instance like `template`, with these columns by their attnames.

    The constructor finds every default anew, which for thousands of rows costs more than to write them.
    """
    made = template.__class__.__new__(template.__class__)
    made.__dict__ = {**template.__dict__, **columns, "_state": ModelState()}
    return made


def insert(rows: Sequence[models.Model]) -> None:
    """Inserts rows of one model, and gives them their ids. Raises IntegrityError, DataError like `bulk_create`."""
    if not rows:
        return
    if connection.vendor != "postgresql":
        type(rows[0])._default_manager.bulk_create(rows, batch_size=_BATCH)
        return
    fields = rows[0]._meta.concrete_fields
    columns = itemgetter(*(field.attname for field in fields))
    _number(rows)
    _copy(rows[0]._meta, fields, [columns(vars(row)) for row in rows])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def insert_values(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], **same: Any) -> None:
    """Inserts a row of the columns `names` (attnames) for each of `rows`; the other columns are `same` or default."""
    if not rows:
        return
    if connection.vendor != "postgresql":
        made = [model(**same, **dict(zip(names, row, strict=True))) for row in rows]
        model._default_manager.bulk_create(made, batch_size=_BATCH)
        return
    fields = {field.attname: field for field in model._meta.concrete_fields}
    others = [field for name, field in fields.items() if name not in names and not field.primary_key]
    rest = tuple(_encoded(field, same.get(field.attname, field.get_default())) for field in others)
    _copy(model._meta, [fields[name] for name in names], rows, others, rest)


def update(rows: Sequence[models.Model], names: Collection[str]) -> None:
    """Writes the fields `names` of rows of one model that are there, and nothing else. Raises as `insert` does."""
    if not rows:
        return
    model, fields = type(rows[0]), [rows[0]._meta.get_field(name) for name in sorted(names)]
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[field.name for field in fields],
            batch_size=_BATCH,
        )
        return
    columns = {field.attname: field for field in fields}
    given = [{"id": row.pk} | {name: getattr(row, name) for name in columns} for row in rows]
    document = json.dumps(given, default=lambda moment: moment.isoformat())
    # An upsert would send and check every column of the rows.
    settings = ", ".join(f'"{field.column}" = new."{name}"' for name, field in columns.items())
    kinds = ", ".join(f'"{name}" {field.db_type(connection)}' for name, field in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" old SET {settings} '  # noqa: S608 (names of our own columns)
            f"FROM jsonb_to_recordset(%s::jsonb) new(id bigint, {kinds}) WHERE old.id = new.id",
            [document],
        )


def _copy(
    meta: Any,
    fields: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    others: Sequence[Any] = (),
    rest: tuple[Any, ...] = (),
) -> None:
    columns = ", ".join(f'"{field.column}"' for field in (*fields, *others))
    documents = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    statement = f'COPY "{meta.db_table}" ({columns}) FROM STDIN'
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            values = [*row, *rest]
            for place in documents:
                values[place] = _text_of(values[place])
            copy.write_row(values)


def _encoded(field: Any, value: Any) -> Any:
    return _text_of(value) if isinstance(field, models.JSONField) else value


def _text_of(document: Any) -> str:
    return "{}" if document == {} else json.dumps(document)


def _number(rows: Sequence[models.Model]) -> None:
    """Ids from the table's own sequence, asked for all rows at once."""
    meta = rows[0]._meta
    new = [row for row in rows if row.pk is None]
    if not new:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [meta.db_table, meta.pk.column, len(new)])
        for row, (number,) in zip(new, cursor.fetchall(), strict=True):
            row.pk = number
