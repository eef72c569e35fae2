"""Takes the sample company away, whole: every row of every app, its logs too, for nothing in them ever happened."""

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.db import connection

from accounts.models import Organization, User
from leads.models import ActivityType

# People and the organisation are looked after one by one; processes and migrations wrote the others.
KEPT = {"accounts_user", "accounts_organization", "handoff_heartbeat", "handoff_lease", "leads_activitytype"}


def clear(*, keep: User) -> None:
    """Empties the domain's tables and leaves the organisation's row and `keep`. Only for a sample: the caller asks.

    Append-only logs refuse deletion row by row; here they are emptied as tables. Runs in the caller's transaction.
    """
    if not Organization.objects.filter(is_sample=True).exists():
        raise AssertionError("only the sample company is ever cleared")
    tables = [table for table in _tables() if table not in KEPT]
    if connection.vendor == "postgresql":
        _truncate(tables)
    else:
        _delete_without_triggers(tables)
    ActivityType.objects.filter(is_standard=False).delete()
    others = User.objects.exclude(pk=keep.pk)
    EmailAddress.objects.exclude(user=keep).delete()
    others._raw_delete(others.db)


def _tables() -> list[str]:
    models = (apps.get_app_config(app).get_models(include_auto_created=True) for app in settings.DOMAIN_APPS)
    return [model._meta.db_table for found in models for model in found if model._meta.managed]


def _truncate(tables: list[str]) -> None:
    names = ", ".join(connection.ops.quote_name(table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {names}")


def _delete_without_triggers(tables: list[str]) -> None:
    """SQLite has no TRUNCATE: the triggers go for the moment and come back as they were, in one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%%_no_delete'", [])
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 (names of our own tables)
        for _name, sql in triggers:
            cursor.execute(sql)
