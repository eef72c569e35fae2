from django.db import migrations

from leads.domain.activity_types import STANDARD


def add(apps, schema_editor):
    """Adds the standard types; teams' own rows are left alone."""
    activity_type = apps.get_model("leads", "ActivityType")
    activity_type.objects.bulk_create(
        [
            activity_type(
                code=kind.code,
                label_ja=kind.ja,
                label_en=kind.en,
                is_ours=kind.side == "ours",
                counts_as_contact=kind.counts_as_contact,
                icon=kind.icon,
                is_standard=True,
            )
            for kind in STANDARD
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
