from django.db import migrations

# Installations that began with the older words keep them in their rows; a team's own wording is left alone.
_NEW = {
    "E-mail opened": "Email opened",
    "E-mail link clicked": "Email link clicked",
    "E-mail sent": "Email sent",
}


def rename(apps, schema_editor):
    types = apps.get_model("leads", "ActivityType").objects.filter(is_standard=True)
    for old, new in _NEW.items():
        types.filter(label_en=old).update(label_en=new)


class Migration(migrations.Migration):
    dependencies = [("leads", "0017_saved_columns")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
