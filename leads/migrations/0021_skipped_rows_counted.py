from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0020_import_digest")]
    operations = [
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(("resolution", "skip"), ("result", "unchanged")),
                fields=["run"],
                name="leads_import_row_skipped",
            ),
        ),
    ]
