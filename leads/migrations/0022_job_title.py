from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0021_skipped_rows_counted")]
    operations = [
        migrations.AlterField(
            model_name="lead",
            name="title",
            field=models.CharField(blank=True, max_length=120, verbose_name="Job title"),
        ),
    ]
