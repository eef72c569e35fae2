"""What the database knows of how its tables are filled, by which it chooses its ways to the rows."""

from django.db import connection

from journal.transactions import retried

# Rows of an index that are looked at: enough to tell a long list from a short one, in no time.
LOOKED_AT = 1000


@retried
def refresh() -> None:
    """Has SQLite look at its tables again, after much has come in; PostgreSQL does so by itself.

    Without it, SQLite reads whole tables for a count that an index answers: seconds on every page.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
            cursor.execute("ANALYZE")
