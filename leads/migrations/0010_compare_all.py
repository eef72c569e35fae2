"""Owes every lead that is here its first comparison."""

from django.db import migrations

_OWE = """
INSERT INTO leads_duplicatedue (lead_id, marked_at, generation)
SELECT id, updated_at, 1 FROM leads_lead WHERE is_present
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0009_merges_and_match_keys")]
    operations = [migrations.RunSQL(_OWE, migrations.RunSQL.noop)]
