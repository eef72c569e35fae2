from django.db import migrations

# Trigram indexes can't serve two letters, which is what a Japanese name often is; pairs can.
_CREATE = """
CREATE OR REPLACE FUNCTION leads_pairs(body text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT coalesce(array_agg(DISTINCT substr(body, place, 2)), '{}') FROM generate_series(1, length(body) - 1) AS place
$$;
CREATE INDEX IF NOT EXISTS leads_search_pairs ON leads_lead USING gin (leads_pairs(search_text));
"""
_DROP = "DROP INDEX IF EXISTS leads_search_pairs; DROP FUNCTION IF EXISTS leads_pairs(text);"


def create(apps, schema_editor):
    """SQLite has no such index; there `contains` reads the rows."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_CREATE, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_DROP, params=None)


class Migration(migrations.Migration):
    dependencies = [("leads", "0003_score_before")]
    operations = [migrations.RunPython(create, drop)]
