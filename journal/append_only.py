"""Migration operations that make the database refuse to change or delete rows of a log."""

from typing import Any

from django.db.migrations.operations.base import Operation

_POSTGRES = """
CREATE OR REPLACE FUNCTION handoff_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS {table}_append_only ON {table};
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION handoff_append_only();
"""


class AppendOnly(Operation):
    """Adds triggers to `table` that refuse UPDATE and DELETE, on SQLite and PostgreSQL."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str):
        self.table = table

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Changes no model."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Creates the triggers."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_POSTGRES.format(table=self.table), params=None)
            return
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {self.table}_no_{verb.lower()} BEFORE {verb} ON {self.table} "
                f"BEGIN SELECT RAISE(ABORT, '{self.table} is append-only'); END"
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drops the triggers."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.table}_append_only ON {self.table}")
            return
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.table}_no_{verb}")

    def describe(self) -> str:
        return f"Make {self.table} append-only"
