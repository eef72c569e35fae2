from django.db import migrations

from leads.domain.activity_types import STANDARD


def say(apps, schema_editor):
    """What only a machine sees is not recorded by hand; teams' own types stay as they are."""
    by_machine = [kind.code for kind in STANDARD if not kind.is_by_hand]
    apps.get_model("leads", "ActivityType").objects.filter(code__in=by_machine).update(is_by_hand=False)


class Migration(migrations.Migration):
    dependencies = [("leads", "0012_activities_recorded_by_hand")]
    operations = [migrations.RunPython(say, migrations.RunPython.noop)]
