"""A column that is one of many values: they go in as one document, and the planner doesn't read them.

Two thousand values in an IN list take longer to send, to parse and to weigh than to look up in the index, and only
lists of up to a hundred let the planner see that a partial index holds them all.
"""

import json
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import F, Lookup


def condition(column: str, *, numbers: bool = False) -> str:
    """The SQL of 'the column is one of them', with one placeholder for `document`."""
    if connection.vendor != "postgresql":
        return f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 (a name of our own columns)
    kind = "bigint" if numbers else "text"
    return f"{column} = ANY (ARRAY(SELECT jsonb_array_elements_text(%s::jsonb)::{kind}))"


def document(values: Collection[Any]) -> str:
    """The values as they go in."""
    return json.dumps(list(values))


class Among(Lookup):
    """For `filter`: Among("email_key", keys). The column is of text."""

    prepare_rhs = False

    def __init__(self, column: Any, values: Any):
        super().__init__(F(column) if isinstance(column, str) else column, values)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, values = self.process_lhs(compiler, connection)
        return condition(left), [*values, document(self.rhs)]
