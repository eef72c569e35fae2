from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0011_tags_and_bulk_actions")]
    operations = [
        migrations.AddField(
            model_name="activitytype",
            name="is_by_hand",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
